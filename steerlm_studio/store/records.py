"""What the store holds, as values: conversations, turns, and how each reply was made."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from steerlm_studio.protocol import Sampling
from steerlm_studio.steer.conversation import Conversation, Turn
from steerlm_studio.steer.schema import DEFAULT_SYSTEM

# How a reply ended, besides the engine's own stop, length, context and cancelled.
FAILED = "failed"  # the engine ended before the reply did
INTERRUPTED = "interrupted"  # the program ended before the reply did
DAMAGED = "damaged"  # the file could not be read at this place
IMPORTED = "imported"  # it came from a file
UNANSWERED = "unanswered"  # a question that came from a file without a reply

Extra = Mapping[str, Any]


@dataclass(frozen=True)
class Setup:
    """What a reply was made with, besides its control string and its seed."""

    schema: str = ""
    template: str = ""
    sampling: Sampling | None = None
    mode: str = ""
    model: str = ""
    model_hash: str = ""
    quant: str = ""
    device: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Counts:
    """What a reply cost: tokens, and seconds of wall clock; `width` as in `LaneDone`."""

    tokens: int = 0
    prompt_tokens: int = 0
    evaluated: int = 0
    reused: int = 0
    prompt_seconds: float = 0.0
    first_token_seconds: float = 0.0
    seconds: float = 0.0
    width: int = 0


@dataclass(frozen=True)
class Asked:
    """A question as it is sent, before there is a reply."""

    question: str
    control: str = ""
    setup: Setup = Setup()
    seed: int | None = None


@dataclass(frozen=True)
class StoredTurn:
    """A question and one reply to it. Turns of the same `parent` are versions of each other.

    `finish` is None while the reply is written. `shown` is the id of the following turn that the
    conversation goes on with. `vote` is -1, 0 or 1; `label` a corrected control string, for
    training ("" = as it was steered). Times in seconds since 1970.
    """

    id: int
    parent: int | None
    question: str
    reply: str = ""
    control: str = ""
    setup: Setup = Setup()
    seed: int | None = None
    finish: str | None = None
    counts: Counts = Counts()
    vote: int = 0
    kept: bool = False
    note: str = ""
    label: str = ""
    created: float = 0.0
    finished: float | None = None
    shown: int | None = None
    extra: Extra = field(default_factory=dict)

    @property
    def told(self) -> str:
        """The corrected control string where there is one, else the one it was made with."""
        return self.label or self.control

    def as_turn(self) -> Turn:
        return Turn(self.question, self.reply.strip(), self.control)


@dataclass(frozen=True)
class StoredCell:
    """One reply of a sweep; `finish` is None while it is written."""

    reply: str = ""
    finish: str | None = None
    seed: int | None = None
    counts: Counts = Counts()


AxisValues = tuple[str, tuple[int | str | None, ...]]  # an attribute, the values it takes


@dataclass(frozen=True)
class StoredSweep:
    """One question through the values of one or two attributes, row by row.

    It follows the turn `parent` (None = it begins the conversation); `control` is what the axes
    start from.
    """

    id: int
    parent: int | None
    question: str
    control: str
    axes: tuple[AxisValues, ...]
    setup: Setup = Setup()
    cells: tuple[StoredCell, ...] = ()
    created: float = 0.0


@dataclass(frozen=True)
class StoredConversation:
    """A conversation with all its versions; `shown` is the first turn of the open path."""

    id: int
    title: str = ""
    system: str = DEFAULT_SYSTEM
    turns: tuple[StoredTurn, ...] = ()
    shown: int | None = None
    draft: str = ""
    folder: str = ""
    tags: tuple[str, ...] = ()
    pinned: bool = False
    created: float = 0.0
    changed: float = 0.0
    view: Extra = field(default_factory=dict)
    extra: Extra = field(default_factory=dict)
    sweeps: tuple[StoredSweep, ...] = ()  # beside the turns

    def versions(self, parent: int | None) -> tuple[StoredTurn, ...]:
        """The turns that follow `parent` (None = the first ones), oldest first."""
        return tuple(turn for turn in self.turns if turn.parent == parent)

    def path(self) -> tuple[StoredTurn, ...]:
        """The open path: at each place the shown version."""
        return tuple(self._walk())

    def as_conversation(self) -> Conversation:
        """The open path as the model is told it."""
        return Conversation(self.system, tuple(turn.as_turn() for turn in self.path()))

    def _walk(self) -> Iterator[StoredTurn]:
        known = {turn.id: turn for turn in self.turns}
        place = self.shown
        while place is not None and (turn := known.pop(place, None)) is not None:
            yield turn
            place = turn.shown


@dataclass(frozen=True)
class Entry:
    """A conversation as a line of a list."""

    id: int
    title: str
    folder: str
    pinned: bool
    created: float
    changed: float


def sampling_fields(sampling: Sampling) -> dict[str, float | int]:
    """By name: temperature, top_k, …"""
    return {name: getattr(sampling, name) for name in Sampling.__struct_fields__}


def sampling_of(fields: object, seed: int | None = None) -> Sampling | None:
    """The inverse, of what is well formed in `fields`; None when there is nothing to read."""
    if not isinstance(fields, Mapping) or not fields:
        return None
    default = sampling_fields(Sampling())
    known = {
        name: type(default[name])(value)
        for name, value in fields.items()
        if name in default and is_number(value)
    }
    return Sampling(**known | ({} if seed is None else {"seed": seed}))  # type: ignore[arg-type]


def is_number(value: object) -> bool:
    """Whether the tables can hold it as one: finite, of at most 63 bits."""
    return (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and abs(value) < 1 << 63  # not a number is not less, either
    )
