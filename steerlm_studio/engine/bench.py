"""The numbers of `bench`: what prompts, slider moves and lanes cost a running engine."""

import os
import statistics
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from steerlm_studio.engine.client import Engine
from steerlm_studio.protocol import Done, Lane, Step

Ids = tuple[int, ...]


@dataclass(frozen=True)
class Case:
    """A conversation that is asked about under several settings, then under moved ones.

    `begun` are the lanes of the first run, `moved` those after a slider move: the same up to the
    control string.
    """

    depth: int  # tokens of the conversation that was asked for
    begun: tuple[Lane, ...]
    moved: tuple[Lane, ...]


@dataclass(frozen=True)
class Timing:
    """One run: its counts, and seconds of wall clock as the engine itself saw them."""

    done: Done
    steps: tuple[float, ...]  # seconds of each step but the first, which the prompt gives
    ideal: int  # prompt tokens that nobody could do without


@dataclass
class Row:
    """What was measured of so many lanes at a depth; medians of all repeats."""

    depth: int
    lanes: int
    cold: list[Timing] = field(default_factory=list)
    move: list[Timing] = field(default_factory=list)

    def figures(self) -> dict[str, float]:
        """By name; rates in tokens per second, times in seconds."""
        both = self.cold + self.move
        steps = sorted(s for timing in both for s in timing.steps) or [0.0]
        return {
            "depth": self.depth,
            "lanes": self.lanes,
            "repeats": len(self.cold),
            "prompt_rate": _median(t.done.evaluated / t.done.prompt_seconds for t in self.cold),
            "generation_rate": _median(map(_generation_rate, both)),
            "first_token_cold": _median(t.done.first_token_seconds for t in self.cold),
            "first_token_move": _median(t.done.first_token_seconds for t in self.move),
            "seconds_cold": _median(t.done.seconds for t in self.cold),
            "seconds_move": _median(t.done.seconds for t in self.move),
            "evaluated_cold": _median(t.done.evaluated for t in self.cold),
            "evaluated_move": _median(t.done.evaluated for t in self.move),
            "evaluated_to_ideal": sum(t.done.evaluated for t in both) / sum(t.ideal for t in both),
            "step_p50": steps[len(steps) // 2],
            "step_p95": steps[int(0.95 * (len(steps) - 1))],
            "sampling_share": sum(t.done.sampling_seconds for t in both)
            / max(1e-9, sum(t.done.seconds for t in both)),
            "graphs_reused": sum(t.done.graphs_reused for t in both)
            / max(1, sum(t.done.steps for t in both)),
        }


def measured(
    engine: Engine,
    cases: Callable[[int], Iterable[Case]],
    repeats: int,
    said: Callable[[Row], None] = lambda row: None,
) -> list[Row]:
    """Run the cases `repeats` times, one after the other each time, so that all see the same load.

    `cases(n)` makes those of repeat n, with conversations that no other repeat has.
    """
    rows: dict[tuple[int, int], Row] = {}
    memory = Remembered(engine)
    for repeat in range(repeats):
        for case in cases(repeat):
            key = (case.depth, len(case.begun))
            row = rows.setdefault(key, Row(*key))
            row.cold.append(memory.timed(case.begun))
            row.move.append(memory.timed(case.moved))
            said(row)
    return list(rows.values())


class Remembered:
    """Counts what an engine must evaluate, from the prompts that it was given before."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._before: list[Ids] = []

    def timed(self, lanes: Sequence[Lane]) -> Timing:
        """Answer all lanes to the last token allowed, whatever the model wants to say."""
        prompts = [self._engine.tokenize(lane.parts).ids for lane in lanes]
        ideal = needed(prompts, self._before)
        self._before = prompts
        steps = []
        for reply in self._engine.generate(lanes, endless=True, padded=len(lanes) > 1):
            if isinstance(reply, Step):
                steps.append(reply.seconds)
            elif isinstance(reply, Done):
                return Timing(reply, tuple(steps[1:]), ideal)
        raise AssertionError("the engine's last word is Done")


def needed(prompts: Sequence[Ids], before: Sequence[Ids]) -> int:
    """The tokens to evaluate: what the prompts do not share, with each other or with those before.

    The last token of each different prompt is always among them, since it gives the logits.
    """
    held = {prefix for prompt in before for prefix in _prefixes(prompt)}
    lacked = {prefix for prompt in prompts for prefix in _prefixes(prompt)} - held
    ends = {number for prompt in prompts for number in deque(_prefixes(prompt), maxlen=1)}
    return len(lacked | ends)


def _prefixes(ids: Ids) -> Iterator[int]:
    """A number for each prefix; alike prefixes have the same."""
    number = 0
    for token in ids:
        number = hash((number, token))
        yield number


def peak_memory(pid: int) -> int:
    """The most memory, in bytes, that a process has held so far; now's where that is not told."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    except OSError:
        return int(psutil.Process(pid).memory_info().rss)
    peak = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(peak.split()[1]) * 1024


def load_of_others(seconds: float = 1.0) -> float:
    """The share of all cores that is busy before anything is measured; figures tell it."""
    began = psutil.cpu_times()
    time.sleep(seconds)
    ended = psutil.cpu_times()
    idle = ended.idle - began.idle
    return max(0.0, 1 - idle / (seconds * (os.cpu_count() or 1)))


def _generation_rate(timing: Timing) -> float:
    """Tokens per second of all lanes together, sampling and messages included."""
    done = timing.done
    after_first = done.seconds - done.first_token_seconds
    return max(0, done.generated - 1) / after_first if after_first > 0 else 0.0


def _median(values: Iterable[float]) -> float:
    return float(statistics.median(values))
