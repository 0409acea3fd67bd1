"""Refuses what cannot fit before llama.cpp is asked: it would hang or die on it."""

from steerlm_studio.errors import MemoryShort
from steerlm_studio.gguf_header import Header
from steerlm_studio.memory_need import Cache, cell_count, context_size, need
from steerlm_studio.memory_place import Place

_GIB = 2**30
CPU = Place()


def lanes_that_fit(
    header: Header, context: int, wanted: int, place: Place = CPU, cache: Cache = "f16"
) -> int:
    """How many lanes may run at a time: those `wanted`, fewer where memory is short.

    The weights count on a CPU too: a mapped file that has to be read again and again is no gain.
    What is over is queued, so one lane always does.
    """
    layers, counts = header.number("block_count"), range(wanted, 1, -1)
    free, gpus = place.free(layers), place.gpus(layers)
    needs = ((n, need(header, context, n, cache, gpus=gpus)) for n in counts)
    return next((n for n, wanted in needs if wanted.total <= free), 1)


def check_memory(
    header: Header, context: int, lanes: int, place: Place = CPU, cache: Cache = "f16"
) -> None:
    """Refuse a context that cannot fit. Raises `MemoryShort`."""
    layers = header.number("block_count")
    free, gpus = place.free(layers), place.gpus(layers)
    wanted = need(header, context, lanes, cache, gpus=gpus)
    # Weights are mapped from the file on a CPU, so only what the context needs has to be free.
    must = wanted.total if place.is_on_gpu else wanted.cache + wanted.compute
    if must > free:
        cells = cell_count(context_size(header, context), lanes)
        raise MemoryShort(
            f"The model and a context of {cells} tokens need {wanted.total / _GIB:.1f} GiB and "
            f"{free / _GIB:.1f} GiB are free. Choose a smaller context (--context), 8-bit keys and "
            "values (--cache q8_0), fewer answers side by side (--lanes), or a smaller "
            "quantization of the model.",
            needed=wanted.total,
            free=free,
            on_gpu=place.is_on_gpu,
        )
