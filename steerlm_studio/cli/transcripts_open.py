"""What the `transcripts` commands share: the open conversations, and what of them is wanted."""

import argparse
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from steerlm_studio.errors import StudioError
from steerlm_studio.store.health import open_beside
from steerlm_studio.store.store import Store, default_path
from steerlm_studio.store.transcripts.options import INCLUDED, ONLY, Options


@contextmanager
def conversations(options: argparse.Namespace) -> Iterator[Store]:
    """Those of the window, or of the file that --file names."""
    path: Path = options.file or default_path()
    if options.file and not path.is_file():
        raise StudioError(f"{path} is not there. Name a file of conversations, e.g. a backup.")
    opened = open_beside(path)
    for note in opened.notes:
        print(note, file=sys.stderr)
    try:
        yield opened.store
    finally:
        opened.close()


def add_choices(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--only", metavar="WHICH", default="",
                        help="only replies that are kept, voted (up), or kept,voted")  # fmt: skip
    parser.add_argument("--include", metavar="WHAT", help=f"some of {', '.join(INCLUDED)}")


def choices(options: argparse.Namespace, name: str) -> Options:
    """For the format `name`. Raises StudioError for unknown words."""
    only = frozenset(filter(None, options.only.split(",")))
    default = "system,controls" + (",versions" if name in ("html", "pdf") else "")
    included = set(
        filter(None, (default if options.include is None else options.include).split(","))
    )
    for wanted, known, option in ((only, ONLY, "--only"), (included, INCLUDED, "--include")):
        if unknown := sorted(wanted - set(known)):
            raise StudioError(f"{option} does not know “{unknown[0]}”, only {', '.join(known)}.")
    return Options(
        only,
        frozenset(getattr(options, "turns", ())),
        **{each: each in included for each in INCLUDED},
        blank_line_after_system=getattr(options, "blank_line_after_system", False),
    )


def print_pieces(pieces: Iterable[str]) -> None:
    for piece in pieces:
        sys.stdout.write(piece)
