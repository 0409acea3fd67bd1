"""Files that come into the window: dropped, named at the start, handed over by a second start."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QCoreApplication

from steerlm_studio.gguf_parts import is_later_part, parts_of
from steerlm_studio.ui.model_files import is_checkpoint
from steerlm_studio.ui.transcript_import import are_transcripts

_NAMED = 5  # of the files that are left out; more are counted


class Incoming:
    """Tells models, checkpoints, folders and conversations apart, and where each goes."""

    def __init__(
        self,
        open_model: Callable[[Path], object],
        export: Callable[[Path], object],
        take_in: Callable[[list[Path]], object],
        search_in: Callable[[Path], object],
        say: Callable[[str], object],
    ) -> None:
        """`search_in` gets folders with models, `say` the sentence on what is left out."""
        self._open_model, self._export, self._take_in = open_model, export, take_in
        self._search_in, self._say = search_in, say

    def way(self, paths: Sequence[Path]) -> Callable[[], object] | None:
        """What to do with these; None for what nobody here knows.

        One model, or else one checkpoint, is opened; conversations come in beside it.
        """
        checkpoints = [path for path in paths if is_checkpoint(path)]
        folders = [path for path in paths if path.is_dir() and path not in checkpoints]
        models = [path for path in paths if path.suffix.lower() == ".gguf" and path not in folders]
        talks = [path for path in paths if are_transcripts([path]) and path not in folders]
        one = self._one(models, checkpoints, folders)
        if one is None and not talks:
            return None
        known = [*models, *checkpoints, *folders]
        parts = list(parts_of(one[0].name)) if one else []
        spare = [path for path in known if one and path != one[0] and path.name not in parts]
        unknown = [path for path in paths if path not in known and path not in talks]
        return lambda: self._go(one, talks, _left_out(spare, unknown))

    def take(self, paths: Sequence[Path]) -> None:
        """The user named these; an unknown one is opened as a model, which says what it is not."""
        if way := self.way(paths):
            way()
        elif paths:
            self._open_model(paths[-1])

    def _one(
        self, models: list[Path], checkpoints: list[Path], folders: list[Path]
    ) -> tuple[Path, Callable[[Path], object]] | None:
        if models:  # of one in parts its first part, of several the first
            return min(models, key=lambda path: is_later_part(path.name)), self._open_model
        if checkpoints:
            return checkpoints[0], self._export
        return (folders[0], self._search_in) if folders else None

    def _go(
        self,
        one: tuple[Path, Callable[[Path], object]] | None,
        talks: list[Path],
        left_out: str,
    ) -> None:
        if one is not None:
            path, take = one
            take(path)
        if talks:
            self._take_in(talks)
        if left_out:
            self._say(left_out)


def _left_out(spare: Sequence[Path], unknown: Sequence[Path]) -> str:
    """The sentences on what is not taken; empty where all is."""
    several = _tr("Not opened: %1. One model is opened at a time.")
    neither = _tr("Not opened: %1. The program knows models and conversations.")
    said = ((several, spare), (neither, unknown))
    return " ".join(text.replace("%1", _names(paths)) for text, paths in said if paths)


def _names(paths: Sequence[Path]) -> str:
    names = [path.name for path in paths[:_NAMED]]
    more = len(paths) - len(names)
    if more:
        names.append(QCoreApplication.translate("Incoming", "%n more", "", more))
    return ", ".join(names)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Incoming", text)
