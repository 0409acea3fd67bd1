"""In Fast a lane's text is the same beside any number of others, whichever of them end first."""

import gguf
import pytest

from steerlm_studio.engine.lanes import Lanes
from steerlm_studio.engine.limits import Limits
from steerlm_studio.engine.llama import Llama
from steerlm_studio.engine.prompt import Tokenizer
from steerlm_studio.engine.threads import Threads
from steerlm_studio.resources import path
from tests.engine import tiny
from tests.engine.talk import ask, lane, prompt

BEFORE = [("Name a bush.", "quality:4,lang:en", "A hazel, a rose or a holly. " * 3)]
SHAPE = tiny.Shape(layers=2, width=256, heads=2, ffn=512)


@pytest.fixture(scope="module", params=["demo", "F32", "Q8_0", "Q4_0"])
def llama(request, tmp_path_factory):
    """Number formats for which llama.cpp has different kernels."""
    file = path("demo/demo-steerlm-q8_0.gguf")
    if request.param != "demo":
        kind = gguf.GGMLQuantizationType[request.param]
        file = tiny.write(tmp_path_factory.mktemp("widths") / "m.gguf", shape=SHAPE, quant=kind)
    loaded = Llama(str(file), cells=4096, sequences=40, threads=1)
    yield loaded
    loaded.close()


def engine(llama, lanes, cells=4096):
    llama.clear()
    made = Lanes(llama, Tokenizer(llama), Limits(1024, cells, lanes), Threads(1, 1))
    made.warm_up()
    return made


def settings(count):
    """Lanes of one chat that differ in their control strings, seeds and lengths."""
    return [
        lane(
            prompt(before=BEFORE, control=f"quality:{n % 5},humor:{n // 5},lang:en"),
            seed=n,
            max_tokens=8 + 7 * n % 29,
        )
        for n in range(count)
    ]


def texts(lanes, *asked):
    lanes._cache.clear()
    heard = ask(lanes, *asked, stop=())
    return [heard.texts[number] for number in range(len(asked))]


def test_a_lanes_text_is_the_same_in_1_to_8_and_25_lanes(llama):
    lanes, asked = engine(llama, 25), settings(25)
    together = texts(lanes, *asked)
    assert len(set(together)) > 20
    for width in range(1, 9):
        assert texts(lanes, *asked[:width]) == together[:width]
    assert texts(lanes, asked[24]) == together[24:]


def test_its_place_among_the_lanes_does_not_matter(llama):
    lanes, asked = engine(llama, 8), settings(8)
    assert texts(lanes, *asked[::-1]) == texts(lanes, *asked)[::-1]


@pytest.mark.parametrize("cells", [4096, 900, 500])
def test_lanes_that_wait_for_a_place_get_the_text_they_have_alone(llama, cells):
    """With few cells only some of 8 fit at a time, and what one leaves the next ones need.

    Where all of those ended together, the next ones once got cells in front of what they shared.
    """
    asked = settings(25)
    together = texts(engine(llama, 25), *asked)
    assert texts(engine(llama, 8, cells), *asked) == together


@pytest.mark.parametrize("before", [3, 8])
@pytest.mark.parametrize("is_next_turn", [False, True])
def test_what_ran_before_makes_no_lane_depend_on_the_others(llama, before, is_next_turn):
    """Cells that the lanes of before left free once were in front of what some took over."""
    lanes = engine(llama, 25)
    first = texts(lanes, *settings(before))[0]
    said = (
        [*BEFORE, ("Name a tree.", "quality:0,humor:0,lang:en", first)] if is_next_turn else BEFORE
    )
    moved = [
        lane(prompt(before=said, control=f"quality:{n % 5},humor:{n // 5},lang:de"), seed=n)
        for n in range(10)
    ]
    found = []
    for chosen in (range(10), range(1), range(3), (7, 2)):
        texts(lanes, *settings(before))
        heard = ask(lanes, *(moved[number] for number in chosen), stop=())
        found.append({number: heard.texts[place] for place, number in enumerate(chosen)})
    assert all(some.items() <= found[0].items() for some in found)


def test_after_a_slider_move_too(llama):
    lanes, asked = engine(llama, 8), settings(8)
    moved = []
    for width in (1, 3, 8):
        lanes._cache.clear()
        ask(lanes, lane(prompt(before=BEFORE), max_tokens=5))
        moved.append(ask(lanes, *asked[:width], stop=()).texts[0])
    assert moved[0] == moved[1] == moved[2]


def test_a_lane_alone_may_have_its_steps_unpadded(llama):
    lanes = engine(llama, 8)
    narrow = ask(lanes, lane(max_tokens=4), padded=False)
    wide = ask(lanes, lane(max_tokens=4))
    assert narrow.ends[0].width == 1 < wide.ends[0].width
    two = ask(lanes, lane(max_tokens=4), lane(seed=2, max_tokens=4), padded=False)
    assert two.ends[0].width == wide.ends[0].width
