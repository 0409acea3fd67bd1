"""`control`: print a control string, or what is wrong with one."""

import argparse
import dataclasses
import json
import sys
from typing import TextIO

from steerlm_studio.cli.settings import add_steering_options, steered
from steerlm_studio.steer.lint import Parsed, parse
from steerlm_studio.steer.schema import NEMOTRON, Schema, schema_named
from steerlm_studio.steer.steering import Steering, default_steering


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("control")
    add_steering_options(parser)
    parser.add_argument("--parse", metavar="STRING", help="read this control string and check it")
    parser.add_argument("--json", action="store_true", help="values and problems as JSON")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    schema = schema_named(options.schema) if options.schema else NEMOTRON
    parsed = _parsed(options.parse, schema)
    steering = steered(parsed.steering, options)
    if options.json:
        print(json.dumps(_as_json(steering, parsed), ensure_ascii=False, indent=2))
    else:
        _print(steering, parsed)
    return 0 if parsed.is_valid else 1


def _parsed(text: str | None, schema: Schema) -> Parsed:
    return Parsed(default_steering(schema), ()) if text is None else parse(text, schema)


def _print(steering: Steering, parsed: Parsed) -> None:
    for problem in parsed.problems:
        level = "error" if problem.is_error else "note"
        print(f"{level}: {problem.kind}: {problem.message}", file=_stream(parsed))
    if parsed.is_valid:
        print(steering)


def _stream(parsed: Parsed) -> TextIO:
    """The lint is the answer where the string is wrong, and an aside where it is right."""
    return sys.stderr if parsed.is_valid else sys.stdout


def _as_json(steering: Steering, parsed: Parsed) -> dict[str, object]:
    return {
        "schema": steering.schema.id,
        "control": str(steering),
        "values": steering.as_dict(),
        "lang": steering.lang,
        "valid": parsed.is_valid,
        "problems": [
            {**dataclasses.asdict(problem), "level": "error" if problem.is_error else "note"}
            for problem in parsed.problems
        ],
    }
