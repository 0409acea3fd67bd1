"""Holds a new GGUF against its checkpoint before it gets its name."""

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
from sentencepiece import SentencePieceProcessor

from steerlm_studio.child import child_command
from steerlm_studio.errors import StudioError, piece
from steerlm_studio.export.encode import encoded
from steerlm_studio.export.gguf_file import Model, Target
from steerlm_studio.export.gguf_table import Entry, table
from steerlm_studio.export.llama import Floats
from steerlm_studio.export.probes import PROMPT, STRINGS
from steerlm_studio.export.tokenizer import CONTROL_SPELLING
from steerlm_studio.outcome import outcome

SAMPLED = 5  # rows of a matrix
_LEAST = {"F32": 0.9999, "F16": 0.999, "BF16": 0.999, "Q8_0": 0.99, "Q3_K_M": 0.6, "Q2_K": 0.4}


@dataclass(frozen=True)
class Report:
    """What was found right. `correlation` and `worst` are of logits, where they were compared."""

    file: str
    tensors: int
    rows: int  # of the file that are those of the checkpoint, as sampled
    strings: int  # that become the ids of SentencePiece
    prompt: int  # tokens after all of which the logits were finite
    compared: int = 0  # positions at which the logits were compared
    correlation: float = 0.0
    worst: float = 0.0


@dataclass(frozen=True)
class Source:
    """What a GGUF is held against: the SentencePiece model, and maybe logits for `ids`."""

    tokenizer: bytes
    ids: Sequence[int] = ()
    logits: Floats | None = None


def verified(path: Path, model: Model, target: Target, source: Source) -> Report:
    """Check the file at `path`, to be named `target.out`. Raises StudioError for what is wrong."""
    header, entries = table(path)
    wanted = {
        name: (tuple(tensor.shape), target.kinds[name]) for name, tensor in model.tensors.items()
    }
    found = {name: (entry.shape, entry.type) for name, entry in entries.items()}
    if found != wanted or header.architecture != model.architecture:
        raise _wrong(target, "its list of tensors is not what was to be written")
    with path.open("rb") as file:
        rows = sum(_sampled(file, model, target, entries[name]) for name in entries)
    processor = SentencePieceProcessor(model_proto=source.tokenizer)
    dummy = model.metadata.get("steerlm.dummy_prefix") is True
    prompt = processor.encode(PROMPT)
    answer = _asked(
        path,
        {
            "strings": [_parts(processor, text, dummy) for text in STRINGS],
            "prompt": prompt,
            "logits": list(source.ids),
        },
    )
    for text, ids in zip(STRINGS, answer["ids"], strict=True):
        if ids != processor.encode(text):
            raise _wrong(target, f"it gives other tokens than SentencePiece for {text[:60]!r}")
    if not answer["finite"]:
        raise _wrong(target, "it computes values that are no numbers")
    report = Report(str(target.out), len(entries), rows, len(STRINGS), len(prompt))
    return report if source.logits is None else _compared(report, target, source, answer["logits"])


def _sampled(file: Any, model: Model, target: Target, entry: Entry) -> int:
    """The number of rows that were compared: some of a matrix, all of a vector at once."""
    tensor = model.tensors[entry.name]
    count = tensor.shape[0]
    if len(entry.shape) == 1:
        spans = [(0, count)]
    else:
        random = np.random.default_rng(crc32(entry.name.encode()))
        rows = {0, count - 1, *random.integers(0, count, SAMPLED - 2).tolist()}
        spans = [(row, row + 1) for row in sorted(rows)]
    for start, stop in spans:
        kind, weights = target.kinds[entry.name], model.importance.get(entry.name)
        wanted = encoded(entry.name, tensor.rows(start, stop), tensor.dtype, kind, weights)
        file.seek(entry.offset + start * entry.row_bytes)
        if crc32(file.read(len(wanted))) != crc32(wanted):
            raise _wrong(target, f"row {start} of {entry.name} is not the checkpoint's")
    return len(spans)


def _parts(processor: Any, text: str, dummy_prefix: bool) -> list[tuple[bool, str]]:
    """A string cut at the control tokens, as llama.cpp is to be given it."""
    pieces = CONTROL_SPELLING.split(text)
    marked = [(_is_unit(processor, piece), piece) for piece in pieces if piece]
    if dummy_prefix and marked:
        marked.insert(0, (False, " "))
    parts: list[tuple[bool, str]] = []
    for control, group in groupby(marked, key=lambda part: part[0]):
        texts = [piece for _, piece in group]
        parts += [(True, each) for each in texts] if control else [(False, "".join(texts))]
    return parts


def _is_unit(processor: Any, piece: str) -> bool:
    """Whether SentencePiece takes this spelling for one piece wherever it stands."""
    if not CONTROL_SPELLING.fullmatch(piece):
        return False
    return bool(processor.encode(f"a{piece}a").count(processor.piece_to_id(piece)) == 1)


def _asked(path: Path, question: dict[str, Any]) -> dict[str, Any]:
    module = "steerlm_studio.export.verify_child"
    done = subprocess.run(
        child_command(module, str(path)),
        input=json.dumps(question).encode(),
        capture_output=True,
        check=False,
    )
    if done.returncode:
        log = done.stderr.decode("utf-8", errors="replace")
        raise outcome(
            done.returncode,
            log,
            name=piece("The trial of the new file in llama.cpp"),
            left=piece("The new file was removed"),
            smaller=piece("close other programs"),
        )
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _compared(report: Report, target: Target, source: Source, rows: list[list[float]]) -> Report:
    wanted, found = source.logits, np.array(rows, np.float32)
    assert wanted is not None
    wanted = wanted[:, : found.shape[1]]
    alike = float(np.corrcoef(wanted.ravel(), found.ravel())[0, 1])
    if not alike >= _LEAST.get(target.file_type, 0.9):
        raise _wrong(target, f"its logits are not the checkpoint's (correlation {alike:.3f})")
    worst = float(np.abs(wanted - found).max())
    return replace(report, compared=len(source.ids), correlation=alike, worst=worst)


def _wrong(target: Target, what: str) -> StudioError:
    return StudioError(
        f"{target.out.name} was written but is not right: {what}. It was removed. Check the disk "
        "and try again; if it stays so, report it with the name of the checkpoint."
    )
