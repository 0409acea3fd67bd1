"""Where shipped files lie: from source, wheel and bundle alike."""

from pathlib import Path

_HERE = Path(__file__).resolve().parent


def path(name: str) -> Path:
    """The path of a shipped file or folder, e.g. `path("presets")`; it may not exist."""
    installed = _HERE / "_resources"
    root = installed if installed.is_dir() else _HERE.parent / "resources"
    return root / name


def demo_model() -> Path:
    """The shipped demo model."""
    return path("demo/demo-steerlm-q8_0.gguf")
