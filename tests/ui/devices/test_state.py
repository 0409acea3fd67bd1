"""What drivers, ggml and the engine say of a device, put together; and in words."""

import pytest

from steerlm_studio.device_watch import Seen
from steerlm_studio.gpu_memory import GONE, Gpu
from steerlm_studio.memory_free import Memory
from steerlm_studio.protocol import Device, Held, Ready
from steerlm_studio.ui.devices.state import DeviceState, Engine, is_untold, states
from steerlm_studio.ui.devices.words import layers_of, memory_of, missing, ranges, sentence

GB = 10**9
MACHINE = Memory(20 * GB, 32 * GB)
CPU = Device("CPU", "EPYC", "cpu", 0, 0)


def ready(*held: Held, devices: tuple[Device, ...] = (CPU,), layers: int = 32) -> Ready:
    return Ready(
        name="n",
        architecture="nemotron",
        quant="Q8_0",
        parameters=1,
        file_bytes=1,
        layers=layers,
        layers_offloaded=0,
        device="CPU",
        context=4096,
        lanes=1,
        threads=1,
        vocabulary=1,
        metadata={},
        llama_version="",
        load_seconds=1.0,
        memory=held,
        devices=devices,
    )


def gpu(name: str, bus: str, **more: object) -> Gpu:
    return Gpu(name, bus, 60 * GB, 80 * GB, **more)


def cuda(number: int, name: str, bus: str = "") -> Device:
    return Device(f"CUDA{number}", name, "gpu", 50 * GB, 80 * GB, bus)


def test_cuda_and_driver_number_gpus_differently_so_their_places_decide():
    seen = Seen(MACHINE, (gpu("H100", "0000:c1:00.0"), gpu("H100", "0000:c2:00.0")))
    devices = (CPU, cuda(0, "H100", "0000:c2:00.0"), cuda(1, "H100", "0000:c1:00.0"))
    held = (
        Held("CUDA0", 16, 4 * GB, 2 * GB, GB, tuple(range(16))),
        Held("CUDA1", 17, 5 * GB, 2 * GB, GB, tuple(range(16, 33))),
        Held("CPU", 0, GB),
    )
    loaded = ready(*held, devices=devices)
    machine, first, second = states(seen, Engine(loaded, 7, 3 * GB))
    assert (machine.own, machine.layers, machine.name) == (3 * GB, (), "EPYC")
    assert (first.layers, first.own) == (tuple(range(16, 33)), 8 * GB)
    assert (second.layers, second.own) == (tuple(range(16)), 7 * GB)
    assert layers_of(first, loaded) == "layers 17\N{EN DASH}32 of 32 and the output"
    assert layers_of(second, loaded) == "layers 1\N{EN DASH}16 of 32"
    assert layers_of(machine, loaded) == "none of the layers"


def test_the_drivers_word_on_the_engines_memory_goes_before_llama_cpps():
    seen = Seen(MACHINE, (gpu("H100", "0000:c1:00.0", processes={7: 9 * GB, 8: GB}),))
    devices = (CPU, cuda(0, "H100", "0000:c1:00.0"))
    loaded = ready(Held("CUDA0", 33, 8 * GB, 0, 0, tuple(range(33))), devices=devices)
    _, shown = states(seen, Engine(loaded, 7))
    assert shown.own == 9 * GB
    assert sentence(shown, loaded) == (
        "H100: 60.0 GB of 80.0 GB free · engine 9.0 GB; all 32 layers and the output"
    )


def test_without_a_driver_that_tells_ggml_is_asked():
    """Vulkan, Metal, ROCm: what the engine said last goes before what it said at the load."""
    seen = Seen(MACHINE, (), "no_driver")
    loaded = ready(Held("Vulkan0", 33, 8 * GB), devices=(CPU, cuda(0, "RX 7900")))
    now = (CPU, Device("CUDA0", "RX 7900", "gpu", 10 * GB, 24 * GB))
    _, shown = states(seen, Engine(loaded, 7, devices=now))
    assert (shown.name, shown.free) == ("RX 7900", 10 * GB)
    assert missing(seen, Engine(loaded, 7)) == ""


def test_a_card_that_two_backends_know_has_one_row_with_its_layers():
    """A build for CUDA and Vulkan: the second row once hid the first one's layers."""
    seen = Seen(MACHINE, (gpu("H100", "0000:c1:00.0"),))
    twice = Device("Vulkan0", "H100", "gpu", GB, 80 * GB, "0000:c1:00.0")
    devices = (CPU, cuda(0, "H100", "0000:c1:00.0"), twice)
    loaded = ready(Held("CUDA0", 33, numbers=tuple(range(33))), devices=devices)
    for gpus in (seen.gpus, ()):
        _, *rows = states(Seen(MACHINE, gpus), Engine(loaded, 7))
        assert [len(row.layers) for row in rows] == [33]


def test_of_a_gpu_that_tells_all_as_free_the_engines_part_is_taken_off():
    """Vulkan without VK_EXT_memory_budget; its bar was empty, with a model in it."""
    silent = Device("Vulkan0", "RX 7900", "gpu", 24 * GB, 24 * GB)
    loaded = ready(Held("Vulkan0", 33, 8 * GB), devices=(CPU, silent))
    _, shown = states(Seen(MACHINE), Engine(loaded))
    assert (shown.free, shown.used, shown.own) == (16 * GB, 8 * GB, 8 * GB)


def test_a_part_of_a_gpu_shows_its_own_memory():
    """With MIG the driver tells of the whole GPU, of which the engine has a seventh."""
    seen = Seen(MACHINE, (gpu("A100", "0000:c1:00.0"),))
    part = Device("CUDA0", "A100 MIG 1g.10gb", "gpu", 3 * GB, 10 * GB, "0000:c1:00.0")
    engine = Engine(ready(Held("CUDA0", 33, 6 * GB), devices=(CPU, part)))
    _, shown = states(seen, engine)
    assert (shown.name, shown.free, shown.own) == ("A100 MIG 1g.10gb", 3 * GB, 6 * GB)
    assert is_untold(seen, engine)


def test_ggml_is_asked_for_gpus_that_the_driver_does_not_tell_and_for_them_alone():
    """An AMD card beside one of NVIDIA's once kept the numbers of the load for ever."""
    seen = Seen(MACHINE, (gpu("H100", "0000:c1:00.0"),))
    told = cuda(0, "H100", "0000:c1:00.0")
    other = Device("Vulkan1", "RX 7900", "gpu", GB, 24 * GB, "0000:c3:00.0")
    assert not is_untold(seen, Engine(ready(devices=(CPU, told))))
    assert is_untold(seen, Engine(ready(devices=(CPU, told, other))))
    assert not is_untold(seen, Engine(ready()))


def test_a_gpu_that_went_away_says_so_instead_of_old_numbers():
    gone = gpu("H100", "0000:c1:00.0", trouble=GONE)
    lost = gpu("A100", "0000:c2:00.0", trouble="GPU is lost")
    _, first, second = states(Seen(MACHINE, (gone, lost)), Engine())
    assert "does not see it any more" in memory_of(first)
    assert "GPU is lost" in memory_of(second)
    assert first.own is None


@pytest.mark.parametrize(
    ("absence", "words"),
    [
        ("no_driver", "No driver"),
        ("no_gpu", "sees no GPU"),
        ("no_module", "nvidia-ml-py"),
        ("trouble", "does not answer: because"),
    ],
)
def test_what_is_missing_is_one_sentence(absence, words):
    assert words in missing(Seen(MACHINE, (), absence, "because"), Engine())


def test_while_no_model_is_loaded_nobody_knows_of_gpus_that_are_not_nvidias():
    """With a build for Vulkan it once said that only the processor is used."""
    seen = Seen(MACHINE, (), "no_driver")
    assert "only the processor" not in missing(seen, Engine())
    assert "only the processor" in missing(seen, Engine(ready(Held("CPU", 33))))


def test_gpus_that_this_build_cannot_use_are_said():
    seen = Seen(MACHINE, (gpu("H100", "0000:c1:00.0"),))
    assert "make cuda" in missing(seen, Engine(ready(Held("CPU", 33))))
    devices = (CPU, cuda(0, "H100", "0000:c1:00.0"))
    assert missing(seen, Engine(ready(Held("CPU", 33), devices=devices))) == ""
    assert missing(seen, Engine()) == ""  # no model is loaded: nobody knows


def test_layers_are_counted_from_one():
    assert ranges([0, 1, 2, 5, 7, 8]) == "1-3, 6, 8-9".replace("-", "\N{EN DASH}")
    loaded = ready(Held("CPU", 1), layers=4)
    alone = DeviceState("CPU", "", True, 1, 1, layers=(4,))
    assert layers_of(alone, loaded) == "the output"
    assert layers_of(alone, None) == ""
