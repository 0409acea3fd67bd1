"""A sweep as a page for people and as a table for programs."""

import csv
import html
import io
from collections.abc import Sequence
from pathlib import Path

from steerlm_studio.errors import StudioError
from steerlm_studio.measures import distinct, lix, sentences, words
from steerlm_studio.steer.sweep import Sweep, written
from steerlm_studio.ui.chat import Answer

_STYLE = """
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, "Noto Sans", sans-serif; margin: 2rem; }
table { border-collapse: collapse; width: 100%; table-layout: fixed; }
th, td { border: 1px solid; padding: .5rem; vertical-align: top; text-align: start; }
td { white-space: pre-wrap; overflow-wrap: anywhere; unicode-bidi: plaintext; }
p { font-size: .875rem; } code { overflow-wrap: anywhere; }
small { display: block; margin-top: .5rem; }
"""
_COLUMNS = ("across", "across_value", "down", "down_value", "control", "seed", "mode", "finish",
            "tokens", "words", "sentences", "lix", "distinct_2", "text")  # fmt: skip


def as_html(sweep: Sweep, question: str, answers: Sequence[Answer]) -> str:
    """A page that stands alone: the axes on the edges, each reply in its cell."""
    heads = "".join(f"<th>{_safe(sweep.across.name_of(n))}</th>" for n in range(sweep.columns))
    rows = []
    for row in range(sweep.rows):
        own = answers[row * sweep.columns : (row + 1) * sweep.columns]
        name = f"<th>{_safe(sweep.down.name_of(row))}</th>" if sweep.down else ""
        rows.append(f"<tr>{name}{''.join(map(_cell, own))}</tr>")
    corner = "<th></th>" if sweep.down else ""
    seed = answers[0].sampling.seed if answers else 0
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">\n'
        f"<title>{_safe(question)}</title>\n<style>{_STYLE}</style></head>\n<body>\n"
        f'<h1 dir="auto">{_safe(question)}</h1>\n'
        f"<p>seed {seed} · <code>{_safe(str(sweep.base))}</code></p>\n"
        f"<table><tr>{corner}{heads}</tr>\n{chr(10).join(rows)}\n</table>\n</body></html>\n"
    )


def as_csv(sweep: Sweep, answers: Sequence[Answer]) -> str:
    """One row per cell. Numbers have a point, whatever the user's language."""
    out = io.StringIO(newline="")
    table = csv.writer(out)
    table.writerow(_COLUMNS)
    for cell, answer in zip(sweep.cells(), answers, strict=True):
        down = (sweep.down.key, written(sweep.down.values[cell.row])) if sweep.down else ("", "")
        across = (sweep.across.key, written(sweep.across.values[cell.column]))
        text = answer.text.strip()
        made = (str(answer.steering), answer.sampling.seed, answer.mode, answer.finish or "")
        counts = (answer.tokens, len(words(text)), sentences(text), _real(lix(text)))
        table.writerow((*across, *down, *made, *counts, _real(distinct(text)), _inert(text)))
    return out.getvalue()


def write_text(text: str, file: Path) -> None:
    """Write it to `file`. Raises StudioError."""
    try:
        file.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        why = error.strerror or error
        raise StudioError(f"The sweep cannot be written to {file}: {why}.") from error


def _cell(answer: Answer) -> str:
    count = f"{len(words(answer.text))} words, {answer.finish or 'unfinished'}"
    return f'<td dir="auto">{_safe(answer.text.strip())}<small>{count}</small></td>'


def _safe(text: str) -> str:
    return html.escape(_shown(text))


def _inert(text: str) -> str:
    """What no spreadsheet takes for a formula: an apostrophe before it makes it a text there."""
    return f"'{text}" if _shown(text).startswith(("=", "+", "-", "@", "\t")) else text


def _shown(text: str) -> str:
    return "".join(c for c in text if c >= " " or c in "\n\t")


def _real(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"
