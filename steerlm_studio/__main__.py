"""The window, or one of the commands."""

import os
import sys
from pathlib import Path

from steerlm_studio.child import run_as_child
from steerlm_studio.cli.commands import COMMANDS


def main() -> int:
    """Entry point of `steerlm-studio`: a command when one is named, else the window."""
    arguments = sys.argv[1:]
    if run_as_child(arguments):
        return 0
    if arguments == ["--self-test"]:
        from steerlm_studio.self_test import main as test_self

        return test_self()
    if arguments and _is_command(arguments[0]):
        from steerlm_studio.cli.main import main as run_command

        return run_command(arguments)
    return window(arguments)


def _is_command(word: str) -> bool:
    """Whether it names a command, rightly or wrongly spelt, and not a file to open."""
    if word in COMMANDS or word in ("-h", "--help", "--version"):
        return True
    return not word.startswith("-") and not Path(word).suffix and not os.path.exists(word)


def window(arguments: list[str] | None = None) -> int:
    """Entry point of `steerlm-studio-window`."""
    from steerlm_studio.ui.app import run

    return run(sys.argv[1:] if arguments is None else arguments)


if __name__ == "__main__":
    sys.exit(main())
