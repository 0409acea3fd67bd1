"""A control string is found in a whole prompt, the last one when there are several."""

import time

import pytest

from steerlm_studio.steer.conversation import Conversation, Turn
from steerlm_studio.steer.pasted import control_string_in
from steerlm_studio.steer.schema import NEMOTRON
from steerlm_studio.steer.steering import DEFAULT, nothing_set
from steerlm_studio.steer.template import NEMOTRON_TEMPLATE, Template, render, text_of

ASKED = DEFAULT.having(humor=3, lang="de")


def prompt(template: Template = NEMOTRON_TEMPLATE) -> str:
    talk = Conversation("Be kind: to all, always: yes.", (Turn("Hi", "Hello", DEFAULT),))
    return text_of(render(talk, "Why, oh why: now?", ASKED, template))


def test_the_last_one_of_a_prompt_is_taken():
    assert control_string_in(prompt()) == str(ASKED)


def test_a_prompt_without_the_newline_after_it_is_read_as_well():
    bare = Template("bare", newline_after_control=False)
    assert control_string_in(prompt(bare)) == str(ASKED)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r\n\r\n"])
def test_a_prompt_that_sets_one_or_two_values_is_read(end: str):
    """It was taken for a fragment, and the whole prompt stood in the control string."""
    talk = nothing_set(NEMOTRON).having(humor=4)
    for asked in (talk, talk.having(quality=1)):
        whole = text_of(render(Conversation(), "Why?", asked)).replace("\n", end)
        assert control_string_in(whole) == str(asked)


def test_a_label_of_a_training_file_is_read():
    line = (
        '{"from": "Assistant", "value": "a: 1, b: 2, c: 3", "label": "quality:4,humor:1,lang:en"}'
    )
    assert control_string_in(line) == "quality:4,humor:1,lang:en"


def test_spaces_are_kept_for_lint_to_name():
    assert control_string_in("→ quality:4, humor: 1, toxicity:0.") == (
        "quality:4, humor: 1, toxicity:0"
    )


def test_other_text_holds_none():
    assert control_string_in("one:1,two:2,three:3") is None
    assert control_string_in("quality:4,humor:1") is None  # a fragment is pasted as it is


def test_a_long_word_costs_no_time():
    begun = time.process_time()
    assert control_string_in("a" * 2_000_000) is None
    assert time.process_time() - begun < 2
