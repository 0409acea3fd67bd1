"""One request under way: its answers, what it cost, and the messages that tell its end."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from steerlm_studio.engine.answer import Answer
from steerlm_studio.engine.llama import Aborted
from steerlm_studio.protocol import Done, Finish, LaneDone


@dataclass
class Run:
    """The counts and times of one request."""

    number: int
    answers: list[Answer]
    width: int  # that its steps are padded to
    padded: bool
    cancelled: Callable[[], bool]
    started: float = field(default_factory=time.monotonic)
    evaluated: int = 0
    reused: int = 0
    prompt_seconds: float = 0.0
    first_token: float = 0.0
    sampling_seconds: float = 0.0
    steps: int = 0
    graphs: int = 0  # reused before this run

    def check(self) -> None:
        """Raise `Aborted` when the run was cancelled."""
        if self.cancelled():
            raise Aborted

    def lane_done(self, answer: Answer, finish: Finish) -> LaneDone:
        return LaneDone(
            run=self.number,
            lane=answer.number,
            finish=finish,
            tokens=answer.tokens,
            prompt_tokens=len(answer.prompt.ids),
            seed=answer.sampler.seed,
            width=self.width,
        )

    def done(self, graphs: int) -> Done:
        """The end of the run; `graphs` is how many were reused since the model was loaded."""
        now = time.monotonic()
        return Done(
            run=self.number,
            evaluated=self.evaluated,
            reused=self.reused,
            generated=sum(answer.tokens for answer in self.answers),
            prompt_seconds=self.prompt_seconds,
            first_token_seconds=(self.first_token or now) - self.started,
            seconds=now - self.started,
            sampling_seconds=self.sampling_seconds,
            steps=self.steps,
            graphs_reused=graphs - self.graphs,
        )
