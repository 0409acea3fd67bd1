"""Where a step's time goes: llama.cpp's own work, the choice of tokens, and what is around them.

    python -m tests.benchmarks.step_profile [--model FILE] [--lanes 1,4,8,25] [--tokens 200]

One thread computes, so that its CPU time can be told from other programs'; medians over the steps.
Each part is told without the parts within it.
"""

import argparse
import os
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from steerlm_studio import protocol, resources
from steerlm_studio.engine import answer, cache, chain, llama, sampling, session
from steerlm_studio.engine.serve import _options

PARTS = (
    ("llama_decode", llama.L, "llama_decode"),
    ("filling the batch", llama.Llama, "decode"),
    ("which token goes where", cache.Cache, "step"),
    ("finding the logits", llama.Llama, "logits"),
    ("largest and few", sampling.Sampler, "choose"),
    ("llama.cpp's samplers", chain.Chain, "draw"),
    ("text of the token", answer.Answer, "take"),
)
PROMPT = (protocol.Part("text", "What is tea? " * 20),)


class Clock:
    """CPU time of this thread by part, summed over a step; what is within a part is not its own."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = defaultdict(float)
        self._within: list[float] = []

    def timed(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def run(*arguments: Any, **more: Any) -> Any:
            with self.part(name):
                return call(*arguments, **more)

        return run

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        self._within.append(0.0)
        began = time.thread_time()
        try:
            yield
        finally:
            took = time.thread_time() - began
            self.spent[name] += took - self._within.pop()
            if self._within:
                self._within[-1] += took


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, default=resources.demo_model())
    parser.add_argument("--lanes", default="1,4,8,25")
    parser.add_argument("--tokens", type=int, default=200)
    options = parser.parse_args()
    clock = Clock()
    for name, owner, attribute in PARTS:
        setattr(owner, attribute, clock.timed(name, getattr(owner, attribute)))
    for lanes in map(int, options.lanes.split(",")):
        report(lanes, profile(clock, options.model, lanes, options.tokens))


def profile(clock: Clock, model: Path, lanes: int, tokens: int) -> list[dict[str, float]]:
    """Seconds by part, for each step."""
    arguments = [str(model), "--threads=1", f"--lanes={lanes}", "--context=1024"]
    running = session.Session(_options(arguments), lambda fraction: None)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    settings = [protocol.Sampling(max_tokens=tokens, seed=seed) for seed in range(lanes)]
    request = protocol.Generate(
        1, tuple(protocol.Lane(PROMPT, one) for one in settings), padded=lanes > 1, endless=True
    )
    steps: list[dict[str, float]] = []
    replies = running.generate(request, lambda: False)
    clock.spent.clear()
    while True:
        with clock.part("the loop"):
            reply = next(replies, None)
        if reply is None:
            return steps[1:]
        with clock.part("the message"):
            os.write(nowhere, protocol.line(reply))
        if isinstance(reply, protocol.Step):
            steps.append(dict(clock.spent))
        clock.spent.clear()


def report(lanes: int, steps: list[dict[str, float]]) -> None:
    names = sorted({name for step in steps for name in step})
    medians = {name: statistics.median(step.get(name, 0.0) for step in steps) for name in names}
    whole = sum(medians.values())
    print(f"\n{lanes} lanes, {len(steps)} steps, {whole * 1e6:.0f} µs of CPU a step")
    for name, seconds in sorted(medians.items(), key=lambda item: -item[1]):
        print(f"  {name:24} {seconds * 1e6:8.1f} µs  {100 * seconds / whole:5.1f} %")


if __name__ == "__main__":
    main()
