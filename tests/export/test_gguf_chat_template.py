"""The chat template in a GGUF renders the very prompt that the studio sends."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2.sandbox import ImmutableSandboxedEnvironment

from steerlm_studio.errors import StudioError
from steerlm_studio.export.chat_template import chat_template
from steerlm_studio.steer.conversation import Conversation, Turn
from steerlm_studio.steer.schema import DEFAULT_SYSTEM, SCHEMAS
from steerlm_studio.steer.steering import default_steering
from steerlm_studio.steer.template import TEMPLATES, render, text_of

# As Hugging Face and llama-server set it up.
JINJA = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


def rendered(source: str, messages: list[dict[str, str]], **more: object) -> str:
    return JINJA.from_string(source).render(messages=messages, add_generation_prompt=True, **more)


def messages(talk: Conversation, question: str) -> list[dict[str, str]]:
    spoken = [{"role": "system", "content": talk.system}]
    for turn in talk.turns:
        spoken.append({"role": "user", "content": turn.user})
        spoken.append({"role": "assistant", "content": turn.reply, "control": turn.control})
    return [*spoken, {"role": "user", "content": question}]


@pytest.mark.parametrize("schema", SCHEMAS.values(), ids=SCHEMAS)
def test_a_question_becomes_the_prompt_with_the_default_control_string(schema):
    control = str(default_steering(schema))
    source = chat_template(schema.template, control, schema.system)
    talk = Conversation(schema.system, ())
    prompt = text_of(render(talk, "Why?", control, TEMPLATES[schema.template]))
    assert rendered(source, messages(talk, "Why?")) == prompt
    assert rendered(source, [{"role": "user", "content": "Why?"}]) == prompt


@given(TEXTS, TEXTS, TEXTS, TEXTS)
def test_every_past_reply_keeps_its_own_control_string(system, user, reply, question):
    talk = Conversation(
        system, (Turn(user, reply, "humor:4,lang:de"), Turn(user, reply, ""), Turn("a", "b", "c:1"))
    )
    source = chat_template("nemotron", "quality:4", DEFAULT_SYSTEM)
    assert rendered(source, messages(talk, question)) == text_of(
        render(talk, question, "quality:4")
    )


def test_a_caller_overrides_the_control_string_or_leaves_it_out():
    source = chat_template("nemotron", "quality:4", "")
    asked = [{"role": "user", "content": "Why?"}]
    assert rendered(source, asked, control="humor:4").endswith("<extra_id_2>humor:4\n")
    assert rendered(source, asked, control="").endswith("<extra_id_1>Assistant\n")


def test_without_a_generation_prompt_the_conversation_ends_where_it_ends():
    source = chat_template("nemotron", "quality:4", "Be kind.")
    said = JINJA.from_string(source).render(messages=[{"role": "user", "content": "Hi"}])
    assert said == "<extra_id_0>System\nBe kind.\n\n<extra_id_1>User\nHi\n"


@pytest.mark.parametrize("system", ['It\'s "so" {{ 7*7 }}', "a\\n'b\n\t{% raw %}", "ü ☃ \u2028"])
def test_a_system_text_with_quotes_and_braces_stays_text(system):
    source = chat_template("nemotron", "", system)
    assert rendered(source, []).startswith(f"<extra_id_0>System\n{system}\n\n")


def test_what_cannot_be_a_control_string_or_a_template_is_refused():
    with pytest.raises(StudioError, match="cannot be a control string"):
        chat_template("nemotron", "quality:4'}}", "")
    with pytest.raises(StudioError, match="nemotron, nemo-aligner"):
        chat_template("chatml", "", "")


def test_every_template_that_can_be_steered_can_be_exported():
    assert [chat_template(name, "", "") for name in TEMPLATES]
