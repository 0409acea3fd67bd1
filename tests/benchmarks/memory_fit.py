"""The estimate against what is really allocated, for five model shapes.

    python tests/benchmarks/memory_fit.py [--further | MODEL.gguf …]

Without arguments it writes five random models of different heads, groups, vocabularies and layers,
with `--further` five others, to which the reckoning was not fitted.
`allocated` is what llama.cpp says of its buffers, on GPUs of those that are there, `resident` what
the engine's process holds more than one that has loaded the smallest model.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import msgspec
import psutil

from steerlm_studio.engine import header
from steerlm_studio.engine.client import Engine
from steerlm_studio.engine.estimate import Estimate
from steerlm_studio.memory_need import need
from tests.engine import tiny
from tests.engine.shapes import CASES, FURTHER, Case

MEBI = 2**20


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        if sys.argv[1:] and sys.argv[1:] != ["--further"]:
            given = [Path(argument) for argument in sys.argv[1:]]
            cases = [(Case(path.stem, tiny.Shape()), path) for path in given]
        else:
            shapes = FURTHER if sys.argv[1:] else CASES
            cases = [(case, case.write(Path(folder))) for case in shapes]
        empty = tiny.write(Path(folder) / "empty.gguf", shape=tiny.Shape(1, 32, 1, 0, 32))
        _, baseline = _loaded(Case("empty", tiny.Shape(), context=256), empty)
        print("model        allocated  simulated/  reckoned/  resident")
        for case, path in cases:
            _weigh(case, path, baseline)
    return 0


def _weigh(case: Case, path: Path, baseline: int) -> None:
    allocated, resident = _loaded(case, path)
    said = _simulated(case, path)
    size = case.context, case.lanes, case.cache
    reckoned = need(header.read(path), *size, gpus=said.gpus).total
    print(
        f"{case.name:12} {allocated / MEBI:6.1f} MiB {said.need.total / allocated:11.3f}"
        f" {reckoned / allocated:10.3f} {(resident - baseline) / MEBI:6.1f} MiB"
    )


def _loaded(case: Case, path: Path) -> tuple[int, int]:
    options = {"context": case.context, "lanes": case.lanes, "cache": case.cache}
    with Engine(path, threads=1, **options) as engine:
        held = engine.ready.memory
        resident = psutil.Process(engine.pid).memory_info().rss
    on_gpus = [h for h in held if h.device != "CPU"]
    return sum(h.weights + h.cache + h.compute for h in on_gpus or held), resident


def _simulated(case: Case, path: Path) -> Estimate:
    command = [sys.executable, "-m", "steerlm_studio.engine.estimate", str(path), *case.options]
    done = subprocess.run(command, capture_output=True, check=True)
    return msgspec.json.decode(done.stdout, type=Estimate)


if __name__ == "__main__":
    sys.exit(main())
