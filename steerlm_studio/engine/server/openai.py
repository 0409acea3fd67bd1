"""Any server with OpenAI's `/v1/completions`: vLLM, NIM, llama_cpp.server and others."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from steerlm_studio.engine.server.dialect import Ended, joined
from steerlm_studio.engine.server.events import END, Halves, events, number_in
from steerlm_studio.engine.server.guard import spaced, spellings
from steerlm_studio.engine.server.http import Http
from steerlm_studio.engine.server.ids import Ids
from steerlm_studio.engine.server.trouble import Lost, Refused
from steerlm_studio.errors import StudioError, piece
from steerlm_studio.protocol import Finish, Lane, Ready, Sampling, Tokenize, Tokens

_UNLIMITED = 2048  # tokens where no limit is set: OpenAI's own default is 16
_LEFT_OUT = piece("This server takes no top k, min p and repeat penalty: they were left out.")
_ENDED = piece(
    "The server ended the answer before its end, as one does that answers a single request at a "
    "time when the next one comes: ask fewer at a time (--concurrency). The text so far is kept."
)
_SPACED = piece(
    "The text spells control tokens, and this server would read them as such: each was sent with a "
    "space in it."
)


class OpenAI:
    """Prompts go as text, control tokens spelled out: the server finds them itself.

    Where a user's text spells some, too, ids go if the server tells them (`ids`), else the text
    with spaces. All other prompts have the same ids as text, and need no asking.
    """

    def __init__(self, http: Http, model: str, ready: Ready, ids: Ids | None = None) -> None:
        self._http = http
        self._model = model
        self._ids = ids
        self._takes_more = True  # than OpenAI's own fields
        self.ready = ready

    def complete(self, lane: Lane, number: int, stop: Sequence[str]) -> Iterator[str | Ended]:
        finish: Finish | None = None
        tokens = prompt_tokens = 0
        halves = Halves()
        counts_end = False  # vLLM counts the token that ends an answer
        for event in events(self._lines(lane, stop)):
            usage = event.get("usage")
            if isinstance(usage, dict):
                tokens = number_in(usage.get("completion_tokens"))
                prompt_tokens = number_in(usage.get("prompt_tokens"))
            for choice in _choices(event):
                if text := halves.joined(choice.get("text")):
                    yield text
                if reason := choice.get("finish_reason"):
                    finish = "length" if reason == "length" else "stop"
                    counts_end = finish == "stop" and "stop_reason" in choice
            if event.get(END) and finish is None:
                raise Lost(_ENDED)
        if finish == "length" and 0 < self.ready.context <= prompt_tokens + tokens:
            finish = "context"
        if text := halves.joined("", is_last=True):
            yield text
        if finish is not None:
            yield Ended(finish, max(0, tokens - counts_end), prompt_tokens)

    def tokens(self, request: Tokenize) -> Tokens:
        if self._ids is None:
            raise StudioError(self.ready.cannot["tokens"])
        return self._ids.tokens(request)

    def note(self, lane: Lane) -> str:
        return " ".join(
            note
            for note, holds in (
                (_SPACED, self._ids is None and _spells(lane)),
                (_LEFT_OUT, not self._takes_more and _wants_more(lane.sampling)),
            )
            if holds
        )

    def _lines(self, lane: Lane, stop: Sequence[str]) -> Iterator[bytes]:
        """The answer's lines. A server that does not know our further fields is asked without."""
        plain = self._fields(lane, stop)
        if self._takes_more:
            lines = self._http.lines("/v1/completions", plain | _more(lane.sampling))
            try:
                first = next(lines, b"")
            except Refused as error:
                if error.status not in (400, 422) or not _is_about_fields(str(error)):
                    raise
                self._takes_more = False
            else:
                yield first
                yield from lines
                return
        yield from self._http.lines("/v1/completions", plain)

    def _fields(self, lane: Lane, stop: Sequence[str]) -> dict[str, Any]:
        sampling = lane.sampling
        return {
            "model": self._model,
            "prompt": self._prompt(lane),
            "stream": True,
            "max_tokens": self._most(lane),
            "temperature": sampling.temperature,
            "top_p": sampling.top_p,
            "seed": sampling.seed,
            "stop": [spelling for spelling in stop if spelling],
        }

    def _prompt(self, lane: Lane) -> str | list[int]:
        if self._ids is None or not _spells(lane):
            return _spaced(lane)
        return self._ids.prompt(lane.parts)

    def _most(self, lane: Lane) -> int:
        """The most tokens to ask for: vLLM refuses to be asked for more than its context."""
        asked, context = lane.sampling.max_tokens, self.ready.context
        if asked <= 0 and context and self._ids is not None:
            return max(1, context - len(self._ids.prompt(lane.parts)))
        most = asked if asked > 0 else _UNLIMITED
        return min(most, context) if context else most


def _spells(lane: Lane) -> bool:
    """Whether text in it reads like a control token."""
    return _spaced(lane) != "".join(part.text for part in lane.parts)


def _spaced(lane: Lane) -> str:
    pattern = spellings(part.text for part in lane.parts if part.kind == "control")
    return "".join(
        text if is_control else spaced(text, pattern) for is_control, text in joined(lane.parts)
    )


def _choices(event: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found = event.get("choices")
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _more(sampling: Sampling) -> dict[str, Any]:
    """Fields of vLLM and of llama.cpp's servers; each passes over those of the other.

    Special tokens must show in vLLM's text, or the stop spelling is never found in it.
    """
    return {
        "top_k": sampling.top_k if sampling.top_k > 0 else -1,
        "min_p": sampling.min_p,
        "repeat_penalty": sampling.repeat_penalty,
        "repetition_penalty": sampling.repeat_penalty,
        "add_special_tokens": False,
        "skip_special_tokens": False,
        "stream_options": {"include_usage": True},
    }


def _wants_more(sampling: Sampling) -> bool:
    return sampling.top_k > 0 or sampling.min_p > 0 or sampling.repeat_penalty != 1.0


def _is_about_fields(said: str) -> bool:
    lowered = said.lower()
    words = ("extra", "unknown", "unrecognized", "unsupported", "not permitted", "unexpected")
    return any(word in lowered for word in words)
