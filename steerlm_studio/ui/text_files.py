"""Text files that are dropped on the prompt: which are taken, and their text."""

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QMimeData

from steerlm_studio.errors import StudioError
from steerlm_studio.ui.model_files import is_checkpoint

LARGEST = 256 * 1024  # bytes: some sixty thousand tokens, more than any context here


def text_file_in(data: QMimeData) -> Path | None:
    """The one local file that is dragged, unless it is a model, a checkpoint or a folder."""
    urls = data.urls()
    if len(urls) != 1 or not urls[0].isLocalFile():
        return None
    path = Path(urls[0].toLocalFile())
    is_model = path.suffix.lower() == ".gguf" or is_checkpoint(path)
    return None if is_model or path.is_dir() else path


def text_of_file(path: Path) -> str:
    """Its text in UTF-8, without a byte order mark and the end of its last line.

    Raises StudioError with the reason.
    """
    if path.exists() and not path.is_file():  # a pipe or a device would be read without end
        raise StudioError(_tr("“%1” is not a text file; drop one with plain text.", path.name))
    try:
        if path.stat().st_size > LARGEST:
            raise StudioError(
                _tr("“%1” is larger than %2 KB; paste the part that matters.", path.name).replace(
                    "%2", str(LARGEST // 1024)
                )
            )
        text = path.read_text("utf-8-sig")
    except OSError as error:
        raise StudioError(
            _tr("“%1” cannot be read: %2.", path.name).replace("%2", error.strerror or str(error))
        ) from error
    except UnicodeDecodeError as error:
        raise StudioError(
            _tr("“%1” is not a text file in UTF-8; save it as such first.", path.name)
        ) from error
    if "\0" in text:
        raise StudioError(_tr("“%1” is not a text file; drop one with plain text.", path.name))
    return text.removesuffix("\n")


def _tr(text: str, name: str) -> str:
    return QCoreApplication.translate("TextFiles", text).replace("%1", name)
