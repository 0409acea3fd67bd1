"""Examines the shipped demo model and writes what it can: `python -m demo_model.report`."""

import argparse
import hashlib
import json
import random
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from demo_model.answers import engine_answers
from demo_model.measures import MEASURES
from demo_model.probes import (
    CHECKS,
    Answer,
    Probe,
    attribute_probes,
    check_probes,
    generator_answers,
)
from demo_model.verdict import Verdict, judge

ROOT = Path(__file__).parents[2]
MODEL = ROOT / "resources" / "demo" / "demo-steerlm-q8_0.gguf"
REPORT = ROOT / "resources" / "demo" / "report.json"
PAGE = ROOT / "docs" / "demo-model.md"
START, END = "<!-- report -->", "<!-- /report -->"
TEMPERATURE = 0.6  # the demo model's own preset


def make_probes(seed: int, per_attribute: int, per_check: int) -> list[Probe]:
    """The whole examination, the same for the same seed."""
    rng = random.Random(seed)
    probes = [p for name in MEASURES for p in attribute_probes(rng, name, per_attribute)]
    return probes + [p for check in CHECKS for p in check_probes(rng, check, per_check)]


def examine(answer: Answer, probes: Sequence[Probe]) -> tuple[Verdict, list[str]]:
    """The verdict on `answer`, and its replies."""
    replies = answer(probes)
    return judge(probes, replies, generator_answers(probes)), replies


def table(verdict: Verdict) -> str:
    """The verdict as Markdown."""
    lines = [
        "| attribute | replies | model | generator | measure at 0 … 4 | |",
        "|---|---|---|---|---|---|",
    ]
    for figure in verdict.attributes:
        means = " · ".join(f"{mean:g}" for mean in figure.means)
        lines.append(
            f"| {figure.name} | {figure.replies} | {figure.model:.2f} | {figure.generator:.2f} "
            f"| {means} | {_mark(figure.passed)} |"
        )
    lines += ["", "| check | tries | right | gate | |", "|---|---|---|---|---|"]
    for check in verdict.checks:
        gate = "" if check.gate is None else f"{check.gate:.0%}"
        lines.append(
            f"| {check.name} | {check.replies} | {check.share:.1%} | {gate} "
            f"| {_mark(check.passed)} |"
        )
    return "\n".join(lines)


def _mark(passed: bool) -> str:
    return "✓" if passed else "falls short"


def write_page(page: Path, verdict: Verdict) -> None:
    """Puts the table between the two markers of `page`; makes them where they are missing."""
    text = page.read_text(encoding="utf-8") if page.exists() else "# The demo model\n"
    if START not in text:
        text += f"\n## Measured\n\n{START}\n{END}\n"
    head, rest = text.split(START, 1)
    tail = rest.split(END, 1)[1]
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(f"{head}{START}\n{table(verdict)}\n{END}{tail}", encoding="utf-8")


def write_report(path: Path, verdict: Verdict, facts: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(facts | verdict.as_dict(), indent=1) + "\n", encoding="utf-8")


def main() -> int:
    """Exit code 1 when a gate is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=MODEL)
    parser.add_argument("--per-attribute", type=int, default=100)
    parser.add_argument("--per-check", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=0, help="0 adapts it")
    parser.add_argument("--generator", action="store_true", help="examine the corpus itself")
    parser.add_argument("--replies", type=Path, help="write every question and reply here")
    parser.add_argument("--dry", action="store_true", help="print only, write nothing else")
    options = parser.parse_args()
    probes = make_probes(options.seed, options.per_attribute, options.per_check)
    if options.generator:
        answer: Answer = generator_answers
    else:
        answer = engine_answers(options.model, TEMPERATURE, options.seed, options.threads)
    verdict, replies = examine(answer, probes)
    print(table(verdict))
    if options.replies:
        _write_replies(options.replies, probes, replies)
    if not (options.dry or options.generator):
        digest = hashlib.sha256(options.model.read_bytes()).hexdigest()
        facts = {"model": options.model.name, "sha256": digest, "seed": options.seed}
        write_report(REPORT, verdict, facts | {"temperature": TEMPERATURE})
        write_page(PAGE, verdict)
    return 0 if verdict.passed else 1


def _write_replies(path: Path, probes: Sequence[Probe], replies: Sequence[str]) -> None:
    lines = [
        json.dumps(
            {"about": p.about, "user": p.user, "control": p.told.text, "reply": reply},
            ensure_ascii=False,
        )
        for p, reply in zip(probes, replies, strict=True)
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
