"""`models show`: a card, a licence, and the files that the hub has."""

import argparse
import sys
from pathlib import Path

import msgspec

from steerlm_studio.amounts import as_bytes
from steerlm_studio.cli.words import print_table, printable
from steerlm_studio.models.address import address_in
from steerlm_studio.models.catalog import CatalogModel, catalogue, catalogued
from steerlm_studio.models.hub import Hub, HubModel
from steerlm_studio.models.hub_error import HubError
from steerlm_studio.models.licences import is_accepted, licence_named
from steerlm_studio.models.summary import FORMATS, Summary, summary


def run(options: argparse.Namespace) -> int:
    path = Path(options.model).expanduser()
    if path.suffix.lower() in FORMATS and path.is_file():
        return _file(summary(path, "folder"), options.json)
    by_id = next((m for m in catalogue() if m.id == options.model.lower()), None)
    hub = Hub()
    repo = by_id.repo if by_id else address_in(options.model, hub.endpoint).repo
    card = by_id or catalogued(repo)
    found, error = _asked(hub, repo if by_id else options.model)
    if error and not card:
        raise error
    if options.json:
        _print_json(card, found, error)
    else:
        if card:
            _print_card(card)
        if found:
            _print_files(found)
        if error:
            print(f"steerlm-studio: {error}", file=sys.stderr)
    return 1 if error else 0


def _asked(hub: Hub, text: str) -> tuple[HubModel | None, HubError | None]:
    """What the hub says; a card can be shown without it."""
    if not text:
        return None, None
    try:
        return hub.model(address_in(text, hub.endpoint)), None
    except HubError as error:
        return None, error


def _file(found: Summary, json: bool) -> int:
    if json:
        sys.stdout.write(msgspec.json.encode(found).decode() + "\n")
    else:
        print_table(
            (name, str(value)) for name, value in msgspec.structs.asdict(found).items() if value
        )
    return 1 if found.problem else 0


def _print_json(card: CatalogModel | None, found: HubModel | None, error: HubError | None) -> None:
    id = (found.licence if found else "") or (card.licence if card else "")
    licence = licence_named(id, found.licence_link if found else "")
    said = {
        "card": card,
        "hub": found,
        "files": [
            {"name": f.name, "bytes": f.bytes, "kind": f.kind, "quant": f.quant}
            for f in (found.files if found else ())
        ],
        "licence": licence,
        "accepted": is_accepted(licence),
        "error": {"message": str(error), "kind": error.kind, "link": error.link} if error else None,
    }
    sys.stdout.write(msgspec.json.encode(said).decode() + "\n")


def _print_card(card: CatalogModel) -> None:
    licence = licence_named(card.licence)
    print(f"{card.name}\n{card.summary}\n")
    print_table((
        ("where", card.where or "comes with the program"),
        ("parameters", card.parameters),
        ("download", f"{as_bytes(card.bytes)}, {card.format}" if card.bytes else card.format),
        ("context", f"{card.context} tokens"),
        ("attributes", card.schema + (" (guessed)" if card.schema_is_a_guess else "")),
        ("template", card.template),
        ("languages", ", ".join(card.languages)),
        ("licence", f"{licence.name}, {licence.link}"),
        ("access", "gated: accept its conditions on its page first" if card.gated else "open"),
        ("use", card.intended_use),
    ))  # fmt: skip
    print("\nLimitations")
    for limitation in card.limitations:
        print(f"  - {limitation}")
    if card.mt_bench:
        print("\nMT-Bench (0 to 10)")
        print_table((name, f"{score:.2f}") for name, score in card.mt_bench.items())
    print(f"\nFrom: {card.source}\n")


def _print_files(found: HubModel) -> None:
    gated = " · gated" if found.gated else ""
    print(printable(f"{found.repo} · {found.licence or 'no licence named'}{gated}"))
    models = [file for file in found.files if file.kind != "other"]
    print_table((f.name, f.quant or f.kind, as_bytes(f.bytes)) for f in models)
    others = len(found.files) - len(models)
    if others:
        print(f"  and {others} other files")
