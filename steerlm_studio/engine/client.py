"""The engine child as a plain object, for the command line: no Qt, one request at a time."""

import contextlib
import os
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from types import TracebackType
from typing import IO

import msgspec

from steerlm_studio import protocol
from steerlm_studio.child import child_command
from steerlm_studio.errors import MemoryShort, StudioError
from steerlm_studio.memory_need import Cache
from steerlm_studio.outcome import KEPT_LINES, outcome
from steerlm_studio.protocol import (
    Cancel,
    Done,
    Failed,
    Generate,
    Lane,
    Loading,
    Mode,
    Part,
    Prefill,
    Ready,
    Reply,
    Request,
    SetThreads,
    Tokenize,
    Tokens,
)

GRACE = 5.0  # seconds that a child has to end once its stdin is closed


def command(
    model: str | os.PathLike[str],
    *,
    context: int = 0,
    lanes: int = 1,
    gpu_layers: int = -1,
    threads: int = 0,
    cache: Cache = "f16",
    split: str = "",
    overcommit: bool = False,
) -> list[str]:
    """The command line that starts the engine child."""
    options: dict[str, object] = {"context": context, "lanes": lanes, "gpu-layers": gpu_layers}
    options |= {"threads": threads, "cache": cache, "split": split}
    named = [f"--{name}={value}" for name, value in options.items()]
    named += ["--overcommit"] if overcommit else []
    return child_command("steerlm_studio.engine.serve", os.fspath(model), *named)


class Engine:
    """Starts the child and loads the model on entering, ends it on leaving.

        with Engine("model.gguf") as engine:
            for reply in engine.generate([Lane(parts)]): …

    Entering and every method raise `StudioError` when the child refuses or dies.
    """

    ready: Ready
    _environment: dict[str, str] | None = None  # of the child; None: that of this process

    def __init__(
        self,
        model: str | os.PathLike[str],
        *,
        context: int = 0,
        lanes: int = 1,
        gpu_layers: int = -1,
        threads: int = 0,
        cache: Cache = "f16",
        split: str = "",
        overcommit: bool = False,
        loading: Callable[[float], None] = lambda fraction: None,
    ) -> None:
        self._command = command(
            model,
            context=context,
            lanes=lanes,
            gpu_layers=gpu_layers,
            threads=threads,
            cache=cache,
            split=split,
            overcommit=overcommit,
        )
        self._loading = loading
        self._run = 0
        self._log: deque[str] = deque(maxlen=KEPT_LINES)

    def __enter__(self) -> "Engine":
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(
            self._command, stdin=pipe, stdout=pipe, stderr=pipe, env=self._environment
        )
        stderr = self._process.stderr
        self._reader = threading.Thread(target=self._read_log, args=(stderr,), daemon=True)
        self._reader.start()
        try:
            self._load()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def pid(self) -> int:
        """The process id of the child."""
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """Whether the child is there for another request."""
        return self._process.poll() is None

    def generate(
        self,
        lanes: Sequence[Lane],
        *,
        mode: Mode = "fast",
        stop: Sequence[str] = ("<extra_id_1>",),
        padded: bool = True,
        endless: bool = False,
    ) -> Iterator[Reply]:
        """The replies to one request, `Done` last. Closing the iterator early stops the run."""
        self._run += 1
        run = self._run
        self._send(Generate(run, tuple(lanes), mode, tuple(stop), padded, endless))
        is_over = False
        try:
            for message in self._replies_to(run):
                is_over = isinstance(message, Done)
                yield message
                if is_over:
                    return
        except GeneratorExit:
            if not is_over and self.is_running:
                self._stop(run)
            raise

    def cancel(self) -> None:
        """Stop the run that goes on; its replies still end with `Done`. From any thread."""
        self._send(Cancel(self._run))

    def tokenize(self, parts: Sequence[Part]) -> Tokens:
        """The token ids of a prompt."""
        self._run += 1
        self._send(Tokenize(self._run, tuple(parts)))
        return next(m for m in self._replies_to(self._run) if isinstance(m, Tokens))

    def prefill(self, parts: Sequence[Part], *, mode: Mode = "fast") -> None:
        """Let the engine read a prompt that may be asked for soon; returns at once."""
        self._run += 1
        self._send(Prefill(self._run, tuple(parts), mode))

    def set_threads(self, threads: int) -> None:
        """Fix the number of CPU threads; 0 adapts it."""
        self._send(SetThreads(threads))

    def close(self) -> None:
        """End the child: it does so by itself once its stdin is closed."""
        stdin, stdout = self._process.stdin, self._process.stdout
        with contextlib.suppress(BrokenPipeError):
            _open(stdin).close()
        try:
            self._process.wait(GRACE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join()
        _open(stdout).close()

    def _load(self) -> None:
        for message in self._messages():
            if isinstance(message, Loading):
                self._loading(message.fraction)
            elif isinstance(message, Ready):
                self.ready = message
                return

    def _stop(self, run: int) -> None:
        """Cancel a run and read what it still says, so that the next run starts afresh."""
        with contextlib.suppress(StudioError):
            self._send(Cancel(run))
            next(m for m in self._replies_to(run) if isinstance(m, Done))

    def _replies_to(self, run: int) -> Iterator[Reply]:
        return (m for m in self._messages() if getattr(m, "run", run) == run)

    def _messages(self) -> Iterator[Reply]:
        """What the child says, without end. Raises `StudioError` for `Failed` and for its death."""
        for data in _open(self._process.stdout):
            try:
                message = protocol.reply(data)
            except msgspec.MsgspecError as error:
                raise StudioError(
                    "The engine said something that is no message. Restart it.", str(error)
                ) from error
            if isinstance(message, Failed):
                raise _refusal(message)
            yield message
        raise self._death()

    def _send(self, message: Request) -> None:
        stdin = _open(self._process.stdin)
        try:
            stdin.write(protocol.line(message))
            stdin.flush()
        except BrokenPipeError:
            raise self._death() from None

    def _death(self) -> StudioError:
        code = self._process.wait(GRACE)
        self._reader.join()
        return outcome(code, "\n".join(self._log))

    def _read_log(self, stderr: IO[bytes]) -> None:
        with stderr:
            for data in stderr:
                self._log.append(data.decode("utf-8", errors="replace").rstrip("\n"))


def _refusal(said: Failed) -> StudioError:
    if said.needed:
        return MemoryShort(
            said.message, said.detail, needed=said.needed, free=said.free, on_gpu=said.on_gpu
        )
    return StudioError(said.message, said.detail)


def _open(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None  # all three were asked for
    return pipe
