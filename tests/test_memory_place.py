"""Which GPUs a model's layers go to, and what has room there."""

import pytest

from steerlm_studio import memory_place
from steerlm_studio.memory_free import Memory
from steerlm_studio.memory_need import Gpus
from steerlm_studio.memory_place import Place, gpus_used
from steerlm_studio.protocol import Device

GB = 10**9
CPU = Device("CPU", "EPYC", "cpu", 0, 0)


def gpu(name: str, free: int, bus: str = "", kind: str = "gpu") -> Device:
    return Device(name, "a GPU", kind, free * GB, 24 * GB, bus)


@pytest.fixture(autouse=True)
def machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory_place, "memory", lambda: Memory(10 * GB, 64 * GB))


def test_without_a_gpu_or_a_layer_on_it_the_machines_memory_counts():
    assert Place(-1, [CPU]).free(32) == Place(0, [CPU, gpu("CUDA0", 20)]).free(32) == 10 * GB


def test_gpus_are_filled_together_where_no_shares_are_given():
    assert Place(-1, [gpu("CUDA0", 20), gpu("CUDA1", 4)]).free(32) == 24 * GB


@pytest.mark.parametrize(
    ("split", "free"), [((1, 1), 8), ((3, 1), 16), ((1, 0), 20), ((0, 1), 4), ((1,), 20)]
)
def test_of_gpus_with_shares_the_fullest_decides(split, free):
    """A model of 20 GB was once let through to a load that no memory held."""
    assert Place(-1, [gpu("CUDA0", 20), gpu("CUDA1", 4)], split).free(32) == free * GB


def test_of_layers_on_a_gpu_and_the_cpu_each_part_needs_its_room():
    """16 of 31 layers and the output: half of the model has to fit on the GPU."""
    assert Place(16, [gpu("CUDA0", 4)]).free(31) == 8 * GB
    assert Place(16, [gpu("CUDA0", 20)]).free(31) == 30 * GB  # the machine has 10


@pytest.mark.parametrize(
    ("split", "layers", "used"), [((3, 1), 2, 1), ((3, 1), 16, 2), ((0, 1), 16, 1), ((), 16, 2)]
)
def test_gpus_whose_share_is_less_than_a_layer_get_none(split, layers, used):
    """As llama.cpp said on two devices: of 2 layers and the output none for a quarter."""
    place = Place(-1, [gpu("Vulkan0", 20), gpu("Vulkan1", 20)], split)
    assert place.gpus(layers) == Gpus(used, 2)
    assert Place(0, place.devices).gpus(layers) == Place(-1, [CPU]).gpus(layers) == Gpus()


def test_a_card_that_two_backends_know_counts_once():
    cards = [gpu("CUDA0", 20, "0000:c1:00.0"), gpu("Vulkan0", 20, "0000:c1:00.0")]
    assert [card.name for card in gpus_used(cards)] == ["CUDA0"]
    assert Place(-1, cards).free(32) == 20 * GB


def test_a_gpu_inside_the_processor_counts_where_there_is_no_other():
    """llama.cpp puts no layer there, so its memory once stood for what was not to be had."""
    inside = [gpu("Vulkan0", 8, kind="igpu"), gpu("SYCL0", 8, kind="igpu")]
    assert gpus_used([*inside, gpu("Vulkan1", 20)])[0].name == "Vulkan1"
    assert Place(-1, [*inside, gpu("Vulkan1", 20)]).free(32) == 20 * GB
    assert [device.name for device in gpus_used(inside)] == ["Vulkan0"]
    assert Place(16, inside).free(31) == 10 * GB  # its memory is the machine's


def test_a_gpu_that_tells_no_memory_is_taken_to_have_the_machines():
    silent = Device("Vulkan0", "a GPU", "gpu", 0, 0)
    assert Place(-1, [silent]).free(32) == 10 * GB


def test_the_cpu_takes_part_unless_all_layers_and_the_output_are_on_gpus():
    card = [gpu("CUDA0", 20)]
    assert not any(Place(count, card).is_on_cpu(32) for count in (-1, 33, 99))
    assert all(Place(count, card).is_on_cpu(32) for count in (0, 1, 32))
    assert Place(-1, [CPU]).is_on_cpu(32)
