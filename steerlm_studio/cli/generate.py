"""`generate`: the engine of the window in a terminal."""

import argparse
import json
import random
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field

import msgspec

from steerlm_studio.cli.prompt import sent
from steerlm_studio.cli.settings import (
    add_steering_options,
    add_template_options,
    chosen_template,
    steered,
)
from steerlm_studio.cli.source import add_source_options, source_of
from steerlm_studio.cli.words import unsteering
from steerlm_studio.errors import StudioError
from steerlm_studio.protocol import Done, Lane, LaneDone, Ready, Reply, Sampling, Step
from steerlm_studio.sampling import PRESETS, checked, preset_for, preset_named
from steerlm_studio.steer.changes import changes_in
from steerlm_studio.steer.conversation import Conversation
from steerlm_studio.steer.family import family_of
from steerlm_studio.steer.schema import schema_named
from steerlm_studio.steer.steering import Steering, default_steering
from steerlm_studio.steer.template import TEMPLATES, Template, render

SAMPLING_OPTIONS = (
    ("temperature", float),
    ("top_k", int),
    ("top_p", float),
    ("min_p", float),
    ("repeat_penalty", float),
    ("seed", int),
    ("max_tokens", int),
)


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("generate")
    parser.add_argument("prompt", metavar="PROMPT", help="the question; - reads stdin")
    add_source_options(parser)
    add_steering_options(parser)
    add_template_options(parser)
    parser.add_argument("--vs", metavar="NAME=VALUE,…", action="append", default=[],
                        help="one more lane: the same with these changes")  # fmt: skip
    parser.add_argument("--system", metavar="TEXT", help="the system text")
    parser.add_argument("--mode", choices=("fast", "exact"), default="fast",
                        help="lanes in one batch, or one at a time and reproducible")  # fmt: skip
    add_sampling_options(parser)
    parser.add_argument("--json", action="store_true", help="one JSON object per reply")
    parser.set_defaults(run=run)


def add_sampling_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--sampling", metavar="NAME", help=f"one of {', '.join(PRESETS)}")
    for name, kind in SAMPLING_OPTIONS:
        parser.add_argument(f"--{name.replace('_', '-')}", type=kind, metavar="N")


def run(options: argparse.Namespace) -> int:
    question = _question(options.prompt)
    with ExitStack() as stack:
        source = source_of(options, stack)
        base, template = chosen_base(source.metadata, options)
        steerings = (base, *(base.with_values(changes_in(text)) for text in options.vs))
        sampling = _with_one_seed(chosen_sampling(source.metadata, options))
        system = _sound(options.system or base.schema.system, "The system text")
        talk = Conversation(system)
        lanes = tuple(
            Lane(sent(render(talk, question, steering, template)), sampling)
            for steering in steerings
        )
        engine = stack.enter_context(source.open(len(lanes)))  # all is right: load the model
        replies = engine.generate(lanes, mode=options.mode)
        show = not options.json and len(lanes) == 1
        outcome = Outcome.collected(_shown(replies) if show else replies, len(lanes))
    _report(options, engine.ready, steerings, sampling, outcome)
    return 1 if outcome.tell_notes() else 0


def _with_one_seed(sampling: Sampling) -> Sampling:
    """A seed below 0 means any: lanes that are compared get the same."""
    seed = random.randrange(2**31) if sampling.seed < 0 else sampling.seed
    return msgspec.structs.replace(sampling, seed=seed)


def _question(prompt: str) -> str:
    try:
        text = sys.stdin.read() if prompt == "-" else prompt
    except UnicodeDecodeError:
        text = "\udcff"  # as a terminal without an encoding reads it
    if not text.strip():
        raise StudioError("The prompt is empty. Give a question, or - to read it from stdin.")
    return _sound(text, "The prompt")


def _sound(text: str, what: str) -> str:
    """`text`, which the terminal may have given in another encoding. Raises StudioError."""
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise StudioError(f"{what} is not UTF-8. Convert it, for example with iconv.")
    return text


@dataclass
class Outcome:
    """What came of a run: text and ending per lane, and the counts of the whole."""

    texts: list[str]
    endings: dict[int, LaneDone] = field(default_factory=dict)
    done: Done | None = None

    @classmethod
    def collected(cls, replies: Iterable[Reply], lanes: int) -> "Outcome":
        outcome = cls([""] * lanes)
        for reply in replies:
            if isinstance(reply, Step):
                for lane, piece in zip(reply.lanes, reply.pieces, strict=True):
                    outcome.texts[lane] += piece
            elif isinstance(reply, LaneDone):
                outcome.endings[reply.lane] = reply
            elif isinstance(reply, Done):
                outcome.done = reply
        return outcome

    def tell_notes(self) -> bool:
        """Say what a server could not do; whether an answer lacks its end for that."""
        for note in dict.fromkeys(ending.note for ending in self.endings.values() if ending.note):
            print(f"steerlm-studio: {note}", file=sys.stderr)
        return any(ending.finish in ("lost", "refused") for ending in self.endings.values())


def chosen_base(
    metadata: Mapping[str, str], options: argparse.Namespace
) -> tuple[Steering, Template]:
    """What `--set` makes of the model's default, and the template it is sent in."""
    family = family_of(metadata)
    schema = schema_named(options.schema) if options.schema else family.schema
    own = TEMPLATES[schema.template] if options.schema else family.template
    return steered(default_steering(schema), options), chosen_template(own, options)


def chosen_sampling(metadata: Mapping[str, str], options: argparse.Namespace) -> Sampling:
    """The named or the model's own sampling, with what the options change. Raises StudioError."""
    base = preset_named(options.sampling or preset_for(metadata))
    changes = {name: getattr(options, name) for name, _ in SAMPLING_OPTIONS}
    changes = {name: value for name, value in changes.items() if value is not None}
    return checked(msgspec.structs.replace(base, **changes))


def _shown(replies: Iterable[Reply]) -> Iterator[Reply]:
    """The same replies, their text written as it comes; a terminal is not steered by it."""
    steers = sys.stdout.isatty()
    for reply in replies:
        if isinstance(reply, Step):
            text = "".join(reply.pieces)
            sys.stdout.write(unsteering(text) if steers else text)
            sys.stdout.flush()
        yield reply
    sys.stdout.write("\n")


def _report(
    options: argparse.Namespace,
    ready: Ready,
    steerings: tuple[Steering, ...],
    sampling: Sampling,
    outcome: Outcome,
) -> None:
    if outcome.done is None:
        raise StudioError("The engine ended the run without saying so; please report this.")
    for number, (steering, text) in enumerate(zip(steerings, outcome.texts, strict=True)):
        if options.json:
            print(json.dumps(_as_json(number, steering, sampling, ready, options, outcome)))
        elif len(steerings) > 1:
            print(f"── {steering}\n{text}\n")
    if not options.json:
        print(_summary(outcome, outcome.done, ready), file=sys.stderr)


def _as_json(
    number: int,
    steering: Steering,
    sampling: Sampling,
    ready: Ready,
    options: argparse.Namespace,
    outcome: Outcome,
) -> dict[str, object]:
    ending, done = outcome.endings[number], outcome.done
    assert done is not None
    return {
        "text": outcome.texts[number],
        "control": str(steering),
        "seed": ending.seed,
        "finish": ending.finish,
        "tokens": ending.tokens,
        "prompt_tokens": ending.prompt_tokens,
        "evaluated": done.evaluated,
        "reused": done.reused,
        "prompt_seconds": done.prompt_seconds,
        "first_token_seconds": done.first_token_seconds,
        "seconds": done.seconds,
        "mode": options.mode,
        "width": ending.width,
        "sampling": msgspec.to_builtins(sampling),
        "model": ready.name,
        "quant": ready.quant,
        "device": ready.device,
        **({"server": ready.server} if ready.server else {}),
        "build": ready.llama_version,
    }


def _summary(outcome: Outcome, done: Done, ready: Ready) -> str:
    generating = done.seconds - done.prompt_seconds
    rate = done.generated / generating if generating > 0 else 0.0
    finishes = ", ".join(ending.finish for _, ending in sorted(outcome.endings.items()))
    prompt = f"prompt: {done.evaluated} evaluated, {done.reused} reused; "
    return (
        f"{done.generated} tokens, {rate:.0f} tokens/s, first after "
        f"{done.first_token_seconds * 1000:.0f} ms; "
        f"{'' if 'counts' in ready.cannot else prompt}finish: {finishes}"
    )
