"""A control string is found in a whole prompt, the last one when there are several."""

import time

import pytest

from steerlm_studio.steer.conversation import Conversation, Turn
from steerlm_studio.steer.pasted import Pasted, control_string_in, prompt_in
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


LAYOUTS = [
    NEMOTRON_TEMPLATE,
    Template("one line", blank_line_after_system=False),
    Template("bare", newline_after_control=False),
]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("template", LAYOUTS, ids=lambda template: template.id)
def test_a_prompt_of_one_question_comes_apart(template: Template, end: str):
    question = "Why,\n\noh why: now?"
    whole = text_of(render(Conversation("Be kind:\n\nalways."), question, ASKED, template))
    pasted = prompt_in(f"\n{whole.replace(chr(10), end)}{end}")
    assert pasted == Pasted("Be kind:\n\nalways.", question, str(ASKED))


@pytest.mark.parametrize("system", ["", "Be kind."])
def test_what_a_prompt_leaves_out_is_empty(system: str):
    whole = text_of(render(Conversation(system), "Why?", ""))
    assert prompt_in(whole) == prompt_in(whole.rstrip()) == Pasted(system, "Why?", "")


@pytest.mark.parametrize(
    "text",
    [
        "What is tea?",
        prompt(),  # an earlier turn
        text_of(render(Conversation(), "Why?", ASKED)) + "Because",
        "<extra_id_0>System\nA\n\n<extra_id_1>User\nB\n<extra_id_1>User\nC\n",
        "<extra_id_0>System\n<extra_id_1><extra_id_1>" + "\n" * 100_000,
    ],
)
def test_what_would_lose_something_is_no_prompt_of_one_question(text: str):
    assert prompt_in(text) is None
