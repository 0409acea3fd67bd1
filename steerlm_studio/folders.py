"""Where the program keeps what is the user's: config, data, cache."""

import os
from pathlib import Path

import platformdirs

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


def cache() -> Path:
    """What can be made again. The folder may not exist yet."""
    return _folder("cache", platformdirs.user_cache_dir(APP, appauthor=False))


def presets() -> Path:
    """The user's own presets."""
    return config() / "presets"
