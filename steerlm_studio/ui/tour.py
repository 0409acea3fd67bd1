"""Two steps for those who see the window for the first time; one click ends it for good."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from steerlm_studio.ui.labels import PlainLabel, SmallLabel
from steerlm_studio.ui.theme import GRID


class Tour(QFrame):
    """Goes on by itself when its step was done; hidden until `begin`."""

    ended = Signal()
    left = Signal()  # it had the keyboard, which is free now

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("question")  # dressed as a card
        self.step = 0
        self.count = SmallLabel()
        self.text = PlainLabel()
        self.text.setWordWrap(True)
        self.next = QPushButton()
        self.next.clicked.connect(self._on_next_clicked)
        self.skip = QPushButton(self.tr("Skip"))
        self.skip.clicked.connect(self.end)
        row = QHBoxLayout(self)
        row.setContentsMargins(GRID, GRID, GRID, GRID)
        row.setSpacing(GRID)
        row.addWidget(self.count)
        row.addWidget(self.text, 1)
        row.addWidget(self.skip)
        row.addWidget(self.next)
        self.hide()

    def begin(self) -> None:
        self._go_to(1)
        self.show()

    def end(self) -> None:
        if self.step:
            self.step = 0
            had_keyboard = self.skip.hasFocus() or self.next.hasFocus()
            self.hide()
            self.ended.emit()
            if had_keyboard:
                self.left.emit()

    def asked(self, is_again: bool) -> None:
        """A question was asked, or asked again under other sliders."""
        if is_again:
            self.end()
        elif self.step == 1:
            self._go_to(2)

    def _on_next_clicked(self) -> None:
        if self.step == 1:
            self._go_to(2)
        else:
            self.end()

    def _go_to(self, step: int) -> None:
        self.step = step
        is_last = step == 2
        self.count.setText(self.tr("%1 of 2").replace("%1", str(step)))
        first = self.tr("Ask: press one of the samples, or type a question and press Enter.")
        second = self.tr(
            "Steer: move a slider on the right, then press Ctrl+Enter. The same question is "
            "answered anew, and both answers stay."
        )
        self.text.setText(second if is_last else first)
        self.next.setText(self.tr("Done") if is_last else self.tr("Next"))
        self.skip.setVisible(not is_last)
        self.setAccessibleName(f"{self.count.text()}: {self.text.text()}")
