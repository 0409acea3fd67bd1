"""Model files by hand: chosen in a dialog, or dropped on the window."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QMimeData, Qt
from PySide6.QtWidgets import QFileDialog, QWidget


def choose_model(parent: QWidget, folder: Path | None, then: Callable[[Path], None]) -> None:
    """Ask for a file without waiting; `then` gets the one that was chosen."""
    dialog = QFileDialog(parent, _tr("Open a model"))
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.setNameFilters([_tr("Models (*.gguf)"), _tr("All files (*)")])
    if folder is not None:
        dialog.setDirectory(str(folder))
    dialog.fileSelected.connect(lambda path: then(Path(path)))
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()


def model_in(data: QMimeData) -> Path | None:
    """The first model file among what is dragged."""
    paths = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    return next((path for path in paths if path.suffix.lower() == ".gguf"), None)


def _tr(text: str) -> str:
    return QCoreApplication.translate("ModelFiles", text)
