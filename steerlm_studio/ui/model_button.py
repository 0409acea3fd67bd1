"""The name of the model as a button; a long one gives way in its middle."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolButton, QWidget

from steerlm_studio.ui.text_safety import tooltip

_MOST, _LEAST = 40, 8  # characters: what it asks for, what it can do with


class ModelButton(QToolButton):
    """Both ends of a name tell models apart: who made it, and its type."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = ""
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def set_name(self, name: str) -> None:
        self._name = name
        self._elide()
        self.updateGeometry()

    @property
    def _frame(self) -> int:
        """Pixels beside the text."""
        return super().sizeHint().width() - self._width(self.text().replace("&&", "&"))

    def _width(self, text: str) -> int:
        return self.fontMetrics().horizontalAdvance(text)

    def _hint(self, most: int) -> QSize:
        width = min(self._width(self._name), most * self.fontMetrics().averageCharWidth())
        return QSize(self._frame + width + 1, super().sizeHint().height())

    def _elide(self) -> None:
        middle = Qt.TextElideMode.ElideMiddle
        room = min(self.width(), self.sizeHint().width()) - self._frame
        line = self.fontMetrics().elidedText(self._name, middle, room)
        self.setText(line.replace("&", "&&"))
        told = self.tr("Choose another model")
        self.setToolTip(told if line == self._name else tooltip(f"{self._name}\n{told}"))

    # Qt's

    def sizeHint(self) -> QSize:
        return self._hint(_MOST)

    def minimumSizeHint(self) -> QSize:
        return self._hint(_LEAST)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._elide()
