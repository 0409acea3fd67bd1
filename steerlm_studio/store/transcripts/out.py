"""The formats that conversations leave in, and how a file of them is written."""

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from steerlm_studio.errors import StudioError
from steerlm_studio.store.records import StoredConversation
from steerlm_studio.store.transcripts import (
    csv_table,
    html_page,
    json_file,
    markdown,
    messages,
    paper,
    plain,
    regression,
    sharegpt,
    steerlm,
)
from steerlm_studio.store.transcripts.options import INCLUDED, Options

Write = Callable[[Iterable[StoredConversation], Options], Iterator[str]]


@dataclass(frozen=True)
class Format:
    """How a format is called, how its files end, and what writes it.

    `trains` marks formats for training: a window proposes only kept and voted replies for them.
    `uses` names what of `INCLUDED` can be left out or added; the rest does not change it.
    `print` makes the file of what `write` gives; None when that is the file's text already.
    """

    title: str
    suffix: str
    write: Write
    uses: tuple[str, ...] = ()
    trains: bool = False
    print: Callable[[Path, Iterable[str]], None] | None = None


_LINES, _SPEECH = ".jsonl", ("system", "branches")
FORMATS: dict[str, Format] = {
    "markdown": Format("Markdown", ".md", markdown.write, INCLUDED),
    "html": Format("HTML page", ".html", html_page.write, INCLUDED),
    "pdf": Format("PDF", ".pdf", paper.write, INCLUDED, print=paper.print_pdf),
    "text": Format("Plain text", ".txt", plain.write, INCLUDED),
    "json": Format("SteerLM Studio JSON, without loss", ".json", json_file.write),
    "messages": Format(
        "Messages (OpenAI), JSON lines", _LINES, messages.write, _SPEECH, trains=True
    ),
    "steerlm": Format("SteerLM training data", _LINES, steerlm.write, _SPEECH[1:], trains=True),
    "regression": Format(
        "Attribute regression data", _LINES, regression.write, _SPEECH[1:], trains=True
    ),
    "sharegpt": Format("ShareGPT", ".json", sharegpt.write, _SPEECH, trains=True),
    "csv": Format("Table of replies (CSV)", ".csv", csv_table.write),
}


def format_named(name: str) -> Format:
    """Raises StudioError that names those there are."""
    if name not in FORMATS:
        raise StudioError(f"There is no format “{name}”. Known are: {', '.join(FORMATS)}.")
    return FORMATS[name]


def write_file(path: Path, kind: Format, pieces: Iterable[str]) -> None:
    """All or nothing: an older file of this name stays until the new one is on the disk."""
    if path.exists() and not path.is_file():
        raise StudioError(f"{path} is no file that could be written. Name one, or - for none.")
    path = Path(os.path.realpath(path))  # what a link leads to
    temporary = path.with_name(path.name + ".part")
    try:
        (kind.print or _write_text)(temporary, pieces)
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise StudioError(
            f"{path} could not be written: {error.strerror}. Free some space or choose another "
            "place; nothing there was changed."
        ) from error
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _write_text(path: Path, pieces: Iterable[str]) -> None:
    with path.open("w", encoding="utf-8", newline="", errors="backslashreplace") as file:
        file.writelines(pieces)
