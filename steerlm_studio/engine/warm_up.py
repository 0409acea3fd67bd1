"""What is found out about a model and a machine before the first request."""

import time
from dataclasses import replace

import numpy as np

from steerlm_studio.engine.cache import STEM, Cache
from steerlm_studio.engine.limits import Limits
from steerlm_studio.engine.llama import BATCH, Llama, Logits
from steerlm_studio.engine.threads import Threads
from steerlm_studio.memory_need import ROWS

ALIKE = (2, 4, ROWS)  # rows, one of which llama.cpp's CPU kernels round like any multiple of it
TAIL = 48  # rows; from 64 on, idle ones included, the CPU's attention works in tiles of cells
SETTLING = 0.5  # seconds at most that the load spends on finding a thread count


def warm_up(llama: Llama, cache: Cache, limits: Limits, threads: Threads) -> Limits:
    """Evaluate a full batch of prompt and a full step, so that want of memory shows now.

    Returns the limits with the rows that this model's batches are padded to.
    """
    _settle(threads, llama, cache)
    if not limits.on_gpu and limits.lanes > 1:
        limits = replace(limits, rows=_rows_alike(llama, cache, limits.columns))
    tokens = [0] * min(BATCH, limits.context - 2)
    slots = range(1, limits.lanes + 1)
    cache.fill({STEM: tokens, **{slot: [*tokens, 0] for slot in slots}})
    cache.step(dict.fromkeys(slots, 0), limits.width(len(slots)))
    cache.clear()
    return limits


def _rows_alike(llama: Llama, cache: Cache, outputs: int) -> int:
    """The fewest rows that give the same numbers as a batch of many, for this model."""
    cache.clear()
    many = _first_logits(llama, max(TAIL, outputs), outputs)
    for rows in ALIKE[:-1]:
        few, some = _first_logits(llama, rows, rows), _first_logits(llama, 3 * rows, rows)
        if np.array_equal(few, some) and np.array_equal(few, many[:rows]):
            return rows
    return ROWS


def _first_logits(llama: Llama, rows: int, outputs: int) -> Logits:
    """The first logits of a prompt that is evaluated in one batch."""
    llama.decode([(i, i, (STEM,), i < outputs) for i in range(rows)])
    found = np.stack([llama.logits(row) for row in range(outputs)])
    llama.clear()
    return found


def _settle(threads: Threads, llama: Llama, cache: Cache) -> None:
    """Find out on a few steps of one lane how many threads suit the machine as it is now.

    Where steps are too slow to find out, all are used, and the run itself will show.
    """
    llama.set_threads(threads.climb())
    cache.fill({1: [0, 0]})
    width, until = 1, time.monotonic() + SETTLING
    while time.monotonic() < until and not threads.settled:
        began = time.monotonic()
        cache.step({1: 0}, width)
        llama.set_threads(threads.observe(time.monotonic() - began, width))
    if not threads.settled:
        threads.fix(0)
        llama.set_threads(threads.count)
