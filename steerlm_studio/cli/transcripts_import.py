"""`transcripts import`: files of conversations, ours and others', all of them or nothing."""

import argparse
import json
import sys
from pathlib import Path

from steerlm_studio.cli.ending import ended_cleanly
from steerlm_studio.cli.transcripts_open import conversations
from steerlm_studio.store.transcripts.intake import Report, bring_in
from steerlm_studio.store.words import counted


def add_import(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", metavar="FILE", type=Path, nargs="+")
    parser.add_argument("--skip-errors", action="store_true",
                        help="bring in the others when some are not understood")  # fmt: skip
    parser.add_argument("--json", action="store_true", help="progress and report as JSON lines")
    parser.set_defaults(run=_import)


def _import(options: argparse.Namespace) -> int:
    shown = [-1]

    def tell(done: int, total: int) -> None:
        percent = 100 * done // max(total, 1)
        if options.json and percent > shown[0]:
            shown[0] = percent
            print(json.dumps({"read": done, "bytes": total}), flush=True)

    with conversations(options) as store, ended_cleanly():
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
        there = counted(report.conversations, "conversation")
        verb = "was" if report.conversations == 1 else "were"
        print(f"{there} with {counted(report.turns, 'turn')} {verb} imported.")
