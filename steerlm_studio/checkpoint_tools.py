"""What reading checkpoints needs beside the window, and whether it is installed."""

from collections.abc import Sequence
from importlib.util import find_spec

MODULES = ("gguf", "sentencepiece", "torch", "yaml")  # what the extra `export` brings
COMMAND = "make export-tools"
PIP_COMMAND = "pip install 'steerlm-studio[export]'"


def missing() -> list[str]:
    """The modules that are not there; nothing is loaded for the answer."""
    return [name for name in MODULES if find_spec(name) is None]


def sentence(modules: Sequence[str]) -> str:
    """What is missing and what brings it."""
    return (
        f"Reading checkpoints needs packages that are not installed ({', '.join(modules)}). "
        f"Install them with `{COMMAND}` in the program's folder, or with `{PIP_COMMAND}`."
    )
