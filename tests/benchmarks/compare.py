"""Our engine beside llama.cpp's own programs, built from the same sources: the ratios.

    make yardsticks
    python tests/benchmarks/compare.py [--model M] [--programs build/yardsticks/build/bin]
        [--threads 2] [--rounds 5] [--only lanes,server,keeping,length] [--json]
        [--attributes verbosity,humor]

Each round runs every pair once, ours and theirs one after the other; medians of all rounds are
compared. Ours is measured where the parent receives it: sampling, text and messages included.
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from steerlm_studio.cli.prompt import sent
from steerlm_studio.cli.settings import model_path
from steerlm_studio.engine.client import Engine
from steerlm_studio.protocol import Done, Lane, Part, Sampling, Step
from steerlm_studio.steer.conversation import Conversation
from steerlm_studio.steer.steering import DEFAULT, Steering
from steerlm_studio.steer.template import render
from tests.benchmarks.yardsticks import Programs, Server

BIN = Path(__file__).resolve().parents[2] / "build" / "yardsticks" / "build" / "bin"
CHAT, TOKENS, SLOTS = 1000, 64, 8
SHARED, TOGETHER = 256, 32  # question and reply of lanes beside batched-bench
PARTS = ("lanes", "server", "keeping", "length")


@dataclass
class Pair:
    """One line of the table."""

    what: str
    against: str
    aim: str
    unit: str
    ours: list[float] = field(default_factory=list)
    theirs: list[float] = field(default_factory=list)

    def figures(self) -> dict[str, object]:
        ours, theirs = statistics.median(self.ours), statistics.median(self.theirs)
        return {
            **{"what": self.what, "against": self.against, "aim": self.aim},
            **{"ours": ours, "theirs": theirs, "ratio": ours / theirs},
            **{"unit": self.unit, "rounds": len(self.ours)},
        }


@dataclass(frozen=True)
class Heard:
    """One run as its parent saw it: seconds to the first token, then the arrival of each step."""

    first: float
    arrivals: tuple[float, ...]
    tokens: int
    done: Done

    @property
    def rate(self) -> float:
        """Tokens per second of all lanes after the first step."""
        return self.tokens / (self.arrivals[-1] - self.arrivals[0])


def main() -> None:
    options = _options()
    programs = Programs(options.programs, Path(model_path(options.model)), options.threads)
    if not (programs.folder / "llama-bench").exists():
        sys.exit(f"There is no llama-bench in {programs.folder}. Run `make yardsticks` first.")
    with ExitStack() as stack:
        settings = partial(_settings, *options.attributes.split(","))
        rounds = [_MAKE[part](programs, stack, settings) for part in options.only.split(",")]
        pairs: dict[str, Pair] = {}
        for number in range(options.rounds):
            for measure in rounds:
                for pair, ours, theirs in measure(number):
                    kept = pairs.setdefault(f"{pair.what} {pair.against}", pair)
                    kept.ours.append(ours)
                    kept.theirs.append(theirs)
            print(f"round {number + 1} of {options.rounds}", file=sys.stderr)
    _tell([pair.figures() for pair in pairs.values()], options.json)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--model", default="demo", help="a .gguf file, or demo")
    parser.add_argument("--programs", type=Path, default=BIN, help="where llama-bench lies")
    parser.add_argument("--threads", type=int, default=2, help="of all programs alike")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default=",".join(PARTS), help="parts, with commas between")
    parser.add_argument("--attributes", default="verbosity,humor", metavar="A,B",
                        help="in which settings differ and that are moved: the earlier in the "
                        "control string, the more of it is read")  # fmt: skip
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if unknown := set(options.only.split(",")) - set(PARTS):
        parser.error(f"unknown: {', '.join(sorted(unknown))}; parts are {', '.join(PARTS)}")
    names = options.attributes.split(",")
    if len(names) != 2 or set(names) - set(DEFAULT.schema.names):
        parser.error("--attributes wants two attributes of the default schema")
    return options


Measured = Iterator[tuple[Pair, float, float]]
Measure = Callable[[int], Measured]
Settings = Callable[[int, int], list[Steering]]


def _lanes(programs: Programs, stack: ExitStack, settings: Settings) -> Measure:
    engine = stack.enter_context(_engine(programs, 25))
    return partial(_lanes_round, programs, engine, settings)


def _lanes_round(programs: Programs, engine: Engine, settings: Settings, number: int) -> Measured:
    base, moved = (_prompt(engine, number, CHAT, s) for s in settings(2, number))
    _heard(engine, [base], 1)  # the conversation is read; what follows is a slider move
    move = _heard(engine, [moved], TOKENS)
    depth = len(engine.tokenize(moved).ids)
    theirs = programs.generation_rate(TOKENS, depth)
    yield (
        Pair("1 lane", f"llama-bench tg{TOKENS} at {depth}", "≥ 0.97", "tokens/s"),
        move.rate,
        theirs,
    )
    fresh = move.done.evaluated
    against = f"llama-bench pp{fresh} at {depth - fresh}"
    pair = Pair("first token after a slider move", against, "≤ 1.15 and 2 ms", "s")
    yield pair, move.first, programs.prompt_seconds(fresh, depth - fresh)
    for lanes in (4, 8, 25):
        prompt = _prompt(engine, number + 100, SHARED, DEFAULT)
        heard = _heard(engine, [prompt] * lanes, TOGETHER)
        length = len(engine.tokenize(prompt).ids)
        theirs = programs.together_rate(lanes, length, TOGETHER)
        against = f"llama-batched-bench -npp {length} -pps -kvu"
        yield Pair(f"{lanes} lanes together", against, "≥ 0.95", "tokens/s"), heard.rate, theirs


def _server(
    programs: Programs, stack: ExitStack, settings: Settings, keeps: bool = False
) -> Measure:
    engine = stack.enter_context(_engine(programs, SLOTS))
    cells = SLOTS * (CHAT + 300 + TOKENS)
    server = stack.enter_context(Server(programs, SLOTS, cells, keeps))
    return partial(_server_round, engine, server, settings, [])


def _server_round(
    engine: Engine,
    server: Server,
    settings: Settings,
    before: list[tuple[int, ...]],
    number: int,
) -> Measured:
    """`before` are the prompts that the engine was asked last, the round before included."""
    for what, shift in (("cold", 0), ("after a slider move", 1)):
        prompts = [_prompt(engine, number, CHAT, s) for s in settings(SLOTS, shift)]
        ids = [engine.tokenize(prompt).ids for prompt in prompts]
        began = time.monotonic()
        heard = _heard(engine, prompts, TOKENS)
        ours = time.monotonic() - began
        title = f"{SLOTS} settings of a chat of {CHAT} tokens, {what}"
        against = f"llama-server -np {SLOTS} -kvu{' --no-cache-idle-slots' * server.keeps}"
        yield Pair(title, against, "≤ 1/6 on a CPU", "s"), ours, server.seconds(ids, TOKENS)
        read = Pair(f"prompt tokens read, {what}", against, "", "tokens")
        yield read, heard.done.evaluated, server.evaluated
        counted = Pair(f"tokens evaluated, {what}", "prefixes nobody has yet", "1.00", "tokens")
        yield counted, heard.done.evaluated, _needed(ids, before)
        before[:] = ids


def _length(programs: Programs, stack: ExitStack, _: Settings) -> Measure:
    return partial(_length_round, programs, stack.enter_context(_engine(programs, 1)))


def _length_round(programs: Programs, engine: Engine, number: int) -> Measured:
    """The rate around three places of one long reply: attention grows, nothing else may."""
    if number:  # minutes long, and each place is a median of many steps already
        return
    start = len(engine.tokenize(_prompt(engine, 0, 16, DEFAULT)).ids)
    most = engine.ready.context - start - 8
    heard = _heard(engine, [_prompt(engine, 0, 16, DEFAULT)], most)
    for place in (100, 1000, most - 40):
        if place + 32 >= len(heard.arrivals):
            continue
        seconds = (b - a for a, b in pairwise(heard.arrivals[place : place + 33]))
        against = f"llama-bench tg32 at {start + place}"
        pair = Pair(f"1 lane, {place} tokens into a reply", against, "flat", "tokens/s")
        theirs = programs.generation_rate(32, start + place)
        yield pair, 1 / statistics.median(seconds), theirs


_MAKE: dict[str, Callable[[Programs, ExitStack, Settings], Measure]] = {
    "lanes": _lanes,
    "server": _server,
    "keeping": partial(_server, keeps=True),
    "length": _length,
}


def _engine(programs: Programs, lanes: int) -> Engine:
    return Engine(programs.model, lanes=lanes, threads=programs.threads)


def _heard(engine: Engine, prompts: Sequence[tuple[Part, ...]], tokens: int) -> Heard:
    """Answer the prompts to the last token allowed; a single one unpadded, as in the window."""
    lanes = [Lane(p, Sampling(seed=n, max_tokens=tokens)) for n, p in enumerate(prompts)]
    began, arrivals, after_first = time.monotonic(), [], 0
    for reply in engine.generate(lanes, endless=True, padded=len(lanes) > 1):
        if isinstance(reply, Step):
            after_first += len(reply.lanes) if arrivals else 0
            arrivals.append(time.monotonic())
        elif isinstance(reply, Done):
            return Heard(arrivals[0] - began, tuple(arrivals), after_first, reply)
    raise AssertionError("the engine's last word is Done")


def _prompt(engine: Engine, number: int, tokens: int, steering: Steering) -> tuple[Part, ...]:
    """A question of about so many tokens; each number has another from its first word on."""
    words = "Tell me of trees and of their leaves. " * 200
    ids = engine.tokenize((Part("text", words),)).ids
    text = f"{number}. " + words[: round(len(words) * tokens / len(ids))]
    return sent(render(Conversation(), text, steering))


def _settings(one: str, other: str, count: int, shift: int) -> list[Steering]:
    """Settings of which no two are alike; another `shift` moves all of them."""
    return [
        DEFAULT.with_values({one: (n + shift) % 5, other: (n // 5 + 2 * shift) % 5})
        for n in range(count)
    ]


def _needed(prompts: Sequence[Sequence[int]], before: Sequence[Sequence[int]]) -> int:
    """The different prefixes of the prompts that those before had not."""
    known, wanted = (
        {tuple(p[:i]) for p in group for i in range(1, len(p) + 1)} for group in (before, prompts)
    )
    return len(wanted - known)


def _tell(figures: list[dict[str, object]], as_json: bool) -> None:
    if as_json:
        print(json.dumps(figures, indent=1))
        return
    for f in figures:
        print(
            f"{f['what']:<52} {f['ours']:>9.4g} {f['theirs']:>9.4g} {f['unit']:<8} "
            f"ratio {f['ratio']:.3f}  aim {f['aim']}  ({f['against']}; {f['rounds']} rounds)"
        )


if __name__ == "__main__":
    main()
