"""`transcripts`: the conversations of the window in a terminal: list, show, export, import."""

import argparse
import json
import sys
from pathlib import Path

from steerlm_studio.cli.transcripts_export import add_export
from steerlm_studio.cli.transcripts_import import add_import
from steerlm_studio.cli.transcripts_open import add_choices, choices, conversations, print_pieces
from steerlm_studio.errors import StudioError
from steerlm_studio.store.backup import back_up_today
from steerlm_studio.store.records import Entry, StoredConversation
from steerlm_studio.store.store import default_path
from steerlm_studio.store.transcripts.described import moment
from steerlm_studio.store.transcripts.json_file import as_object
from steerlm_studio.store.transcripts.out import format_named
from steerlm_studio.store.transcripts.snippets import SNIPPETS


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("transcripts")
    parser.add_argument("--file", metavar="DB", type=Path,
                        help="another file of conversations, e.g. a backup")  # fmt: skip
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    _add_list(actions.add_parser("list", help="the conversations, pinned and newest first"))
    _add_show(actions.add_parser("show", help="print one conversation"))
    add_export(actions.add_parser("export", help="write conversations to a file"))
    add_import(actions.add_parser("import", help="read conversations from files"))
    backup = actions.add_parser("backup", help="make today's backup, unless there is one")
    backup.set_defaults(run=_back_up)


def _add_list(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--search", metavar="TEXT", help="words, phrases, humor>=3, has:vote …")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.set_defaults(run=_list)


def _add_show(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("id", metavar="ID", type=int)
    parser.add_argument("--json", action="store_true", help="everything, all versions included")
    parser.add_argument("--snippet", choices=tuple(SNIPPETS), help="a request that can be run")
    parser.add_argument("--turn", metavar="N", type=int, help="for --snippet; the last one if none")
    add_choices(parser)
    parser.set_defaults(run=_show)


def _list(options: argparse.Namespace) -> int:
    with conversations(options) as store:
        entries = store.shelf.entries()
        if options.search is not None:
            known = {entry.id: entry for entry in entries}
            hits = store.search.find(options.search, limit=len(entries) + 1)
            entries = [known[hit.conversation] for hit in hits if hit.conversation in known]
        counts = store.shelf.turn_counts()
    for entry in entries:
        print(_line(entry, counts.get(entry.id, 0), as_json=options.json))
    return 0


def _line(entry: Entry, turns: int, *, as_json: bool) -> str:
    if not as_json:
        pin = "* " if entry.pinned else "  "
        return f"{entry.id:>6} {pin}{moment(entry.changed):<20} {turns:>4}  {entry.title}"
    fields = {"id": entry.id, "title": entry.title, "turns": turns, "folder": entry.folder}
    times = {"pinned": entry.pinned, "created": entry.created, "changed": entry.changed}
    return json.dumps(fields | times, ensure_ascii=False)


def _show(options: argparse.Namespace) -> int:
    with conversations(options) as store:
        record = store.conversation(options.id)
    if options.json:
        print(json.dumps(as_object(record), ensure_ascii=False))
    elif options.snippet:
        sys.stdout.write(_snippet(record, options.snippet, options.turn))
    else:
        print_pieces(format_named("text").write([record], choices(options, "text")))
    return 0


def _snippet(record: StoredConversation, kind: str, number: int | None) -> str:
    path = record.path()
    if not path or not 1 <= (number or len(path)) <= len(path):
        raise StudioError(f"Conversation {record.id} has {len(path)} turns on its open path.")
    return SNIPPETS[kind](record, path[(number or len(path)) - 1])


def _back_up(options: argparse.Namespace) -> int:
    made = back_up_today(options.file or default_path())
    print(made or "Today's backup is there already, or there is nothing to back up.")
    return 0
