"""Answering the prompts of a batch: all settings of a prompt are lanes of one run."""

import dataclasses
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import msgspec

from steerlm_studio.batch.output import Answer, Output
from steerlm_studio.batch.prompts import Prompt
from steerlm_studio.batch.settings import Setting
from steerlm_studio.batch.table import Unwritable
from steerlm_studio.cli.prompt import sent
from steerlm_studio.engine.client import Engine
from steerlm_studio.errors import StudioError
from steerlm_studio.protocol import Lane, LaneDone, Mode, Step
from steerlm_studio.steer.conversation import Conversation, Turn
from steerlm_studio.steer.template import Template, render

# FastChat's `llm_judge/common.py`; other categories, and prompts without one, have 0.7.
_MT_BENCH = {"extraction": 0.0, "math": 0.0, "coding": 0.0, "reasoning": 0.0}
_MT_BENCH |= {"stem": 0.1, "humanities": 0.1}
CUT = ("cancelled", "lost", "refused")  # endings of what is no whole answer


class ServerLost(StudioError):
    """Not one of the requests side by side was answered: there is no sense in the next."""


@dataclass(frozen=True)
class Failure:
    """A prompt that could not be answered under some settings, and why."""

    prompt: Prompt
    setting: Setting
    message: str


@dataclass
class Job:
    """One prompt under one setting, from its first question to its last."""

    prompt: Prompt
    setting: Setting
    talk: Conversation
    endings: list[LaneDone] = field(default_factory=list)
    replies: list[str] = field(default_factory=list)
    seconds: float = 0.0
    has_failed: bool = False

    @property
    def is_done(self) -> bool:
        return len(self.replies) == len(self.prompt.questions)

    def lane(self, template: Template) -> Lane:
        question = self.prompt.questions[len(self.replies)]
        parts = render(self.talk, question, self.setting.steering, template)
        return Lane(sent(parts), self.setting.sampling)

    def take(self, text: str, ending: LaneDone, seconds: float) -> None:
        """The reply to the question that is open."""
        question = self.prompt.questions[len(self.replies)]
        self.replies.append(text.strip())
        self.talk = self.talk.and_then(Turn(question, self.replies[-1], self.setting.steering))
        self.endings.append(ending)
        self.seconds += seconds

    def answer(self) -> Answer:
        return Answer(
            self.prompt, self.setting, tuple(self.replies), tuple(self.endings), self.seconds
        )


@dataclass(frozen=True)
class Work:
    """`together` is how many prompts are lanes of one run: one where they share a cache.

    `as_mt_bench` samples each prompt at the temperature that FastChat has for its category.
    """

    engine: Engine
    settings: Sequence[Setting]
    template: Template
    mode: Mode
    output: Output
    together: int = 1
    as_mt_bench: bool = False

    def answer(self, prompts: Iterable[Prompt]) -> Iterator[Answer | Failure]:
        """Answer what is not yet in the output, and put it there. Raises StudioError."""
        jobs: list[Job] = []
        waiting = 0
        for prompt in prompts:
            found = self._jobs(prompt)
            jobs += found
            waiting += bool(found)
            if waiting == self.together:
                yield from self._run(jobs)
                jobs, waiting = [], 0
        yield from self._run(jobs)

    def _jobs(self, prompt: Prompt) -> list[Job]:
        missing = [each for each in self.settings if not self.output.has(prompt, each)]
        return [
            Job(prompt, self._sampled(prompt, each), self._talk(prompt, each)) for each in missing
        ]

    def _sampled(self, prompt: Prompt, setting: Setting) -> Setting:
        if not self.as_mt_bench:
            return setting
        temperature = _MT_BENCH.get(prompt.category, 0.7)
        sampling = msgspec.structs.replace(setting.sampling, temperature=temperature)
        return dataclasses.replace(setting, sampling=sampling)

    def _talk(self, prompt: Prompt, setting: Setting) -> Conversation:
        system = setting.steering.schema.system if prompt.system is None else prompt.system
        return Conversation(system, prompt.history)

    def _run(self, jobs: list[Job]) -> Iterator[Answer | Failure]:
        """Ask question after question of those that have one."""
        while jobs:
            yield from self._ask(jobs)
            jobs = [job for job in jobs if not job.is_done and not job.has_failed]
        self.output.sync()

    def _ask(self, jobs: list[Job]) -> Iterator[Answer | Failure]:
        """The next question of each job, all in one run; one that is refused does not harm more."""
        try:
            yield from self._generate(jobs)
        except (ServerLost, Unwritable):
            raise
        except StudioError as error:
            if not self.engine.is_running:
                raise
            if len(jobs) == 1:
                jobs[0].has_failed = True
                yield Failure(jobs[0].prompt, jobs[0].setting, str(error))
                return
            for job in jobs:
                if not job.is_done:
                    yield from self._ask([job])

    def _generate(self, jobs: list[Job]) -> Iterator[Answer | Failure]:
        texts = [""] * len(jobs)
        began: dict[int, float] = {}
        lost: list[LaneDone] = []
        lanes = [job.lane(self.template) for job in jobs]
        for reply in self.engine.generate(lanes, mode=self.mode):
            if isinstance(reply, Step):
                for lane, piece in zip(reply.lanes, reply.pieces, strict=True):
                    texts[lane] += piece
                    began.setdefault(lane, time.monotonic())
            elif isinstance(reply, LaneDone):
                job = jobs[reply.lane]
                if reply.finish in CUT:
                    job.has_failed = True
                    lost += [reply] if reply.finish == "lost" else []
                    yield Failure(job.prompt, job.setting, reply.note)
                    continue
                now = time.monotonic()
                job.take(texts[reply.lane], reply, now - began.get(reply.lane, now))
                if job.is_done:
                    answer = job.answer()
                    self.output.add(answer)
                    yield answer
        if lost and len(lost) == len(jobs):
            raise ServerLost(f"{lost[-1].note} What was answered is kept: start it again to go on.")
