"""The prompt that is sent, byte for byte."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from steerlm_studio.steer.conversation import Conversation, Turn
from steerlm_studio.steer.steering import DEFAULT, nothing_set
from steerlm_studio.steer.template import TEMPLATES, Part, Template, render, text_of


def test_two_turns_are_laid_out_as_in_training():
    talk = Conversation("Be kind.", (Turn("Hi", "Hello", "humor:1,lang:en"),))
    assert text_of(render(talk, "Why?", "humor:4,lang:en")) == (
        "<extra_id_0>System\nBe kind.\n\n"
        "<extra_id_1>User\nHi\n<extra_id_1>Assistant\n<extra_id_2>humor:1,lang:en\nHello\n"
        "<extra_id_1>User\nWhy?\n<extra_id_1>Assistant\n<extra_id_2>humor:4,lang:en\n"
    )


def test_prompts_differ_only_after_the_control_token():
    talk = Conversation("Be kind.", (Turn("Hi", "Hello", DEFAULT),))
    dry, funny = (render(talk, "Why?", DEFAULT.having(humor=h)) for h in (0, 4))
    assert dry[:-1] == funny[:-1]
    assert dry[-1] != funny[-1]


def test_with_nothing_set_there_is_no_control_line():
    talk = Conversation("S", (Turn("Hi", "Hello", ""),))
    text = text_of(render(talk, "Why?", nothing_set(DEFAULT.schema)))
    assert "<extra_id_2>" not in text
    assert text.endswith("<extra_id_1>User\nWhy?\n<extra_id_1>Assistant\n")


def test_the_aligner_family_has_one_newline_after_the_system_text():
    text = text_of(render(Conversation("S"), "Q", "", TEMPLATES["nemo-aligner"]))
    assert text.startswith("<extra_id_0>System\nS\n<extra_id_1>User\n")


def test_the_newline_after_the_control_string_can_be_left_out():
    card = Template("card", newline_after_control=False)
    text = text_of(render(Conversation("S"), "Q", "lang:en", card))
    assert text.endswith("<extra_id_2>lang:en")


@given(st.text(), st.text(), st.text())
def test_outside_text_is_never_a_control_part(system, question, reply):
    talk = Conversation(system, (Turn("Hi", reply, DEFAULT),))
    parts = render(talk, question, DEFAULT)
    controls = [part.text for part in parts if part.kind == "control"]
    one, two = "<extra_id_1>", "<extra_id_2>"
    assert controls == ["<extra_id_0>", one, one, two, one, one, two]


@given(st.text(min_size=1))
def test_between_two_control_tokens_everything_is_one_string(question):
    parts = render(Conversation(), question, DEFAULT)
    kinds = [part.kind for part in parts]
    assert all(pair != ("text", "text") for pair in pairwise(kinds))
    assert Part("text", f"User\n{question}\n") in parts
