"""Answer several prompts side by side: share what they share, then one token for each per step."""

import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping

from steerlm_studio.engine.answer import Answer, Stops
from steerlm_studio.engine.cache import STEM, Cache, common
from steerlm_studio.engine.limits import Limits
from steerlm_studio.engine.llama import BATCH, Aborted, Llama, NoRoom
from steerlm_studio.engine.prompt import Prompt, Tokenizer
from steerlm_studio.engine.run import Run
from steerlm_studio.engine.threads import Threads
from steerlm_studio.engine.warm_up import TAIL, warm_up
from steerlm_studio.errors import StudioError
from steerlm_studio.protocol import (
    Finish,
    Generate,
    Lane,
    Prefill,
    Prefilling,
    Reply,
    Step,
)

AHEAD = 64  # rows at a time of what nobody has asked for yet


class Lanes:
    """Runs requests on a model, one after the other, and keeps what they evaluated.

    Fast reuses all it can and steps all lanes at once, so the last bits of a number, and now and
    then a word, can depend on what was evaluated together. Exact gives the same text for the same
    prompt, seed, device and build, whatever went before or runs beside.
    """

    def __init__(
        self, llama: Llama, tokenizer: Tokenizer, limits: Limits, threads: Threads
    ) -> None:
        self._llama = llama
        self._tokenizer = tokenizer
        self._limits = limits
        self.threads = threads
        self._cache = Cache(llama, limits.lanes)

    def warm_up(self) -> None:
        """Learn what suits this machine and model; see `warm_up`."""
        self._limits = warm_up(self._llama, self._cache, self._limits, self.threads)

    def known(self, prompt: Prompt) -> int:
        """How many tokens of a prompt are in the cache now."""
        return self._cache.known(prompt.ids)

    def run(self, request: Generate, cancelled: Callable[[], bool]) -> Iterator[Reply]:
        """Answer all lanes of a request, saying each step; the last message is `Done`.

        Raises `StudioError` when a prompt is empty or longer than the context.
        """
        prompts = [self._prompt(lane) for lane in request.lanes]
        stops = Stops(request.stop, self._tokenizer)
        lanes = zip(prompts, request.lanes, strict=True)
        answers = [
            Answer(number, prompt, lane.sampling, stops, self._llama, request.endless)
            for number, (prompt, lane) in enumerate(lanes)
        ]
        exact = request.mode == "exact"
        padded = request.padded or len(answers) > 1
        width = self._limits.exact_width if exact else self._limits.width(1, padded)
        run = Run(request.run, answers, width, padded, cancelled)
        run.graphs = self._llama.graphs_reused
        try:
            yield from (self._exact if exact else self._fast)(run)
        except Aborted:
            yield from self._end_all(run, "cancelled")
        except NoRoom:
            yield from self._end_all(run, "context")
        finally:
            for answer in answers:
                answer.close()
        yield run.done(self._llama.graphs_reused)

    def prefill(self, request: Prefill, disturbed: Callable[[], bool]) -> bool:
        """Evaluate the stem that `request` may soon need; False when it was disturbed.

        Exact gets the very batches that it would evaluate itself; Fast short ones, of which little
        is lost.
        """
        prompt = self._tokenizer.prompt(request.parts)
        stem, exact = prompt.ids[: prompt.prefix], request.mode == "exact"
        if not self._cache.shares or not 0 < len(prompt.ids) < self._limits.context:
            return True
        if exact:
            self._cache.even_stem(stem)
        elif self._cache.holds(stem):
            return True
        else:
            self._cache.assign({STEM: stem}, spare=self._limits.cells - len(stem) - AHEAD)
        size, width = (BATCH, self._limits.exact_width) if exact else (AHEAD, 1)
        missing = self._cache.missing({STEM: stem})
        try:
            for start in range(0, len(missing), size):
                if disturbed():
                    return False
                self._cache.evaluate(missing[start : start + size], {STEM: stem}, width)
        except Aborted:
            return False
        except NoRoom:
            self._cache.clear()
        return True

    def _prompt(self, lane: Lane) -> Prompt:
        prompt = self._tokenizer.prompt(lane.parts)
        context = self._limits.context
        if not prompt.ids:
            raise StudioError("The prompt is empty. Type something to answer.")
        if len(prompt.ids) >= context:
            raise StudioError(
                f"The prompt has {len(prompt.ids)} tokens and the context holds {context}. "
                "Shorten the conversation, or choose a larger context."
            )
        return prompt

    # --- Fast: all lanes in one batch ----------------------------------------------------------

    def _fast(self, run: Run) -> Iterator[Reply]:
        stem = self._stem(run.answers)
        waiting, active = deque(run.answers), dict[int, Answer]()
        keep: set[int] = set()
        while waiting or active:
            newcomers, spare = self._admitted(waiting, active, len(stem))
            if newcomers:
                targets = {slot: answer.prompt.ids for slot, answer in newcomers.items()}
                if not keep:
                    targets = {STEM: stem, **targets}
                reused = self._cache.assign(targets, keep, spare)
                run.reused += sum(reused[slot] for slot in newcomers)
                alike = self._limits.alike(run.padded)
                yield from self._prefill(run, targets, len(stem), newcomers, alike=alike)
                active |= newcomers
            else:
                width = self._limits.width(len(active), run.padded)
                yield from self._step(run, active, width)
            yield from self._ended(run, active)
            keep = {STEM, *active}

    def _stem(self, answers: list[Answer]) -> tuple[int, ...]:
        """What all prompts share, up to the first place where a control string may begin."""
        if not self._cache.shares or not answers:
            return ()
        first = answers[0].prompt.ids
        ends = [min(a.prompt.prefix, common(first, a.prompt.ids)) for a in answers]
        return first[: min(ends)]

    def _admitted(
        self, waiting: deque[Answer], active: Mapping[int, Answer], stem: int
    ) -> tuple[dict[int, Answer], int]:
        """The next lanes that fit beside those that run, by slot, and how many cells are left.

        One alone always fits.
        """
        newcomers: dict[int, Answer] = {}
        context = self._limits.context
        cells = self._limits.cells - self._limits.columns - stem
        cells -= sum(answer.most(context) - stem for answer in active.values())
        cells -= self._cache.parked if active else 0
        for slot in range(1, self._limits.lanes + 1):
            if slot in active or not waiting:
                continue
            wanted = waiting[0].most(context) - stem
            if wanted > cells and (active or newcomers):
                break
            cells -= wanted
            newcomers[slot] = waiting.popleft()
        return newcomers, max(0, cells)

    # --- Exact: one lane at a time, evaluated in the same calls whatever went before -----------

    def _exact(self, run: Run) -> Iterator[Reply]:
        width = run.width
        for answer in run.answers:
            prefix = answer.prompt.ids[: answer.prompt.prefix if self._cache.shares else 0]
            run.reused += self._cache.even_stem(prefix)
            yield from self._prefill(run, {STEM: prefix}, len(prefix), {}, width)
            active = {1: answer}
            targets = {1: answer.prompt.ids}
            self._cache.assign(targets, {STEM})  # nothing else was left by `even_stem`
            yield from self._prefill(run, targets, len(prefix), active, width)
            yield from self._ended(run, active)
            while active:
                yield from self._step(run, active, width)
                yield from self._ended(run, active)

    # --- what both do --------------------------------------------------------------------------

    def _prefill(
        self,
        run: Run,
        targets: Mapping[int, tuple[int, ...]],
        cut: int,
        answers: Mapping[int, Answer],
        width: int = 1,
        alike: int = 1,
    ) -> Iterator[Reply]:
        """Evaluate what is missing of the targets, and choose each answer's first token.

        Tails, behind `cut`, get rows up to a multiple of `alike`.
        """
        missing = self._cache.missing(targets)
        done, pieces, began = 0, dict[int, str](), time.monotonic()
        for batch, tail in self._cache.batches(missing, cut, self._tail(answers, cut, alike)):
            run.check()
            began = time.monotonic()
            ends = self._cache.evaluate(batch, targets, width, alike if tail else 1)
            pieces |= {slot: self._take(slot, answers[slot], row) for slot, row in ends.items()}
            run.prompt_seconds += time.monotonic() - began
            run.evaluated += len(batch)
            done += len(batch)
            yield Prefilling(run.number, done, len(missing))
        if pieces:
            yield self._column(run, answers, pieces, began)

    def _tail(self, answers: Mapping[int, Answer], cut: int, alike: int) -> int:
        """The rows of a batch behind `cut`: as many prompts of one chat must be cut alike."""
        if alike == 1:
            return BATCH
        one_chat = all(answer.prompt.prefix <= cut for answer in answers.values())
        return TAIL if one_chat else BATCH - 2 * alike

    def _step(self, run: Run, active: Mapping[int, Answer], width: int) -> Iterator[Reply]:
        """Evaluate the token that each lane chose last, and choose the next."""
        run.check()
        began = time.monotonic()
        rows = self._cache.step({slot: answer.next for slot, answer in active.items()}, width)
        decoded = time.monotonic()
        pieces = {slot: self._take(slot, active[slot], row) for slot, row in rows.items()}
        run.sampling_seconds += time.monotonic() - decoded
        run.steps += 1
        yield self._column(run, active, pieces, began)
        self._llama.set_threads(self.threads.observe(time.monotonic() - began, width))

    def _take(self, slot: int, answer: Answer, row: int) -> str:
        text = answer.take(self._llama.logits(row))
        if answer.finish is None and len(self._cache.slots[slot].tokens) >= self._limits.context:
            text += answer.end("context")
        return text

    def _column(
        self, run: Run, answers: Mapping[int, Answer], pieces: Mapping[int, str], began: float
    ) -> Step:
        now = time.monotonic()
        run.first_token = run.first_token or now
        return Step(
            run=run.number,
            lanes=tuple(answers[slot].number for slot in pieces),
            pieces=tuple(pieces.values()),
            seconds=now - began,
            threads=self._llama.threads,
        )

    def _ended(self, run: Run, active: dict[int, Answer]) -> Iterator[Reply]:
        """Say which lanes ended, and drop them from the active ones."""
        for slot, answer in list(active.items()):
            if answer.finish is not None:
                del active[slot]
                yield run.lane_done(answer, answer.finish)

    def _end_all(self, run: Run, finish: Finish) -> Iterator[Reply]:
        left = [answer for answer in run.answers if answer.finish is None]
        pieces = [answer.end(finish) for answer in left]
        if any(pieces):
            numbers = tuple(answer.number for answer in left)
            yield Step(run.number, numbers, tuple(pieces), 0.0, self._llama.threads)
        for answer in left:
            yield run.lane_done(answer, finish)
