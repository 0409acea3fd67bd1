"""Where the program keeps what is the user's: config, data, cache."""

import os
from pathlib import Path

import platformdirs

from steerlm_studio.errors import StudioError

APP = "steerlm-studio"
HOME_VARIABLE = "STEERLM_STUDIO_HOME"  # everything under one folder: tests, portable use


def _folder(name: str, default: str) -> Path:
    home = os.environ.get(HOME_VARIABLE)
    return Path(home) / name if home else Path(default)


def config() -> Path:
    """Preferences and the user's presets. The folder may not exist yet."""
    return _folder("config", platformdirs.user_config_dir(APP, appauthor=False))


def data() -> Path:
    """Conversations and exported models. The folder may not exist yet."""
    return _folder("data", platformdirs.user_data_dir(APP, appauthor=False))


def conversations() -> Path:
    """Where the conversations lie: in `data`, unless another folder was chosen for them."""
    return chosen_conversations() or data()


def _choice() -> Path:
    return config() / "conversations-folder.txt"


def chosen_conversations() -> Path | None:
    try:
        chosen = _choice().read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        return None
    return Path(chosen) if chosen else None


def choose_conversations(folder: Path) -> None:
    """Let them lie in `folder` from the next start on. Raises StudioError."""
    try:
        config().mkdir(parents=True, exist_ok=True)
        _choice().write_text(f"{folder.absolute()}\n", encoding="utf-8")
    except OSError as error:
        raise StudioError(
            f"The choice of {folder} cannot be written to {_choice()}: {error.strerror}. Set "
            f"{HOME_VARIABLE} to a folder of yours instead."
        ) from error


def cache() -> Path:
    """What can be made again. The folder may not exist yet."""
    return _folder("cache", platformdirs.user_cache_dir(APP, appauthor=False))


def presets() -> Path:
    """The user's own presets."""
    return config() / "presets"
