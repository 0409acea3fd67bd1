"""Files that come into the window: dropped, named at the start, handed over by a second start."""

from collections.abc import Callable, Sequence
from pathlib import Path

from steerlm_studio.gguf_parts import is_later_part
from steerlm_studio.ui.model_files import is_checkpoint
from steerlm_studio.ui.transcript_import import are_transcripts


class Incoming:
    """Tells a model from a checkpoint and from conversations, and where each goes."""

    def __init__(
        self,
        open_model: Callable[[Path], object],
        export: Callable[[Path], object],
        take_in: Callable[[list[Path]], object],
    ) -> None:
        self._open_model, self._export, self._take_in = open_model, export, take_in

    def way(self, paths: Sequence[Path]) -> Callable[[], object] | None:
        """What to do with these; None for what nobody here knows."""
        models = [path for path in paths if path.suffix.lower() == ".gguf"]
        if models:  # of one in parts its first part, of several the first
            model = min(models, key=lambda path: is_later_part(path.name))
            return lambda: self._open_model(model)
        checkpoint = next((path for path in paths if is_checkpoint(path)), None)
        if checkpoint is not None:
            return lambda: self._export(checkpoint)
        return (lambda: self._take_in(list(paths))) if are_transcripts(paths) else None

    def take(self, paths: Sequence[Path]) -> None:
        """The user named these; an unknown one is opened as a model, which says what it is not."""
        if way := self.way(paths):
            way()
        elif paths:
            self._open_model(paths[-1])
