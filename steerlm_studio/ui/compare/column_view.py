"""One column: what it is told otherwise than the first, its reply, and what to do with it."""

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QUrl, Signal
from PySide6.QtGui import QColor, QFocusEvent, QGuiApplication, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QToolButton, QVBoxLayout, QWidget

from steerlm_studio.ui.chat import Answer
from steerlm_studio.ui.chips import chips_for, chips_of
from steerlm_studio.ui.compare.column_foot import ColumnFoot
from steerlm_studio.ui.compare.column_head import ColumnHead
from steerlm_studio.ui.compare.column_menu import ColumnMenu
from steerlm_studio.ui.compare.column_text import ColumnText
from steerlm_studio.ui.compare.columns import Column, Difference
from steerlm_studio.ui.icons import icon, tinted
from steerlm_studio.ui.labels import SmallLabel
from steerlm_studio.ui.reply_note import note_on
from steerlm_studio.ui.theme import GRID, HALF, colours_of

_WIDTH = 22  # characters: between the panels four columns fit into 1280 pixels, eight into 1920


class ColumnView(QWidget):
    """Selected when it is clicked or gets the focus; the sliders then edit it."""

    select_requested = Signal(int)  # its key, as with all of these
    again_requested = Signal(int)
    details_requested = Signal(int)
    copy_requested = Signal(object, str)  # Answer, a name of `reply_menu.copies`
    own_sampling_requested = Signal(int, bool)
    duplicate_requested = Signal(int)
    move_requested = Signal(int, int)  # -1 or 1
    remove_requested = Signal(int)
    scrolled = Signal(int)
    link_activated = Signal(QUrl)

    def __init__(self, key: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.key = key
        self.answer: Answer | None = None
        self._is_selected = False
        self.head = ColumnHead()
        self.title, self.chips = self.head.title, self.head.chips
        self.close_button = self.head.close_button
        self.told = SmallLabel()
        self.again = QToolButton()
        self.text = ColumnText()
        self.menu = ColumnMenu(self)
        self.foot = ColumnFoot(self.menu)
        self._lay_out()
        self._connect()

    @property
    def name(self) -> str:
        """Its number and what differs: "2 · humor 0→4"."""
        told = ", ".join(chip.text for chip in self.chips.chips)
        return " · ".join(filter(None, (self.title.text(), told)))

    @property
    def tab_stops(self) -> tuple[QWidget, ...]:
        """What Tab goes to, in the order of reading."""
        texts = (self.text.body, self.text.diff)
        return (self, self.close_button, self.again, *texts, *self.foot.tab_stops)

    def show_column(
        self, column: Column, place: int, count: int, differences: tuple[Difference, ...]
    ) -> None:
        """Its settings and its place among `count`."""
        self._place, self._column = place, column
        self.title.setText(self.tr("1 · base") if place == 0 else str(place + 1))
        self.chips.set_chips(chips_for(differences), str(column.steering))
        said = self.chips.accessibleName() if differences else self.tr("as the first")
        name = self.tr("Column %1 of %2: %3") if place else self.tr("Column %1 of %2, the base")
        name = name.replace("%1", str(place + 1)).replace("%2", str(count))
        self.setAccessibleName(name.replace("%3", said))
        self.setAccessibleDescription(str(column.steering))
        self.close_button.setEnabled(count > 1)
        self.head.let_drag(count > 1)
        has_answer = self.answer is not None
        self.menu.show_state(place, count, has_answer, column.sampling is not None)
        self._show_told()

    def show_answer(self, answer: Answer | None, is_kept: bool) -> None:
        if answer is not self.answer:
            self.answer = answer
            self.text.scroll_to(0)
        self.grow()
        self.foot.show_answer(answer, is_kept)

    def grow(self) -> None:
        """Show what was added to the reply."""
        answer = self.answer
        text = answer.text.lstrip() if answer else ""
        self.text.show_text(text)
        waiting = self.tr("Not asked yet. Type a question below: every column answers it.")
        self.text.note.setText(note_on(answer) if answer else waiting)
        self.text.note.setVisible(bool(self.text.note.text()))

    def select(self, is_selected: bool) -> None:
        self._is_selected = is_selected
        self.head.sign.setVisible(is_selected)
        side = self.fontInfo().pixelSize() + 1
        colour = QColor(colours_of(self).accent)
        self.head.sign.setPixmap(tinted("steer", colour, side, self.devicePixelRatioF()))
        self.update()

    def _show_told(self) -> None:
        """Where the reply was made under other settings than the column has now."""
        answer = self.answer
        is_stale = answer is not None and not self._column.is_told_as(answer)
        self.told.setVisible(is_stale)
        self.again.setVisible(is_stale)
        if answer is not None and is_stale:
            chips = chips_of(answer.steering, self._column.steering)
            values = ", ".join(chip.text.replace("→", " ").split(" ")[0] for chip in chips)
            text = self.tr("This reply is from before you changed %1.")
            self.told.setText(text.replace("%1", values or self.tr("its sampling")))

    def _connect(self) -> None:
        menu, marks = self.menu, self.foot.marks
        menu.again.triggered.connect(lambda: self.again_requested.emit(self.key))
        menu.copy.triggered.connect(self._on_copy_asked)
        menu.copy_chosen.connect(lambda name: self.copy_requested.emit(self.answer, name))
        menu.details.triggered.connect(lambda: self.details_requested.emit(self.key))
        menu.own_sampling.triggered.connect(
            lambda is_own: self.own_sampling_requested.emit(self.key, is_own)
        )
        menu.duplicate.triggered.connect(lambda: self.duplicate_requested.emit(self.key))
        menu.earlier.triggered.connect(lambda: self.move_requested.emit(self.key, -1))
        menu.later.triggered.connect(lambda: self.move_requested.emit(self.key, 1))
        menu.remove.triggered.connect(lambda: self.remove_requested.emit(self.key))
        for inside in (self.text.body, self.text.diff, marks.note, marks.up, marks.down):
            inside.installEventFilter(self)
        self.head.pressed.connect(lambda: self.setFocus(Qt.FocusReason.MouseFocusReason))
        self.close_button.clicked.connect(lambda: self.remove_requested.emit(self.key))
        self.again.clicked.connect(lambda: self.again_requested.emit(self.key))
        self.text.scrolled.connect(self.scrolled)
        self.text.link_activated.connect(self.link_activated)

    def _on_copy_asked(self) -> None:
        if self.answer is not None:
            QGuiApplication.clipboard().setText(self.answer.text.strip())

    def _lay_out(self) -> None:
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.told.setWordWrap(True)
        self.again.setText(self.tr("Answer again"))
        self.again.setIcon(icon("steer"))
        self.again.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.again.setObjectName("resteer")
        stale = QVBoxLayout()
        stale.setContentsMargins(GRID, 0, GRID, HALF)
        stale.setSpacing(HALF)
        stale.addWidget(self.told)
        stale.addWidget(self.again, 0, Qt.AlignmentFlag.AlignLeading)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        column.addWidget(self.head)
        column.addLayout(stale)
        column.addWidget(self.text, 1)
        column.addWidget(self.foot)

    # Qt's

    def minimumSizeHint(self) -> QSize:
        width = _WIDTH * self.fontMetrics().averageCharWidth()
        width = max(width, self.foot.marks.least_width + 2 * GRID + 2)
        return QSize(width, super().minimumSizeHint().height())

    def changeEvent(self, event: QEvent) -> None:
        """The sign is a picture: it does not follow the text's size and the colours by itself."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.PaletteChange) and hasattr(
            self, "foot"
        ):
            self.select(self._is_selected)

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = colours_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width = 2 if self._is_selected or self.hasFocus() else 1
        pen = QColor(colours.accent if self._is_selected else colours.line)
        painter.setPen(pen)
        painter.setBrush(QColor(colours.base))
        for inset in range(width):
            painter.drawRoundedRect(
                self.rect().adjusted(inset, inset, -1 - inset, -1 - inset), 4, 4
            )
            painter.setBrush(Qt.BrushStyle.NoBrush)
        if self.hasFocus():
            painter.setPen(QColor(colours.accent))
            painter.drawRoundedRect(self.rect().adjusted(3, 3, -4, -4), 3, 3)
        painter.end()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.select_requested.emit(self.key)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """One who reads or marks a reply means its column."""
        if event.type() == QEvent.Type.FocusIn and not self._is_selected:
            self.select_requested.emit(self.key)
        return super().eventFilter(watched, event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        super().mousePressEvent(event)
