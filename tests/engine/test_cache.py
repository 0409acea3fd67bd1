"""Which cells of the context tokens get, and which are given back."""

from collections.abc import Iterator, Mapping, Sequence

import pytest

from steerlm_studio.engine.cache import STEM, Cache
from steerlm_studio.engine.llama import Llama
from tests.engine import tiny


@pytest.fixture
def cache(tmp_path) -> Iterator[Cache]:
    llama = Llama(str(tiny.write(tmp_path / "m.gguf")), cells=512, sequences=4)
    yield Cache(llama, lanes=2)
    llama.close()


def held(cache: Cache, targets: Mapping[int, Sequence[int]]) -> None:
    """As a run begins: there is room for whatever is parked."""
    cache.assign(targets, spare=400)
    for batch, _ in cache.batches(cache.missing(targets), len(targets[STEM])):
        cache.evaluate(batch, targets)


def test_another_chat_gets_the_cells_of_the_one_before(cache: Cache):
    """It was put behind them, and each of its steps looked through both."""
    system, old, new = [5, 6, 7, 8], [20] * 60, [30] * 60
    held(cache, {STEM: system + old, 1: system + old + [9], 2: system + old + [10]})
    held(cache, {STEM: system + old, 1: system + old + [11]})  # a slider move between
    held(cache, {STEM: system + new, 1: system + new + [9]})
    assert cache.slots[1].places == list(range(65))
    assert cache.parked == 0
