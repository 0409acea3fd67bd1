"""Model files and checkpoints by hand: what they are by their names, and a dialog to choose one."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QMimeData, Qt
from PySide6.QtWidgets import QFileDialog, QWidget

_SETTINGS = ("model_config.yaml", "config.json")  # of an unpacked .nemo, of Hugging Face


def choose_model(parent: QWidget, folder: Path | None, then: Callable[[Path], None]) -> None:
    """Ask for a file without waiting; `then` gets the one that was chosen."""
    dialog = QFileDialog(parent, _tr("Open a model"))
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.setNameFilters([_tr("Models and checkpoints (*.gguf *.nemo)"), _tr("All files (*)")])
    if folder is not None:
        dialog.setDirectory(str(folder))
    dialog.fileSelected.connect(lambda path: then(Path(path)))
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()


def is_checkpoint(path: Path) -> bool:
    if path.is_dir():
        return any((path / name).is_file() for name in _SETTINGS)
    return path.suffix.lower() == ".nemo"


def local_paths_in(data: QMimeData) -> list[Path]:
    """The files and folders that are dragged; none when there is anything else."""
    urls = data.urls()
    return [Path(url.toLocalFile()) for url in urls] if all(u.isLocalFile() for u in urls) else []


def local_path_in(data: QMimeData) -> Path | None:
    """The first local file or folder among what is dragged."""
    return next((Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()), None)


def _tr(text: str) -> str:
    return QCoreApplication.translate("ModelFiles", text)
