"""Models with random weights in the real architecture, to measure speed with.

They are as large and as fast as trained ones of their shape and say nothing that makes sense.
Layers are alike.
"""

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, islice, product
from pathlib import Path
from typing import Any, BinaryIO
from zlib import crc32

import numpy as np

from steerlm_studio.errors import StudioError
from steerlm_studio.export.encode import encoded
from steerlm_studio.export.file_types import data_bytes, file_type, tensor_bytes
from steerlm_studio.export.gguf_file import (
    SLAB,
    Model,
    Target,
    check_room,
    finished,
    pad,
    write_head,
)
from steerlm_studio.export.network import Network
from steerlm_studio.export.run import Progress, targets
from steerlm_studio.export.tensors import Array, Dtype, Tensor
from steerlm_studio.export.tokenizer import BYTE, CONTROL, NORMAL, UNKNOWN, Vocabulary

_LAYER = re.compile(r"^blk\.\d+\.")
_BANK = 1 << 22  # random numbers that all tensors take theirs from, each from its own place on
_NAMED = ("<unk>", "<s>", "</s>", *(f"<extra_id_{i}>" for i in range(8)))
_CONSONANTS, _VOWELS = "bcdfghjklmnpqrstvwxyz", "aeiou"
_STEERING = (
    "quality understanding correctness coherence complexity verbosity toxicity humor creativity "
    "violence helpfulness not appropriate hate speech sexual content fails task political moral "
    "judgement lang"
)


@dataclass(frozen=True)
class Size:
    """A network and the pieces of its vocabulary."""

    network: Network
    pieces: int


def _network(layers: int, width: int) -> Network:
    """GPT-Next with heads of 128 and 4,096 tokens, as Nemotron-3-8B has them."""
    heads = width // 128
    return Network(
        layers=layers,
        width=width,
        feed_forward=4 * width,
        heads=heads,
        groups=heads,
        head_size=128,
        context=4096,
        epsilon=1e-5,
        rotary_share=0.5,
        rotary_base=10000.0,
        norm_plus_one=False,
        tied=False,
    )


SIZES = {
    "8b": Size(_network(layers=32, width=4096), 256_000),
    "250m": Size(_network(layers=15, width=1024), 32_000),
}


def written_model(size: str, type: str, out: Path) -> Iterator[Progress]:
    """Write the random model of a size in `SIZES` as a GGUF. Raises StudioError."""
    if size not in SIZES:
        raise StudioError(f"There is no random model “{size}”. Known: {', '.join(SIZES)}.")
    model = random_model(size, SIZES[size])
    [target] = targets(model, {out: file_type(type)})
    check_room(model, [target])
    total = data_bytes(model.tensors, target.kinds)
    with finished([out]) as partials:
        write_head(partials[0], model, target)
        with partials[0].open("ab") as file:
            for name, done in _written(file, model, target):
                yield Progress("writing", name, done, total)
    yield Progress("done", done=total, total=total)


def _written(file: BinaryIO, model: Model, target: Target) -> Iterator[tuple[str, int]]:
    """Write all tensors, repeating rows: to quantize each of 8 billion values takes an hour.

    Only the output matrix repeats none, or several tokens would always be equally likely.
    """
    pad(file)
    first = file.tell()
    repeated: dict[str, memoryview] = {}
    for name, tensor in model.tensors.items():
        role, kind = _LAYER.sub("", name), target.kinds[name]
        step = max(1, SLAB // math.prod(tensor.shape[1:]))
        for start in range(0, tensor.shape[0], step):
            count = min(step, tensor.shape[0] - start)
            key = f"{role} {kind}"
            if name.startswith("output") or key not in repeated:
                rows = tensor.rows(start, start + count)
                repeated[key] = encoded(name, rows, tensor.dtype, kind, None)
            slab = repeated[key]
            file.write(slab[: tensor_bytes((count, *tensor.shape[1:]), kind)])
        pad(file)
        yield name, file.tell() - first


def random_model(name: str, size: Size) -> Model:
    """What is to be written; the numbers are made when they are read."""
    words = _vocabulary(size.pieces)
    shapes = size.network.shapes()
    tensors: dict[str, Tensor] = {
        tensor: Noise(tensor, tuple(size.pieces if n == -1 else n for n in shape))
        for tensor, shape in shapes.items()
    }
    about: dict[str, Any] = {
        "general.type": "model",
        "general.name": f"Random {name}",
        "steerlm.schema": "nemotron-3-8b",
        "steerlm.template": "nemotron",
    }
    metadata = {**about, **size.network.metadata(size.pieces), **words.metadata()}
    return Model(size.network.architecture, metadata, tensors)


@dataclass(frozen=True)
class Noise:
    """A tensor of random values that keep what goes through the network of order one."""

    name: str
    shape: tuple[int, ...]
    dtype: Dtype = "F32"

    def rows(self, start: int, stop: int) -> Array:
        width = int(np.prod(self.shape[1:]))
        at = (crc32(self.name.encode()) + start * width) % _BANK
        values = np.take(_bank(), np.arange(at, at + (stop - start) * width), mode="wrap")
        return self._scaled(values).reshape(stop - start, *self.shape[1:])

    def _scaled(self, values: Array) -> Array:
        if self.name.endswith("norm.weight"):
            return 1 + np.float32(0.1) * values
        if self.name.endswith(".bias"):
            return np.float32(0.1) * values
        wide = 1.0 if self.name.startswith("token_embd") else 2.0 / self.shape[-1] ** 0.5
        return np.float32(wide) * values


@lru_cache(maxsize=1)
def _bank() -> Array:
    return np.random.default_rng(1).standard_normal(_BANK, dtype=np.float32)


def _vocabulary(size: int) -> Vocabulary:
    """SentencePiece's own units, bytes, printable characters, words of steering, made-up words.

    Trained tokenizers have the words of a control string whole, so that it costs some ninety.
    """
    single = [chr(c) for c in range(32, 127)]
    named = [*_NAMED, *(f"<0x{byte:02X}>" for byte in range(256))]
    letters = ("▁" if c == " " else c for c in single)
    plain = _different(chain(letters, ("\n",), _grown(_STEERING.split()), _words()))
    pieces = [*named, *islice(plain, size - len(named))]
    types = [CONTROL] * len(_NAMED) + [BYTE] * 256 + [NORMAL] * (size - len(named))
    types[0] = UNKNOWN
    return Vocabulary(
        pieces=tuple(pieces),
        scores=tuple(-float(i) for i in range(size)),
        types=tuple(types),
        unknown=0,
        begin=1,
        end=2,
        padding=-1,
        turn=pieces.index("<extra_id_1>"),
        dummy_prefix=False,
    )


def _grown(words: Sequence[str]) -> Iterator[str]:
    """The words and their beginnings, since llama.cpp puts a piece together letter by letter."""
    return (word[:end] for word in words for end in range(2, len(word) + 1))


def _different(pieces: Iterable[str]) -> Iterator[str]:
    """Each once: llama.cpp ends the process over a vocabulary that has a piece twice."""
    seen: set[str] = set()
    for piece in pieces:
        if piece not in seen:
            seen.add(piece)
            yield piece


def _words() -> Iterator[str]:
    """Syllables and words of two and three, each also at a word's beginning."""
    syllables = ["".join(pair) for pair in product(_CONSONANTS, _VOWELS)]
    for length in (1, 2, 3):
        for word in product(syllables, repeat=length):
            yield "".join(word)
            yield "▁" + "".join(word)
