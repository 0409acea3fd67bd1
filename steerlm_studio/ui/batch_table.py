"""The answers of a batch: a row for each prompt, a column for each setting."""

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from steerlm_studio.ui.batch_job import BatchJob
from steerlm_studio.ui.text_safety import shown

Index = QModelIndex | QPersistentModelIndex
_LINE = 160  # characters that a cell can show


class BatchTable(QAbstractTableModel):
    """Shows what the job knows; a file of any length costs only the rows that are seen."""

    def __init__(self, job: BatchJob) -> None:
        super().__init__(job)
        self._job = job
        job.begun.connect(self._on_laid_out)
        job.laid_out.connect(self._on_laid_out)
        job.filled.connect(self._on_filled)

    def whole(self, index: Index) -> str:
        """All that is known of a cell's text."""
        number = index.row() + 1
        if index.column() == 0:
            return shown(self._job.questions.get(number, ""))
        cell = self._job.cells.get((number, self._job.columns[index.column() - 1]))
        if cell is None:
            return ""
        return shown(cell.text) if cell.is_answer else self.tr("Not answered: ") + shown(cell.text)

    def _on_laid_out(self) -> None:
        self.beginResetModel()
        self.endResetModel()

    def _on_filled(self, number: int) -> None:
        last = len(self._job.columns)
        self.dataChanged.emit(self.index(number - 1, 0), self.index(number - 1, last))

    # Qt's

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else self._job.prompts

    def columnCount(self, parent: Index | None = None) -> int:
        if (parent is not None and parent.isValid()) or not self._job.columns:
            return 0
        return 1 + len(self._job.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.DisplayRole:
            return " ".join(self.whole(index)[:_LINE].split())
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if orientation == Qt.Orientation.Vertical:
            return str(section + 1)
        return shown(self._job.columns[section - 1]) if section else self.tr("Prompt")
