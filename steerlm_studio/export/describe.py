"""What a checkpoint or GGUF holds, told from its headers alone."""

import math
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from steerlm_studio.errors import StudioError
from steerlm_studio.export import tokenizer, weights
from steerlm_studio.export.checkpoint import Checkpoint
from steerlm_studio.export.gguf_table import table
from steerlm_studio.export.run import opened, parameters
from steerlm_studio.export.tensors import NUMPY
from steerlm_studio.export.tokenizer import Vocabulary
from steerlm_studio.gguf_header import TOKENS, Array, Header

_CARD_LICENCE = re.compile(r"^license(_name)?:\s*[\"']?([\w.+-]+)", re.MULTILINE)
_CARD = 1 << 16  # bytes of a README.md that may hold its front matter


@dataclass(frozen=True)
class Description:
    """A model file or folder. `problem` says why it cannot be used, where it cannot.

    `types` are the bytes of all tensors by number format.
    """

    format: str  # nemo, huggingface or gguf
    bytes: int
    layout: str = ""
    name: str = ""
    architecture: str = ""
    parameters: int = 0
    shape: Mapping[str, int] = field(default_factory=dict)
    types: Mapping[str, int] = field(default_factory=dict)
    tokenizer: Mapping[str, Any] = field(default_factory=dict)
    schema: str = ""
    template: str = ""
    licence: str = ""
    origin: str = ""
    problem: str = ""


def described(path: Path) -> Description:
    """Read the headers of a .nemo file, a folder or a GGUF; what is refused has a `problem`.

    Raises StudioError when there is nothing at `path`.
    """
    if not path.exists():
        raise StudioError(f"There is no file or folder {path}.")
    if path.is_dir():
        size = sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
        bare = Description("huggingface" if (path / "config.json").exists() else "nemo", size)
    else:
        with path.open("rb") as file:
            gguf = file.read(4) == b"GGUF" or path.suffix.lower() == ".gguf"
        bare = Description("gguf" if gguf else "nemo", path.stat().st_size)
    try:
        return _gguf(bare, path) if bare.format == "gguf" else _checkpoint(bare, path)
    except StudioError as error:
        return replace(bare, problem=str(error))


def _checkpoint(bare: Description, path: Path) -> Description:
    with opened(path) as source:
        network = source.network
        known = replace(
            bare,
            layout=source.layout,
            name=path.resolve().name.removesuffix(".nemo"),
            architecture=network.architecture,
            shape={
                "layers": network.layers,
                "width": network.width,
                "feed_forward": network.feed_forward,
                "heads": network.heads,
                "key_value_heads": network.groups,
                "head_size": network.head_size,
                "context": network.context,
            },
            types=dict(_stored_types(source)),
            licence=_card_licence(path),
            origin=source.origin,
        )
        try:
            words = tokenizer.vocabulary(source.tokenizer)
            pieces = len(words.pieces)
            known = replace(known, tokenizer=_about_words(words))
            tensors = weights.assemble(network, source.tensors, pieces, path.name)
        except StudioError as error:
            return replace(known, problem=str(error))
        return replace(known, parameters=parameters(tensors))


def _stored_types(source: Checkpoint) -> Counter[str]:
    sizes: Counter[str] = Counter()
    for tensor in source.tensors.values():
        sizes[tensor.dtype] += math.prod(tensor.shape) * int(NUMPY[tensor.dtype][-1])
    return sizes


def _about_words(words: Vocabulary) -> dict[str, Any]:
    ids = {name: getattr(words, name) for name in ("unknown", "begin", "end", "padding", "turn")}
    return {
        "kind": "SentencePiece BPE",
        "pieces": len(words.pieces),
        "dummy_prefix": words.dummy_prefix,
        **{name: id for name, id in ids.items() if id >= 0},
    }


def _card_licence(path: Path) -> str:
    """The licence in the front matter of a model card beside the weights; empty without one."""
    card = path / "README.md"
    if not card.is_file():
        return ""
    with card.open(encoding="utf-8", errors="replace") as file:
        front = file.read(_CARD).partition("\n---")[0]
    found = {bool(named): id for named, id in _CARD_LICENCE.findall(front)}
    return str(found.get(True) or found.get(False, ""))


def _gguf(bare: Description, path: Path) -> Description:
    header, entries = table(path)
    said = header.strings
    types: Counter[str] = Counter()
    for entry in entries.values():
        types[entry.type] += entry.bytes
    return replace(
        bare,
        layout=f"GGUF, {len(entries)} tensors",
        name=said.get("general.name", ""),
        architecture=header.architecture,
        parameters=sum(math.prod(entry.shape) for entry in entries.values()),
        shape=_shape(header),
        types=dict(types),
        tokenizer=_about_tokens(header),
        schema=said.get("steerlm.schema", ""),
        template=said.get("steerlm.template", ""),
        licence=said.get("general.license.name") or said.get("general.license", ""),
        origin=said.get("steerlm.origin", ""),
    )


def _shape(header: Header) -> dict[str, int]:
    keys = {
        "layers": "block_count",
        "width": "embedding_length",
        "feed_forward": "feed_forward_length",
        "heads": "attention.head_count",
        "key_value_heads": "attention.head_count_kv",
        "head_size": "attention.key_length",
        "context": "context_length",
    }
    return {name: n for name, key in keys.items() if (n := header.number(key))}


def _about_tokens(header: Header) -> dict[str, Any]:
    tokens = header.values.get(TOKENS)
    about = {"kind": header.values.get("tokenizer.ggml.model", "")}
    about["pieces"] = tokens.count if isinstance(tokens, Array) else 0
    about["dummy_prefix"] = header.values.get("steerlm.dummy_prefix", False)
    names = {
        "unknown": "unknown",
        "begin": "bos",
        "end": "eos",
        "padding": "padding",
        "turn": "eot",
    }
    ids = {n: header.values.get(f"tokenizer.ggml.{key}_token_id") for n, key in names.items()}
    return about | {name: id for name, id in ids.items() if isinstance(id, int)}
