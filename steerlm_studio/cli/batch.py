"""`batch`: a file of prompts under several settings becomes a table."""

import argparse
from collections.abc import Mapping
from contextlib import ExitStack
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
from steerlm_studio.cli.settings import add_steering_options, add_template_options
from steerlm_studio.cli.source import add_source_options, source_of
from steerlm_studio.protocol import Ready
from steerlm_studio.steer.template import Template

_LANES = 8  # settings side by side unless asked otherwise: each takes a part of the context


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
    add_source_options(parser)
    add_steering_options(parser)
    add_template_options(parser)
    parser.add_argument("--mode", choices=("fast", "exact"), default="fast",
                        help="lanes in one batch, or one at a time and reproducible")  # fmt: skip
    add_sampling_options(parser)
    parser.add_argument("--mt-bench-temperatures", action="store_true",
                        help="by category, as FastChat has them")  # fmt: skip
    parser.add_argument("--lanes", type=int, metavar="N", default=_LANES,
                        help=f"settings answered side by side, {_LANES} if not given")  # fmt: skip
    parser.add_argument("--json", action="store_true", help="progress as JSON lines")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    teller = JsonTeller() if options.json else Teller()
    with ended_cleanly(), PromptFile(options.prompts) as prompts, ExitStack() as stack:
        scan = prompts.scan()
        source = source_of(options, stack)
        settings, template = _settings(options, source.metadata)
        made_from = _made_from(options, scan, settings, template, source.fingerprint)
        output = Output(options.out, options.format, settings, made_from, teller.kept)
        stack.enter_context(output)
        progress = Progress(scan.count * len(settings), output.count)
        teller.begun(output, [each.name for each in settings], scan.count, progress)
        is_whole = False
        try:
            if progress.done < progress.total:
                with source.open(min(len(settings), options.lanes)) as engine:
                    output.about = _about(engine.ready, options.mode)
                    together = -(-source.together // len(settings))
                    work = Work(
                        engine, settings, template, options.mode, output, together,
                        as_mt_bench=options.mt_bench_temperatures,
                    )  # fmt: skip
                    _answer(work, prompts, progress, teller)
            is_whole = True
        finally:
            teller.ended(output, progress, is_whole)
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


def _made_from(
    options: argparse.Namespace,
    scan: Scan,
    settings: list[Setting],
    template: Template,
    model: str,
) -> dict[str, str]:
    """What the table belongs to: the same answers would be made again from the same."""
    also: dict[str, object] = {"mode": options.mode, "template": asdict(template)}
    if options.mt_bench_temperatures:
        also["temperatures"] = "MT-Bench"
    return {
        "prompts": scan.fingerprint,
        "settings": fingerprint(settings, **also),
        "model": model,
    }


def _about(ready: Ready, mode: str) -> dict[str, Any]:
    """What each row says of how it was made."""
    about = {"mode": mode, "model": ready.name, "quant": ready.quant, "device": ready.device}
    about["build"] = ready.llama_version
    return about | ({"server": ready.server} if ready.server else {})
