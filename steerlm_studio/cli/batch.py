"""`batch`: a file of prompts under several settings becomes a table."""

import argparse
import hashlib
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from steerlm_studio.batch.output import FORMATS, Output, fingerprint
from steerlm_studio.batch.prompts import PromptFile, Scan
from steerlm_studio.batch.settings import Setting, read_settings
from steerlm_studio.cli.batch_progress import JsonTeller, Progress, Teller
from steerlm_studio.cli.batch_work import Work
from steerlm_studio.cli.ending import ended_cleanly
from steerlm_studio.cli.generate import add_sampling_options, chosen_base, chosen_sampling
from steerlm_studio.cli.settings import add_steering_options, add_template_options, model_path
from steerlm_studio.engine.client import Engine
from steerlm_studio.gguf_header import glance
from steerlm_studio.protocol import Ready
from steerlm_studio.steer.template import Template

_LANES = 8  # settings side by side unless asked otherwise: each takes a part of the context
_ENDS = 2**20  # bytes at both ends of a model that tell it from others


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("batch")
    parser.add_argument("prompts", metavar="PROMPTS", type=Path,
                        help="text, a prompt a line; JSONL; MT-Bench questions")  # fmt: skip
    parser.add_argument("--settings", metavar="FILE.json", type=Path, required=True,
                        help="named steerings, e.g. {“base”: “”, “funny”: “humor=4”}")  # fmt: skip
    parser.add_argument("--out", metavar="OUT.jsonl", type=Path, required=True,
                        help="a line an answer; goes on where an earlier start ended")  # fmt: skip
    parser.add_argument("--format", choices=FORMATS, default="studio",
                        help="fastchat: what its judge reads, a file for each setting")  # fmt: skip
    parser.add_argument("--model", metavar="M", default="demo", help="a .gguf file, or demo")
    add_steering_options(parser)
    add_template_options(parser)
    parser.add_argument("--mode", choices=("fast", "exact"), default="fast",
                        help="lanes in one batch, or one at a time and reproducible")  # fmt: skip
    add_sampling_options(parser)
    parser.add_argument("--lanes", type=int, metavar="N", default=_LANES,
                        help=f"settings answered side by side, {_LANES} if not given")  # fmt: skip
    parser.add_argument("--context", type=int, metavar="TOKENS", default=0)
    parser.add_argument("--gpu-layers", type=int, metavar="N", default=-1)
    parser.add_argument("--threads", type=int, metavar="N", default=0, help="0 adapts it")
    parser.add_argument("--json", action="store_true", help="progress as JSON lines")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    teller = JsonTeller() if options.json else Teller()
    path = model_path(options.model)
    with ended_cleanly(), PromptFile(options.prompts) as prompts:
        scan = prompts.scan()
        settings, template = _settings(options, glance(path).strings)
        made_from = _made_from(options, scan, settings, template, path)
        with Output(options.out, options.format, settings, made_from, teller.kept) as output:
            progress = Progress(scan.count * len(settings), output.count)
            teller.begun(output, [each.name for each in settings], scan.count, progress)
            try:
                if progress.done < progress.total:
                    with _engine(options, path, len(settings)) as engine:
                        output.about = _about(engine.ready, options.mode)
                        work = Work(engine, settings, template, options.mode, output)
                        _answer(work, prompts, progress, teller)
            finally:
                teller.ended(output, progress)
    return 1 if progress.failed else 0


def _answer(work: Work, prompts: PromptFile, progress: Progress, teller: Teller) -> None:
    progress.start()
    for result in work.answer(prompts):
        progress.count(result)
        teller.told(result, progress)


def _settings(
    options: argparse.Namespace, metadata: Mapping[str, str]
) -> tuple[list[Setting], Template]:
    base, template = chosen_base(metadata, options)
    sampling = chosen_sampling(metadata, options)
    return [named.on(base, sampling) for named in read_settings(options.settings)], template


def _engine(options: argparse.Namespace, path: Path, settings: int) -> Engine:
    return Engine(
        path,
        context=options.context,
        lanes=min(settings, options.lanes),
        gpu_layers=options.gpu_layers,
        threads=options.threads,
    )


def _made_from(
    options: argparse.Namespace,
    scan: Scan,
    settings: list[Setting],
    template: Template,
    path: Path,
) -> dict[str, str]:
    """What the table belongs to: the same answers would be made again from the same."""
    return {
        "prompts": scan.fingerprint,
        "settings": fingerprint(settings, mode=options.mode, template=asdict(template)),
        "model": _model_fingerprint(path),
    }


def _model_fingerprint(path: Path) -> str:
    """Of its size and both ends, since reading 17 GB takes longer than most batches."""
    size = path.stat().st_size
    with path.open("rb") as file:
        digest = hashlib.sha256(str(size).encode() + file.read(_ENDS))
        file.seek(max(0, size - _ENDS))
        digest.update(file.read(_ENDS))
    return digest.hexdigest()[:16]


def _about(ready: Ready, mode: str) -> dict[str, Any]:
    """What each row says of how it was made."""
    return {"mode": mode, "model": ready.name, "quant": ready.quant, "device": ready.device}
