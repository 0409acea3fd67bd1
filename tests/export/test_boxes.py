"""Boxes of a tensor: joined to the whole, or taken apart by layers."""

import numpy as np
import pytest

from steerlm_studio.errors import StudioError
from steerlm_studio.export.boxes import Box, boxed, joined, layers
from steerlm_studio.export.tensors import Stored


def part(*shape: int) -> Stored:
    data = np.arange(np.prod(shape), dtype="<f4").tobytes()
    return Stored(shape, "F32", lambda offset, size: data[offset : offset + size])


def test_boxes_make_up_the_whole_in_any_order_of_rows():
    whole = joined("w", [joined("a", [part(3, 2), part(3, 4)], 1), part(2, 6)], 0)
    wanted = np.concatenate(
        [np.concatenate([part(3, 2).rows(0, 3), part(3, 4).rows(0, 3)], 1), part(2, 6).rows(0, 2)]
    )
    for start in range(5):
        for stop in range(start + 1, 6):
            assert (whole.rows(start, stop) == wanted[start:stop]).all()


@pytest.mark.parametrize(
    "boxes",
    [
        [],
        [Box((0, 0), (2, 4), part(2, 4))],
        [Box((0, 0), (2, 4), part(2, 4)), Box((0, 0), (2, 4), part(2, 4))],
        [Box((0, 0), (2, 4), part(2, 4)), Box((3, 0), (2, 4), part(2, 4))],
        [Box((0, 0), (2, 4), part(1, 4)), Box((2, 0), (2, 4), part(2, 4))],
        [Box((0,), (4,), part(4)), Box((2, 0), (2, 4), part(2, 4))],
    ],
)
def test_boxes_with_holes_or_overlaps_are_refused(boxes):
    with pytest.raises(StudioError, match="do not make up the whole"):
        boxed("w", (4, 4), boxes)


def test_stacked_layers_come_apart():
    found = layers(
        "w",
        (4, 3, 2),
        [Box((0, 0, 0), (3, 3, 2), part(3, 3, 2)), Box((3, 0, 0), (1, 3, 2), part(1, 3, 2))],
    )
    assert [layer.rows(0, 3)[0, 0] for layer in found] == [0, 6, 12, 0]


def test_layers_are_not_made_before_they_are_known_to_be_there():
    with pytest.raises(StudioError, match="do not make up the whole"):
        layers("w", (1 << 50, 3, 2), [Box((0, 0, 0), (3, 3, 2), part(3, 3, 2))])
