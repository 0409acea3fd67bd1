"""Conversation and steering into the prompt that a model was trained to read.

Layout (newlines written as ⏎), from NeMo 1.21 `gpt_sft_chat_dataset.py` and the model card:

    <extra_id_0>System⏎{system}⏎⏎<extra_id_1>User⏎{user}⏎<extra_id_1>Assistant⏎
    <extra_id_2>{control}⏎{reply}⏎<extra_id_1>User⏎…

Two details differ between families and printed templates, so they are data: the blank line after
the system text (NeMo-Aligner models had one newline only) and the newline after the control string
(the card of Nemotron-3-8B prints the template without it).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from steerlm_studio.errors import StudioError
from steerlm_studio.steer.conversation import Conversation
from steerlm_studio.steer.steering import Steering

SYSTEM_TOKEN = "<extra_id_0>"
TURN_TOKEN = "<extra_id_1>"
CONTROL_TOKEN = "<extra_id_2>"
STOP = TURN_TOKEN


@dataclass(frozen=True)
class Part:
    """A control token, or text in which no spelling counts as a control token."""

    kind: Literal["control", "text"]
    text: str


@dataclass(frozen=True)
class Template:
    """The layout of a prompt; see the module's docstring for the two switches."""

    id: str
    blank_line_after_system: bool = True
    newline_after_control: bool = True


TEMPLATES: dict[str, Template] = {
    template.id: template
    for template in (
        Template("nemotron"),
        Template("nemo-aligner", blank_line_after_system=False),
    )
}
NEMOTRON_TEMPLATE = TEMPLATES["nemotron"]


def template_named(name: str) -> Template:
    """The template with this id. Raises StudioError."""
    if name not in TEMPLATES:
        raise StudioError(f"There is no prompt template “{name}”. Known: {', '.join(TEMPLATES)}.")
    return TEMPLATES[name]


def render(
    conversation: Conversation,
    question: str,
    steering: Steering | str,
    template: Template = NEMOTRON_TEMPLATE,
) -> tuple[Part, ...]:
    """The prompt that makes the model answer `question` under `steering`.

    Between two control parts everything is one text part, so that a tokenizer sees it as one
    string. Only what comes after the last control part depends on `steering` (with a control
    string, that is the last part alone).
    """
    pieces = list(_system(conversation.system, template))
    for turn in conversation.turns:
        pieces += _asked(turn.user, turn.control, template)
        pieces.append(Part("text", turn.reply + "\n"))
    pieces += _asked(question, str(steering), template)
    return _joined(pieces)


def text_of(parts: tuple[Part, ...]) -> str:
    """The prompt as one string, as it would be printed."""
    return "".join(part.text for part in parts)


def _system(system: str, template: Template) -> Iterator[Part]:
    yield Part("control", SYSTEM_TOKEN)
    yield Part("text", f"System\n{system}\n" + ("\n" if template.blank_line_after_system else ""))


def _asked(question: str, control: str, template: Template) -> Iterator[Part]:
    yield Part("control", TURN_TOKEN)
    yield Part("text", f"User\n{question}\n")
    yield Part("control", TURN_TOKEN)
    yield Part("text", "Assistant\n")
    if control:
        yield Part("control", CONTROL_TOKEN)
        yield Part("text", control + ("\n" if template.newline_after_control else ""))


def _joined(pieces: list[Part]) -> tuple[Part, ...]:
    """Neighbouring text parts become one."""
    parts: list[Part] = []
    for kind, run in groupby(pieces, key=lambda part: part.kind):
        if kind == "control":
            parts += run
        else:
            parts.append(Part("text", "".join(part.text for part in run)))
    return tuple(parts)
