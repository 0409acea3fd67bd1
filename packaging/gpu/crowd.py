"""What happens when a GPU's memory does not suffice, at the load and by force.

    python -m gpu.crowd MODEL [--lanes 64] [--most 8] [--force]

Engines with the longest context and the most lanes are opened beside each other until one is
refused; with `--force` one more is opened without our own reckoning, so that the driver refuses it
(on a CPU Linux would end whom it likes). The first engine must still answer. Prints a JSON object;
status 1 when what refused was no sentence or the first engine was harmed.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from contextlib import ExitStack

from gpu.widths import lane_of
from steerlm_studio.engine.client import Engine
from steerlm_studio.errors import StudioError
from steerlm_studio.protocol import LaneDone


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("model")
    parser.add_argument("--lanes", type=int, default=64)
    parser.add_argument("--most", type=int, default=8, help="engines; then all is taken to fit")
    parser.add_argument("--force", action="store_true")
    options = parser.parse_args()
    with ExitStack() as stack:
        engines: list[Engine] = []
        refused = ""
        while not refused and len(engines) < options.most:
            refused = _opened(stack, engines, options)
        forces = refused and options.force
        forced = _opened(stack, engines, options, overcommit=True) if forces else ""
        answers = bool(engines) and _answers(engines[0])
    said = {"opened": len(engines), "refused": refused, "forced": forced, "answers": answers}
    print(json.dumps(said))
    return 0 if answers and all(map(_is_sentence, (refused, forced))) else 1


def _opened(
    stack: ExitStack, engines: list[Engine], options: argparse.Namespace, overcommit: bool = False
) -> str:
    """Open one more; why not, where it was refused. An engine that died says so, too."""
    engine = Engine(options.model, lanes=options.lanes, threads=1, overcommit=overcommit)
    try:
        engines.append(stack.enter_context(engine))
    except StudioError as error:
        return str(error)
    return ""


def _answers(engine: Engine) -> bool:
    try:
        replies: Sequence[object] = list(engine.generate([lane_of(0, 4)], endless=True))
    except StudioError:
        return False
    return any(isinstance(reply, LaneDone) and reply.tokens for reply in replies)


def _is_sentence(said: str) -> bool:
    """Nothing at all, or words that tell of memory; "signal 6" alone helps nobody."""
    return not said or "memory" in said or "GiB" in said


if __name__ == "__main__":
    sys.exit(main())
