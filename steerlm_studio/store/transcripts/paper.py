"""What a PDF shows, in order, as one JSON object a line: for the child that lays it out.

The child is `steerlm_studio.ui.pdf`; only it has Qt. Each line has one of these keys: `title`
(begins a conversation), `system`, `branch`, `question`, `replies`; the last line is `end`.
"""

import json
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from steerlm_studio.child import child_command
from steerlm_studio.errors import StudioError
from steerlm_studio.store.records import StoredConversation, StoredTurn
from steerlm_studio.store.transcripts.described import settings, who
from steerlm_studio.store.transcripts.options import Options
from steerlm_studio.store.transcripts.speech import spoken
from steerlm_studio.store.transcripts.walk import Branch, Exchange, title_of, walk

CHILD = "steerlm_studio.ui.pdf"


def write(records: Iterable[StoredConversation], options: Options) -> Iterator[str]:
    for record in records:
        yield _line({"title": title_of(record)})
        if options.system and record.system:
            yield _line({"system": record.system})
        for step in walk(record, options):
            yield from _branch(step) if isinstance(step, Branch) else _exchange(step, options)
    yield _line({"end": True})


def _branch(branch: Branch) -> Iterator[str]:
    yield _line({"branch": branch.heading})


def _exchange(exchange: Exchange, options: Options) -> Iterator[str]:
    if exchange.question is not None:
        yield _line({"question": exchange.question})
    replies = [
        _reply(turn, options, goes_on=turn.id == exchange.shown) for turn in exchange.replies
    ]
    yield _line({"replies": replies})


def _reply(turn: StoredTurn, options: Options, *, goes_on: bool) -> dict[str, object]:
    return {
        "who": who(turn, goes_on=goes_on),
        "shown": goes_on,
        "control": turn.told if options.controls else "",
        "text": spoken(turn),
        "settings": settings(turn) if options.settings else [],
    }


def _line(item: dict[str, object]) -> str:
    return json.dumps(item, ensure_ascii=False) + "\n"


def print_pdf(path: Path, lines: Iterable[str]) -> None:
    """Let the child write `path`; it ends without a file when the lines do not reach `end`."""
    command = child_command(CHILD, str(path))
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as errors:
        # not a pipe: it could fill up while we write
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stderr=errors, encoding="utf-8"
        ) as child:
            assert child.stdin is not None
            try:
                _feed(child.stdin, lines)
            except BaseException:
                child.kill()
                raise
        errors.seek(0)
        said = errors.read()
    if child.returncode:
        reason = (said.strip().splitlines() or [f"it ended with {child.returncode}"])[-1]
        raise StudioError(
            f"The PDF could not be made: {reason}. Look at “steerlm-studio doctor” for what Qt "
            "misses, or export the HTML page and print it from a browser.",
            said,
        )


def _feed(pipe: IO[str], lines: Iterable[str]) -> None:
    try:
        with pipe:
            pipe.writelines(lines)
    except BrokenPipeError:
        pass  # the child says why
