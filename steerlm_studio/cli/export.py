"""`export`: a checkpoint becomes one or several GGUFs."""

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

from steerlm_studio.amounts import as_bytes
from steerlm_studio.cli.calibration import BUILT_IN, calibration_text
from steerlm_studio.cli.ending import ended_cleanly
from steerlm_studio.cli.export_progress import as_json, terminal_line
from steerlm_studio.cli.words import print_table
from steerlm_studio.errors import StudioError
from steerlm_studio.export import run as export
from steerlm_studio.export.calibrate import Calibration
from steerlm_studio.export.checkpoint import Checkpoint
from steerlm_studio.export.file_types import FILE_TYPES, file_type
from steerlm_studio.export.gguf_file import Model, Target
from steerlm_studio.export.importance import importance
from steerlm_studio.export.llama import Floats
from steerlm_studio.export.plan import file_bytes
from steerlm_studio.export.verify import Source
from steerlm_studio.models.licences import accept, is_accepted, licence_named, usual_licence
from steerlm_studio.steer.schema import NEMO_ALIGNER, NEMOTRON, Schema, schema_named
from steerlm_studio.steer.steering import default_steering

_HALF = (
    "F16 ends at 65504. Squared ReLU makes large values, and on a GPU sums of them can overflow; "
    "BF16 is as large and does not."
)


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("export")
    parser.add_argument("checkpoint", metavar="CHECKPOINT", type=Path, help=".nemo or folder")
    parser.add_argument("out", metavar="OUT.gguf", type=Path, help="with several types: OUT-T.gguf")
    parser.add_argument(
        "--type", action="append", metavar="T", help=f"{', '.join(FILE_TYPES)}; may be repeated"
    )
    parser.add_argument("--imatrix", metavar="FILE", type=Path, help="importance matrix")
    parser.add_argument(
        "--calibrate",
        metavar="TEXT",
        help=f"compute one from a text of prompts; “{BUILT_IN}” for our own",
    )
    parser.add_argument("--ffn-down-type", default="", metavar="T", help="e.g. Q8_0, for CUDA")
    parser.add_argument("--name", help="the model's name; the checkpoint's file name if not given")
    parser.add_argument("--schema", metavar="S", help="attributes; the family's own if not given")
    parser.add_argument("--sampling", default="", metavar="NAME", help="preset the studio selects")
    parser.add_argument("--base-model", default="", metavar="M", help="what it was trained from")
    parser.add_argument("--licence", metavar="ID", help="the family's usual one if not given")
    parser.add_argument("--accept-licence", action="store_true", help="you accept its terms")
    parser.add_argument("--dry-run", action="store_true", help="tell the sizes, write nothing")
    parser.add_argument(
        "--verify",
        choices=("file", "logits"),
        default="file",
        help="logits: also compute the checkpoint for some tokens and compare",
    )
    parser.add_argument("--no-verify", action="store_const", const="", dest="verify")
    parser.add_argument("--json", action="store_true", help="progress as JSON lines")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    show = as_json if options.json else terminal_line()
    types = _outs(options.out, list(dict.fromkeys(map(file_type, options.type or ["Q8_0"]))))
    export.check_names(options.checkpoint, list(types))
    with export.opened(options.checkpoint) as source:
        about = _about(options, source)
        if not options.dry_run:
            _accept(about.licence, options)
        weighed = _weights(options, source, show)
        model = export.prepared(source, about, options.checkpoint.name, weighed)
        targets = export.targets(model, types, options.ffn_down_type)
        if "F16" in types.values():
            print(f"steerlm-studio: {_HALF}", file=sys.stderr)
        if options.dry_run:
            _tell_sizes(model, targets, options.json)
            return 0
        judge = _judge(options, source, model, show)
        with ended_cleanly(), closing(export.written(model, targets, judge)) as steps:
            for progress in steps:
                show(progress)
    if not options.json:
        for target in targets:
            print(f"{target.out}: {as_bytes(target.out.stat().st_size)}")
    return 0


def _judge(
    options: argparse.Namespace,
    source: Checkpoint,
    model: Model,
    show: Callable[[export.Progress], None],
) -> Source | None:
    """What the new files are to be held against; the network's own logits take their time."""
    if not options.verify:
        return None
    if options.verify == "logits":
        show(export.Progress("computing", options.checkpoint.name))
    return export.judge(source, model, options.verify == "logits")


def _weights(
    options: argparse.Namespace, source: Checkpoint, show: Callable[[export.Progress], None]
) -> Mapping[str, Floats]:
    """The importance matrix that was asked for; empty without one."""
    if options.imatrix and options.calibrate:
        raise StudioError("Give either --imatrix or --calibrate, and not both.")
    if options.imatrix:
        return importance(options.imatrix)
    if not options.calibrate:
        return {}
    schema = schema_named(options.schema) if options.schema else _family(source)
    text = calibration_text(options.calibrate, schema)
    calibration = Calibration(source, text, Path(options.calibrate).name)
    if options.dry_run:
        return calibration.unweighed()
    for done in calibration:
        show(export.Progress("calibrating", calibration.name, done, calibration.total))
    return calibration.weights


def _outs(out: Path, types: list[str]) -> dict[Path, str]:
    """One file has the name that was given, several have their types in their names."""
    if len(types) == 1:
        return {out: types[0]}
    return {out.with_name(f"{out.name.removesuffix('.gguf')}-{t}.gguf"): t for t in types}


def _about(options: argparse.Namespace, source: Checkpoint) -> export.About:
    schema = schema_named(options.schema) if options.schema else _family(source)
    licence = licence_named(options.licence) if options.licence else usual_licence(schema.id)
    return export.About(
        name=options.name or options.checkpoint.name.removesuffix(".nemo"),
        control=str(default_steering(schema)),
        system=schema.system,
        schema=schema.id,
        template=schema.template,
        licence=export.Licence(licence.id, licence.link),
        sampling=options.sampling,
        base_model=options.base_model,
    )


def _family(source: Checkpoint) -> Schema:
    """SteerLM models on Llama's architecture were all made with NeMo-Aligner."""
    return NEMO_ALIGNER if source.network.architecture == "llama" else NEMOTRON


def _accept(named: export.Licence | None, options: argparse.Namespace) -> None:
    """Ask once for a licence with conditions. Raises StudioError when it is not accepted."""
    licence = licence_named(named.name if named else "")
    if options.accept_licence or is_accepted(licence):
        return
    if sys.stdin.isatty():
        print(f"This checkpoint is under {licence.name}: {licence.link}")
        if input("Do you accept its terms? [y/N] ").strip().lower() in ("y", "yes"):
            accept(licence)
            return
    raise StudioError(
        f"The licence {licence.name} was not accepted, so nothing was exported. "
        "Read it and add --accept-licence."
    )


def _tell_sizes(model: Model, targets: list[Target], as_json: bool) -> None:
    rows = [(str(t.out), t.file_type, file_bytes(model, t)) for t in targets]
    if as_json:
        print(
            json.dumps([{"file": file, "type": kind, "bytes": size} for file, kind, size in rows])
        )
    else:
        print_table((kind, as_bytes(size), file) for file, kind, size in rows)
