"""How much memory a model needs for a context and a number of lanes, from its header alone."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Literal, get_args

import msgspec

from steerlm_studio.gguf_header import TOKENS, Array, Header
from steerlm_studio.gguf_parts import later_bytes

Cache = Literal["f16", "q8_0"]
CACHES: tuple[Cache, ...] = get_args(Cache)
USUAL_CONTEXT = 4096  # tokens when none are asked for, or the model's own limit if that is less
LEAST_CONTEXT = 256  # tokens: a control string and a short question
_WORTH_A_GPU = 1024  # tokens: with a shorter context, layers on the CPU are the lesser evil
_SPARE = 0.9  # of a GPU's memory: the output and the buffers stand against a layer each
PADDING = 256  # llama.cpp rounds the cells of a context up to this
BATCH = 512  # tokens in one call
ROWS = 8  # the most that llama.cpp's CPU kernels want together to round alike
_VALUE_BYTES: dict[Cache, float] = {"f16": 2.0, "q8_0": 34 / 32}  # ggml's blocks


class Gpus(msgspec.Struct, frozen=True):
    """How many GPUs hold a model, and how many llama.cpp could use; none: the CPU."""

    used: int = 0
    seen: int = 0


NO_GPUS = Gpus()


class Need(msgspec.Struct, frozen=True):
    """Bytes where the layers go: weights, keys and values, and what computing takes."""

    weights: int = 0
    cache: int = 0
    compute: int = 0

    @property
    def total(self) -> int:
        return self.weights + self.cache + self.compute


def context_size(header: Header, asked: int) -> int:
    """The tokens of one sequence: what was asked for (0 = usual), at most what the model knows."""
    trained = header.number("context_length")
    return max(16, min(asked or USUAL_CONTEXT, trained))


def is_beyond(header: Header, asked: int) -> bool:
    """Whether more tokens are asked for than the model was trained with, and so will get."""
    return asked > header.number("context_length")


def cell_count(context: int, lanes: int) -> int:
    """The cells for `lanes` sequences that share most of their prompt, and for idle columns."""
    cells = context + (lanes - 1) * max(context // 4, min(context, 512)) + 2 * sequences(lanes)
    return -(-cells // PADDING) * PADDING


def sequences(lanes: int) -> int:
    """What a batch may name and ask logits of: the lanes, idle columns, the stem, and one for them.

    Idle columns fill a step up to whole `ROWS`; an engine for one lane has none.
    """
    return 2 + (lanes if lanes == 1 else -(-lanes // ROWS) * ROWS)


def cell_bytes(header: Header, cache: Cache = "f16") -> float:
    """The bytes of keys and values of one token in all layers (at most, where layers differ)."""
    groups, key, value = head_widths(header)
    return header.number("block_count") * groups * (key + value) * _VALUE_BYTES[cache]


def head_widths(header: Header) -> tuple[int, int, int]:
    """How many heads have keys and values of their own, and how wide a key and a value are."""
    width, heads = header.number("embedding_length"), header.number("attention.head_count", 1)
    groups = header.number("attention.head_count_kv", heads) or heads
    each = width // max(1, heads)
    key = header.number("attention.key_length", each)
    return groups, key, header.number("attention.value_length", each)


def weight_bytes(header: Header) -> int:
    """What the tensors take: the file without its metadata, all parts of a file that was split."""
    return header.file_bytes - header.head_bytes + later_bytes(header.path)


def compute_bytes(header: Header, cells: int, lanes: int) -> int:
    """What a batch takes besides: as llama.cpp lays out a plain transformer with flash attention.

    Activations of the widest place, the mask of a full batch, a row of logits for each sequence.
    `python -m steerlm_studio.engine.estimate` asks llama.cpp itself, for any architecture.
    """
    width = header.number("embedding_length")
    widest = header.number("feed_forward_length") + 4 * width
    batch = min(BATCH, cells)
    logits = 4 * vocabulary(header) * sequences(lanes)
    return max(4 * batch * widest + 2 * batch * cells, logits) + logits


def gpu_compute_bytes(header: Header, cells: int, lanes: int, gpus: Gpus) -> int:
    """The same on GPUs, whose graph keeps less at a time; the input and the logits' rows to read
    are in the machine's memory. Where there are several GPUs, each that is used holds the input
    four times, so that llama.cpp could work on four batches at once (GGML_SCHED_MAX_COPIES).
    """
    width, batch = header.number("embedding_length"), min(BATCH, cells)
    widest, mask = header.number("feed_forward_length") + 2 * width, 2 * batch * cells
    logits = 4 * vocabulary(header) * sequences(lanes)
    copies = 3 * (mask + 6 * batch * width) if gpus.seen > 1 else 0
    return gpus.used * (max(4 * batch * widest + mask, logits) + copies)


def vocabulary(header: Header) -> int:
    tokens = header.values.get(TOKENS)
    return tokens.count if isinstance(tokens, Array) else header.number("vocab_size")


def need(
    header: Header, context: int, lanes: int, cache: Cache = "f16", *, gpus: Gpus = NO_GPUS
) -> Need:
    """All of it for sequences of `context` tokens (0: the usual), on so many GPUs or the CPU."""
    cells = cell_count(context_size(header, context), lanes)
    compute = compute_bytes(header, cells, lanes)
    return Need(
        weight_bytes(header) - (header.input_bytes if gpus.used else 0),
        round(cells * cell_bytes(header, cache)),
        gpu_compute_bytes(header, cells, lanes, gpus) if gpus.used else compute,
    )


def largest_context(
    header: Header, lanes: int, cache: Cache, free: int, *, gpus: Gpus = NO_GPUS
) -> int:
    """The most tokens, in steps of 256, that fit into `free` bytes; 0 where none do."""
    most = header.number("context_length")
    wanted = partial(need, header, lanes=lanes, cache=cache, gpus=gpus)
    return _largest(lambda tokens: wanted(tokens).total <= free, most)


def _largest(fits: Callable[[int], bool], most: int) -> int:
    if most <= LEAST_CONTEXT or not fits(LEAST_CONTEXT):
        return most if 0 < most <= LEAST_CONTEXT and fits(most) else 0
    if fits(most):
        return most
    low, high = LEAST_CONTEXT // PADDING, -(-most // PADDING)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(middle * PADDING) else (low, middle)
    return low * PADDING


def parameter_count(header: Header) -> int:
    """About how many, from the shape: a plain transformer's."""
    width, layers = header.number("embedding_length"), header.number("block_count")
    inner = header.number("feed_forward_length")
    return 2 * vocabulary(header) * width + layers * (4 * width * width + 2 * width * inner)


# Bits a weight of a whole file of that type takes on the average, largest first.
_BITS = {"BF16": 16.0, "Q8_0": 8.5, "Q6_K": 6.6, "Q5_K_M": 5.7, "Q4_K_M": 4.9, "Q3_K_M": 3.9}


def fitting_quant(
    header: Header,
    parameters: int,
    context: int,
    lanes: int,
    cache: Cache,
    free: int,
    *,
    gpus: Gpus = NO_GPUS,
) -> str:
    """The largest type that would fit where this file does not; empty where none would."""
    rest = need(header, context, lanes, cache, gpus=gpus)
    if gpus.used and header.input_bytes:
        parameters -= vocabulary(header) * header.number("embedding_length")
    smaller = 0.95 * rest.weights  # else it would be the same type
    for name, bits in _BITS.items():
        weights = round(parameters * bits / 8)
        if weights < smaller and weights + rest.cache + rest.compute <= free:
            return name
    return ""


class Step(msgspec.Struct, frozen=True):
    """A way to need less: another cache, fewer tokens, or fewer layers on the GPU."""

    context: int
    cache: Cache
    gpu_layers: int | None = None  # None: as before


def smaller_step(
    header: Header,
    context: int,
    lanes: int,
    cache: Cache,
    free: int,
    *,
    gpu_layers: int = 0,
) -> Step | None:
    """What to try next: 8-bit keys and values, else half the context. None where neither helps.

    The first that fits into `free` bytes. Where none does: fewer layers on the GPU, if that is
    where they go (`gpu_layers` not 0; negative: all), else the next one down all the same.
    """
    now = context_size(header, context)
    steps = list(_steps(header, now, cache))
    if gpu_layers:  # a context of a few hundred tokens is worse than a slower answer
        steps = [step for step in steps if step.context >= min(now, _WORTH_A_GPU)]
    gpus = Gpus(1, 1) if gpu_layers else NO_GPUS
    needs = ((s, need(header, s.context, lanes, s.cache, gpus=gpus)) for s in steps)
    fitting = (step for step, wanted in needs if wanted.total <= free)
    fewer = _fewer_layers(header, now, lanes, free, gpu_layers) if gpu_layers else None
    return next(fitting, fewer or (steps[0] if steps else None))


def _fewer_layers(header: Header, context: int, lanes: int, free: int, now: int) -> Step:
    """What may fit of all layers; half of those that were asked for and did not."""
    layers, cache = header.number("block_count"), smallest_cache(header)
    wanted = need(header, context, lanes, cache, gpus=Gpus(1, 1)).total
    fits = int(_SPARE * layers * free / max(1, wanted)) if now < 0 else now // 2
    return Step(context, cache, max(0, min(fits, layers - 1)))


def _steps(header: Header, context: int, cache: Cache) -> Sequence[Step]:
    least = smallest_cache(header)
    steps = [Step(context, least)] if cache != least else []
    while (context := context // 2 // PADDING * PADDING) >= LEAST_CONTEXT:
        steps.append(Step(context, least))
    return steps


def smallest_cache(header: Header) -> Cache:
    """8 bits come in blocks of 32 values, so heads of another width stay at 16."""
    return "q8_0" if all(width % 32 == 0 for width in head_widths(header)[1:]) else "f16"
