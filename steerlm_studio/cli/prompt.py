"""`prompt`: print exactly what is sent to a model."""

import argparse
import json
import sys
from pathlib import Path

from steerlm_studio.cli.settings import add_template_options, chosen_template, model_path
from steerlm_studio.engine.client import Engine
from steerlm_studio.errors import StudioError
from steerlm_studio.protocol import Part as SentPart
from steerlm_studio.protocol import Tokens
from steerlm_studio.steer.document import Request, read_request
from steerlm_studio.steer.family import family_of
from steerlm_studio.steer.template import (
    NEMOTRON_TEMPLATE,
    Part,
    Template,
    render,
    text_of,
)


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("prompt")
    parser.add_argument("--conversation", metavar="FILE.json", required=True, help="- for stdin")
    parser.add_argument("--model", metavar="M", help="also its tokens: a .gguf file, or demo")
    add_template_options(parser)
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    request = read_request(_read(options.conversation))
    if options.model is None:
        parts, tokens = _rendered(request, chosen_template(NEMOTRON_TEMPLATE, options)), None
    else:
        with Engine(model_path(options.model), lanes=1) as engine:
            own = family_of(engine.ready.metadata).template
            parts = _rendered(request, chosen_template(own, options))
            tokens = engine.tokenize(sent(parts))
    _print(parts, tokens, as_json=options.json)
    return 0


def sent(parts: tuple[Part, ...]) -> tuple[SentPart, ...]:
    """The parts as the engine's messages carry them."""
    return tuple(SentPart(part.kind, part.text) for part in parts)


def _rendered(request: Request, template: Template) -> tuple[Part, ...]:
    return render(request.conversation, request.question, request.control, template)


def _read(name: str) -> str:
    try:
        return sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise StudioError(f"{name} cannot be read: {error}.") from error


def _print(parts: tuple[Part, ...], tokens: Tokens | None, *, as_json: bool) -> None:
    if as_json:
        found: dict[str, object] = {
            "text": text_of(parts),
            "parts": [{part.kind: part.text} for part in parts],
        }
        if tokens is not None:
            found |= {"tokens": list(tokens.ids), "pieces": list(tokens.pieces)}
        print(json.dumps(found, ensure_ascii=False))
        return
    sys.stdout.write(text_of(parts))
    if tokens is not None:
        print(f"{len(tokens.ids)} tokens: {' '.join(map(str, tokens.ids))}", file=sys.stderr)
