"""One reply in the making: its sampler, the text that may be shown, and why it ends."""

from codecs import getincrementaldecoder
from collections.abc import Sequence

from steerlm_studio.engine.llama import Llama, Logits
from steerlm_studio.engine.prompt import Prompt, Tokenizer
from steerlm_studio.engine.sampling import Sampler
from steerlm_studio.protocol import Finish, Sampling

_utf8 = getincrementaldecoder("utf-8")


class Stops:
    """What ends a reply: ids of control tokens, and spellings where the vocabulary has none."""

    def __init__(self, spellings: Sequence[str], tokenizer: Tokenizer) -> None:
        units = {spelling: tokenizer.unit(spelling) for spelling in spellings}
        self.ids = {unit for unit in units.values() if unit is not None}
        self.texts = [s for s, unit in units.items() if unit is None and s]


class StoppingText:
    """Text that arrives in bytes and ends at a spelling; what may be its start is held back."""

    def __init__(self, stops: Sequence[str]) -> None:
        self._stops = stops
        self._decoder = _utf8(errors="replace")
        self._held = ""
        self.stopped = False

    def add(self, data: bytes, final: bool = False) -> str:
        """The text that can be shown now. `final`: nothing follows, hold nothing back."""
        text = self._held + self._decoder.decode(data, final)
        found = [at for stop in self._stops if (at := text.find(stop)) >= 0]
        if found:
            self._held, self.stopped = "", True
            return text[: min(found)]
        keep = 0 if final else max((_overlap(text, stop) for stop in self._stops), default=0)
        self._held = text[len(text) - keep :]
        return text[: len(text) - keep]


def _overlap(text: str, stop: str) -> int:
    """The length of the longest end of `text` that `stop` begins with."""
    longest = min(len(text), len(stop) - 1)
    return next((n for n in range(longest, 0, -1) if text.endswith(stop[:n])), 0)


class Answer:
    """A lane's reply. `number` is the lane's in its request; `finish` is None while it goes on."""

    def __init__(
        self,
        number: int,
        prompt: Prompt,
        sampling: Sampling,
        stops: Stops,
        llama: Llama,
        endless: bool = False,
    ) -> None:
        self.number = number
        self.prompt = prompt
        self.sampler = Sampler(sampling)
        self.finish: Finish | None = None
        self.tokens = 0
        self.next = -1  # the token that was chosen last and is not yet evaluated
        self._limit = sampling.max_tokens
        self._stops = stops
        self._text = StoppingText(stops.texts)
        self._llama = llama
        self._endless = endless

    def take(self, logits: Logits) -> str:
        """Choose a token by a row of logits; returns the text that can be shown now."""
        self.next = self.sampler.choose(logits)
        if not self._endless and self._ends(self.next):
            return self.end("stop")
        self.tokens += 1
        text = self._text.add(self._llama.piece(self.next))
        if self._text.stopped:
            self.finish = "stop"
        elif self.tokens == self._limit:
            text += self.end("length")
        return text

    def _ends(self, token: int) -> bool:
        return token in self._stops.ids or self._llama.is_end(token)

    def end(self, finish: Finish) -> str:
        """End the reply; returns what was held back."""
        self.finish = finish
        return self._text.add(b"", final=True)

    def close(self) -> None:
        """Free the sampler."""
        self.sampler.close()

    def most(self, context: int) -> int:
        """The most tokens that prompt and reply can come to."""
        limit = self._limit if self._limit > 0 else context
        return min(context, len(self.prompt.ids) + limit)
