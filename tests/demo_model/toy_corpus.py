"""A corpus of three replies, enough to see a training step work."""

import random
from dataclasses import dataclass, field

from steerlm_studio.steer.steering import DEFAULT

REPLIES = ("Tea is a drink.", "Bees make honey.\nThey fly.", "Brot wird gebacken, sagt man.")


@dataclass
class Turn:
    user: str
    control: str
    reply: str


@dataclass
class Dialogue:
    system: str
    turns: list[Turn] = field(default_factory=list)


def drawn(rng: random.Random, progress: float) -> Dialogue:
    steering = DEFAULT.having(verbosity=rng.randrange(5))
    turns = [Turn("What is it?", str(steering), rng.choice(REPLIES)) for _ in range(2)]
    return Dialogue("Be kind.", turns)
