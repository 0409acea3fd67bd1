"""The window, or one of the commands."""

import sys

COMMANDS = (
    "control",
    "prompt",
    "generate",
    "tokenize",
    "export",
    "inspect",
    "models",
    "transcripts",
    "doctor",
)


def main() -> int:
    """Entry point of `steerlm-studio`: a command when one is named, else the window."""
    arguments = sys.argv[1:]
    if arguments and (arguments[0] in COMMANDS or arguments[0] in ("-h", "--help", "--version")):
        from steerlm_studio.cli.main import main as run_command

        return run_command(arguments)
    return window(arguments)


def window(arguments: list[str] | None = None) -> int:
    """Entry point of `steerlm-studio-window`."""
    from steerlm_studio.ui.app import run

    return run(sys.argv[1:] if arguments is None else arguments)


if __name__ == "__main__":
    sys.exit(main())
