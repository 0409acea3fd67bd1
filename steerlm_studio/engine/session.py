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
from steerlm_studio.memory_place import Place, shares
from steerlm_studio.protocol import (
    Device,
    Generate,
    Loading,
    Prefill,
    Ready,
    Reply,
    Tokenize,
    Tokens,
)

MOST_LANES = 64  # llama.cpp knows 256 sequences, and a copy of each is set aside at times


class Session:
    """Loads the model that the options name; `loading` is told of it meanwhile.

    Raises `StudioError` when the file or the memory does not allow it.
    """

    def __init__(self, options: argparse.Namespace, loading: Callable[[Loading], None]) -> None:
        began = time.monotonic()
        if not 1 <= options.lanes <= MOST_LANES:
            raise StudioError(f"Choose between 1 and {MOST_LANES} answers side by side.")
        self._header, self._cache = header.read(options.model), options.cache
        self._gpu_layers, self._split = options.gpu_layers, shares(options.split)
        self._limits = self._fit(options)
        loading(Loading(0.0, self.devices()))
        most = _cores() if self._limits.on_cpu else min(4, _cores())
        self._threads = Threads(most, options.threads, idle=IdleCores())
        self._llama = self._loaded(options, loading)
        prefix = self._header.strings.get("steerlm.dummy_prefix") == "true"
        self._tokenizer = Tokenizer(self._llama, prefix)
        self._lanes = Lanes(self._llama, self._tokenizer, self._limits, self._threads)
        self._lanes.warm_up()
        self.ready = self._describe(time.monotonic() - began)

    def generate(self, request: Generate, cancelled: Callable[[], bool]) -> Iterator[Reply]:
        """Answer a request, step by step."""
        try:
            yield from self._lanes.run(request, cancelled)
        except MemoryShort as error:
            raise self._counted(error) from error
        except MemoryError as error:
            short = MemoryShort("The memory ran out while a question was answered. Try again.")
            raise self._counted(short) from error

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

    def _loaded(
        self, options: argparse.Namespace, loading: Callable[[Loading], None]
    ) -> llama.Llama:
        try:
            return llama.Llama(
                options.model,
                cells=self._limits.cells,
                sequences=sequences(self._limits.lanes),
                gpu_layers=options.gpu_layers,
                threads=self._threads.count,
                loading=_sparsely(loading),
                cache=options.cache,
                split=self._split,
            )
        except MemoryShort as error:
            raise self._counted(error) from error

    def _counted(self, error: MemoryShort) -> MemoryShort:
        """The same with what is needed in all, and what is free now."""
        limits, place = self._limits, self._place()
        size = limits.context, limits.lanes, self._cache
        layers = self._header.number("block_count")
        wanted = need(self._header, *size, gpus=place.gpus(layers))
        return MemoryShort(
            str(error),
            error.detail,
            needed=wanted.total,
            free=place.free(layers),
            on_gpu=place.is_on_gpu,
        )

    def _place(self) -> Place:
        """Where the layers go, as full as the devices are now."""
        return Place(self._gpu_layers, backend.devices(), self._split)

    def _fit(self, options: argparse.Namespace) -> Limits:
        found, place = self._header, self._place()
        context = context_size(found, options.context)
        lanes = fit.lanes_that_fit(found, context, options.lanes, place, self._cache)
        if not options.overcommit:
            fit.check_memory(found, context, lanes, place, self._cache)
        cells, on_cpu = cell_count(context, lanes), place.is_on_cpu(found.number("block_count"))
        return Limits(context, cells, lanes, place.is_on_gpu, on_cpu)

    def _describe(self, seconds: float) -> Ready:
        found, layers, devices = self._header, self._llama.layers, self.devices()
        on_gpus = backend.layers_on_gpus(self._llama.memory, devices, layers)
        return Ready(
            name=found.strings.get("general.name", found.path.stem),
            architecture=found.architecture,
            quant=self._llama.quant,
            parameters=self._llama.parameters,
            file_bytes=found.file_bytes,
            layers=layers,
            layers_offloaded=sum(count for _, count in on_gpus),
            device=backend.names([gpu for gpu, _ in on_gpus]) or "CPU",
            context=self._limits.context,
            lanes=self._limits.lanes,
            threads=self._llama.threads,
            vocabulary=self._llama.vocabulary,
            metadata=found.strings,
            llama_version=backend.version(),
            load_seconds=seconds,
            cache=self._cache,
            memory=self._llama.memory,
            devices=devices,
            built_for=backend.built_for(backend.backends()),
        )


def _cores() -> int:
    """The cores that this process may use, hyper-threads counted once where that is known."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    physical = psutil.cpu_count(logical=False) or usable or 1
    return max(1, min(usable or 1, physical))


def _sparsely(loading: Callable[[Loading], None]) -> Callable[[float], bool]:
    """Pass on a progress only when it has moved by a percent."""
    last = -1.0

    def passed(fraction: float) -> bool:
        nonlocal last
        if fraction - last >= 0.01 or fraction >= 1.0 > last:
            last = fraction
            loading(Loading(fraction))
        return True

    return passed
