"""The tree of a conversation: every version of every turn, and a way to go on from any of them."""

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QFont, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QPushButton, QTreeView, QWidget

from steerlm_studio.steer.steering import Steering, default_steering
from steerlm_studio.ui.chat import Answer, Chat, Fork
from steerlm_studio.ui.chips import chips_of
from steerlm_studio.ui.icons import icon
from steerlm_studio.ui.labels import SmallLabel
from steerlm_studio.ui.list_dialog import ListDialog, stretch_first
from steerlm_studio.ui.text_safety import shown

_ANSWER = Qt.ItemDataRole.UserRole
_LONGEST = 200  # characters of a line


class TreeDialog(ListDialog):
    """A turn with one version stands under the turn before it; only versions are indented."""

    go_on_requested = Signal(object)  # Answer
    delete_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Versions of the conversation"))
        self.model = QStandardItemModel(self)
        self._items: dict[Answer, QStandardItem] = {}
        self.view = QTreeView()
        self.view.setModel(self.model)
        self.go_on = QPushButton(self.tr("Continue from here"))
        self.delete = QPushButton(icon("delete"), self.tr("Delete this version"))
        self.go_on.clicked.connect(self._on_go_on)
        self.delete.clicked.connect(self._on_delete)
        self.view.activated.connect(self._on_go_on)
        self.view.selectionModel().currentChanged.connect(self._show_state)
        self._lay_out()

    def show_chat(self, chat: Chat) -> None:
        """Show the tree of `chat`; the open path is in bold."""
        chosen = self.current()
        self.model.clear()
        self._items.clear()
        self.model.setHorizontalHeaderLabels([self.tr("Turn"), self.tr("Told otherwise")])
        stretch_first(self.view)
        path = set(chat.path())
        self._fill(chat.start, path)
        self.view.expandAll()
        self._choose(chosen or chat.last)

    def current(self) -> Answer | None:
        """The version that is selected."""
        answer = self.view.currentIndex().siblingAtColumn(0).data(_ANSWER)
        return answer if isinstance(answer, Answer) else None

    def _fill(self, start: Fork, path: set[Answer]) -> None:
        waiting: list[tuple[Fork, QStandardItem, Steering | None]] = [
            (start, self.model.invisibleRootItem(), None)
        ]
        while waiting:
            fork, place, told = waiting.pop()
            while len(fork.answers) == 1:
                answer = fork.answers[0]
                place.appendRow(self._row(answer, told, answer in path))
                fork, told = answer.then, answer.steering
            branches = []
            for answer in fork.answers:
                row = self._row(answer, told, answer in path)
                place.appendRow(row)
                branches.append((answer.then, row[0], answer.steering))
            waiting += reversed(branches)

    def _row(self, answer: Answer, told: Steering | None, is_shown: bool) -> list[QStandardItem]:
        before = told or default_steering(answer.steering.schema)
        chips = ", ".join(chip.text for chip in chips_of(answer.steering, before))
        text = f"{answer.question} \N{EM DASH} {answer.text}"
        cells = [QStandardItem(_line(text)), QStandardItem(chips)]
        cells[0].setData(answer, _ANSWER)
        font = QFont()
        font.setBold(True)
        for cell in cells if is_shown else ():
            cell.setData(font, Qt.ItemDataRole.FontRole)
        self._items[answer] = cells[0]
        return cells

    def _choose(self, answer: Answer | None) -> None:
        if answer in self._items:
            self.view.setCurrentIndex(self._items[answer].index())
        self._show_state()

    def _show_state(self, *_: QModelIndex) -> None:
        has_one = self.current() is not None
        self.go_on.setEnabled(has_one)
        self.delete.setEnabled(has_one)

    def _on_go_on(self) -> None:
        if (answer := self.current()) is not None:
            self.go_on_requested.emit(answer)

    def _on_delete(self) -> None:
        if (answer := self.current()) is not None:
            self.delete_requested.emit(answer)

    def _lay_out(self) -> None:
        view = self.view
        view.setAccessibleName(self.tr("Turns and their versions"))
        view.setEditTriggers(QTreeView.EditTrigger.NoEditTriggers)
        note = SmallLabel(self.tr("In bold: what is shown. Enter goes on from a turn."))
        self.lay_out(view, [note], self.delete, self.go_on)
        self.resize(680, 480)


def _line(text: str) -> str:
    return shown(" ".join(text[: 4 * _LONGEST].split())[:_LONGEST])
