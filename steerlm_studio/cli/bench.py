"""`bench`: what prompts, slider moves and lanes cost here."""

import argparse
import json
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from pathlib import Path

from steerlm_studio.cli.export_progress import terminal_line
from steerlm_studio.cli.prompt import sent
from steerlm_studio.cli.settings import model_path
from steerlm_studio.cli.source import add_loading_options
from steerlm_studio.engine.bench import Case, Row, load_of_others, measured, peak_memory
from steerlm_studio.engine.client import Engine
from steerlm_studio.errors import StudioError
from steerlm_studio.protocol import Lane, Sampling
from steerlm_studio.steer.conversation import Conversation, Turn
from steerlm_studio.steer.schema import DEFAULT_SYSTEM, schema_named
from steerlm_studio.steer.steering import Steering, default_steering
from steerlm_studio.steer.template import render

MARGIN = 512  # tokens beside the conversation: system text, question, control string, reply
_WORDS = [
    "tea",
    "bread",
    "river",
    "stone",
    "light",
    "music",
    "winter",
    "garden",
    "paper",
    "bridge",
    "window",
    "engine",
    "cloud",
]
_MOVED = ("humor", "creativity", "verbosity", "complexity")  # sliders that differ between lanes
COLUMNS = (
    ("depth", "depth", "{:.0f}"),
    ("lanes", "lanes", "{:.0f}"),
    ("prompt_rate", "prompt t/s", "{:,.0f}"),
    ("generation_rate", "gen t/s", "{:,.1f}"),
    ("first_token_cold", "first cold s", "{:.3f}"),
    ("first_token_move", "first moved s", "{:.3f}"),
    ("evaluated_move", "evaluated", "{:.0f}"),
    ("evaluated_to_ideal", "of ideal", "{:.3f}"),
    ("step_p50", "step p50 s", "{:.4f}"),
    ("step_p95", "step p95 s", "{:.4f}"),
    ("sampling_share", "sampling", "{:.1%}"),
    ("graphs_reused", "graphs reused", "{:.0%}"),
)


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("bench")
    parser.add_argument("--model", metavar="M", default="demo", help="a .gguf file, or demo")
    parser.add_argument("--lanes", type=_numbers, default=[1, 4, 8], metavar="N,…")
    parser.add_argument("--depth", type=_numbers, default=[0, 1024, 3000], metavar="TOKENS,…",
                        help="tokens of conversation before the question")  # fmt: skip
    parser.add_argument("--tokens", type=int, default=64, help="to generate in each lane")
    parser.add_argument("--repeat", type=int, default=5, help="medians are of so many")
    add_loading_options(parser)
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument("--make-model", metavar="SIZE",
                        help="write a model with random weights instead: 8b or 250m")  # fmt: skip
    parser.add_argument("--type", default="Q4_K_M", metavar="T", help="of that model")
    parser.add_argument("--out", type=Path, metavar="FILE", help="where to write it")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    if options.make_model:
        return _make_model(options)
    _check(options)
    with Engine(
        model_path(options.model),
        context=max(options.depth) + MARGIN + options.tokens,
        lanes=max(options.lanes),
        gpu_layers=options.gpu_layers,
        threads=options.threads,
        cache=options.cache,
        split=options.split,
        overcommit=options.overcommit,
    ) as engine:
        if engine.ready.context < max(options.depth) + MARGIN // 2 + options.tokens:
            raise StudioError(
                f"The model's context of {engine.ready.context} tokens is too small for a depth of "
                f"{max(options.depth)}. Choose a smaller --depth."
            )
        others = load_of_others()
        rows = measured(engine, _cases(engine, options), options.repeat, _show_progress)
        _print(options, engine, rows, others)
    return 0


def _numbers(text: str) -> list[int]:
    return [int(word) for word in text.split(",")]


def _check(options: argparse.Namespace) -> None:
    if min(options.lanes) < 1 or min(options.depth) < 0:
        raise StudioError("Give --lanes from 1 on and --depth from 0 on, e.g. --lanes 1,8.")
    if options.repeat < 1 or options.tokens < 2:
        raise StudioError("Give --repeat from 1 on and --tokens from 2 on.")


def _make_model(options: argparse.Namespace) -> int:
    """The random model is written by the export, whose libraries a bench does not need."""
    from steerlm_studio.export.random_model import written_model

    out = options.out or Path(f"random-{options.make_model}-{options.type}.gguf")
    show = terminal_line()
    for progress in written_model(options.make_model, options.type, out):
        show(progress)
    print(out)
    return 0


def _cases(engine: Engine, options: argparse.Namespace) -> Callable[[int], Iterator[Case]]:
    """Conversations of about the depths asked for; those of each repeat begin otherwise."""
    numbers = count()

    def cases(repeat: int) -> Iterator[Case]:
        for depth in options.depth:
            for lanes in options.lanes:
                number = next(numbers)
                talk = _talk(engine, depth, number)
                begun, moved = (_lanes(talk, lanes, options.tokens, by) for by in (0, 1))
                yield Case(depth, begun, moved)

    return cases


def _talk(engine: Engine, depth: int, number: int) -> Conversation:
    """A conversation of about `depth` tokens; its system text begins with its number."""
    empty = Conversation(f"{number}. {DEFAULT_SYSTEM}")
    if not depth:
        return empty
    draw = random.Random(number)
    words = [draw.choice(_WORDS) for _ in range(depth)]
    sample = engine.tokenize(sent(render(_filled(empty, words), "Why?", _steering())))
    share = depth / len(sample.ids)
    return _filled(empty, words[: max(1, round(share * len(words)))])


def _filled(empty: Conversation, words: Sequence[str]) -> Conversation:
    half = len(words) // 2
    turn = Turn(" ".join(words[:half]), " ".join(words[half:]), _steering())
    return empty.and_then(turn)


def _lanes(talk: Conversation, number: int, tokens: int, by: int) -> tuple[Lane, ...]:
    """So many settings of one question, all different; `by` moves one slider of each."""
    sampling = Sampling(max_tokens=tokens)
    found = []
    for lane in range(number):
        name, value = _MOVED[lane // 5 % len(_MOVED)], lane % 5
        steering = _steering().having(**{name: value}).having(toxicity=lane // 20)
        steering = steering.having(violence=by)
        found.append(Lane(sent(render(talk, "Why?", steering)), sampling))
    return tuple(found)


def _steering() -> Steering:
    return default_steering(schema_named("nemotron-3-8b"))


def _show_progress(row: Row) -> None:
    if sys.stderr.isatty():
        text = f"{row.lanes} lanes at depth {row.depth}: repeat {len(row.cold)}"
        print(f"\r{text:<60}", end="\r", file=sys.stderr, flush=True)


def _print(options: argparse.Namespace, engine: Engine, rows: Sequence[Row], others: float) -> None:
    ready = engine.ready
    facts = {
        "model": ready.name,
        "quant": ready.quant,
        "device": ready.device,
        "llama": ready.llama_version,
        "load_seconds": ready.load_seconds,
        "cache": options.cache,
        "cache_bytes": sum(held.cache for held in ready.memory),
        "split": options.split,
        "gpu_layers": ready.layers_offloaded,
        "tokens": options.tokens,
        "peak_memory_bytes": peak_memory(engine.pid),
        "others_busy": others,
    }
    figures = [row.figures() for row in rows]
    if options.json:
        print(json.dumps({**facts, "rows": figures}))
        return
    print("  ".join(f"{title:>13}" for _, title, _ in COLUMNS))
    for row in figures:
        print("  ".join(f"{form.format(row[name]):>13}" for name, _, form in COLUMNS))
    print(
        f"{ready.name} {ready.quant} on {ready.device}, keys and values in {options.cache}, peak "
        f"memory {facts['peak_memory_bytes'] / 2**20:,.0f} MiB; "
        f"others kept {others:.0%} of the cores busy before."
    )
