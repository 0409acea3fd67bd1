"""How far a batch is: a line of the terminal, or JSON lines."""

import json
import sys
import time
from collections.abc import Mapping
from typing import Any

from steerlm_studio.batch.output import Answer, Output
from steerlm_studio.cli.batch_work import Failure
from steerlm_studio.cli.words import as_time, printable
from steerlm_studio.errors import piece

EVERY = 0.1  # seconds between two repaints of the line
SHOWN = 400  # characters of a text in a JSON line: the table has all of it


class Progress:
    """Counts answers. `done` of `total` were there when this began."""

    def __init__(self, total: int, done: int) -> None:
        self.total, self.done, self.failed = total, done, 0
        self._first = done
        self._tokens = 0
        self.start()

    def start(self) -> None:
        """The model is loaded: what is measured begins now."""
        self._began = time.monotonic()

    def count(self, result: Answer | Failure) -> None:
        if isinstance(result, Failure):
            self.failed += 1
            return
        self.done += 1
        self._tokens += sum(ending.tokens for ending in result.endings)

    @property
    def rate(self) -> float:
        """Tokens a second, all lanes together."""
        return self._tokens / max(time.monotonic() - self._began, 1e-3)

    @property
    def seconds_left(self) -> float | None:
        """By the answers of this start alone; None before the first."""
        made = self.done - self._first + self.failed
        if not made:
            return None
        each = (time.monotonic() - self._began) / made
        return each * (self.total - self.done - self.failed)


class Teller:
    """Tells of a batch on stderr, in one line that changes where that is a terminal."""

    def kept(self, row: Mapping[str, Any]) -> None:
        """A row that was there already."""

    def begun(self, output: Output, settings: list[str], prompts: int, progress: Progress) -> None:
        if output.mended:
            print(
                "The last answer was cut when an earlier start ended: made again.", file=sys.stderr
            )
        if progress.done:
            print(f"{progress.done} of {progress.total} answers are there.", file=sys.stderr)
        self._shown = 0.0

    def told(self, result: Answer | Failure, progress: Progress) -> None:
        if isinstance(result, Failure):
            self._clear()
            print(f"steerlm-studio: {sentence(result)}", file=sys.stderr)
        now = time.monotonic()
        if sys.stderr.isatty() and now - self._shown > EVERY:
            self._shown = now
            left = as_time(progress.seconds_left)
            text = f"{progress.done} of {progress.total} answers, {progress.rate:.0f} tokens/s"
            print(f"\r{text}, {left} left".ljust(79), end="", file=sys.stderr, flush=True)

    def ended(self, output: Output, progress: Progress, is_whole: bool) -> None:
        self._clear()
        print(
            f"{', '.join(map(str, output.paths))}: {progress.done} of {progress.total} answers.",
            file=sys.stderr,
        )

    def _clear(self) -> None:
        if sys.stderr.isatty():
            print("\r" + " " * 79 + "\r", end="", file=sys.stderr)


class JsonTeller(Teller):
    """Tells the same as one JSON object a line, on stdout."""

    def kept(self, row: Mapping[str, Any]) -> None:
        turns = row.get("replies") or row.get("choices", [{}])[0].get("turns") or [""]
        fields = {key: row.get(key) for key in ("number", "setting", "finish")}
        asked = _beginning(str(row.get("prompt", "")))
        _say("kept", **fields, prompt=asked, text=_beginning(str(turns[-1])))

    def begun(self, output: Output, settings: list[str], prompts: int, progress: Progress) -> None:
        fields = {"total": progress.total, "done": progress.done}
        out = [str(path) for path in output.paths]
        _say("begun", out=out, settings=settings, prompts=prompts, **fields)

    def told(self, result: Answer | Failure, progress: Progress) -> None:
        fields = {
            "number": result.prompt.number,
            "setting": result.setting.name,
            "prompt": _beginning(result.prompt.questions[0]),
        }
        amounts = {"done": progress.done, "failed": progress.failed, "total": progress.total}
        pace = {"rate": progress.rate, "seconds_left": progress.seconds_left}
        if isinstance(result, Failure):
            _say("failed", **fields, message=sentence(result), **amounts, **pace)
            return
        text, finish = _beginning(result.replies[-1]), result.endings[-1].finish
        _say("answered", **fields, finish=finish, text=text, **amounts, **pace)

    def ended(self, output: Output, progress: Progress, is_whole: bool) -> None:
        amounts = {"done": progress.done, "failed": progress.failed, "total": progress.total}
        _say("ended", whole=is_whole, **amounts)


def sentence(failure: Failure) -> str:
    """Which answer could not be made, and why."""
    name = printable(failure.setting.name)
    return piece(
        f"Prompt {failure.prompt.number} under “{name}” is not answered. {failure.message}"
    )


def _beginning(text: str) -> str:
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"


def _say(step: str, **fields: object) -> None:
    print(json.dumps({"step": step, **fields}), flush=True)
