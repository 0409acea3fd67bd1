"""The child that asks llama.cpp which format it would give each tensor; JSON on stdout.

    python -m steerlm_studio.export.quantize_child HEADER.gguf [--weighed] TYPE…

A child, because llama.cpp ends the process that shows it a header it cannot stand.
"""

import json
import os
import signal
import sys
from pathlib import Path

from steerlm_studio.errors import StudioError
from steerlm_studio.export import llama
from steerlm_studio.export.file_types import FILE_TYPES


def main(arguments: list[str]) -> int:
    """Print the formats by type and tensor; returns the exit status."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # the parent says what there is to say
    answer = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what C code prints goes to stderr
    path, *types = (each for each in arguments if each != "--weighed")
    try:
        plans = {
            each: llama.planned(Path(path), FILE_TYPES[each], "--weighed" in arguments)
            for each in types
        }
    except StudioError as error:
        print(f"{error}\n{error.detail}", file=sys.stderr)
        return 1
    with answer:
        json.dump(plans, answer)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
