"""llama-server's own `/completion`: token ids in, the prompt cache and its slots used."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from steerlm_studio.engine.server.dialect import Ended, joined
from steerlm_studio.engine.server.events import events, number_in, text_in
from steerlm_studio.engine.server.guard import cut, spellings
from steerlm_studio.engine.server.http import Http
from steerlm_studio.engine.server.trouble import Lost
from steerlm_studio.protocol import Finish, Lane, Part, Ready, Tokenize, Tokens

Units = tuple[tuple[int, str], ...]  # ids with their texts
_KEPT = 256  # texts whose ids are remembered: lanes share all but their last


class LlamaServer:
    """Prompts go as ids, so a user's text never opens a turn. Lane i uses slot i of `slots`."""

    def __init__(self, http: Http, ready: Ready, slots: int) -> None:
        self._http = http
        self._slots = slots
        self.ready = ready
        self._units = lru_cache(_KEPT)(self._tokenized)

    def complete(self, lane: Lane, number: int, stop: Sequence[str]) -> Iterator[str | Ended]:
        prompt = [token for units in self._prompt(lane.parts) for token, _ in units]
        units = (self._units(spelling, True) for spelling in stop)
        ends = {found[0][0] for found in units if len(found) == 1}
        lines = self._http.lines("/completion", self._fields(lane, number, prompt, stop))
        count, is_over = 0, False
        for event in events(lines):
            if event.get("stop"):
                if text := text_in(event.get("content")) * (not is_over):
                    yield text
                yield _ended(event, len(prompt))
                return
            if is_over:  # the server does not take this token for an end
                break
            ids = event.get("tokens")
            ids = ids if isinstance(ids, list) else []
            is_over = not ends.isdisjoint(token for token in ids if isinstance(token, int))
            count += not is_over
            if text := text_in(event.get("content")) * (not is_over):
                yield text
        if is_over:
            yield Ended("stop", count, len(prompt))

    def tokens(self, request: Tokenize) -> Tokens:
        groups = self._prompt(request.parts)
        found = [(unit, place) for place, group in enumerate(groups) for unit in group]
        return Tokens(
            run=request.run,
            ids=tuple(token for (token, _), _ in found),
            pieces=tuple(piece for (_, piece), _ in found),
            parts=tuple(place for _, place in found),
            cached=0,
        )

    def note(self, lane: Lane) -> str:
        return ""

    def _fields(
        self, lane: Lane, number: int, prompt: list[int], stop: Sequence[str]
    ) -> dict[str, Any]:
        sampling = lane.sampling
        return {
            "prompt": prompt,
            "stream": True,
            "cache_prompt": True,
            "return_tokens": True,
            "id_slot": number % self._slots if self._slots else -1,
            "n_predict": sampling.max_tokens if sampling.max_tokens > 0 else -1,
            "temperature": sampling.temperature,
            "top_k": sampling.top_k,
            "top_p": sampling.top_p,
            "min_p": sampling.min_p,
            "repeat_penalty": sampling.repeat_penalty,
            "seed": sampling.seed,
            "stop": [spelling for spelling in stop if spelling],
        }

    def _prompt(self, parts: Sequence[Part]) -> list[Units]:
        """The units of each control token, and of each text between two of them."""
        pattern = spellings(part.text for part in parts if part.kind == "control")
        found: list[Units] = []
        for is_control, text in joined(parts):
            unit = self._units(text, True) if is_control else ()
            if len(unit) != 1:  # text, or a token that this vocabulary does not have
                unit = sum((self._units(each, False) for each in cut(text, pattern)), ())
            found.append(unit)
        return found

    def _tokenized(self, text: str, special: bool) -> Units:
        asked = {"content": text, "add_special": False, "parse_special": special}
        answer = self._http.json("POST", "/tokenize", asked | {"with_pieces": True})
        found = answer.get("tokens") if isinstance(answer, dict) else None
        if not isinstance(found, list):
            raise Lost("The server does not tell the tokens of a text, as a llama-server does.")
        return tuple(_unit(each) for each in found)


def _unit(found: Any) -> tuple[int, str]:
    if not isinstance(found, dict) or not isinstance(found.get("id"), int):
        raise Lost("The server tells tokens without ids. Is it a llama-server?")
    piece = found.get("piece")
    if isinstance(piece, list):  # bytes that are no whole character
        ours = [byte for byte in piece if isinstance(byte, int) and 0 <= byte < 256]
        return found["id"], bytes(ours).decode(errors="replace")
    return found["id"], text_in(piece)


def _ended(event: dict[str, Any], prompt_tokens: int) -> Ended:
    finish: Finish = "length" if event.get("stop_type") == "limit" else "stop"
    if event.get("truncated"):
        finish = "context"
    timings = event.get("timings")
    timings = timings if isinstance(timings, dict) else {}
    evaluated = number_in(timings.get("prompt_n"))
    return Ended(
        finish,
        number_in(event.get("tokens_predicted")),
        prompt_tokens,
        evaluated,
        max(0, prompt_tokens - evaluated),
    )
