"""Frees what Python finds in circles at moments when Qt goes through no widgets."""

import gc

from PySide6.QtCore import QObject, QTimer

_EVERY_MS = 500


class Collecting(QObject):
    """Python's own collection, but between two events.

    Left to itself it may begin inside any call from Qt, free a widget there that Qt is just about
    to tell of another font, and crash; or take its time in the midst of a frame.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        gc.freeze()  # what is there already stays: it need not be looked through again and again
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._collect)
        self._timer.start(_EVERY_MS)

    def end(self) -> None:
        """Let Python collect when it likes."""
        self._timer.stop()
        gc.unfreeze()
        gc.enable()

    def _collect(self) -> None:
        """The oldest generation that Python itself would take by now, if any."""
        due = [count > most for count, most in zip(gc.get_count(), gc.get_threshold(), strict=True)]
        if any(due):
            gc.collect(max(generation for generation, is_due in enumerate(due) if is_due))
