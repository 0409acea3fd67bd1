"""`models list` and `models search`."""

import argparse
import sys

import msgspec

from steerlm_studio.amounts import as_bytes
from steerlm_studio.cli.words import print_table, printable
from steerlm_studio.models.catalog import catalogue
from steerlm_studio.models.hub import Hub
from steerlm_studio.models.library import add_folder, library, remove_folder
from steerlm_studio.models.local import LIMIT, MODELS, local_models
from steerlm_studio.models.unfinished import unfinished


def run(options: argparse.Namespace) -> int:
    if options.add_folder:
        add_folder(options.add_folder)
    if options.remove_folder:
        remove_folder(options.remove_folder)
    cut: list[str] = []
    here, begun = local_models(cut=cut), unfinished()
    if options.json:
        known = library()
        noted = [msgspec.structs.asdict(d) | {"present": d.present} for d in begun]
        _print_json({"models": here, "unfinished": noted, "catalogue": catalogue(),
                     "folders": known.folders, "recent": known.recent, "cut": cut})  # fmt: skip
        return 0
    print("On this machine")
    print_table(
        (m.name, m.quant or m.format, as_bytes(m.bytes), m.problem or _schema(m.steerlm, m.schema),
         m.path) for m in here
    )  # fmt: skip
    for folder in cut:
        print(
            f"Not all of {printable(folder)} was looked at: it holds more than {LIMIT:,} files, or "
            f"{MODELS:,} models."
        )
    if begun:
        print("\nBegun (download again to go on)")
        print_table(
            (f"{d.repo} {d.file}", f"{as_bytes(d.present)} of {as_bytes(d.total)}") for d in begun
        )
    print("\nPublic SteerLM models")
    print_table(
        (m.repo or m.id, m.parameters, as_bytes(m.bytes) if m.bytes else "here", m.licence,
         "gated" if m.gated else "") for m in catalogue()
    )  # fmt: skip
    return 0


def _schema(steerlm: str, schema: str) -> str:
    if steerlm == "no":
        return "no SteerLM model"
    return f"{schema} (guessed)" if steerlm == "guessed" else schema


def search(options: argparse.Namespace) -> int:
    found = Hub().search(options.query, options.limit)
    if options.json:
        _print_json({"models": found})
    elif not found:
        print("The hub has no model of that name.", file=sys.stderr)
    else:
        print_table(
            (m.repo, m.licence or "no licence named", "gated" if m.gated else "",
             f"{m.downloads} downloads") for m in found
        )  # fmt: skip
    return 0


def _print_json(value: object) -> None:
    sys.stdout.write(msgspec.json.encode(value).decode() + "\n")
