"""What llama.cpp would allocate for a model, asked without allocating it: one JSON object.

    python -m steerlm_studio.engine.estimate MODEL [--context N] [--lanes N] [--cache q8_0] …

Run it in a process of its own: what is wrong with a file or a driver may end it.
"""

import argparse
import os
import sys

import msgspec

from steerlm_studio.engine import backend, header, llama
from steerlm_studio.errors import StudioError
from steerlm_studio.gguf_header import Header
from steerlm_studio.memory_need import (
    CACHES,
    NO_GPUS,
    Gpus,
    Need,
    cell_count,
    context_size,
    need,
    sequences,
)
from steerlm_studio.memory_place import Place, shares
from steerlm_studio.protocol import Device, Held


class Estimate(msgspec.Struct, frozen=True):
    """`need` and what is `free` where the layers go; `held` on each device, the CPU included."""

    need: Need
    free: int
    context: int
    held: tuple[Held, ...]
    devices: list[Device]
    simulated: bool  # whether llama.cpp said the compute buffers, else they are reckoned
    gpus: Gpus = NO_GPUS


def estimate(options: argparse.Namespace) -> Estimate:
    """Raises `StudioError` for a file that cannot be loaded at all."""
    found = header.read(options.model)
    devices = backend.devices()
    place = Place(options.gpu_layers, devices, shares(options.split))
    size = options.context, options.lanes, options.cache
    layers = found.number("block_count")
    gpus = place.gpus(layers)
    wanted = need(found, *size, gpus=gpus)
    held = _simulated(found, options)
    if held:
        compute = sum(h.compute for h in held if h.device != "CPU" or not gpus.used)
        wanted = msgspec.structs.replace(wanted, compute=compute)
    return Estimate(
        wanted,
        place.free(layers),
        context_size(found, options.context),
        _shared_out(wanted, held),
        devices,
        bool(held),
        gpus,
    )


def _simulated(found: Header, options: argparse.Namespace) -> tuple[Held, ...]:
    """What computing takes on each device, and its layers; nothing where that cannot be asked."""
    context = context_size(found, options.context)
    try:
        model = llama.Llama(
            options.model,
            cells=cell_count(context, options.lanes),
            sequences=sequences(options.lanes),
            gpu_layers=options.gpu_layers,
            cache=options.cache,
            split=shares(options.split),
            simulate=True,
        )
    except StudioError:
        return ()
    held = model.memory
    model.close()
    return held


def _shared_out(wanted: Need, held: tuple[Held, ...]) -> tuple[Held, ...]:
    """Weights and cache by layers: a simulation does not say them."""
    layers = sum(h.layers for h in held)
    if not layers:
        return (Held("CPU", 0, wanted.weights, wanted.cache, wanted.compute),)
    return tuple(
        Held(
            h.device,
            h.layers,
            wanted.weights * h.layers // layers,
            wanted.cache * h.layers // layers,
            h.compute,
            h.numbers,
        )
        for h in held
    )


def parser() -> argparse.ArgumentParser:
    found = argparse.ArgumentParser(prog="steerlm_studio.engine.estimate", description=__doc__)
    found.add_argument("model")
    found.add_argument("--context", type=int, default=0)
    found.add_argument("--lanes", type=int, default=1)
    found.add_argument("--cache", choices=CACHES, default="f16")
    found.add_argument("--gpu-layers", type=int, default=-1)
    found.add_argument("--split", default="")
    return found


def main() -> int:
    """Print the estimate, or {"error": …}, as one line of JSON with nothing else on stdout."""
    channel = os.dup(1)
    os.dup2(2, 1)
    try:
        said: object = estimate(parser().parse_args())
    except StudioError as error:
        said = {"error": str(error), "detail": error.detail}
    os.write(channel, msgspec.json.encode(said) + b"\n")
    return 0 if isinstance(said, Estimate) else 1


if __name__ == "__main__":
    sys.exit(main())
