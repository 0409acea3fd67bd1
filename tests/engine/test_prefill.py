"""Reading a prompt before it is asked for: saves work, ends for whatever comes, changes no text."""

import time

import pytest

from steerlm_studio.engine.client import Engine
from steerlm_studio.protocol import Prefill
from tests.engine import tiny
from tests.engine.talk import ask, hear, lane, prompt

LONG = [(f"Question {i} about old trees?", "quality:4,lang:en", "An oak. " * 9) for i in range(20)]


def read(lanes, parts, mode="fast", disturbed=lambda: False):
    return lanes.prefill(Prefill(1, parts, mode), disturbed)


@pytest.mark.parametrize("mode", ["fast", "exact"])
def test_only_the_control_string_is_left_to_evaluate(lanes, tokenizer, mode):
    parts = prompt("And a bush?", before=LONG)
    whole = tokenizer.prompt(parts)
    assert read(lanes, parts, mode)
    heard = ask(lanes, lane(parts), mode=mode)
    assert heard.done.reused == whole.prefix > 1000
    assert heard.done.evaluated == len(whole.ids) - whole.prefix < 40


def test_what_was_typed_since_is_all_that_is_left_of_the_question(lanes, tokenizer):
    read(lanes, prompt("And a bush?", before=LONG))
    parts = prompt("And a bush? Or a hedge?", before=LONG)
    whole = tokenizer.prompt(parts)
    heard = ask(lanes, lane(parts))
    assert heard.done.evaluated < len(whole.ids) - whole.prefix + 40


def test_it_stops_at_the_next_chunk_and_keeps_what_it_has(lanes):
    asked = iter([False, False, True])
    parts = prompt(before=LONG)
    assert not read(lanes, parts, disturbed=lambda: next(asked))
    assert ask(lanes, lane(parts)).done.reused == 2 * 64


def test_an_abort_inside_a_chunk_leaves_the_cache_usable(lanes, llama):
    parts = prompt(before=LONG)
    cold = ask(lanes, lane(parts), mode="exact").texts
    for mode in ("fast", "exact"):
        lanes._cache.clear()
        llama.abort(True)
        assert not read(lanes, parts, mode)
        llama.abort(False)
        assert ask(lanes, lane(parts), mode="exact").texts == cold


def test_exact_gives_the_same_text_whatever_was_read_ahead(lanes):
    parts = prompt("And a bush?", before=LONG)
    cold = ask(lanes, lane(parts, max_tokens=30), mode="exact").texts
    for mode in ("fast", "exact"):
        for typed in ("A", "And a bush", "And a bush?", "Something else"):
            asked = iter([False, typed == "A", True])
            read(lanes, prompt(typed, before=LONG), mode, lambda asked=asked: next(asked))
            assert ask(lanes, lane(parts, max_tokens=30), mode="exact").texts == cold


def test_a_control_string_that_is_known_stays_known_while_its_slider_is_dragged(lanes):
    old = prompt(before=LONG, control="quality:4,verbosity:4,humor:0,lang:en")
    new = prompt(before=LONG, control="quality:4,verbosity:4,humor:3,lang:en")
    ask(lanes, lane(old))
    read(lanes, new)
    assert ask(lanes, lane(new)).done.evaluated < 10


@pytest.mark.parametrize("parts", [(), prompt("tree " * 5000)])
def test_a_prompt_that_could_not_be_asked_is_not_read(lanes, parts):
    assert read(lanes, parts)
    assert ask(lanes, lane()).done.reused == 0


@pytest.fixture(scope="module")
def slow(tmp_path_factory):
    shape = tiny.Shape(layers=6, width=512, heads=8, ffn=2048)
    model = tiny.write(tmp_path_factory.mktemp("slow") / "slow.gguf", shape=shape)
    with Engine(model, threads=1) as engine:
        yield engine


def test_a_request_does_not_wait_for_what_is_read_ahead(slow):
    """It is answered while most of that is still unread."""
    long = prompt("bush " * 1200)
    total = len(slow.tokenize(long).ids)
    slow.prefill(long)
    slow.tokenize(prompt())
    assert slow.tokenize(long).cached < total / 2
    slow.prefill(long)
    hear(slow.generate([lane(prompt("oak"), max_tokens=1)]))
    assert slow.tokenize(long).cached < total / 2


def test_after_a_small_request_the_reading_goes_on(slow):
    parts = prompt("shrub " * 300)
    slow.prefill(parts)
    slow.set_threads(1)
    total = len(slow.tokenize(parts).ids)
    deadline = time.monotonic() + 300
    while slow.tokenize(parts).cached < total - 60 and time.monotonic() < deadline:
        time.sleep(0.5)
    assert slow.tokenize(parts).cached > total - 60
    assert hear(slow.generate([lane(parts, max_tokens=1)])).done.reused > total - 60
