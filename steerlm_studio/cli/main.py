"""The parser of all commands, and how their errors end."""

import argparse
import os
import sys
from importlib import import_module
from io import TextIOWrapper

from steerlm_studio import __version__, checkpoint_tools
from steerlm_studio.cli.commands import COMMANDS
from steerlm_studio.cli.words import printable
from steerlm_studio.errors import StudioError


def parser(name: str) -> argparse.ArgumentParser:
    """The parser of the command `name`, the others by name only.

    A command is loaded when it is called: reading checkpoints needs libraries that those who never
    do it need not have.
    """
    top = argparse.ArgumentParser(
        prog="steerlm-studio",
        description="See and steer what a SteerLM model does. Without a command: the window.",
    )
    top.add_argument("--version", action="version", version=f"steerlm-studio {__version__}")
    commands = top.add_subparsers(metavar="COMMAND", required=True)
    if name in COMMANDS:
        import_module(f"steerlm_studio.cli.{name}").add(commands)
        commands.choices[name].description = COMMANDS[name]
    else:
        for known, purpose in COMMANDS.items():
            commands.add_parser(known, help=purpose)
    return top


def main(arguments: list[str]) -> int:
    """Run one command; returns the exit status (1: it failed, 2: wrongly called, 130: Ctrl+C)."""
    if isinstance(sys.stdout, TextIOWrapper):  # a terminal may know fewer letters
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        options = parser(arguments[0] if arguments else "").parse_args(arguments)
        status: int = options.run(options)
        sys.stdout.flush()
        return status
    except ModuleNotFoundError as error:
        name = (error.name or "").partition(".")[0]
        if name not in checkpoint_tools.MODULES:
            raise
        return _failed(StudioError(checkpoint_tools.sentence([name])))
    except StudioError as error:
        return _failed(error)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # the reader of our output went away, e.g. `| head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141


def _failed(error: StudioError) -> int:
    for said in filter(None, (f"steerlm-studio: {error}", error.detail)):
        print("\n".join(map(printable, said.splitlines())), file=sys.stderr)
    return 1
