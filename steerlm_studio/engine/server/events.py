"""Server-sent events, as far as completions use them."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from steerlm_studio.engine.server.trouble import Lost, message_in

END = "[DONE]"


def events(lines: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """The JSON object of each `data:` line, and `{END: True}` for the line that says so.

    Raises Lost for what is no object, and for an error that the server tells.

    Comments (pings), other fields and blank lines are passed over. Every server in use here puts an
    event on one line.
    """
    for line in lines:
        name, _, value = line.partition(b":")
        value = value.strip()
        if name == b"error":  # llama-server's older way
            raise _failure(value)
        if name != b"data" or not value:
            continue
        if value == END.encode():
            yield {END: True}
            return
        try:
            event = json.loads(value)
        except (ValueError, RecursionError):
            event = None
        if not isinstance(event, dict):
            raise Lost("The server sent something that is no event. The text so far is kept.")
        if event.get("error"):
            raise _failure(value)
        yield event


def text_in(value: object) -> str:
    """A piece of text that can be stored: halves of characters become U+FFFD."""
    if not isinstance(value, str):
        return ""
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def number_in(value: object) -> int:
    """A count; 0 where none is given."""
    is_count = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53
    return value if is_count and isinstance(value, int) else 0


def _failure(body: bytes) -> Lost:
    said = message_in(body)
    return Lost(f"The server failed in the midst of an answer{said}. The text so far is kept.")
