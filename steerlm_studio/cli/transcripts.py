"""`transcripts`: the conversations of the window in a terminal: list, show, export, import."""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from steerlm_studio.errors import StudioError
from steerlm_studio.store.backup import back_up_today
from steerlm_studio.store.health import open_beside
from steerlm_studio.store.records import Entry, StoredConversation
from steerlm_studio.store.store import Store, default_path
from steerlm_studio.store.transcripts.described import moment
from steerlm_studio.store.transcripts.intake import Report, bring_in
from steerlm_studio.store.transcripts.json_file import as_object
from steerlm_studio.store.transcripts.options import INCLUDED, ONLY, Options
from steerlm_studio.store.transcripts.out import FORMATS, format_named, write_file
from steerlm_studio.store.transcripts.snippets import SNIPPETS


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("transcripts")
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    _add_list(actions.add_parser("list", help="the conversations, pinned and newest first"))
    _add_show(actions.add_parser("show", help="print one conversation"))
    _add_export(actions.add_parser("export", help="write conversations to a file"))
    _add_import(actions.add_parser("import", help="read conversations from files"))
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
    _add_choices(parser)
    parser.set_defaults(run=_show)


def _add_export(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("ids", metavar="ID", type=int, nargs="*")
    parser.add_argument("--all", action="store_true", help="every conversation")
    parser.add_argument("--format", required=True, metavar="F", help=", ".join(FORMATS))
    parser.add_argument("--out", required=True, metavar="PATH", help="a file; - for the terminal")
    parser.add_argument("--json", action="store_true", help="say what was done as JSON")
    _add_choices(parser)
    parser.add_argument("--blank-line-after-system", action="store_true",
                        help="steerlm: the system text ends in two newlines, as NeMo wrote it "
                        "before 2024")  # fmt: skip
    parser.set_defaults(run=_export)


def _add_choices(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--only", metavar="WHICH", default="",
                        help="only replies that are kept, voted (up), or kept,voted")  # fmt: skip
    parser.add_argument("--include", metavar="WHAT", help=f"some of {', '.join(INCLUDED)}")


def _add_import(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", metavar="FILE", type=Path, nargs="+")
    parser.add_argument("--skip-errors", action="store_true",
                        help="bring in the others when some are not understood")  # fmt: skip
    parser.add_argument("--json", action="store_true", help="progress and report as JSON lines")
    parser.set_defaults(run=_import)


@contextmanager
def _store() -> Iterator[Store]:
    opened = open_beside(default_path())
    for note in opened.notes:
        print(note, file=sys.stderr)
    try:
        yield opened.store
    finally:
        opened.close()


def _list(options: argparse.Namespace) -> int:
    with _store() as store:
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
    with _store() as store:
        record = store.conversation(options.id)
    if options.json:
        print(json.dumps(as_object(record), ensure_ascii=False))
    elif options.snippet:
        sys.stdout.write(_snippet(record, options.snippet, options.turn))
    else:
        _print(format_named("text").write([record], _choices(options, "text")))
    return 0


def _snippet(record: StoredConversation, kind: str, number: int | None) -> str:
    path = record.path()
    if not path or not 1 <= (number or len(path)) <= len(path):
        raise StudioError(f"Conversation {record.id} has {len(path)} turns on its open path.")
    return SNIPPETS[kind](record, path[(number or len(path)) - 1])


def _export(options: argparse.Namespace) -> int:
    kind = format_named(options.format)
    choices = _choices(options, options.format)
    if bool(options.ids) == options.all:
        raise StudioError(
            "Say which conversations: their numbers (as “transcripts list” shows), or --all."
        )
    with _store() as store:
        ids = options.ids
        if options.all:  # in the order in which they came in
            ids = sorted(entry.id for entry in store.shelf.entries())
        records = (store.conversation(number) for number in ids)
        if options.out == "-":
            if kind.print:
                raise StudioError(f"{kind.title} is no text: name a file with --out.")
            _print(kind.write(records, choices))
            return 0
        out = Path(options.out)
        write_file(out, kind, kind.write(records, choices))
    size = out.stat().st_size
    if options.json:
        print(json.dumps({"path": str(out), "conversations": len(ids), "bytes": size}))
    else:
        print(f"{out}: {len(ids)} conversations, {size} bytes")
    return 0


def _choices(options: argparse.Namespace, name: str) -> Options:
    only = frozenset(filter(None, options.only.split(",")))
    default = "system,controls" + (",versions" if name == "html" else "")
    included = set(filter(None, (options.include or default).split(",")))
    for wanted, known, option in ((only, ONLY, "--only"), (included, INCLUDED, "--include")):
        if unknown := sorted(wanted - set(known)):
            raise StudioError(f"{option} does not know “{unknown[0]}”, only {', '.join(known)}.")
    return Options(
        only,
        system="system" in included,
        controls="controls" in included,
        settings="settings" in included,
        versions="versions" in included,
        blank_line_after_system=getattr(options, "blank_line_after_system", False),
    )


def _print(pieces: Iterable[str]) -> None:
    for piece in pieces:
        sys.stdout.write(piece)


def _import(options: argparse.Namespace) -> int:
    shown = [-1]

    def tell(done: int, total: int) -> None:
        percent = 100 * done // max(total, 1)
        if options.json and percent > shown[0]:
            shown[0] = percent
            print(json.dumps({"read": done, "bytes": total}), flush=True)

    with _store() as store:
        report = bring_in(store, options.files, skip_errors=options.skip_errors, progress=tell)
    _tell(report, as_json=options.json)
    return 1 if report.refused else 0


def _tell(report: Report, *, as_json: bool) -> None:
    if as_json:
        problems = [
            {"file": str(each.file), "line": each.line, "message": each.message,
             "level": "error" if each.is_error else "note"}
            for each in report.problems
        ]  # fmt: skip
        found = {"conversations": report.conversations, "turns": report.turns}
        state = {"errors": report.errors, "refused": report.refused, "problems": problems}
        print(json.dumps(found | state, ensure_ascii=False))
        return
    for problem in report.problems:
        print(f"{'error' if problem.is_error else 'note'}: {problem}", file=sys.stderr)
    if report.refused:
        print(f"Nothing was imported, because {report.errors} could not be understood. Mend the "
              "file, or add --skip-errors to import all others.", file=sys.stderr)  # fmt: skip
    else:
        print(f"{report.conversations} conversations with {report.turns} turns were imported.")


def _back_up(options: argparse.Namespace) -> int:
    made = back_up_today(default_path())
    print(made or "Today's backup is there already, or there is nothing to back up.")
    return 0
