"""llama-server's own `/completion`: token ids in, the prompt cache and its slots used."""

from collections.abc import Iterator, Sequence
from typing import Any

from steerlm_studio.engine.server.dialect import Ended
from steerlm_studio.engine.server.events import events, number_in, text_in
from steerlm_studio.engine.server.http import Http
from steerlm_studio.engine.server.ids import NOT_TOLD, Ids, Unit, id_in
from steerlm_studio.engine.server.trouble import Lost
from steerlm_studio.protocol import Finish, Lane, Ready, Tokenize, Tokens


class LlamaServer:
    """Prompts go as ids, so a user's text never opens a turn. Lane i uses slot i of `slots`."""

    def __init__(self, http: Http, ready: Ready, slots: int) -> None:
        self._http = http
        self._slots = slots
        self.ready = ready
        self._ids = Ids(self._asked)

    def complete(self, lane: Lane, number: int, stop: Sequence[str]) -> Iterator[str | Ended]:
        prompt = self._ids.prompt(lane.parts)
        ends = {self._ids.unit(spelling) for spelling in stop if spelling}
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
        return self._ids.tokens(request)

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

    def _asked(self, text: str, special: bool) -> tuple[Unit, ...]:
        asked = {"content": text, "add_special": False, "parse_special": special}
        answer = self._http.json("POST", "/tokenize", asked | {"with_pieces": True})
        found = answer.get("tokens") if isinstance(answer, dict) else None
        if not isinstance(found, list):
            raise Lost(NOT_TOLD)
        return tuple(_unit(each) for each in found)


def _unit(found: Any) -> Unit:
    if not isinstance(found, dict):
        raise Lost(NOT_TOLD)
    token, piece = id_in(found.get("id")), found.get("piece")
    if isinstance(piece, list):  # bytes that are no whole character
        ours = [byte for byte in piece if isinstance(byte, int) and 0 <= byte < 256]
        return token, bytes(ours).decode(errors="replace")
    return token, text_in(piece)


def _ended(event: dict[str, Any], prompt_tokens: int) -> Ended:
    finish: Finish = "length" if event.get("stop_type") == "limit" else "stop"
    if event.get("truncated"):
        finish = "context"
    timings = event.get("timings")
    timings = timings if isinstance(timings, dict) else {}
    evaluated = number_in(timings.get("prompt_n"))
    ended_by_token = event.get("stop_type") == "eos"  # which is counted
    return Ended(
        finish,
        max(0, number_in(event.get("tokens_predicted")) - ended_by_token),
        prompt_tokens,
        evaluated,
        max(0, prompt_tokens - evaluated),
    )
