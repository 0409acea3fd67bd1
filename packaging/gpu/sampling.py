"""What choosing tokens costs: from all logits on the CPU, as the engine does, or on the device.

    python -m gpu.sampling MODEL [--lanes 1,8,25] [--steps 100]

Both ways step the same lanes. The engine copies each lane's row of logits to the CPU, finds the few
candidates with numpy and draws with llama.cpp's chain; llama.cpp can also run that chain within the
graph, so that a token comes back and no row. Prints a JSON object: milliseconds per step.
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable

from llama_cpp import llama_cpp as L

from steerlm_studio.engine.llama import Llama
from steerlm_studio.engine.sampling import Sampler
from steerlm_studio.protocol import Sampling

SAMPLING = Sampling()
_TOKEN = 5


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("model")
    parser.add_argument("--lanes", default="1,8,25")
    parser.add_argument("--steps", type=int, default=100)
    parser.add_argument("--gpu-layers", type=int, default=-1)
    options = parser.parse_args()
    found = []
    for lanes in map(int, options.lanes.split(",")):
        cells = 256 * -(-lanes * (options.steps + 2) * 2 // 256)
        layers = options.gpu_layers
        llama = Llama(options.model, cells=cells, sequences=lanes + 1, gpu_layers=layers, threads=2)
        cpu = _milliseconds(llama, lanes, options.steps, _on_cpu(llama, lanes))
        device = _milliseconds(llama, lanes, options.steps, _on_device(llama, lanes))
        found.append({"lanes": lanes, "on_cpu_ms": cpu, "on_device_ms": device})
        llama.close()
    print(json.dumps(found))


def _on_cpu(llama: Llama, lanes: int) -> Callable[[], None]:
    samplers = [Sampler(SAMPLING) for _ in range(lanes)]

    def choose() -> None:
        for row, sampler in enumerate(samplers):
            sampler.choose(llama.logits(row))

    return choose


def _on_device(llama: Llama, lanes: int) -> Callable[[], None]:
    """Attach a chain to each sequence; its token is there as soon as the step is."""
    chains = [_chain() for _ in range(lanes)]
    for sequence, chain in enumerate(chains):
        if not L.llama_set_sampler(llama._context, sequence, chain):
            raise SystemExit("This build of llama.cpp does not choose tokens on the device.")

    def choose() -> None:
        for row in range(lanes):
            if L.llama_get_sampled_token_ith(llama._context, row) < 0:
                raise SystemExit("The device chose no token.")

    return choose


def _chain() -> object:
    chain = L.llama_sampler_chain_init(L.llama_sampler_chain_default_params())
    for sampler in (
        L.llama_sampler_init_top_k(SAMPLING.top_k),
        L.llama_sampler_init_top_p(SAMPLING.top_p, 1),
        L.llama_sampler_init_temp(SAMPLING.temperature),
        L.llama_sampler_init_dist(SAMPLING.seed),
    ):
        L.llama_sampler_chain_add(chain, sampler)
    return chain


def _milliseconds(llama: Llama, lanes: int, steps: int, choose: Callable[[], None]) -> float:
    """The median of decoding one token in each lane and choosing the next."""
    llama.clear()
    taken = []
    for position in range(steps):
        began = time.perf_counter()
        llama.decode([(_TOKEN, position, (lane,), True) for lane in range(lanes)])
        choose()
        taken.append(time.perf_counter() - began)
    return 1000 * statistics.median(taken)


if __name__ == "__main__":
    main()
