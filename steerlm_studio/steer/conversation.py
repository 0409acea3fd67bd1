"""A conversation as values: turns, each with the steering its reply was made with."""

from dataclasses import dataclass, replace

from steerlm_studio.steer.schema import DEFAULT_SYSTEM
from steerlm_studio.steer.steering import Steering


@dataclass(frozen=True)
class Turn:
    """A question, its reply, and what the reply was told.

    `steering` is a `Steering`, or a control string to be sent as it stands ("" = no control line).
    """

    user: str
    reply: str
    steering: Steering | str = ""

    @property
    def control(self) -> str:
        return str(self.steering)


@dataclass(frozen=True)
class Conversation:
    """System text and the turns so far, oldest first."""

    system: str = DEFAULT_SYSTEM
    turns: tuple[Turn, ...] = ()

    def and_then(self, turn: Turn) -> "Conversation":
        return replace(self, turns=(*self.turns, turn))

    def before(self, index: int) -> "Conversation":
        """The same up to, and without, turn `index`."""
        return replace(self, turns=self.turns[:index])
