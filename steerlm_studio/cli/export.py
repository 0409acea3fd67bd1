"""`export`: a checkpoint becomes a GGUF."""

import argparse
import json
import sys
import time
from pathlib import Path

from steerlm_studio.errors import StudioError
from steerlm_studio.export.run import Licence, Progress, export
from steerlm_studio.steer.schema import NEMOTRON, schema_named
from steerlm_studio.steer.steering import default_steering

NVIDIA_LICENCE = Licence(
    "nv-ai-foundation-models-license",
    "https://developer.nvidia.com/downloads/nv-ai-foundation-models-license",
)
OWN_LICENCES = ("apache-2.0",)


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("export", help="make a GGUF of a NeMo checkpoint")
    parser.add_argument("checkpoint", metavar="CHECKPOINT", type=Path, help="a .nemo file")
    parser.add_argument("out", metavar="OUT.gguf", type=Path)
    parser.add_argument("--type", default="Q8_0", metavar="T", help="F32, BF16 or Q8_0")
    parser.add_argument("--name", help="the model's name; the checkpoint's file name if not given")
    parser.add_argument("--schema", default=NEMOTRON.id, metavar="S")
    parser.add_argument("--sampling", default="", metavar="NAME", help="preset the studio selects")
    parser.add_argument("--licence", default=NVIDIA_LICENCE.name, metavar="ID")
    parser.add_argument("--accept-licence", action="store_true", help="you accept its terms")
    parser.add_argument("--json", action="store_true", help="progress as JSON lines")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    schema = schema_named(options.schema)
    licence = NVIDIA_LICENCE if options.licence == NVIDIA_LICENCE.name else Licence(options.licence)
    _accept(licence, options)
    show = _as_json if options.json else _Line()
    for progress in export(
        options.checkpoint,
        options.out,
        options.type,
        name=options.name or options.checkpoint.stem,
        control=str(default_steering(schema)),
        system=schema.system,
        schema=schema.id,
        template=schema.template,
        licence=licence,
        sampling=options.sampling,
    ):
        show(progress)
    if not options.json:
        print(f"\n{options.out}: {options.out.stat().st_size / 2**20:.1f} MiB")
    return 0


def _accept(licence: Licence, options: argparse.Namespace) -> None:
    """Ask once for a licence with conditions. Raises StudioError when it is not accepted."""
    if options.accept_licence or licence.name in OWN_LICENCES:
        return
    if sys.stdin.isatty():
        print(f"This checkpoint is under {licence.name}: {licence.link}")
        if input("Do you accept its terms? [y/N] ").strip().lower() in ("y", "yes"):
            return
    raise StudioError(
        f"The licence {licence.name} was not accepted, so nothing was exported. "
        "Read it and add --accept-licence."
    )


class _Line:
    """One line of the terminal, rewritten: tensor, bytes, rate, time still to go."""

    def __init__(self) -> None:
        self.began = time.monotonic()

    def __call__(self, progress: Progress) -> None:
        if progress.step == "writing" and sys.stdout.isatty():
            seconds = max(time.monotonic() - self.began, 1e-3)
            left = seconds * (progress.total - progress.done) / max(progress.done, 1)
            text = (
                f"{progress.tensor:<30} {progress.done / 2**20:8.0f} of "
                f"{progress.total / 2**20:.0f} MiB  {progress.done / 2**20 / seconds:6.0f} MiB/s  "
                f"{left:4.0f} s left"
            )
            print(f"\r{text:<90}", end="", flush=True)


def _as_json(progress: Progress) -> None:
    fields = {"step": progress.step, "tensor": progress.tensor}
    print(json.dumps({**fields, "done": progress.done, "total": progress.total}), flush=True)
