"""A combo box that the wheel only changes while it has the focus."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QStyle, QStyleOptionComboBox, QWidget


class Choice(QComboBox):
    """For panels that scroll: the wheel passes on to what is around it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(self.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)

    # Qt's

    def setAccessibleName(self, name: str) -> None:
        super().setAccessibleName(name)
        if edit := self.lineEdit():
            edit.setAccessibleName(name)
        self._describe()

    def setToolTip(self, tip: str) -> None:
        super().setToolTip(tip)
        self._describe()

    def _describe(self) -> None:
        """On X11 and Wayland Qt gives what is chosen for the name; so ours is told beside it."""
        said = ". ".join(filter(None, (self.accessibleName(), self.toolTip())))
        self.setAccessibleDescription(said)

    def paintEvent(self, event: QPaintEvent) -> None:
        """As Qt paints it, but text without room ends in … instead of being cut."""
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        style, kind = self.style(), QStyle.ComplexControl.CC_ComboBox
        room = style.subControlRect(kind, option, QStyle.SubControl.SC_ComboBoxEditField, self)
        shown = self.fontMetrics().elidedText(
            self.currentText(), Qt.TextElideMode.ElideRight, room.width() - 2
        )
        option.currentText = shown
        painter = QPainter(self)
        style.drawComplexControl(kind, option, painter, self)
        style.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option, painter, self)
        painter.end()

    def showPopup(self) -> None:
        """Qt reckons the list without the thicker frame of the focus: half a line was hidden."""
        super().showPopup()
        frame = self.view().window()
        height = frame.height() + 2
        frame.resize(frame.width(), 2 * height)  # as long as the arrow for more takes its place
        frame.resize(frame.width(), height)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()
