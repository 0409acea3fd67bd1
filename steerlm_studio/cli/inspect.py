"""`inspect`: what a checkpoint or GGUF holds, read from its headers."""

import argparse
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from steerlm_studio.amounts import as_bytes
from steerlm_studio.cli.words import print_table
from steerlm_studio.export.describe import Description, described
from steerlm_studio.steer.family import family_of

_GUESS = "llama-2 steerlm"  # a name by which the family of Llama models is known


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("inspect")
    parser.add_argument("file", metavar="FILE", type=Path, help=".nemo, folder or .gguf")
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    path = options.file.expanduser()
    found, guessed = with_family(described(path), path)
    if options.json:
        print(json.dumps({**asdict(found), "schema_guessed": guessed}, ensure_ascii=False))
    else:
        print_table(_rows(found, guessed))
    return 1 if found.problem else 0


def with_family(found: Description, path: Path) -> tuple[Description, bool]:
    """With schema and template, and whether they were guessed from the kind and the name."""
    name = _GUESS if found.format != "gguf" and found.architecture == "llama" else ""
    said = {"steerlm.schema": found.schema, "steerlm.template": found.template}
    family = family_of({"general.name": f"{found.name} {path.name} {name}", **said})
    known = replace(found, schema=family.schema.id, template=family.template.id)
    return known, family.guessed


def _rows(found: Description, guessed: bool) -> Iterator[tuple[str, str]]:
    types = ", ".join(f"{kind} {as_bytes(size)}" for kind, size in found.types.items())
    rows = {
        "format": found.format,
        "weights": found.layout,
        "file": as_bytes(found.bytes),
        "name": found.name,
        "architecture": found.architecture,
        "parameters": _counted(found.parameters),
        "shape": _listed(found.shape),
        "tensors": types,
        "tokenizer": _listed(found.tokenizer),
        "schema": found.schema + (" (guessed)" if guessed else ""),
        "template": found.template,
        "licence": found.licence or "not said",
        "origin": found.origin,
        "problem": found.problem,
    }
    for name, value in rows.items():
        if value:
            yield name, value


def _counted(parameters: int) -> str:
    """For example 8.54 G; empty when not known."""
    if not parameters:
        return ""
    return f"{parameters / 1e9:.2f} G" if parameters >= 1e8 else f"{parameters / 1e6:.2f} M"


def _listed(values: Mapping[str, Any]) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in values.items())
