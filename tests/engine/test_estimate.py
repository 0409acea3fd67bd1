"""What is reckoned against what llama.cpp then allocates, and what does not fit."""

import json
import os
import resource
import subprocess
import sys

import msgspec
import pytest

from steerlm_studio import protocol
from steerlm_studio.engine import header
from steerlm_studio.engine.client import Engine
from steerlm_studio.engine.ledger import Ledger
from steerlm_studio.errors import StudioError
from steerlm_studio.gguf_header import glance
from steerlm_studio.memory_need import (
    Gpus,
    Step,
    fitting_quant,
    largest_context,
    need,
    smaller_step,
    weight_bytes,
)
from steerlm_studio.memory_place import shares
from steerlm_studio.protocol import Held
from tests.engine import tiny
from tests.engine.shapes import CASES, F16

WITHIN = 0.05


def total(held):
    """On the GPUs where there are some, else on the CPU."""
    counted = [place for place in held if place.device != "CPU"] or held
    return sum(place.weights + place.cache + place.compute for place in counted)


def estimated(path, *options):
    command = [sys.executable, "-m", "steerlm_studio.engine.estimate", str(path), *options]
    done = subprocess.run(command, capture_output=True, text=True)
    return json.loads(done.stdout)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_estimate_is_within_five_percent_of_what_is_allocated(case, tmp_path):
    path = case.write(tmp_path)
    options = {"context": case.context, "lanes": case.lanes, "cache": case.cache}
    with Engine(path, threads=1, **options) as engine:
        allocated = total(engine.ready.memory)
    said = estimated(path, *case.options)
    simulated = sum(said["need"].values())
    size = case.context, case.lanes, case.cache
    gpus = msgspec.convert(said["gpus"], Gpus)
    reckoned = need(header.read(path), *size, gpus=gpus).total
    print(f"{case.name}: {allocated / 2**20:.1f} MiB, {simulated / allocated:.3f} simulated, "
          f"{reckoned / allocated:.3f} reckoned")  # fmt: skip
    assert said["simulated"]
    assert simulated == pytest.approx(allocated, rel=WITHIN)
    assert reckoned == pytest.approx(allocated, rel=WITHIN)


# MiB on one and on two Vulkan devices (split 3,1), as llama.cpp allocated them
ON_GPUS = {
    "small": (22.3, Gpus(1, 2), 37.1),
    "grouped": (46.3, Gpus(), 0),  # the second holds the output alone, and next to no buffer
    "wordy": (124.0, Gpus(), 0),
    "deep": (51.7, Gpus(2, 2), 85.8),
    "wide": (42.4, Gpus(1, 2), 55.9),
}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_is_reckoned_for_gpus_is_within_five_percent_of_what_was_allocated(case, tmp_path):
    """The embeddings stay on the CPU: an eighth of an 8B model once counted in vain."""
    found = header.read(case.write(tmp_path))
    one, two, both = ON_GPUS[case.name]
    size = found, case.context, case.lanes, case.cache
    assert need(*size, gpus=Gpus(1, 1)).total / 2**20 == pytest.approx(one, rel=WITHIN)
    if both:
        assert need(*size, gpus=two).total / 2**20 == pytest.approx(both, rel=WITHIN)


def test_embeddings_are_known_also_of_a_file_that_is_not_all_there(tmp_path):
    path = CASES[1].write(tmp_path)
    table = 8000 * 512 * 34 // 32
    assert header.read(path).input_bytes == glance(path).input_bytes == table
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size - 1000)
    assert glance(path).input_bytes == table
    with path.open("r+b") as file:
        file.truncate(glance(path).head_bytes + 10)  # in the midst of the list of tensors
    assert glance(path).input_bytes == 0


LIMIT = 1_500_000_000  # bytes of address space that a child gets
BIG = tiny.Shape(layers=16, width=512, heads=8, ffn=512, context=65_536)  # 2.1 GB of cache


@pytest.fixture(scope="module")
def big(tmp_path_factory):
    path = tmp_path_factory.mktemp("fit") / "big.gguf"
    return tiny.write(path, shape=BIG, quant=F16)


def refusal(*arguments):
    """What an engine that may take `LIMIT` bytes says last."""
    command = [sys.executable, "-m", "steerlm_studio.engine.serve", *map(str, arguments)]
    child = subprocess.Popen(
        command,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (LIMIT, LIMIT)),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
    )
    with child:
        said = [protocol.reply(line) for line in child.stdout]
    assert child.returncode == 1
    return said[-1]


@pytest.mark.parametrize("override", [[], ["--overcommit"]], ids=["before", "while loading"])
def test_what_does_not_fit_is_refused_with_what_was_needed_and_free(big, override):
    said = refusal(big, "--context=65536", "--threads=1", *override)
    assert isinstance(said, protocol.Failed)
    assert said.needed > 2 * 2**30 > said.free > 0
    assert "memory" in said.message or "GiB are free" in said.message


def test_the_next_smaller_step_is_8_bits_and_then_fewer_tokens(big):
    found = header.read(big)
    enough = need(found, 65_536, 1, "q8_0").total
    assert smaller_step(found, 65_536, 1, "f16", enough) == Step(65_536, "q8_0")
    assert smaller_step(found, 65_536, 1, "f16", enough - 1) == Step(32_768, "q8_0")
    assert smaller_step(found, 65_536, 1, "f16", 0) == Step(65_536, "q8_0")  # one down, at least
    assert smaller_step(found, 256, 1, "q8_0", 0) is None


def test_the_largest_context_just_fits(big):
    found = header.read(big)
    free = 10**9
    most = largest_context(found, 1, "f16", free)
    assert need(found, most, 1, "f16").total <= free < need(found, most + 256, 1, "f16").total
    assert largest_context(found, 1, "f16", 10**12) == 65_536
    assert largest_context(found, 1, "f16", 10**6) == 0


def test_a_smaller_type_is_named_where_it_would_fit(big):
    found = header.read(big)
    parameters = weight_bytes(found) // 2  # F16
    all_of_it = need(found, 256, 1, "q8_0").total
    assert fitting_quant(found, parameters, 256, 1, "q8_0", all_of_it - 1) == "Q8_0"
    assert fitting_quant(found, parameters, 256, 1, "q8_0", 10**6) == ""


def test_8_bit_keys_and_values_take_about_half(big):
    found = header.read(big)
    assert need(found, 4096, 1, "q8_0").cache == need(found, 4096, 1, "f16").cache * 17 // 32


def test_the_ledger_tells_devices_apart():
    ledger = Ledger()
    for line in (
        b"load_tensors: layer   0 assigned to device CUDA0, is_swa = 0\n",
        b"load_tensors: layer   1 assigned to device CUDA1, is_swa = 0\n",
        b"load_tensors: layer   2 assigned to device CPU, is_swa = 0\n",
        b"load_tensors:   CPU_Mapped model buffer size =     2.00 MiB\n",
        b"load_tensors:        CUDA0 model buffer size =     8.00 MiB\n",
        b"llama_context:  CUDA_Host  output buffer size =     1.00 MiB\n",
        b"llama_kv_cache:      CUDA0 KV buffer size =    16.00 MiB\n",
        b"sched_reserve:      CUDA0 compute buffer size =     3.00 MiB\n",
        b"sched_reserve:      CUDA0 compute buffer size =     5.00 MiB\n",  # reserved anew
    ):
        ledger.hear(line)
    mebi = 2**20
    assert ledger.held() == (
        Held("CUDA0", 1, 8 * mebi, 16 * mebi, 5 * mebi, (0,)),
        Held("CUDA1", 1, numbers=(1,)),
        Held("CPU", 1, 2 * mebi, 0, 1 * mebi, (2,)),
    )


def test_shares_of_gpus_are_numbers():
    assert shares("3,1") == (3.0, 1.0)
    assert shares("") == ()
    for wrong in ("a,b", "-1,2", "0,0", "nan"):
        with pytest.raises(StudioError, match="no shares"):
            shares(wrong)
