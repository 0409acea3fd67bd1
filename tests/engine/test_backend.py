"""What a build of llama.cpp says of itself."""

import pytest

from steerlm_studio.engine import backend
from steerlm_studio.protocol import Device, Held


@pytest.mark.parametrize(
    ("backends", "name"),
    [
        (["CPU"], ""),
        (["CUDA", "CPU"], "CUDA"),
        (["Vulkan", "CPU"], "Vulkan"),
        (["BLAS", "CPU"], ""),
    ],
)
def test_a_build_says_what_it_is_for_beside_the_cpu(backends, name):
    """One for Vulkan lists no flags of it, and was once taken for one that has the CPU alone."""
    assert backend.built_for(backends) == name


def test_the_build_that_runs_here_has_the_cpu():
    assert "CPU" in backend.backends()


def test_the_build_that_runs_here_says_its_flags():
    assert "CPU : " in backend.build_flags()


def test_layers_are_counted_on_gpus_and_the_output_is_none_of_them():
    devices = [Device(f"CUDA{n}", "A100", "gpu", 1, 1) for n in range(2)]
    held = (
        Held("CPU", 1, numbers=(0,)),
        Held("CUDA0", 2, numbers=(1, 2)),
        Held("CUDA1", 2, numbers=(3, 4)),
    )
    found = backend.layers_on_gpus(held, devices, 4)
    assert [(gpu.name, count) for gpu, count in found] == [("CUDA0", 2), ("CUDA1", 1)]
    assert backend.names([gpu for gpu, _ in found]) == "2 \N{MULTIPLICATION SIGN} A100"
    assert backend.layers_on_gpus((Held("CUDA0", 1, numbers=(4,)),), devices, 4) == []
