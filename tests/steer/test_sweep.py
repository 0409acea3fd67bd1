"""Strips and grids as values."""

import pytest

from steerlm_studio.errors import StudioError
from steerlm_studio.steer.schema import NEMO_ALIGNER, NEMOTRON
from steerlm_studio.steer.steering import DEFAULT
from steerlm_studio.steer.sweep import Axis, Sweep, usual_values, values_in

HUMOR = Axis("humor", (0, 1, 2, 3, 4))
VERBOSITY = Axis("verbosity", (4, 2, 0))


def test_a_strip_takes_one_attribute_through_its_values():
    cells = Sweep(DEFAULT, HUMOR).cells()
    assert [cell.steering["humor"] for cell in cells] == [0, 1, 2, 3, 4]
    assert all(cell.steering.having(humor=0) == DEFAULT for cell in cells)
    assert [(cell.row, cell.column) for cell in cells] == [(0, n) for n in range(5)]


def test_a_grid_has_a_cell_for_each_pair_row_by_row():
    sweep = Sweep(DEFAULT, HUMOR, VERBOSITY)
    told = [(cell.steering["verbosity"], cell.steering["humor"]) for cell in sweep.cells()]
    assert told == [(v, h) for v in (4, 2, 0) for h in range(5)]
    assert told[sweep.centre] == (2, 2)


@pytest.mark.parametrize(
    ("text", "key", "values"),
    [
        ("0-4", "humor", (0, 1, 2, 3, 4)),
        ("0, 2;4", "humor", (0, 2, 4)),
        (" 4 0 4", "humor", (4, 0)),
        ("- 0", "humor", (None, 0)),
        ("en DE", "lang", ("en", "de")),
    ],
)
def test_values_are_read_as_one_writes_them(text, key, values):
    assert values_in(text, NEMOTRON, key) == values


@pytest.mark.parametrize("text", ["", "  ", "often", "2.5"])
def test_what_is_no_value_is_said(text):
    with pytest.raises(StudioError, match="humor"):
        values_in(text, NEMOTRON, "humor")


@pytest.mark.parametrize(
    ("sweep", "why"),
    [
        (Sweep(DEFAULT, HUMOR, HUMOR), "same"),
        (Sweep(DEFAULT, Axis("humor", (9,))), "0 to 4"),
        (Sweep(DEFAULT, Axis("lang", ("xx",))), "xx"),
        (Sweep(DEFAULT, Axis("lang", NEMOTRON.languages), HUMOR), "5 by 5"),
        (Sweep(DEFAULT, Axis("lang", NEMOTRON.languages)), "25"),
    ],
)
def test_what_cannot_be_run_is_refused_with_a_reason(sweep, why):
    with pytest.raises(StudioError, match=why):
        sweep.check()


def test_five_by_five_is_possible():
    sweep = Sweep(DEFAULT, HUMOR, Axis("verbosity", (0, 1, 2, 3, 4)))
    sweep.check()
    assert len({str(cell.steering) for cell in sweep.cells()}) == 25


def test_an_axis_goes_through_its_range_or_some_languages():
    assert usual_values(NEMOTRON, "humor") == (0, 1, 2, 3, 4)
    assert usual_values(NEMOTRON, "lang") == ("en", "de", "fr", "es", "it")
    assert usual_values(NEMO_ALIGNER, "lang") == ()
    assert HUMOR.name_of(2) == "humor 2"
