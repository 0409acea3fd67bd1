"""Options that several commands share: steering, schema, model."""

import argparse
from pathlib import Path

from steerlm_studio import resources
from steerlm_studio.errors import StudioError
from steerlm_studio.steer.steering import Steering


def add_steering_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--set",
        metavar="NAME=VALUE,…",
        action="append",
        default=[],
        help="attributes to change, e.g. humor=3,verbosity=1; toxicity=- leaves one out",
    )
    parser.add_argument("--lang", metavar="CODE", help="language of the reply; - leaves it out")
    parser.add_argument("--schema", metavar="S", help="nemotron-3-8b, nemo-aligner or oasst")


def steered(base: Steering, options: argparse.Namespace) -> Steering:
    """`base` with what `--set` and `--lang` say."""
    for changes in options.set:
        base = base.with_values(changes_in(changes))
    return base if options.lang is None else base.having(lang=_left_out(options.lang))


def changes_in(text: str) -> dict[str, int | str | None]:
    """Read `humor=3,toxicity=-,lang=de`. Raises StudioError naming the item that is wrong."""
    changes: dict[str, int | str | None] = {}
    for item in filter(None, (piece.strip() for piece in text.split(","))):
        name, equals, value = (piece.strip() for piece in item.partition("="))
        if not equals or not value:
            raise StudioError(f"“{item}” is not of the form name=value, e.g. humor=3 or humor=-.")
        changes[name] = _left_out(value) if name == "lang" else _number(name, value)
    return changes


def model_path(name: str) -> Path:
    """The file of a model: a path, or “demo” for the shipped one. Raises StudioError."""
    path = resources.demo_model() if name == "demo" else Path(name).expanduser()
    if not path.is_file():
        raise StudioError(f"There is no model file {path}. Give the path of a .gguf file, or demo.")
    return path


def _left_out(value: str) -> str | None:
    return None if value == "-" else value


def _number(name: str, value: str) -> int | None:
    if value == "-":
        return None
    try:
        return int(value)
    except ValueError:
        raise StudioError(f"{name} takes a whole number or -, not “{value}”.") from None
