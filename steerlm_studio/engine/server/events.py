"""Server-sent events, as far as completions use them."""

import codecs
import json
from collections.abc import Iterable, Iterator
from typing import Any

from steerlm_studio.engine.server.trouble import Lost, message_in
from steerlm_studio.errors import piece

END = "[DONE]"
LONGEST = 2**20  # bytes of an event: usual are some hundred
_MOST_LINES = 1000
_NO_EVENT = piece("The server sent something that is no event. The text so far is kept.")


def events(lines: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """The JSON object of each event, and `{END: True}` for the one that says so.

    Raises Lost for what is no object, and for an error that the server tells.

    Comments (pings) and other fields are passed over. An event may stand on several `data:` lines;
    one that is whole is told at once, since not every server ends it with a blank line.
    """
    begun: list[bytes] = []
    fails = False
    for line in _without_mark(lines):
        name, _, value = line.partition(b":")
        value = value.strip()
        if name == b"error" or (name == b"data" and fails):  # llama-server's older way, or by name
            raise _failure(value)
        if name == b"event":
            fails = value == b"error"
        elif name == b"data" and value == END.encode():
            yield {END: True}
            return
        elif name == b"data" and value:
            begun.append(value)
            if (event := _object(begun)) is not None:
                begun.clear()
                yield event
        elif not line.strip() and begun:
            raise Lost(_NO_EVENT)


def _without_mark(lines: Iterable[bytes]) -> Iterator[bytes]:
    """A stream may begin with the mark of UTF-8."""
    for number, line in enumerate(lines):
        yield line if number else line.removeprefix(codecs.BOM_UTF8)


def _object(begun: list[bytes]) -> dict[str, Any] | None:
    """What the lines are together, None while they are not whole. Raises Lost."""
    data = b"\n".join(begun)
    if len(begun) > _MOST_LINES or len(data) > LONGEST:
        raise Lost(_NO_EVENT)
    try:
        event = json.loads(data.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return None
    if not isinstance(event, dict):
        return None
    if event.get("error"):
        raise _failure(data)
    return event


class Halves:
    """Texts one after another; a character that comes in two halves (UTF-16) is made whole."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-16-le")("replace")

    def joined(self, value: object, *, is_last: bool = False) -> str:
        """A text that can be stored, without a half at its end unless it is the last; halves that
        stay alone become U+FFFD, and what is no text becomes none."""
        text = value if isinstance(value, str) else ""
        return self._decoder.decode(text.encode("utf-16-le", "surrogatepass"), is_last)


def text_in(value: object) -> str:
    """A text that stands alone and can be stored: halves of characters become U+FFFD."""
    return Halves().joined(value, is_last=True)


def number_in(value: object) -> int:
    """A count; 0 where none is given."""
    is_count = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53
    return value if is_count and isinstance(value, int) else 0


def _failure(body: bytes) -> Lost:
    said = message_in(body)
    return Lost(f"The server failed in the midst of an answer{said}. The text so far is kept.")
