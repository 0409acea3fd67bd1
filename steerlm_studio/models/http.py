"""The HTTP of huggingface_hub, by one name over its versions (httpx in 1.x, httpx2 in 2.x)."""

# Public names, but exported lazily, which a type checker does not see.
from huggingface_hub.utils import (  # type: ignore[attr-defined]
    build_hf_headers,
    get_session,
    get_token,
    hf_raise_for_status,
    httpx,
)

__all__ = ["build_hf_headers", "get_session", "get_token", "hf_raise_for_status", "httpx"]
