"""`transcripts export`: conversations into a file, in any format."""

import argparse
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from steerlm_studio.cli.ending import ended_cleanly
from steerlm_studio.cli.transcripts_open import add_choices, choices, conversations, print_pieces
from steerlm_studio.errors import StudioError
from steerlm_studio.store.records import StoredConversation
from steerlm_studio.store.store import Store
from steerlm_studio.store.transcripts.options import Options
from steerlm_studio.store.transcripts.out import FORMATS, format_named, write_file
from steerlm_studio.store.words import counted


def add_export(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("ids", metavar="ID", type=int, nargs="*")
    parser.add_argument("--all", action="store_true", help="every conversation")
    parser.add_argument("--format", required=True, metavar="F", help=", ".join(FORMATS))
    parser.add_argument("--out", required=True, metavar="PATH", help="a file; - for the terminal")
    parser.add_argument("--json", action="store_true", help="progress and result as JSON lines")
    add_choices(parser)
    parser.add_argument("--turns", metavar="N,N…", type=_numbers, default=(),
                        help="only these replies, by their ids in “show --json”")  # fmt: skip
    parser.add_argument("--blank-line-after-system", action="store_true",
                        help="steerlm: the system text ends in two newlines, as NeMo wrote it "
                        "before 2024")  # fmt: skip
    parser.set_defaults(run=_export)


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in text.split(",") if number)


def _export(options: argparse.Namespace) -> int:
    kind = format_named(options.format)
    wanted = choices(options, options.format)
    if bool(options.ids) == options.all:
        raise StudioError(
            "Say which conversations: their numbers (as “transcripts list” shows), or --all."
        )
    if options.out == "-" and kind.print:
        raise StudioError(f"{kind.title} is no text: name a file with --out.")
    with conversations(options) as store, ended_cleanly():
        ids = options.ids
        if options.all:  # in the order in which they came in
            ids = sorted(entry.id for entry in store.shelf.entries())
        if options.out == "-":
            print_pieces(kind.write(_counted(map(store.conversation, ids), wanted, [0]), wanted))
            return 0
        out, count = Path(options.out), [0]
        records = _told(store, ids) if options.json else map(store.conversation, ids)
        write_file(out, kind, kind.write(_counted(records, wanted, count), wanted))
    size = out.stat().st_size
    if options.json:
        print(json.dumps({"path": str(out), "conversations": count[0], "bytes": size}))
    else:
        print(f"{out}: {counted(count[0], 'conversation')}, {size} bytes")
    return 0


def _counted(
    records: Iterable[StoredConversation], wanted: Options, count: list[int]
) -> Iterator[StoredConversation]:
    """Those of which something is wanted. Raises StudioError when there are none."""
    for record in wanted.holding(records):
        count[0] += 1
        yield record
    if not count[0] and not wanted.takes_all:
        raise StudioError(
            "None of these replies is marked as wanted (--only, --turns), so nothing was written. "
            "Keep or vote some up first, or leave the option out."
        )


def _told(store: Store, ids: list[int]) -> Iterator[StoredConversation]:
    """The conversations, with a line for each hundredth of them."""
    step = max(len(ids) // 100, 1)
    for place, number in enumerate(ids):
        if place % step == 0:
            print(json.dumps({"done": place, "total": len(ids)}), flush=True)
        yield store.conversation(number)
