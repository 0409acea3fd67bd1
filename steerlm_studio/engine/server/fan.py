"""Lanes as requests side by side: at most so many at a time, stopped together."""

import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from steerlm_studio.engine.server.dialect import Dialect, Ended
from steerlm_studio.engine.server.trouble import Busy, Lost, Refused, Trouble
from steerlm_studio.errors import piece
from steerlm_studio.protocol import Done, Finish, Generate, Lane, LaneDone, Reply, Step

_TRIES = 6  # of a request that a busy server sends away
_LONGEST_WAIT = 60.0  # seconds between two of them
_LOOK = 0.05  # seconds between two looks at whether the run was cancelled
_AHEAD = 256  # pieces that may wait to be told; then the server waits, too
_UNLIMITED = 100_000  # pieces that are believed where no limit was asked for
_LONGEST_TOKEN = 256  # characters, on average
_SPARE = 64  # pieces over the limit before a server is taken for one that does not heed it
_CUT = piece("The answer was cut before its end. The text so far is kept; ask again to go on.")
_EMPTY = piece(
    "The server ended the answer before its first word. The prompt may be longer than its context: "
    "shorten the conversation, or look at the server's log."
)
_FLOOD = piece("The server sends more than was asked for: the answer was stopped.")


@dataclass(frozen=True)
class Failure:
    """Why a lane has no end of its own."""

    finish: Finish
    sentence: str


Event = tuple[int, "str | Ended | Failure"]


@dataclass
class Run:
    """One request while it goes on."""

    request: Generate
    waiting: deque[int]
    open: set[int]
    pieces: dict[int, int] = field(default_factory=dict)
    events: "queue.Queue[Event]" = field(default_factory=lambda: queue.Queue(_AHEAD))
    over: threading.Event = field(default_factory=threading.Event)
    began: float = field(default_factory=time.monotonic)
    told: float = field(default_factory=time.monotonic)
    first: float = 0.0
    evaluated: int = 0
    reused: int = 0
    generated: int = 0

    def put(self, lane: int, what: "str | Ended | Failure") -> None:
        """From a thread: hand it on, waiting as long as the run goes on."""
        while not self.over.is_set():
            try:
                return self.events.put((lane, what), timeout=_LOOK)
            except queue.Full:
                continue


class Fan:
    """Answers requests with a dialect. `stop` must end all its requests from another thread."""

    def __init__(self, dialect: Dialect, concurrency: int, stop: Callable[[], None]) -> None:
        self._dialect = dialect
        self._concurrency = concurrency
        self._stop = stop

    def run(self, request: Generate, cancelled: Callable[[], bool]) -> Iterator[Reply]:
        """The replies to a request, `Done` last."""
        numbers = range(len(request.lanes))
        run = Run(request, deque(numbers), set(numbers))
        for _ in range(min(self._concurrency, len(run.open))):
            threading.Thread(target=self._work, args=(run,), daemon=True).start()
        try:
            while run.open and not cancelled():
                yield from self._tell(run, self._arrived(run))
            for lane in sorted(run.open):
                yield self._lane_done(run, lane, Failure("cancelled", ""))
        finally:
            run.over.set()
            self._stop()
        yield self._done(run)

    # --- in threads ----------------------------------------------------------------------------

    def _work(self, run: Run) -> None:
        while not run.over.is_set():
            try:
                number = run.waiting.popleft()
            except IndexError:
                return
            run.put(number, self._answered(run, number, run.request.lanes[number]))

    def _answered(self, run: Run, number: int, lane: Lane) -> Ended | Failure:
        """Ask for one lane, handing its pieces on; asks again while the server is only busy."""
        for attempt in range(1, _TRIES + 1):
            try:
                return self._once(run, number, lane)
            except Busy as error:
                wait = min(
                    2.0 ** (attempt - 1) if error.after is None else error.after, _LONGEST_WAIT
                )
                if attempt == _TRIES or run.over.wait(wait):
                    return Failure("lost", str(error))
            except Trouble as error:
                return Failure("refused" if isinstance(error, Refused) else "lost", str(error))
            except Exception as error:  # a bug: the lane says so, the other lanes go on
                return Failure("lost", f"The program met an error of its own: {error!r}.")
        raise AssertionError("unreachable")

    def _once(self, run: Run, number: int, lane: Lane) -> Ended:
        most = lane.sampling.max_tokens if lane.sampling.max_tokens > 0 else _UNLIMITED
        characters = 0
        for count, text in enumerate(self._dialect.complete(lane, number, run.request.stop)):
            if isinstance(text, Ended):
                return text
            characters += len(text)
            if count > most + _SPARE or characters > _LONGEST_TOKEN * (most + _SPARE):
                raise Lost(_FLOOD)
            if run.over.is_set():  # the connection was made when all others were stopped
                break
            run.put(number, text)
        raise Lost(_CUT if characters else _EMPTY)

    # --- in the main thread --------------------------------------------------------------------

    def _arrived(self, run: Run) -> list[Event]:
        """What has come since; waits a moment for the first."""
        found: list[Event] = []
        try:
            found.append(run.events.get(timeout=_LOOK))
            while len(found) < _AHEAD:
                found.append(run.events.get_nowait())
        except queue.Empty:
            pass
        return found

    def _tell(self, run: Run, events: list[Event]) -> Iterator[Reply]:
        """Steps with at most one piece of each lane, and the ends of lanes, in their order."""
        column: dict[int, str] = {}
        for lane, what in events:
            if isinstance(what, str) and lane not in column:
                column[lane] = what
                continue
            if column:
                yield self._step(run, column)
                column = {}
            if isinstance(what, str):
                column[lane] = what
            else:
                yield self._lane_done(run, lane, what)
        if column:
            yield self._step(run, column)

    def _step(self, run: Run, column: dict[int, str]) -> Step:
        now = time.monotonic()
        seconds, run.told = now - run.told, now
        run.first = run.first or now
        for lane in column:
            run.pieces[lane] = run.pieces.get(lane, 0) + 1
        return Step(run.request.run, tuple(column), tuple(column.values()), seconds, 0)

    def _lane_done(self, run: Run, lane: int, how: Ended | Failure) -> LaneDone:
        run.open.discard(lane)
        sampling = run.request.lanes[lane].sampling
        told = run.pieces.get(lane, 0)
        notes = [self._dialect.note(run.request.lanes[lane])]
        if isinstance(how, Failure):
            notes, how = [how.sentence, *notes], Ended(how.finish)
        tokens = how.tokens or told
        run.generated += tokens
        run.evaluated += how.evaluated
        run.reused += how.reused
        note = " ".join(filter(None, notes))
        return LaneDone(
            run=run.request.run,
            lane=lane,
            finish=how.finish,
            tokens=tokens,
            prompt_tokens=how.prompt_tokens,
            seed=sampling.seed,
            note=note,
        )

    def _done(self, run: Run) -> Done:
        now = time.monotonic()
        first = (run.first or now) - run.began
        return Done(
            run=run.request.run,
            evaluated=run.evaluated,
            reused=run.reused,
            generated=run.generated,
            prompt_seconds=first,
            first_token_seconds=first,
            seconds=now - run.began,
        )
