"""The ctypes calls to llama.cpp and nothing else: this is the only door to llama_cpp.

llama.cpp ends the process on misuse (too many tokens in a batch, a row without logits, a partial
copy between unshared sequences): callers keep to the limits that the attributes here state.
"""

import ctypes
import os
import re
from collections import deque
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from steerlm_studio import cuda_libraries

try:
    cuda_libraries.load()
    import llama_cpp
except (OSError, RuntimeError) as error:  # it is there, but its shared libraries cannot be loaded
    raise ImportError(str(error)) from error

from steerlm_studio.engine.ledger import Ledger
from steerlm_studio.engine.refusals import not_loaded, not_opened
from steerlm_studio.errors import MemoryShort, StudioError
from steerlm_studio.memory_need import Cache
from steerlm_studio.protocol import Held

L: Any = llama_cpp.llama_cpp  # for the modules beside this one, and for them alone
BINDING = str(llama_cpp.__version__)
BATCH = 512  # tokens in one call: what a cancel has to wait for at most where abort is unknown
SEQUENCES = 256  # ids that a unified cache knows (LLAMA_MAX_SEQ); a batch knows fewer
_WARN = 3  # GGML_LOG_LEVEL_WARN
_CONT = 5  # GGML_LOG_LEVEL_CONT, continues the line before

Row = tuple[int, int, Sequence[int], bool]  # token, position, sequence ids, wants logits
Logits = npt.NDArray[np.float32]


class NoRoom(Exception):
    """The cache has no cells left for a batch; nothing was changed."""


class Aborted(Exception):
    """`Llama.abort` stopped a batch half way."""


class Llama:
    """A model with one context whose sequences share their cells.

    `loading(fraction)` is called while the file is read; returning False stops the load.
    `cells` is what all sequences hold together. Batches may name the sequence ids below
    `sequences` and ask for as many rows of logits; only `copy` and `remove` know higher ids.
    Raises `StudioError` when llama.cpp refuses the file or the memory does not suffice.
    """

    def __init__(
        self,
        path: str,
        *,
        cells: int,
        sequences: int,
        gpu_layers: int = -1,
        threads: int = 1,
        loading: Callable[[float], bool] = lambda _: True,
        exact_cache: bool = False,
        cache: Cache = "f16",
        split: Sequence[float] = (),
        simulate: bool = False,
    ) -> None:
        self._log = L.llama_log_callback(_log)
        L.llama_log_set(self._log, None)
        L.llama_backend_init()
        self._stop = ctypes.create_string_buffer(b"0")
        _ledger.append(Ledger())
        self._load(path, gpu_layers, loading, split, simulate)
        self._open(cells, sequences, threads, "f32" if exact_cache else cache)
        self.vocabulary = int(L.llama_vocab_n_tokens(self._vocab))
        self._row_type = ctypes.c_float * self.vocabulary
        self._rows: dict[int, Logits] = {}
        self._batch = L.llama_batch_init(BATCH, 0, sequences)

    def _load(
        self,
        path: str,
        gpu_layers: int,
        loading: Callable[[float], bool],
        split: Sequence[float],
        simulate: bool,
    ) -> None:
        params = L.llama_model_default_params()
        params.n_gpu_layers = gpu_layers
        if not gpu_layers:  # else a GPU would still take part in large batches, with its rounding
            self._none = (ctypes.c_void_p * 1)(None)
            params.devices = ctypes.addressof(self._none)
        if split:
            most = int(L.llama_max_devices())
            shares = [*split, *[0.0] * most][:most]
            self._split = (ctypes.c_float * most)(*shares)
            params.tensor_split = ctypes.cast(self._split, ctypes.POINTER(ctypes.c_float))
        if simulate:
            params.no_alloc, params.load_mode = True, L.LLAMA_LOAD_MODE_NONE
        self._loading = L.llama_progress_callback(lambda fraction, _: loading(fraction))
        params.progress_callback = self._loading
        self._model = L.llama_model_load_from_file(os.fsencode(path), params)
        if not self._model:
            raise not_loaded(path, _last_words())
        self._vocab = L.llama_model_get_vocab(self._model)
        if L.llama_model_has_encoder(self._model) or not L.llama_model_has_decoder(self._model):
            raise StudioError(f"{path} is no text generation model. Choose a chat model.")

    def _open(self, cells: int, sequences: int, threads: int, cache: str) -> None:
        params = L.llama_context_default_params()
        params.n_ctx = cells
        params.n_batch = params.n_ubatch = min(BATCH, cells)
        params.n_seq_max = params.n_outputs_max = sequences
        params.n_threads = params.n_threads_batch = threads
        params.kv_unified = True
        params.type_k = params.type_v = _CACHE_TYPES[cache]
        if cache == "f32":
            params.flash_attn_type = L.LLAMA_FLASH_ATTN_TYPE_DISABLED
        # A callback in C costs the compute threads nothing and never waits for the interpreter:
        # atoi("0") lets a batch go on, atoi("1") stops it.
        atoi = ctypes.cast(ctypes.CDLL(None).atoi, L.ggml_abort_callback)
        params.abort_callback = atoi
        params.abort_callback_data = ctypes.addressof(self._stop)
        self._context = L.llama_init_from_model(self._model, params)
        if not self._context:
            raise not_opened(cells, cache, _last_words())
        self._memory = L.llama_get_memory(self._context)
        if not self._memory:
            raise StudioError("This model cannot generate text. Choose a chat model.")
        self.threads = threads

    def close(self) -> None:
        """Free the context and the model. Nothing else may be called afterwards."""
        L.llama_batch_free(self._batch)
        L.llama_free(self._context)
        L.llama_model_free(self._model)

    # --- what the model is ---------------------------------------------------------------------

    @property
    def recurrent(self) -> bool:
        """Whether a sequence is a state that can be neither cut nor shared."""
        return bool(L.llama_model_is_recurrent(self._model) or L.llama_model_is_hybrid(self._model))

    @property
    def layers(self) -> int:
        return int(L.llama_model_n_layer(self._model))

    @property
    def memory(self) -> tuple[Held, ...]:
        """What each device holds now, as llama.cpp said."""
        return _ledger[-1].held()

    @property
    def parameters(self) -> int:
        return int(L.llama_model_n_params(self._model))

    @property
    def quant(self) -> str:
        """The file type in llama.cpp's words, e.g. `Q8_0`."""
        name = L.llama_ftype_name(L.llama_model_ftype(self._model)) or b"unknown"
        return re.sub(r"^(\(guessed\) )?(all |mostly )?", "", name.decode())

    # --- the vocabulary ------------------------------------------------------------------------

    def tokenize(self, text: bytes, special: bool = False) -> list[int]:
        """The ids of UTF-8 `text`, nothing put before or after; `special` reads control units.

        To SentencePiece ▁ is a space, also where a unit of several is looked for.
        """
        if L.llama_vocab_type(self._vocab) == L.LLAMA_VOCAB_TYPE_SPM:
            text = text.replace("▁".encode(), b" ")
        room = len(text) + 16
        ids = (L.llama_token * room)()
        count = L.llama_tokenize(self._vocab, text, len(text), ids, room, False, special)
        if count < 0:
            raise StudioError("llama.cpp could not tokenize the text.")
        return list(ids[:count])

    @lru_cache(maxsize=65536)  # noqa: B019 (one engine lives as long as its process)
    def piece(self, token: int, special: bool = False) -> bytes:
        """The bytes of a token; control tokens are empty unless `special`."""
        size = 64
        while True:
            buffer = ctypes.create_string_buffer(size)
            count = L.llama_token_to_piece(self._vocab, token, buffer, size, 0, special)
            if count >= 0:
                return buffer.raw[:count]
            size = -count

    def is_control(self, token: int) -> bool:
        return bool(L.llama_vocab_get_attr(self._vocab, token) & L.LLAMA_TOKEN_ATTR_CONTROL)

    def is_special(self, token: int) -> bool:
        """Whether the token is a unit that is recognised as a whole (control or user-defined)."""
        special = L.LLAMA_TOKEN_ATTR_CONTROL | L.LLAMA_TOKEN_ATTR_USER_DEFINED
        return bool(L.llama_vocab_get_attr(self._vocab, token) & special)

    def is_end(self, token: int) -> bool:
        """Whether the token ends a generation (end of sequence, of turn, …)."""
        return bool(L.llama_vocab_is_eog(self._vocab, token))

    # --- computing -----------------------------------------------------------------------------

    def decode(self, rows: Sequence[Row]) -> None:
        """Evaluate up to `BATCH` rows. Raises `NoRoom`, `Aborted` or `StudioError`."""
        batch = self._batch
        batch.n_tokens = len(rows)
        for i, (token, position, sequences, wants_logits) in enumerate(rows):
            batch.token[i], batch.pos[i] = token, position
            batch.n_seq_id[i], batch.logits[i] = len(sequences), wants_logits
            ids = batch.seq_id[i]
            for j, sequence in enumerate(sequences):
                ids[j] = sequence
        code = L.llama_decode(self._context, batch)
        if code == 1:
            raise NoRoom
        if code == 2:
            raise Aborted
        if code == -2:
            raise MemoryShort(
                "The memory ran out while a batch was evaluated. Choose a smaller context.",
                _last_words(),
            )
        if code != 0:
            raise StudioError(
                f"llama.cpp failed to evaluate a batch (code {code}). Try again; if it "
                "stays so, restart the engine with a smaller context.",
                _last_words(),
            )

    def logits(self, row: int) -> Logits:
        """The logits of a row of the last batch, a view that the next `decode` overwrites."""
        pointer = L.llama_get_logits_ith(self._context, row)
        address = ctypes.addressof(pointer.contents)
        if address not in self._rows:  # llama.cpp has a place for each row; a view takes 40 µs
            self._rows[address] = np.ctypeslib.as_array(self._row_type.from_address(address))
        return self._rows[address]

    def abort(self, stop: bool) -> None:
        """Make the running batch (on the CPU) and all that follow stop, or let them go on.

        May be called from any thread.
        """
        self._stop[0] = b"1" if stop else b"0"

    def set_threads(self, threads: int) -> None:
        """Use so many CPU threads from the next batch on."""
        L.llama_set_n_threads(self._context, threads, threads)
        self.threads = threads

    @property
    def graphs_reused(self) -> int:
        """How many batches since the load needed no new graph."""
        return int(L.llama_perf_context(self._context).n_reused)

    # --- the cache -----------------------------------------------------------------------------

    def copy(self, source: int, target: int, end: int) -> None:
        """Let `target` share the first `end` cells of `source`."""
        L.llama_memory_seq_cp(self._memory, source, target, 0, end)

    def remove(self, sequence: int, start: int = 0) -> bool:
        """Forget a sequence from position `start` on; False where the model cannot."""
        return bool(L.llama_memory_seq_rm(self._memory, sequence, start, -1))

    def clear(self) -> None:
        """Forget all sequences."""
        L.llama_memory_clear(self._memory, False)


_CACHE_TYPES = {"f32": 0, "f16": 1, "q8_0": 8}  # ggml_type
_said: deque[bytes] = deque(maxlen=40)  # the last words of llama.cpp
_ledger: deque[Ledger] = deque([Ledger()], maxlen=1)  # of the model that is loaded


def _log(level: int, text: bytes, _: object) -> None:
    """Write what llama.cpp says to stderr (it may say so from any of its threads)."""
    _ledger[-1].hear(text)
    if level >= _WARN or level == _CONT:
        os.write(2, text)
        _said.append(text)


def _last_words() -> str:
    return b"".join(_said).decode("utf-8", errors="replace")
