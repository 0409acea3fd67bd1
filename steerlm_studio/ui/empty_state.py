"""What stands where no conversation is yet: what this is, and prompts that show the sliders."""

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from steerlm_studio.ui.labels import PlainLabel, SmallLabel, TitleLabel
from steerlm_studio.ui.theme import GRID

_CHARACTERS = 90


@dataclass(frozen=True)
class Sample:
    """A prompt, and the slider it shows best."""

    prompt: str
    hint: str


class EmptyState(QScrollArea):
    """Six buttons with a hint each, two abreast where there is room."""

    chosen = Signal(str)  # the prompt

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.buttons = [SampleButton(sample) for sample in self._samples()]
        title = TitleLabel(self.tr("Ask, then move a slider and re-steer"))
        title.setWordWrap(True)
        self.about = SmallLabel()
        self.about.setWordWrap(True)
        self.device = SmallLabel()
        self.device.setWordWrap(True)
        self.device.hide()
        self._columns = 0  # abreast
        self._grid = QGridLayout()
        self._grid.setSpacing(GRID)
        for button in self.buttons:
            button.chosen.connect(self.chosen)
        self._box = QWidget()
        self._box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        inner = QVBoxLayout(self._box)
        inner.setSpacing(GRID)
        inner.addWidget(title)
        inner.addWidget(self.about)
        inner.addLayout(self._grid)
        inner.addWidget(self.device)
        page = QWidget()
        column = QVBoxLayout(page)
        column.addStretch(2)
        column.addWidget(self._box, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)
        self.setWidget(page)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(self.tr("Samples"))
        self._box.installEventFilter(self)
        self._place()

    def _samples(self) -> tuple[Sample, ...]:
        """The prompts stay English: the demo answers by the sliders' language, not by theirs."""
        return (
            Sample("What is tea?", self.tr("Then take verbosity from 4 to 0.")),
            Sample("How do bees make honey?", self.tr("Complexity 0 or 4: other words.")),
            Sample("Why do people keep cats?", self.tr("Humor 4 brings the jokes.")),
            Sample("Where does chocolate come from?", self.tr("Lang: in another language.")),
            Sample("Write a short poem about rain.", self.tr("Creativity 4 paints pictures.")),
            Sample("How do I look after a bicycle?", self.tr("Helpfulness 0 shrugs.")),
        )

    def set_about(self, text: str) -> None:
        """What is said of the model that is loaded, or of there being none."""
        self.about.setText(text)
        self._place()

    def set_device_note(self, text: str) -> None:
        """What other hardware would change; "" for nothing to say."""
        self.device.setText(text)
        self.device.setVisible(bool(text))
        self._place()

    def _place(self) -> None:
        """Two columns where the widest prompt fits twice, else one; as high as all of it."""
        reading = _CHARACTERS * self.fontMetrics().averageCharWidth()
        width = max(min(reading, self.viewport().width() - 4 * GRID), 0)
        widest = max(button.sizeHint().width() for button in self.buttons)
        columns = 2 if self.viewport().width() > 2 * widest + 5 * GRID else 1
        if columns != self._columns:
            self._columns = columns
            for place, button in enumerate(self.buttons):
                self._grid.addWidget(button, place // columns, place % columns)
        self._box.setFixedWidth(width)
        self._box.setMinimumHeight(max(self._box.heightForWidth(width), 0))

    def set_ready(self, is_ready: bool) -> None:
        for button in self.buttons:
            button.setEnabled(is_ready)

    # Qt's

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Any text or font inside that changes asks its box for another layout."""
        if event.type() == QEvent.Type.LayoutRequest:
            self._place()
        return super().eventFilter(watched, event)


class SampleButton(QPushButton):
    """A prompt with the slider that changes it most."""

    chosen = Signal(str)

    def __init__(self, sample: Sample, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(sample.prompt)
        self.setAccessibleDescription(sample.hint)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(GRID + GRID // 2, GRID, GRID, GRID)
        column.setSpacing(2)
        self._labels = (PlainLabel(sample.prompt), SmallLabel(sample.hint))
        for label in self._labels:
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            label.setWordWrap(True)
            column.addWidget(label)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self.clicked.connect(lambda: self.chosen.emit(sample.prompt))

    def sizeHint(self) -> QSize:
        """With each text in one line; narrower, they wrap."""
        texts = (label.fontMetrics().horizontalAdvance(label.text()) for label in self._labels)
        margins = self._column.contentsMargins()
        width = max(texts) + margins.left() + margins.right() + 1
        return QSize(width, self._column.totalHeightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        return self._column.minimumSize()
