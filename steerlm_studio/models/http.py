"""The HTTP of huggingface_hub, by one name over its versions (httpx in 1.x, httpx2 in 2.x)."""

from collections.abc import Mapping

from huggingface_hub import constants

# Public names, but exported lazily, which a type checker does not see.
from huggingface_hub.utils import (  # type: ignore[attr-defined]
    build_hf_headers,
    get_session,
    get_token,
    hf_raise_for_status,
    httpx,
)

from steerlm_studio.models.hub_error import HubError

__all__ = ["build_hf_headers", "check_status", "get_session", "get_token", "httpx", "what_is_at"]

# Else the library tells the hub what is installed here, and asks it for a list for that purpose.
constants.HF_HUB_DISABLE_TELEMETRY = True
LARGEST = 1 << 26  # bytes of an answer that is no file: a list of 50,000 files has 15 million


def what_is_at(url: str, asked: Mapping[str, str], timeout: float) -> bytes:
    """What the hub answers, at most `LARGEST` bytes of it. Raises HubError, or the library's."""
    headers = build_hf_headers()
    request = get_session().stream("GET", url, params=dict(asked), headers=headers, timeout=timeout)
    with request as answer:
        check_status(answer)
        return _read(answer)


def check_status(answer: httpx.Response) -> None:
    """Raise the library's error for an answer that is one; its words are read up to a limit."""
    if answer.status_code >= 400:
        coded = ("content-encoding", "content-length", "transfer-encoding")
        headers = [pair for pair in answer.headers.multi_items() if pair[0].lower() not in coded]
        said = _read(answer)
        answer = httpx.Response(
            answer.status_code, headers=headers, content=said, request=answer.request
        )
    hf_raise_for_status(answer)


def _read(answer: httpx.Response) -> bytes:
    """The body, unpacked piece by piece: a megabyte that was packed can hold a gigabyte."""
    pieces, size = [], 0
    for piece in answer.iter_bytes():
        size += len(piece)
        if size > LARGEST:
            raise HubError(f"{answer.url.host} answers with more than can be meant.", "hub")
        pieces.append(piece)
    return b"".join(pieces)
