"""What the window remembers between two starts: one readable file in the config folder."""

from PySide6.QtCore import QSettings

from steerlm_studio import folders

MAX_RECENT = 8


def settings() -> QSettings:
    """The window's preferences; the folder is made when something is first written."""
    return QSettings(str(folders.config() / "window.ini"), QSettings.Format.IniFormat)


def recent_models(settings: QSettings) -> list[str]:
    """Paths of the models opened last, the newest first."""
    value = settings.value("models/recent", [])
    return [str(path) for path in value] if isinstance(value, list) else [str(value)]


def remember_model(settings: QSettings, path: str) -> None:
    others = [known for known in recent_models(settings) if known != path]
    settings.setValue("models/recent", [path, *others][:MAX_RECENT])
