"""How the store does with 10,000 conversations of 20 turns: open, list, search, send.

Run: python -m tests.benchmarks.store_scale [--conversations N] [--turns N] [--json]
"""

import argparse
import json
import random
import resource
import tempfile
import time
from collections.abc import Callable
from itertools import accumulate
from pathlib import Path
from statistics import median, quantiles

from steerlm_studio.protocol import Sampling
from steerlm_studio.steer.steering import DEFAULT
from steerlm_studio.store.health import open_store
from steerlm_studio.store.records import Asked, Setup, StoredConversation, StoredTurn
from steerlm_studio.store.store import Store

SYLLABLES = [
    "ba",
    "ce",
    "di",
    "fo",
    "gu",
    "la",
    "me",
    "ni",
    "so",
    "tu",
    "ra",
    "ve",
    "pi",
    "no",
    "sha",
    "the",
    "ing",
    "er",
    "on",
    "an",
    "com",
    "pre",
    "ter",
    "al",
]
COMMON = ("the", "of", "and", "a", "to", "is", "in", "that", "river", "stone", "winter", "light")
VOCABULARY = 20_000
QUERIES = (
    "th", "the", "s", "winter", "wint", "\"river stone\"", "river stone", "comba", "sharating",
    "light -winter", "tula -river", "humor>=3", "humor>=3 winter", "humor>=3 sharating",
    "model:nemotron stone", "has:vote", "has:vote humor<2", "verbosity:1 raver", "lang:de",
    "lang:fr", "nothingatall", "sexual_content", "空", "is:kept", "has:versions", "finish:length",
    "tag:none", "model:none",
)  # fmt: skip


def _words() -> list[str]:
    """As many words as a large text has, the frequent ones first."""
    dice = random.Random(7)
    made = ["".join(dice.choices(SYLLABLES, k=dice.randint(1, 4))) for _ in range(VOCABULARY)]
    return [*COMMON, *made]


WORDS = _words()
# Zipf's law: the nth word is n times rarer than the first.
WEIGHTS = list(accumulate(1 / (rank + 2) for rank in range(len(WORDS))))


def _text(dice: random.Random, words: int) -> str:
    return " ".join(dice.choices(WORDS, cum_weights=WEIGHTS, k=words))


def _conversation(dice: random.Random, turns: int, now: float) -> StoredConversation:
    made = []
    for number in range(1, turns + 1):
        values = {"humor": dice.randint(0, 4), "verbosity": dice.randint(0, 4)}
        steering = DEFAULT.with_values({**values, "lang": dice.choice(["en", "en", "en", "de"])})
        setup = Setup(
            "nemotron-3-8b", "nemotron", Sampling(), "fast", "Nemotron-3-8B", "ab", "Q8_0"
        )
        made.append(StoredTurn(
            number, number - 1 or None, _text(dice, 12), _text(dice, 80), str(steering), setup,
            seed=dice.randint(0, 9), finish="stop", vote=int(dice.random() < 0.01),
            kept=dice.random() < 0.01, created=now, finished=now,
            shown=number + 1 if number < turns else None,
        ))  # fmt: skip
    return StoredConversation(0, turns=tuple(made), shown=1, created=now, changed=now)


def _fill(store: Store, conversations: int, turns: int) -> None:
    dice = random.Random(0)
    for start in range(0, conversations, 100):
        with store.database.write(durable=False):
            for number in range(start, min(start + 100, conversations)):
                store.add(_conversation(dice, turns, 1.7e9 + number))


def _milliseconds(work: Callable[[], object], times: int) -> list[float]:
    found = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        found.append(1000 * (time.perf_counter() - began))
    return found


def _opened(path: Path) -> None:
    """What a start does: open, the first screen of the list, the last conversation."""
    opened = open_store(path)
    entries = opened.store.shelf.entries(limit=200)
    if entries:
        opened.store.conversation(entries[0].id)
    opened.close()


def measure(folder: Path, conversations: int, turns: int) -> dict[str, object]:
    path, empty = folder / "full.db", folder / "empty.db"
    opened = open_store(path)
    began = time.perf_counter()
    _fill(opened.store, conversations, turns)
    filled = time.perf_counter() - began
    opened.close()
    _opened(empty)
    opening = {name: median(_milliseconds(lambda file=file: _opened(file), 9))
               for name, file in (("empty", empty), ("full", path))}  # fmt: skip
    opened = open_store(path)
    store = opened.store
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    searches = {query: _milliseconds(lambda q=query: store.search.find(q), 10) for query in QUERIES}
    everything = [each for times in searches.values() for each in times]
    talk = store.create()
    sends = _milliseconds(lambda: store.ask(talk, None, Asked("Why?", str(DEFAULT))), 50)
    (turn,) = store.ask(talk, None, Asked("Why?", str(DEFAULT)))
    pieces = _milliseconds(lambda: store.append({turn: "some forty characters of a reply "}), 50)
    found = {
        "conversations": conversations,
        "turns": turns,
        "fill_seconds": round(filled, 1),
        "file_mib": round(path.stat().st_size / 2**20, 1),
        "open_empty_ms": round(opening["empty"], 1),
        "open_full_ms": round(opening["full"], 1),
        "list_all_ms": round(median(_milliseconds(store.shelf.entries, 5)), 1),
        "search_median_ms": round(median(everything), 1),
        "search_p95_ms": round(quantiles(everything, n=20)[-1], 1),
        "search_max_ms": round(max(everything), 1),
        "searches_ms": {query: round(median(times), 1) for query, times in searches.items()},
        "send_median_ms": round(median(sends), 2),
        "piece_median_ms": round(median(pieces), 2),
        "memory_grown_mib": round(
            (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024, 1
        ),
    }
    opened.close()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--conversations", type=int, default=10_000)
    parser.add_argument("--turns", type=int, default=20)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = measure(Path(folder), options.conversations, options.turns)
    if options.json:
        print(json.dumps(found))
    else:
        for name, value in found.items():
            print(f"{name:<20} {value}")


if __name__ == "__main__":
    main()
