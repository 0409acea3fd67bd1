"""Which checkpoint: dropped here, or chosen as a file or a folder."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from steerlm_studio.ui.labels import SmallLabel, TitleLabel
from steerlm_studio.ui.model_files import local_path_in
from steerlm_studio.ui.theme import GRID, colours_of


class CheckpointSource(QWidget):
    """An empty page that says what can be dropped, with buttons for those who do not drag."""

    chosen = Signal(object)  # Path

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.folder = Path.home()
        self.file_button = QPushButton(self.tr("Choose a .nemo file…"))
        self.folder_button = QPushButton(self.tr("Choose a folder…"))
        self.file_button.clicked.connect(self.choose_file)
        self.folder_button.clicked.connect(self.choose_folder)
        self.setAcceptDrops(True)
        self._lay_out()

    def choose_file(self) -> None:
        dialog = self._dialog(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([self.tr("NeMo checkpoints (*.nemo)"), self.tr("All files (*)")])
        dialog.open()

    def choose_folder(self) -> None:
        self._dialog(QFileDialog.FileMode.Directory).open()

    def _dialog(self, mode: QFileDialog.FileMode) -> QFileDialog:
        dialog = QFileDialog(self, self.tr("Checkpoint"))
        dialog.setFileMode(mode)
        dialog.setDirectory(str(self.folder))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda path: self.chosen.emit(Path(path)))
        return dialog

    def _lay_out(self) -> None:
        title = TitleLabel(self.tr("Drop a checkpoint here"))
        text = SmallLabel(
            self.tr(
                "A .nemo file, the folder it was unpacked into, or a Hugging Face folder "
                "(NemotronForCausalLM or LlamaForCausalLM with tokenizer.model).\n"
                "It is only read; nothing in it is run."
            )
        )
        text.setWordWrap(True)
        for label in (title, text):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addStretch(1)
        row.addWidget(self.file_button)
        row.addWidget(self.folder_button)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(4 * GRID, 4 * GRID, 4 * GRID, 4 * GRID)
        column.setSpacing(2 * GRID)
        column.addStretch(1)
        column.addWidget(title)
        column.addWidget(text)
        column.addLayout(row)
        column.addStretch(1)

    # Qt's

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if local_path_in(event.mimeData()) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        if path := local_path_in(event.mimeData()):
            event.acceptProposedAction()
            self.chosen.emit(path)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(colours_of(self).edge), 1, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(self.rect().adjusted(1, 1, -2, -2), GRID, GRID)
        painter.end()
