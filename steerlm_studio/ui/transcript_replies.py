"""The replies of an export with their labels: which go out, and what they really are."""

from collections.abc import Iterable, Iterator
from itertools import islice

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QSpinBox,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from steerlm_studio.errors import StudioError
from steerlm_studio.steer.lint import matching_schema, parse
from steerlm_studio.steer.relabel import relabelled
from steerlm_studio.steer.schema import NEMOTRON, SCHEMAS, Schema
from steerlm_studio.store.records import StoredConversation, StoredTurn
from steerlm_studio.store.store import Store
from steerlm_studio.store.transcripts.described import marks
from steerlm_studio.store.transcripts.options import Options
from steerlm_studio.store.transcripts.speech import has_reply, spoken
from steerlm_studio.ui.beside import Beside
from steerlm_studio.ui.choice import Choice
from steerlm_studio.ui.error_words import in_words
from steerlm_studio.ui.labels import PlainLabel, SmallLabel
from steerlm_studio.ui.text_cells import TextCells
from steerlm_studio.ui.text_safety import shown, tooltip
from steerlm_studio.ui.theme import GRID, indent

_MOST = 300  # rows; the others go out with the labels they have
_EXCERPT = 120  # letters of a reply


class TranscriptReplies(QWidget):
    """A row per reply; ticking chooses it, its label can be corrected."""

    chosen = Signal(object)  # frozenset of turn ids that are ticked
    corrected = Signal()  # a label; the store has it

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._turns: list[StoredTurn] = []
        self.table = QTableWidget(0, 3)
        self.table.setItemDelegate(TextCells(self.table))
        self.attribute = Choice()
        self.value = QSpinBox()
        indent(self.value)
        self.correct = QPushButton(self.tr("Correct the label"))
        self.restore = QPushButton(self.tr("As it was steered"))
        self._buttons = (self.correct, self.restore)
        self.note = SmallLabel()
        self._dress()
        self._lay_out()
        self._connect()
        self._show_editor()

    def show_records(self, records: Iterable[StoredConversation], options: Options) -> None:
        """The first replies of these, ticked where they go out."""
        kept = self.table.currentRow()
        pairs = list(islice(_replies(records, options), _MOST + 1))
        self._turns = [turn for turn, _ in pairs[:_MOST]]
        with QSignalBlocker(self.table):
            self.table.setRowCount(len(self._turns))
            for row, (turn, goes_out) in enumerate(pairs[:_MOST]):
                self._fill(row, turn, goes_out)
            self.table.setCurrentCell(min(max(kept, 0), len(self._turns) - 1), 0)
        self.note.clear()
        self.tell_of_more(len(pairs) > _MOST)
        self._show_editor()

    def tell_of_more(self, is_more: bool) -> None:
        """Whether there are replies that are not listed."""
        if is_more:
            more = self.tr("The first %1 are listed; the others go out with the labels they have.")
            self.note.setText(more.replace("%1", str(len(self._turns))))

    def _fill(self, row: int, turn: StoredTurn, goes_out: bool) -> None:
        words = " ".join(spoken(turn)[:_EXCERPT].split())
        asked = " ".join(turn.question[:_EXCERPT].split())
        reply = QTableWidgetItem(shown(words))
        reply.setToolTip(tooltip(f"{asked}\n\n{spoken(turn)[:1000]}"))
        reply.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
                       | Qt.ItemFlag.ItemIsUserCheckable)  # fmt: skip
        reply.setCheckState(Qt.CheckState.Checked if goes_out else Qt.CheckState.Unchecked)
        marked = QTableWidgetItem(shown(marks(turn)))
        marked.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
        label = QTableWidgetItem(turn.told)
        label.setToolTip(tooltip(turn.told))
        font = label.font()
        font.setBold(bool(turn.label))
        label.setFont(font)
        for column, item in enumerate((reply, marked, label)):
            self.table.setItem(row, column, item)

    # labels

    def _turn(self) -> StoredTurn | None:
        row = self.table.currentRow()
        return self._turns[row] if 0 <= row < len(self._turns) else None

    def _on_correct(self) -> None:
        """This reply is really so much of that."""
        turn = self._turn()
        if turn is None:
            return
        name, value = self.attribute.currentData(), self.value.value()
        self._give(turn, relabelled(turn.told, name, value, schema_of(turn)))

    def _on_restore(self) -> None:
        if turn := self._turn():
            self._give(turn, "")

    def _on_item_changed(self, item: QTableWidgetItem) -> None:
        if item.column() == 0:
            ticked = (self.table.item(row, 0) for row in range(len(self._turns)))
            rows = [row for row, each in enumerate(ticked) if _is_ticked(each)]
            self.chosen.emit(frozenset(self._turns[row].id for row in rows))
        elif item.column() == 2:
            self._typed(item)

    def _typed(self, item: QTableWidgetItem) -> None:
        """A label that was typed is taken when it is a control string of the reply's family."""
        turn, text = self._turns[item.row()], item.text().strip()
        parsed = parse(text, schema_of(turn))
        errors = [problem for problem in parsed.problems if problem.is_error]
        if text and errors:
            with QSignalBlocker(self.table):
                item.setText(turn.told)
            self.note.setText(shown(errors[0].message))
            return
        self._give(turn, "" if text == turn.control else text)

    def _give(self, turn: StoredTurn, label: str) -> None:
        try:
            self._store.label(turn.id, "" if label == turn.control else label)
        except StudioError as error:
            self.note.setText(shown(in_words(str(error))))
            return
        self.note.setText("")
        self.corrected.emit()

    def _show_editor(self) -> None:
        turn = self._turn()
        for widget in (self.attribute, self.value, self.correct):
            widget.setEnabled(turn is not None)
        self.restore.setEnabled(turn is not None and bool(turn.label))
        if turn is None:
            return
        schema, kept = schema_of(turn), self.attribute.currentData()
        names = [attribute.name for attribute in schema.attributes]
        if names != [self.attribute.itemData(place) for place in range(self.attribute.count())]:
            with QSignalBlocker(self.attribute):
                self.attribute.clear()
                for attribute in schema.attributes:
                    self.attribute.addItem(attribute.label, attribute.name)
                place = self.attribute.findData(kept or "humor")
                self.attribute.setCurrentIndex(max(place, 0))
        self._show_value()

    def _show_value(self) -> None:
        turn, name = self._turn(), self.attribute.currentData()
        if turn is None or name is None:
            return
        schema = schema_of(turn)
        attribute = next(each for each in schema.attributes if each.name == name)
        self.value.setRange(attribute.low, attribute.high)
        self.value.setValue(parse(turn.told, schema).steering[name] or attribute.low)

    # parts

    def _connect(self) -> None:
        self.table.itemChanged.connect(self._on_item_changed)
        self.table.currentCellChanged.connect(lambda *_: self._show_editor())
        self.attribute.currentIndexChanged.connect(self._show_value)
        self.correct.clicked.connect(self._on_correct)
        self.restore.clicked.connect(self._on_restore)

    def _dress(self) -> None:
        table, mode = self.table, QHeaderView.ResizeMode
        heads = [self.tr("Reply"), self.tr("Marks"), self.tr("Label")]
        table.setHorizontalHeaderLabels(heads)
        table.setAccessibleName(self.tr("Replies and their labels"))
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setTabKeyNavigation(False)
        table.setWordWrap(False)
        table.verticalHeader().hide()
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        for column, how in enumerate((mode.Stretch, mode.ResizeToContents, mode.Stretch)):
            header.setSectionResizeMode(column, how)
        self.attribute.setAccessibleName(self.tr("Attribute to correct"))
        self.value.setAccessibleName(self.tr("What it really is"))
        self.note.setWordWrap(True)
        for button in self._buttons:
            button.setAutoDefault(False)

    def _lay_out(self) -> None:
        said = PlainLabel(self.tr("This reply is really"))
        editor = Beside(_in_a_row(said, self.attribute, self.value), _in_a_row(*self._buttons))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, GRID, 0, 0)
        column.setSpacing(GRID)
        column.addWidget(self.table, 1)
        column.addWidget(editor)
        column.addWidget(self.note)


def _in_a_row(*widgets: QWidget) -> QWidget:
    whole = QWidget()
    row = QHBoxLayout(whole)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(GRID)
    for widget in widgets:
        row.addWidget(widget)
    row.addStretch(1)
    return whole


def schema_of(turn: StoredTurn) -> Schema:
    """The family whose attributes this reply has."""
    return SCHEMAS.get(turn.setup.schema) or matching_schema(turn.told) or NEMOTRON


def _replies(
    records: Iterable[StoredConversation], options: Options
) -> Iterator[tuple[StoredTurn, bool]]:
    """Every reply, and whether it goes out as a wanted one."""
    for record in records:
        wanted = {turn.id for path in options.paths(record) for turn in path}
        for turn in record.turns:
            if has_reply(turn):
                yield turn, turn.id in wanted and options.takes(turn)


def _is_ticked(item: QTableWidgetItem | None) -> bool:
    return item is not None and item.checkState() == Qt.CheckState.Checked
