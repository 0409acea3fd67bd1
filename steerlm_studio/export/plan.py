"""Which number format each tensor gets in a file of some type, by llama.cpp's own rules."""

import json
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from gguf import GGML_QUANT_SIZES, GGMLQuantizationType

from steerlm_studio.child import child_command
from steerlm_studio.errors import StudioError, piece
from steerlm_studio.export import gguf_file
from steerlm_studio.export.file_types import (
    ALIGNMENT,
    FILE_TYPES,
    PLAIN,
    Kinds,
    data_bytes,
    plain_kinds,
)
from steerlm_studio.export.gguf_file import Model, Target
from steerlm_studio.outcome import outcome

_DOWN = ("F32", "BF16", "Q8_0", "Q6_K", "Q5_K", "Q5_0", "Q4_K")


def planned(model: Model, types: Sequence[str], ffn_down: str = "") -> dict[str, Kinds]:
    """The formats of all tensors for each of `types`; no tensor is read.

    `ffn_down` is a format for those matrices alone: what they multiply are squares, of which sums
    in half precision can overflow on a GPU. Raises StudioError.
    """
    found: dict[str, Kinds] = {
        each: plain_kinds(model.tensors, each) for each in types if each in PLAIN
    }
    mixed = [each for each in types if each not in PLAIN]
    if mixed:
        found |= _by_llama(model, mixed)
    if ffn_down:
        found = {each: _with_ffn_down(model, kinds, ffn_down) for each, kinds in found.items()}
    return {each: found[each] for each in types}


def file_bytes(model: Model, target: Target) -> int:
    """The exact size of a file that is yet to be written."""
    with tempfile.TemporaryDirectory() as folder:
        head = Path(folder) / "head.gguf"
        gguf_file.write_head(head, model, target)
        size = head.stat().st_size
    return -(-size // ALIGNMENT) * ALIGNMENT + data_bytes(model.tensors, target.kinds)


def _with_ffn_down(model: Model, kinds: Kinds, wanted: str) -> dict[str, str]:
    kind = wanted.upper()
    if kind not in _DOWN:
        raise StudioError(f"“{wanted}” is no format for ffn_down. Known: {', '.join(_DOWN)}.")
    block, _ = GGML_QUANT_SIZES[GGMLQuantizationType[kind]]
    down = [name for name in model.tensors if name.endswith("ffn_down.weight")]
    for name in down:
        width = model.tensors[name].shape[-1]
        if width % block:
            raise StudioError(
                f"The rows of {name} have {width} values and {kind} needs blocks of {block}. "
                "Choose Q8_0 or BF16 for ffn_down."
            )
    return {**kinds, **dict.fromkeys(down, kind)}


def _by_llama(model: Model, types: Sequence[str]) -> dict[str, Kinds]:
    """Ask llama.cpp, which wants to see a file: one with a head and a hole where the data go."""
    kinds = plain_kinds(model.tensors, "BF16")
    bare = Model(model.architecture, _network_only(model), model.tensors)
    with tempfile.TemporaryDirectory() as folder:
        head = Path(folder) / "head.gguf"
        gguf_file.write_head(head, bare, Target(head, "BF16", kinds))
        with head.open("ab") as file:
            file.truncate(file.tell() + ALIGNMENT + data_bytes(model.tensors, kinds))
        plans = _asked(head, types, weighed=bool(model.importance))
    for plan in plans.values():
        if plan.keys() != model.tensors.keys():
            raise StudioError(
                "llama.cpp did not say how it stores every tensor; this version of it is not the "
                "one that the program was made for. Reinstall the program."
            )
    return plans


def _network_only(model: Model) -> Mapping[str, object]:
    return {k: v for k, v in model.metadata.items() if k.startswith(f"{model.architecture}.")}


def _asked(head: Path, types: Sequence[str], weighed: bool) -> dict[str, Kinds]:
    assert all(each in FILE_TYPES for each in types)
    module = "steerlm_studio.export.quantize_child"
    options = ["--weighed"] if weighed else []
    done = subprocess.run(
        child_command(module, str(head), *options, *types),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    if done.returncode:
        log = done.stderr.decode("utf-8", errors="replace")
        raise outcome(
            done.returncode,
            log,
            name=piece("The planning of the quantization"),
            left=piece("No file was written"),
            smaller=piece("close other programs"),
        )
    found: dict[str, Kinds] = json.loads(done.stdout)
    return found
