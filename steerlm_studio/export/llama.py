"""The calls into llama.cpp that an export needs: the export's only door to llama_cpp."""

import contextlib
import ctypes
import os
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
from gguf import GGML_QUANT_SIZES, GGMLQuantizationType

from steerlm_studio import cuda_libraries
from steerlm_studio.errors import StudioError

cuda_libraries.load()
from llama_cpp import llama_cpp as L  # noqa: E402  # a CUDA build needs them loaded before

Floats = npt.NDArray[np.float32]

_chunk = L._lib.ggml_quantize_chunk  # reached through libllama, like the engine's devices
_chunk.argtypes = [
    ctypes.c_int,
    ctypes.c_void_p,
    ctypes.c_void_p,
    ctypes.c_int64,
    ctypes.c_int64,
    ctypes.c_int64,
    ctypes.c_void_p,
]
_chunk.restype = ctypes.c_size_t
_LINE = re.compile(
    r"\[ *\d+/ *\d+\] +(\S+) +- \[[\d ,]+\], type = +(\w+), size = +[\d.]+ MiB"
    r"(?: -> +[\d.]+ MiB \((\w+)\))?"
)


def quantized(rows: Floats, kind: str, importance: Floats | None = None) -> memoryview:
    """Rows in one of ggml's block formats; other threads run meanwhile.

    A row must fill whole blocks. `importance` weighs the columns.
    """
    count, width = rows.shape
    kind_id = GGMLQuantizationType[kind]
    block, size = GGML_QUANT_SIZES[kind_id]
    assert width % block == 0, f"{width} values do not fill blocks of {kind}"
    rows = np.ascontiguousarray(rows, np.float32)
    out = np.empty(count * width // block * size, np.uint8)
    weights = None if importance is None else importance.ctypes.data
    written = _chunk(int(kind_id), rows.ctypes.data, out.ctypes.data, 0, count, width, weights)
    assert written == len(out)
    return out.data


def planned(path: Path, file_type: int, weighed: bool) -> dict[str, str]:
    """The format that llama.cpp's own rules give each tensor of the GGUF at `path`.

    Only its header is looked at. Ends the process on a header that llama.cpp cannot stand, so
    call it in a child. Raises StudioError.
    """
    params = L.llama_model_quantize_default_params()
    params.ftype, params.dry_run, params.nthread = file_type, True, 1
    entry = L.llama_model_imatrix_data * 2
    value = ctypes.c_float(1)
    array = entry(L.llama_model_imatrix_data(b"any", ctypes.pointer(value), 1))
    if weighed:  # the rules ask only whether there is one
        params.imatrix = array
    with _log() as said:
        failed = L.llama_model_quantize(
            os.fsencode(path), os.fsencode(path.with_suffix(".none")), ctypes.byref(params)
        )
    text = b"".join(said).decode("utf-8", errors="replace")
    if failed:
        raise StudioError("llama.cpp cannot quantize a network of this shape.", text[-2000:])
    return {name: (new or old).upper() for name, old, new in _LINE.findall(text)}


@contextlib.contextmanager
def _log() -> Iterator[list[bytes]]:
    said: list[bytes] = []
    keep = L.llama_log_callback(lambda level, text, data: said.append(text))
    L.llama_log_set(keep, None)
    try:
        yield said
    finally:
        L.llama_log_set(_quiet, None)


_quiet = L.llama_log_callback(lambda level, text, data: None)


_AT_ONCE = 1 << 24  # logits: 64 MB of them, twice


class Loaded:
    """A GGUF in memory (its tensors are mapped, not copied), on the CPU, to be tried once.

    llama.cpp ends the process on some files: use it in a child. Raises StudioError.
    """

    def __init__(self, path: Path) -> None:
        L.llama_log_set(_quiet, None)
        L.llama_backend_init()
        params = L.llama_model_default_params()
        params.n_gpu_layers = 0
        params.use_extra_bufts = False  # no rearranged copy of the weights beside the file
        self._model = L.llama_model_load_from_file(os.fsencode(path), params)
        if not self._model:
            raise StudioError("llama.cpp does not load the file that was written.")
        self._vocab = L.llama_model_get_vocab(self._model)
        self._pieces = L.llama_vocab_n_tokens(self._vocab)

    def tokenize(self, text: str, control: bool) -> list[int]:
        """The ids of a text, or of the spelling of a control token; ▁ is a space in a text."""
        data = text.replace("▁", " ").encode()
        room = (L.llama_token * (len(data) + 16))()
        count = L.llama_tokenize(self._vocab, data, len(data), room, len(room), False, control)
        return list(room[: max(count, 0)])

    def is_finite(self, ids: list[int]) -> bool:
        """Whether all logits after each of `ids` are numbers. Raises StudioError."""
        return all(np.isfinite(rows).all() for rows in self._rows(ids, L.GGML_TYPE_F16))

    def logits(self, ids: list[int]) -> Floats:
        """One row for each of `ids`, with an exact cache. Raises StudioError."""
        return np.concatenate([rows.copy() for rows in self._rows(ids, L.GGML_TYPE_F32)])

    def _rows(self, ids: list[int], cache: int) -> Iterator[Floats]:
        """The logits from an empty cache on, some rows at a time that the next ones overwrite."""
        at_once = max(1, min(len(ids), _AT_ONCE // self._pieces))
        with self._context(len(ids), at_once, cache) as context:
            for first in range(0, len(ids), at_once):
                some = ids[first : first + at_once]
                self._decode(context, some, first)
                row = L.llama_get_logits(context)
                yield np.ctypeslib.as_array(row, (len(some), self._pieces))

    @contextlib.contextmanager
    def _context(self, tokens: int, at_once: int, cache: int) -> Iterator[L.llama_context_p]:
        options = L.llama_context_default_params()
        options.n_ctx = tokens
        options.n_batch = options.n_ubatch = options.n_outputs_max = at_once
        options.type_k = options.type_v = cache
        options.flash_attn_type = L.LLAMA_FLASH_ATTN_TYPE_DISABLED
        context = L.llama_init_from_model(self._model, options)
        if not context:
            raise StudioError("There is too little memory to try the file that was written.")
        try:
            yield context
        finally:
            L.llama_free(context)

    def _decode(self, context: L.llama_context_p, ids: list[int], first: int) -> None:
        batch = L.llama_batch_init(len(ids), 0, 1)
        try:
            batch.n_tokens = len(ids)
            for i, token in enumerate(ids):
                batch.token[i], batch.pos[i], batch.logits[i] = token, first + i, 1
                batch.n_seq_id[i], batch.seq_id[i][0] = 1, 0
            if code := L.llama_decode(context, batch):
                raise StudioError(f"llama.cpp failed on a prompt (code {code}).")
        finally:
            L.llama_batch_free(batch)
