"""What the user wants exported, and the command that writes it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QCoreApplication

from steerlm_studio.store.records import StoredConversation
from steerlm_studio.store.store import Store
from steerlm_studio.store.transcripts.options import INCLUDED, Options
from steerlm_studio.store.transcripts.out import FORMATS, Format
from steerlm_studio.ui.command_process import command

LONGEST_NAME = 60  # letters of a proposed file name


@dataclass(frozen=True)
class TranscriptRequest:
    """`conversations` None means all."""

    format: str
    conversations: tuple[int, ...] | None
    out: Path
    options: Options

    @property
    def kind(self) -> Format:
        return FORMATS[self.format]

    def command(self, file: Path) -> list[str]:
        """Writes `out` from the conversations in `file`, and tells of it in JSON lines."""
        options = self.options
        words = ["--file", str(file), "export", "--json", "--format", self.format]
        words += ["--out", str(self.out), "--include", ",".join(included(options))]
        if options.only:
            words += ["--only", ",".join(sorted(options.only))]
        if options.turns:
            words += ["--turns", ",".join(map(str, sorted(options.turns)))]
        if options.blank_line_after_system:
            words.append("--blank-line-after-system")
        which = ["--all"] if self.conversations is None else list(map(str, self.conversations))
        return command("transcripts", *words, *which)

    def records(self, store: Store) -> Iterator[StoredConversation]:
        """The conversations one by one, in the order in which they go out."""
        ids = self.conversations
        if ids is None:
            ids = tuple(sorted(entry.id for entry in store.shelf.entries()))
        return map(store.conversation, ids)


def included(options: Options) -> list[str]:
    return [name for name in INCLUDED if getattr(options, name)]


def file_name(title: str, suffix: str) -> str:
    """A name for a file about `title` that every file system takes."""
    letters = "".join(letter if letter.isalnum() else " " for letter in title)
    words = "-".join(letters.split())[:LONGEST_NAME].strip("-")
    return (words or _tr("transcripts")) + suffix


def _tr(text: str) -> str:
    return QCoreApplication.translate("Transcripts", text)
