"""The parser of all commands, and how their errors end."""

import argparse
import os
import sys

from steerlm_studio import __version__
from steerlm_studio.cli import (
    control,
    doctor,
    export,
    generate,
    inspect,
    models,
    prompt,
    tokenize,
    transcripts,
)
from steerlm_studio.errors import StudioError

COMMANDS = (control, prompt, generate, tokenize, export, inspect, models, transcripts, doctor)


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        prog="steerlm-studio",
        description="See and steer what a SteerLM model does. Without a command: the window.",
    )
    top.add_argument("--version", action="version", version=f"steerlm-studio {__version__}")
    commands = top.add_subparsers(metavar="COMMAND", required=True)
    for command in COMMANDS:
        command.add(commands)
    return top


def main(arguments: list[str]) -> int:
    """Run one command; returns the exit status (1: it failed, 2: wrongly called, 130: Ctrl+C)."""
    options = parser().parse_args(arguments)
    try:
        status: int = options.run(options)
        sys.stdout.flush()
        return status
    except StudioError as error:
        print(f"steerlm-studio: {error}", file=sys.stderr)
        if error.detail:
            print(error.detail, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # the reader of our output went away, e.g. `| head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
