"""Prompts and what came of them, in a few words."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from steerlm_studio.protocol import (
    Done,
    Generate,
    Lane,
    LaneDone,
    Part,
    Prefilling,
    Reply,
    Sampling,
    Step,
)

DEFAULT = "quality:4,verbosity:2,lang:en"


def prompt(
    question: str = "Name a tree.",
    control: str = DEFAULT,
    before: Iterable[tuple[str, str, str]] = (),
) -> tuple[Part, ...]:
    """A conversation with `before` as (question, control string, reply), then the question."""
    parts = [Part("control", "<extra_id_0>"), Part("text", "System\nBe kind.\n\n")]
    for asked, steered, replied in before:
        parts += [*_turn(asked, steered), Part("text", replied + "\n")]
    return (*parts, *_turn(question, control))


def _turn(question: str, control: str) -> list[Part]:
    return [
        Part("control", "<extra_id_1>"),
        Part("text", f"User\n{question}\n"),
        Part("control", "<extra_id_1>"),
        Part("text", "Assistant\n"),
        Part("control", "<extra_id_2>"),
        Part("text", control + "\n"),
    ]


def lane(parts: tuple[Part, ...] | None = None, **sampling: object) -> Lane:
    return Lane(prompt() if parts is None else parts, Sampling(**{"max_tokens": 12, **sampling}))


@dataclass
class Heard:
    """The replies to one request, sorted."""

    texts: dict[int, str] = field(default_factory=dict)
    ends: dict[int, LaneDone] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    prefills: list[Prefilling] = field(default_factory=list)
    done: Done | None = None


def hear(replies: Iterable[Reply]) -> Heard:
    heard = Heard()
    for message in replies:
        if isinstance(message, Step):
            heard.steps.append(message)
            for number, piece in zip(message.lanes, message.pieces, strict=True):
                heard.texts[number] = heard.texts.get(number, "") + piece
        elif isinstance(message, LaneDone):
            heard.ends[message.lane] = message
        elif isinstance(message, Prefilling):
            heard.prefills.append(message)
        elif isinstance(message, Done):
            heard.done = message
    return heard


def ask(
    lanes, *asked: Lane, mode: str = "fast", stop=("<extra_id_1>",), cancelled=None, **more
) -> Heard:
    """Run a request in this process."""
    request = Generate(1, asked, mode, stop, **more)
    return hear(lanes.run(request, cancelled or (lambda: False)))
