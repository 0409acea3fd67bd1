"""What the devices panel says in sentences: layers, what is missing, all of it as text."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from steerlm_studio.device_watch import Seen
from steerlm_studio.gpu_memory import GONE
from steerlm_studio.protocol import Ready
from steerlm_studio.ui.amounts import bytes_text
from steerlm_studio.ui.devices.state import DeviceState, Engine
from steerlm_studio.ui.text_safety import shown


def name_of(state: DeviceState) -> str:
    if not state.is_cpu:
        return shown(state.name)
    name = _tr("Processor")
    return f"{name} · {shown(state.name)}" if state.name not in ("", "CPU") else name


def memory_of(state: DeviceState) -> str:
    """Free, total and the engine's own; what is wrong where the device tells nothing."""
    if state.trouble:
        return trouble_of(state)
    text = _tr("%1 of %2 free").replace("%1", bytes_text(state.free))
    text = text.replace("%2", bytes_text(state.total))
    if state.own is None:
        return text
    return f"{text} · {_tr('engine %1').replace('%1', bytes_text(state.own))}"


def trouble_of(state: DeviceState) -> str:
    if state.trouble == GONE:
        return _tr("The driver does not see it any more.")
    return _tr("The driver does not answer for it: %1.").replace("%1", shown(state.trouble))


def layers_of(state: DeviceState, ready: Ready | None) -> str:
    """Which layers of the model are there, counted from 1; the output comes after the last."""
    if ready is None or ready.server or not ready.memory:
        return ""
    numbers = [number for number in state.layers if number < ready.layers]
    has_output = len(numbers) < len(state.layers)
    if not state.layers:
        return _tr("none of the layers")
    if not numbers:
        return _tr("the output")
    if len(numbers) == ready.layers:
        text = _tr("all %1 layers").replace("%1", str(ready.layers))
    else:
        text = _tr("layers %1 of %2").replace("%1", ranges(numbers))
        text = text.replace("%2", str(ready.layers))
    return _tr("%1 and the output").replace("%1", text) if has_output else text


def ranges(numbers: Sequence[int]) -> str:
    """`0, 1, 2, 5` as `1-3, 6`, with a dash of its own kind."""
    found: list[list[int]] = []
    for number in numbers:
        if found and number == found[-1][1] + 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    dash = "\N{EN DASH}"
    return ", ".join(str(a + 1) if a == b else f"{a + 1}{dash}{b + 1}" for a, b in found)


def missing(seen: Seen, engine: Engine) -> str:
    """The one sentence about what is not there, or not used; empty where nothing is missing."""
    if seen.gpus:
        return _unused(engine)
    if engine.gpus:
        return ""
    if engine.ready is None and seen.absence == "no_driver":
        return _tr(
            "No driver of NVIDIA's was found. Other GPUs show here when a model is loaded, if "
            "llama.cpp was built for them."
        )
    return {
        "no_driver": _tr(
            "No driver of NVIDIA's was found, so only the processor is used. With a GPU and a CUDA "
            "build of llama.cpp, it would show here."
        ),
        "no_gpu": _tr("NVIDIA's driver is here and sees no GPU, so only the processor is used."),
        "no_module": _tr(
            "GPUs of NVIDIA's cannot be seen: the Python package nvidia-ml-py is not installed."
        ),
    }.get(seen.absence) or _tr("NVIDIA's driver does not answer: %1.").replace(
        "%1", shown(seen.detail)
    )


def _unused(engine: Engine) -> str:
    ready = engine.ready
    if ready is None or ready.server or engine.gpus:
        return ""
    return _tr(
        "The GPUs are not used: this build of llama.cpp knows the processor only. “make cuda” "
        "builds one that uses them."
    )


def sentence(state: DeviceState, ready: Ready | None) -> str:
    """A device in one line, for those who do not see the panel."""
    said = [memory_of(state), layers_of(state, ready)]
    return f"{name_of(state)}: {'; '.join(filter(None, said))}"


def _tr(text: str) -> str:
    return QCoreApplication.translate("Devices", text)
