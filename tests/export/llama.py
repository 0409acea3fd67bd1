"""llama.cpp as the judge of exported files: logits, token ids, metadata."""

import ctypes
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import llama_cpp.llama_cpp as C
import numpy as np

CONTROL = re.compile(r"(<extra_id_\d+>)")


@C.llama_log_callback
def _silent(level: int, text: bytes, data: object) -> None:
    pass


C.llama_log_set(_silent, ctypes.c_void_p(0))
C.llama_backend_init()


@contextmanager
def loaded(path: Path, vocabulary_only: bool = False) -> Iterator[object]:
    parameters = C.llama_model_default_params()
    parameters.vocab_only = vocabulary_only
    model = C.llama_model_load_from_file(str(path).encode(), parameters)
    assert model, f"llama.cpp does not load {path.name}"
    try:
        yield model
    finally:
        C.llama_model_free(model)


def logits(path: Path, ids: list[int]) -> np.ndarray:
    """One row per position, with an F32 cache and without flash attention."""
    with loaded(path) as model:
        parameters = C.llama_context_default_params()
        parameters.n_ctx = parameters.n_batch = parameters.n_ubatch = max(len(ids), 256)
        parameters.n_outputs_max = parameters.n_ctx
        parameters.type_k = parameters.type_v = C.GGML_TYPE_F32
        parameters.flash_attn_type = C.LLAMA_FLASH_ATTN_TYPE_DISABLED
        parameters.n_threads = parameters.n_threads_batch = 1
        context = C.llama_init_from_model(model, parameters)
        batch = C.llama_batch_init(len(ids), 0, 1)
        try:
            batch.n_tokens = len(ids)
            for i, token in enumerate(ids):
                batch.token[i], batch.pos[i], batch.logits[i] = token, i, 1
                batch.n_seq_id[i], batch.seq_id[i][0] = 1, 0
            assert C.llama_decode(context, batch) == 0
            size = C.llama_vocab_n_tokens(C.llama_model_get_vocab(model))
            rows = [
                np.ctypeslib.as_array(C.llama_get_logits_ith(context, i), (size,)).copy()
                for i in range(len(ids))
            ]
            return np.stack(rows)
        finally:
            C.llama_batch_free(batch)
            C.llama_free(context)


def tokenize(model: object, segments: list[dict[str, str]]) -> list[int]:
    """The ids of control tokens and texts, as the program sends them."""
    vocab = C.llama_model_get_vocab(model)
    if segments and metadata(model, "steerlm.dummy_prefix") == "true":
        segments = [{"text": " "}, *segments]
    ids: list[int] = []
    for kind, text in joined(segments):
        ids += _ids(vocab, text, special=kind == "control")
    return ids


def joined(segments: list[dict[str, str]]) -> list[tuple[str, str]]:
    """Neighbouring texts are one string to a tokenizer."""
    parts: list[tuple[str, str]] = []
    for segment in segments:
        [(kind, text)] = segment.items()
        if parts and parts[-1][0] == kind == "text":
            parts[-1] = (kind, parts[-1][1] + text)
        elif text:
            parts.append((kind, text))
    return parts


def split(text: str) -> list[dict[str, str]]:
    """A trusted string: the spellings of control tokens are control tokens."""
    parts = CONTROL.split(text)
    return [{"control" if CONTROL.fullmatch(p) else "text": p} for p in parts if p]


def _ids(vocab: object, text: str, special: bool) -> list[int]:
    data = text.replace("▁", " ").encode()
    room = (C.llama_token * (len(data) + 8))()
    count = C.llama_tokenize(vocab, data, len(data), room, len(room), False, special)
    assert count >= 0
    return list(room[:count])


def metadata(model: object, key: str) -> str:
    room = ctypes.create_string_buffer(1 << 16)
    size = C.llama_model_meta_val_str(model, key.encode(), room, len(room))
    return room.value.decode() if size >= 0 else ""
