"""A loaded model and what a parent may ask of it."""

import argparse
import os
import time
from collections.abc import Callable, Iterator

import psutil

from steerlm_studio.engine import backend, fit, header, llama
from steerlm_studio.engine.lanes import Lanes
from steerlm_studio.engine.limits import Limits
from steerlm_studio.engine.prompt import Tokenizer
from steerlm_studio.engine.threads import IdleCores, Threads
from steerlm_studio.errors import MemoryShort, StudioError
from steerlm_studio.memory_need import cell_count, context_size, need, sequences
from steerlm_studio.protocol import Device, Generate, Prefill, Ready, Reply, Tokenize, Tokens

MOST_LANES = 64  # llama.cpp knows 256 sequences, and a copy of each is set aside at times


class Session:
    """Loads the model that the options name; `loading(fraction)` is called meanwhile.

    Raises `StudioError` when the file or the memory does not allow it.
    """

    def __init__(self, options: argparse.Namespace, loading: Callable[[float], None]) -> None:
        began = time.monotonic()
        if not 1 <= options.lanes <= MOST_LANES:
            raise StudioError(f"Choose between 1 and {MOST_LANES} answers side by side.")
        self._header, self._cache = header.read(options.model), options.cache
        self._gpu_layers = options.gpu_layers
        devices = backend.devices()
        self._gpu = next((d for d in devices if d.is_gpu), None)
        self._limits = self._fit(options, devices)
        most = _cores() if not self._limits.on_gpu else min(4, _cores())
        self._threads = Threads(most, options.threads, idle=IdleCores())
        self._llama = self._loaded(options, loading)
        prefix = self._header.strings.get("steerlm.dummy_prefix") == "true"
        self._tokenizer = Tokenizer(self._llama, prefix)
        self._lanes = Lanes(self._llama, self._tokenizer, self._limits, self._threads)
        self._lanes.warm_up()
        self.ready = self._describe(options.gpu_layers, time.monotonic() - began)

    def generate(self, request: Generate, cancelled: Callable[[], bool]) -> Iterator[Reply]:
        """Answer a request, step by step."""
        try:
            yield from self._lanes.run(request, cancelled)
        except MemoryShort as error:
            raise self._counted(error, self._gpu_layers) from error
        except MemoryError as error:
            short = MemoryShort("The memory ran out while a question was answered. Try again.")
            raise self._counted(short, self._gpu_layers) from error

    def prefill(self, request: Prefill, disturbed: Callable[[], bool]) -> bool:
        """Evaluate what a prompt may need, until disturbed; whether that was all."""
        return self._lanes.prefill(request, disturbed)

    def tokens(self, request: Tokenize) -> Tokens:
        """The ids of a prompt."""
        prompt = self._tokenizer.prompt(request.parts)
        pieces = (self._llama.piece(token, True) for token in prompt.ids)
        return Tokens(
            run=request.run,
            ids=prompt.ids,
            pieces=tuple(piece.decode("utf-8", errors="replace") for piece in pieces),
            parts=prompt.parts,
            cached=self._lanes.known(prompt),
        )

    def set_threads(self, count: int) -> None:
        """Fix the number of threads; 0 adapts it."""
        self._threads.fix(count)
        self._llama.set_threads(self._threads.count)

    def devices(self) -> tuple[Device, ...]:
        """All that this build can use, as they are now."""
        return tuple(backend.devices())

    def abort(self, stop: bool) -> None:
        """Stop the batch that is being evaluated, or let the next ones go on; from any thread."""
        self._llama.abort(stop)

    def _loaded(self, options: argparse.Namespace, loading: Callable[[float], None]) -> llama.Llama:
        try:
            return llama.Llama(
                options.model,
                cells=self._limits.cells,
                sequences=sequences(self._limits.lanes),
                gpu_layers=options.gpu_layers,
                threads=self._threads.count,
                loading=_sparsely(loading),
                cache=options.cache,
                split=shares(options.split),
            )
        except MemoryShort as error:
            raise self._counted(error, options.gpu_layers) from error

    def _counted(self, error: MemoryShort, gpu_layers: int) -> MemoryShort:
        """The same with what is needed in all, and what is free now."""
        limits = self._limits
        wanted = need(self._header, limits.context, limits.lanes, self._cache)
        where = fit.Where(self._cache, gpu_layers, backend.devices())
        return MemoryShort(
            str(error),
            error.detail,
            needed=wanted.total,
            free=where.free(),
            on_gpu=where.is_on_gpu,
        )

    def _fit(self, options: argparse.Namespace, devices: list[Device]) -> Limits:
        context = context_size(self._header, options.context)
        where = fit.Where(options.cache, options.gpu_layers, devices)
        lanes = fit.lanes_that_fit(self._header, context, options.lanes, where)
        if not options.overcommit:
            fit.check_memory(self._header, context, lanes, where)
        on_gpu = self._gpu is not None and options.gpu_layers != 0
        return Limits(context, cell_count(context, lanes), lanes, on_gpu)

    def _describe(self, gpu_layers: int, seconds: float) -> Ready:
        found, layers = self._header, self._llama.layers
        offloaded = (layers if gpu_layers < 0 else min(gpu_layers, layers)) if self._gpu else 0
        return Ready(
            name=found.strings.get("general.name", found.path.stem),
            architecture=found.architecture,
            quant=self._llama.quant,
            parameters=self._llama.parameters,
            file_bytes=found.file_bytes,
            layers=layers,
            layers_offloaded=offloaded,
            device=self._gpu.description if self._gpu and offloaded else "CPU",
            context=self._limits.context,
            lanes=self._limits.lanes,
            threads=self._llama.threads,
            vocabulary=self._llama.vocabulary,
            metadata=found.strings,
            llama_version=backend.version(),
            load_seconds=seconds,
            cache=self._cache,
            memory=self._llama.memory,
            devices=self.devices(),
            built_for=backend.built_for(backend.build_flags()),
        )


def shares(text: str) -> tuple[float, ...]:
    """The shares of several GPUs, as `3,1` says them. Raises `StudioError`."""
    try:
        found = tuple(float(share) for share in text.split(",")) if text else ()
    except ValueError:
        found = (-1.0,)
    if any(not 0 <= share < 1e6 for share in found) or (found and not any(found)):
        raise StudioError(f"“{text}” are no shares of GPUs. Give numbers such as 3,1.")
    return found


def _cores() -> int:
    """The cores that this process may use, hyper-threads counted once where that is known."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    physical = psutil.cpu_count(logical=False) or usable or 1
    return max(1, min(usable or 1, physical))


def _sparsely(loading: Callable[[float], None]) -> Callable[[float], bool]:
    """Pass on a progress only when it has moved by a percent."""
    last = -1.0

    def passed(fraction: float) -> bool:
        nonlocal last
        if fraction - last >= 0.01 or fraction >= 1.0 > last:
            last = fraction
            loading(fraction)
        return True

    return passed
