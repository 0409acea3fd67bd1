"""`tokenize`: the token ids that a model gives a text."""

import argparse
import json
import re
import sys
from pathlib import Path
from typing import Any

from steerlm_studio.cli.settings import model_path
from steerlm_studio.cli.words import printable
from steerlm_studio.engine.client import Engine
from steerlm_studio.errors import StudioError
from steerlm_studio.protocol import Part, Tokens

CONTEXT = 512  # no text is evaluated
_CONTROL = re.compile(r"(<extra_id_\d+>)")


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("tokenize")
    parser.add_argument("--model", metavar="M", required=True, help="a .gguf file, or demo")
    parser.add_argument(
        "texts", metavar="TEXT", nargs="*", help="<extra_id_N> in it are control tokens"
    )
    parser.add_argument(
        "--file",
        metavar="STRINGS.json",
        help="a list; an item is a text or a list of {“control”: …} and {“text”: …}, - for stdin",
    )
    parser.add_argument("--json", action="store_true", help="a list of the lists of ids")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    if bool(options.texts) == bool(options.file):
        raise StudioError("Give either texts or --file STRINGS.json, and not both.")
    items = [trusted(text) for text in options.texts]
    if options.file:
        items = parts_in(_read(options.file))
    with Engine(model_path(options.model), context=CONTEXT, gpu_layers=0) as engine:
        found = [engine.tokenize(parts) for parts in items]
    if options.json:
        print(json.dumps([list(tokens.ids) for tokens in found]))
    else:
        _print(found)
    return 0


def trusted(text: str) -> list[Part]:
    """A text whose spellings of control tokens are meant as such."""
    pieces = [piece for piece in _CONTROL.split(text) if piece]
    return [Part("control" if _CONTROL.fullmatch(p) else "text", _sendable(p)) for p in pieces]


def parts_in(document: str) -> list[list[Part]]:
    """The items of a JSON list as prompt parts. Raises StudioError naming the item that is wrong.

    A string is `trusted`; in a list of parts only `control` ones are control tokens.
    """
    try:
        items = json.loads(document)
    except (ValueError, RecursionError) as error:
        raise StudioError("The file of strings is not valid JSON.", str(error)) from error
    if not isinstance(items, list):
        raise StudioError("The file of strings must hold a list.")
    return [
        trusted(item) if isinstance(item, str) else _parts(number, item)
        for number, item in enumerate(items, 1)
    ]


def _parts(number: int, item: Any) -> list[Part]:
    parts = []
    for entry in item if isinstance(item, list) else [item]:
        kind, text = next(iter(entry.items())) if _is_part(entry) else ("", "")
        if kind == "control":
            parts.append(Part("control", _sendable(text)))
        elif kind == "text":
            parts.append(Part("text", _sendable(text)))
        else:
            raise StudioError(
                f"Item {number} of the file of strings is neither a text nor a list of "
                "{“control”: …} and {“text”: …}."
            )
    return parts


def _is_part(entry: Any) -> bool:
    return isinstance(entry, dict) and [type(value) for value in entry.values()] == [str]


def _sendable(text: str) -> str:
    """JSON can spell half a character; no tokenizer has an id for it."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise StudioError(
            "A text holds half of a surrogate pair, which is no character."
        ) from error
    return text


def _read(name: str) -> str:
    try:
        return sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise StudioError(f"{name} cannot be read: {error}.") from error


def _print(found: list[Tokens]) -> None:
    for number, tokens in enumerate(found):
        if number:
            print()
        for token, piece in zip(tokens.ids, tokens.pieces, strict=True):
            print(f"{token:>7}  {printable(json.dumps(piece, ensure_ascii=False))}")
