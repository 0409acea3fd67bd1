"""Memory ran out: how much was needed and free, and the next smaller way to load the model."""

import signal
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import get_args

import msgspec
from PySide6.QtCore import QCoreApplication, QLocale

from steerlm_studio.errors import StudioError
from steerlm_studio.gguf_header import Header, glance
from steerlm_studio.memory_need import (
    NO_GPUS,
    Cache,
    Gpus,
    Step,
    context_size,
    fitting_quant,
    need,
    parameter_count,
    smaller_step,
)
from steerlm_studio.memory_place import Place, shares
from steerlm_studio.outcome import ran_out_of_memory
from steerlm_studio.protocol import Device, Failed, Ready
from steerlm_studio.ui.amounts import bytes_text
from steerlm_studio.ui.model import Model
from steerlm_studio.ui.text_safety import shown


@dataclass(frozen=True)
class Asked:
    """What the engine was started with, as far as it decides on memory."""

    context: int = 0
    lanes: int = 1
    cache: Cache = "f16"
    gpu_layers: int = -1
    split: str = ""


@dataclass(frozen=True)
class Shortage:
    """What to say, and `options` of the engine that need less; none where there is no such way."""

    sentence: str
    button: str = ""
    options: tuple[str, ...] = ()


def asked_by(options: Sequence[str], ready: Ready | None) -> Asked:
    """Of several that say the same the last counts; a loaded engine knows its lanes best."""
    said = dict(option.split("=", 1) for option in options if "=" in option)
    asked = Asked(
        int(said.get("--context", 0)),
        1,  # the engine takes fewer by itself before it gives up
        next((cache for cache in get_args(Cache) if cache == said.get("--cache")), "f16"),
        int(said.get("--gpu-layers", -1)),
        said.get("--split", ""),
    )
    return replace(asked, lanes=ready.lanes, context=ready.context) if ready else asked


def refused(model: Model, options: Sequence[str], message: Failed) -> Shortage | None:
    """For a failure that names what was needed; None where it is about something else."""
    header = _header(model.path) if message.needed else None
    if header is None:
        return None
    asked = asked_by(options, model.ready)
    said = _numbers(model, context_size(header, asked.context), message.needed, message.free)
    return _with_step(header, asked, said, message.free, message.on_gpu)


def died(
    model: Model,
    options: Sequence[str],
    status: int,
    log: str,
    *,
    was_killed_for_it: bool,
    devices: Sequence[Device] = (),
) -> Shortage | None:
    """For an engine that ended by itself; None where that was not for want of memory.

    `was_killed_for_it`: the system has ended processes for want of memory in the meantime.
    `devices`: as they were before the load.
    """
    header = _header(model.path)
    if header is None:
        return None
    asked = asked_by(options, model.ready)
    place = _place(asked, model.ready, devices)
    layers = header.number("block_count")
    free, on_gpu, gpus = place.free(layers), place.is_on_gpu, place.gpus(layers)
    needed = need(header, asked.context, asked.lanes, asked.cache, gpus=gpus).total
    is_killed = status == -signal.SIGKILL and (was_killed_for_it or needed > free)
    if not is_killed and not ran_out_of_memory(log):
        return None
    kept = _tr("The text so far is kept.") if model.ready else ""
    numbers = _numbers(model, context_size(header, asked.context), needed, free)
    said = " ".join(filter(None, (_why(is_killed, was_killed_for_it), kept, numbers)))
    return _with_step(header, asked, said, free, on_gpu)


def _why(is_killed: bool, was_killed_for_it: bool) -> str:
    if not is_killed:
        return _tr("The engine ended because the memory ran out.")
    if was_killed_for_it:
        return _tr("The system ended the engine because the memory ran out.")
    return _tr("The engine was killed, most likely because the memory ran out.")


def _with_step(header: Header, asked: Asked, said: str, free: int, on_gpu: bool) -> Shortage:
    layers = asked.gpu_layers if on_gpu else 0
    step = smaller_step(header, asked.context, asked.lanes, asked.cache, free, gpu_layers=layers)
    if step is None:
        return Shortage(f"{said} {_advice(header, free, on_gpu)}")
    options = [f"--context={step.context}", f"--cache={step.cache}"]
    if step.gpu_layers is not None:
        options.append(f"--gpu-layers={step.gpu_layers}")
    return Shortage(said, _button(header, asked, step), tuple(options))


def _button(header: Header, asked: Asked, step: Step) -> str:
    if step.gpu_layers is not None:
        text = _tr("Load with %1 of %2 layers on the GPU").replace("%1", str(step.gpu_layers))
        return text.replace("%2", str(header.number("block_count")))
    if step.context == context_size(header, asked.context):
        return _tr("Load with 8-bit keys and values")
    return _tr("Load with a context of %1 tokens").replace("%1", QLocale().toString(step.context))


def _advice(header: Header, free: int, on_gpu: bool) -> str:
    parameters = parameter_count(header)
    quant = fitting_quant(
        header, parameters, 1024, 1, "q8_0", free, gpus=Gpus(1, 1) if on_gpu else NO_GPUS
    )
    if quant:
        return _tr("A file in %1 would fit.").replace("%1", quant)
    return _tr("Close other programs, or choose a smaller model.")


def _numbers(model: Model, context: int, needed: int, free: int) -> str:
    text = _tr("“%1” with a context of %2 tokens needs %3 of memory, and %4 is free.")
    if needed <= free:
        text = _tr(
            "“%1” with a context of %2 tokens needs %3 of memory, and %4 is free now: another "
            "program may have held it for a while."
        )
    values = (shown(model.name), QLocale().toString(context), bytes_text(needed), bytes_text(free))
    for place, value in enumerate(values, 1):
        text = text.replace(f"%{place}", value)
    return text


def _place(asked: Asked, ready: Ready | None, devices: Sequence[Device]) -> Place:
    """Where the layers were, or were to go; what a loaded engine held there is free again."""
    split = shares(asked.split)
    if ready is None:
        return Place(asked.gpu_layers, devices, split)
    if not ready.layers_offloaded:
        return Place()
    held = {h.device: h.weights + h.cache + h.compute for h in ready.memory}
    # A driver that tells no free memory tells all of it: no more than that is there.
    freed = {
        d.name: min(d.memory_total, d.memory_free + held.get(d.name, 0)) for d in ready.devices
    }
    now = [msgspec.structs.replace(d, memory_free=freed[d.name]) for d in ready.devices]
    return Place(asked.gpu_layers, now, split)


def _header(path: Path) -> Header | None:
    try:
        return glance(path)
    except (StudioError, OSError):
        return None


def _tr(text: str) -> str:
    return QCoreApplication.translate("MemoryShortage", text)
