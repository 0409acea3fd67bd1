"""`make gpu-check`: everything that can only be seen on a GPU, into docs/performance-gpu.md.

    python -m gpu.check [--size 8b] [--types BF16,Q8_0,Q6_K,Q4_K_M] [--out FILE] [--allow-cpu]

Random weights of the full shape are written one type at a time and removed again. What fails is a
line of the report, not its end; the exit status is 1 when a check failed. `--allow-cpu` tries the
check itself where there is no GPU, with a small model.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from gpu.widths import SAME_TEXT

ROOT = Path(__file__).resolve().parent.parent.parent
STUDIO = [sys.executable, "-m", "steerlm_studio"]
# GB/s of memory, from NVIDIA's data sheets; the first that stands in the GPU's name
BANDWIDTH = {
    "A100-SXM4-40GB": 1555, "A100-PCIE-40GB": 1555, "A100 80GB PCIe": 1935, "A100": 2039,
    "H100 PCIe": 2039, "H100 NVL": 3938, "H200": 4800, "H100": 3350, "4090": 1008, "3090": 936,
}  # fmt: skip
YARDSTICKS = ROOT / "build" / "yardsticks" / "build" / "bin"
_HOUR = 3600


@dataclass
class Report:
    """Lines of Markdown, and whether all checks held."""

    out: Path
    lines: list[str] = field(default_factory=list)
    failed: int = 0

    def add(self, title: str, check: Callable[[], Iterator[str]]) -> None:
        """Run a check; what it raises stands in the report in its place.

        The file is written after each: time on a GPU may end before the checks do.
        """
        print(f"· {title}", flush=True)
        self.lines += ["", f"## {title}", ""]
        try:
            self.lines += check()
        except Exception as error:  # counted and told: those after it are worth their time
            said = getattr(error, "stderr", "") or repr(error)
            self.failed += 1
            self.lines += ["FAILED:", "", *(f"    {line}" for line in said.splitlines()[-12:])]
        self.out.write_text("\n".join(self.lines) + "\n", encoding="utf-8")


class Failed(Exception):
    """A check did not hold."""


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--size", default="8b")
    parser.add_argument("--types", default="BF16,Q8_0,Q6_K,Q4_K_M")
    parser.add_argument("--lanes", default="1,4,8,25")
    parser.add_argument("--depth", default="0,1024,3000")
    parser.add_argument("--repeat", default="5")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "performance-gpu.md")
    parser.add_argument("--allow-cpu", action="store_true")
    options = parser.parse_args()
    about = _devices()
    gpus = [device for device in about["devices"] if device["kind"] == "gpu"]
    if not gpus and not options.allow_cpu:
        sys.exit("llama.cpp sees no GPU here. Run `make cuda` on a machine with one, then this.")
    report = Report(options.out, _head(about, gpus, options))
    for kind in options.types.split(","):
        _check_type(report, options, kind, gpus)
    print(f"{options.out}: {report.failed} checks failed")
    return 1 if report.failed else 0


def _head(about: dict[str, Any], gpus: Sequence[dict[str, Any]], options: Any) -> list[str]:
    devices = ", ".join(f"{gpu['description']} ({_gib(gpu['memory_total'])})" for gpu in gpus)
    return [
        "# On a GPU",
        "",
        f"Written by `make gpu-check` on {date.today()}, random weights of shape {options.size}.",
        "",
        f"- device: {devices or 'none, CPU only: a trial of the check itself'}",
        f"- llama.cpp: {about['llama_version']}",
        f"- build: {about['build_flags']}",
    ]


def _check_type(
    report: Report, options: argparse.Namespace, kind: str, gpus: Sequence[dict[str, Any]]
) -> None:
    """All checks of one quantization, on a model that is removed afterwards."""
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as folder:
        model = Path(folder) / f"random-{options.size}-{kind}.gguf"
        make = ("bench", "--make-model", options.size, "--type", kind, "--out", str(model))
        report.add(f"{kind}: the model", lambda: iter([_made(make, model)]))
        if not model.is_file():
            return
        report.add(f"{kind}: finite logits", lambda: _finite(model))
        report.add(f"{kind}: lanes", lambda: _lanes(model, options, gpus))
        report.add(f"{kind}: a lane's text beside others", lambda: _widths(model))
        report.add(f"{kind}: choosing tokens on CPU and device", lambda: _sampling(model))
        report.add(f"{kind}: beside llama.cpp's own programs", lambda: _compared(model))
        report.add(f"{kind}: more than the memory holds", lambda: _too_much(model, bool(gpus)))


def _made(make: Sequence[str], model: Path) -> str:
    _said(*STUDIO, *make)
    return f"{_gib(model.stat().st_size)}"


def _finite(model: Path) -> Iterator[str]:
    done = _run(sys.executable, "-m", "gpu.finite", str(model))
    if not done.stdout.strip():
        raise Failed(done.stderr)
    yield from ("| rows | finite | largest logit |", "|---|---|---|")
    for seen in json.loads(done.stdout):
        finite = "yes" if seen["finite"] else "**NO**"
        yield f"| {seen['rows']} | {finite} | {seen['highest']:.1f} |"
    if done.returncode:
        raise Failed("not all logits are finite")


def _lanes(
    model: Path, options: argparse.Namespace, gpus: Sequence[dict[str, Any]]
) -> Iterator[str]:
    figures = ("--lanes", options.lanes, "--depth", options.depth, "--repeat", options.repeat)
    said = json.loads(_said(*STUDIO, "bench", "--model", str(model), *figures, "--json"))
    yield from (
        "| depth | lanes | prompt t/s | generated t/s | first token cold | after a slider move | "
        "evaluated / ideal | step p50 | sampling |",
        "|---|---|---|---|---|---|---|---|---|",
    )
    for row in said["rows"]:
        yield (
            f"| {row['depth']} | {row['lanes']} | {row['prompt_rate']:,.0f} | "
            f"{row['generation_rate']:,.1f} | {1000 * row['first_token_cold']:.1f} ms | "
            f"{1000 * row['first_token_move']:.1f} ms | {row['evaluated_to_ideal']:.3f} | "
            f"{1000 * row['step_p50']:.2f} ms | {row['sampling_share']:.1%} |"
        )
    yield from _roofline(model, said["rows"], gpus)


def _roofline(
    model: Path, rows: Sequence[dict[str, Any]], gpus: Sequence[dict[str, Any]]
) -> Iterator[str]:
    """Each token reads all weights but the embedding's: memory bandwidth bounds a single lane."""
    name = gpus[0]["description"] if gpus else ""
    known = next((rate for word, rate in BANDWIDTH.items() if word in name), None)
    if known is None:
        yield f"\nNo roofline: the memory bandwidth of {name or 'this CPU'} is not listed."
        return
    read = model.stat().st_size - _embedding_bytes(model)
    most = known * 1e9 / read
    alone = [row["generation_rate"] for row in rows if row["lanes"] == 1]
    if not alone:
        yield "\nNo roofline: no single lane was measured."
        return
    bound = f"{known} GB/s, {read / 1e9:.2f} GB a token"
    yield f"\nRoofline {most:,.0f} t/s ({bound}): {max(alone) / most:.0%} of it"


def _embedding_bytes(model: Path) -> int:
    from gguf import GGUFReader

    tensors = GGUFReader(model).tensors
    return next(int(t.n_bytes) for t in tensors if t.name == "token_embd.weight")


def _widths(model: Path) -> Iterator[str]:
    done = _run(sys.executable, "-m", "gpu.widths", str(model))
    yield done.stdout.strip() or done.stderr.strip()[-500:]
    if done.returncode:
        raise Failed(f"not so: {SAME_TEXT}")


def _sampling(model: Path) -> Iterator[str]:
    yield from ("| lanes | step, chosen on the CPU | chosen on the device |", "|---|---|---|")
    for row in json.loads(_said(sys.executable, "-m", "gpu.sampling", str(model))):
        yield f"| {row['lanes']} | {row['on_cpu_ms']:.2f} ms | {row['on_device_ms']:.2f} ms |"


def _compared(model: Path) -> Iterator[str]:
    if not (YARDSTICKS / "llama-bench").exists():
        yield "Not compared: `make yardsticks` builds llama.cpp's own programs."
        return
    script = ROOT / "tests" / "benchmarks" / "compare.py"
    said = _said(sys.executable, str(script), "--model", str(model), "--programs", str(YARDSTICKS))
    yield from ("```", *said.splitlines(), "```")


def _too_much(model: Path, on_gpu: bool) -> Iterator[str]:
    """Engines beside each other until no memory holds the next: refused in words, none harmed."""
    done = _run(sys.executable, "-m", "gpu.crowd", str(model), *(["--force"] if on_gpu else []))
    if not done.stdout.strip():
        raise Failed(done.stderr)
    said = json.loads(done.stdout)
    yield f"- opened with 64 lanes at 4096 tokens: {said['opened']}"
    yield f"- the next: {said['refused'] or 'not tried, all fitted'}"
    otherwise = "it fitted" if said["refused"] and on_gpu else "not tried"
    yield f"- the next by force: {said['forced'] or otherwise}"
    yield f"- the first one answers: {'yes' if said['answers'] else '**NO**'}"
    if done.returncode:
        raise Failed("a refusal was no sentence, or the first engine was harmed")


def _devices() -> dict[str, Any]:
    said = _said(sys.executable, "-m", "steerlm_studio.engine.devices")
    found: dict[str, Any] = json.loads(said)
    return found


def _said(*command: str) -> str:
    done = _run(*command)
    done.check_returncode()
    return done.stdout


def _run(*command: str) -> "subprocess.CompletedProcess[str]":
    path = os.pathsep.join((str(ROOT), str(ROOT / "packaging")))
    environment = {**os.environ, "PYTHONPATH": path}
    return subprocess.run(command, capture_output=True, text=True, timeout=_HOUR, env=environment)


def _gib(size: int) -> str:
    return f"{size / 2**30:.2f} GiB"


if __name__ == "__main__":
    sys.exit(main())
