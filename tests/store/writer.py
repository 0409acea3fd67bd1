"""A program that writes to the store as the window does and tells what was acknowledged.

Run as a module with the file's path; it is meant to be killed.
"""

import json
import random
import sys
from pathlib import Path

from steerlm_studio.store.health import open_store
from steerlm_studio.store.records import Asked, Counts


def told(**event: object) -> None:
    print(json.dumps(event), flush=True)


def main(path: Path) -> None:
    opened = open_store(path)
    store, dice = opened.store, random.Random(0)
    told(opened=True, notes=opened.notes)
    for number in range(1_000_000):
        talk = store.create(f"system {number}")
        store.set_state("open", talk)
        told(open=talk)
        turns = store.ask(talk, None, *[Asked(f"question {number}")] * dice.randint(1, 3))
        told(asked=turns, question=f"question {number}")
        for step in range(dice.randint(1, 6)):
            pieces = {turn: f"[{turn}.{step} é]" * dice.randint(1, 50) for turn in turns}
            store.append(pieces)
            told(pieces=pieces)
            store.set_draft(talk, f"draft {number}.{step}")
            told(draft=f"draft {number}.{step}", talk=talk)
        for turn in turns:
            store.finish(turn, "stop", Counts(tokens=5))
            told(finished=turn)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
