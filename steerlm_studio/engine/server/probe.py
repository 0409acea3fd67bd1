"""Finding out what kind of server answers at an address, and with which model."""

import time
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

from steerlm_studio.engine.server.dialect import Dialect
from steerlm_studio.engine.server.events import number_in, text_in
from steerlm_studio.engine.server.http import Http
from steerlm_studio.engine.server.llama_server import LlamaServer
from steerlm_studio.engine.server.openai import OpenAI
from steerlm_studio.engine.server.trouble import Busy, Refused, Trouble, WebPage, shown
from steerlm_studio.engine.server.vllm import tokenizer_of
from steerlm_studio.errors import StudioError, piece
from steerlm_studio.protocol import Ready

_EXACT = piece("The server decides what is computed together, so no text can be promised again.")
_LOGITS = piece("A server sends text and not the probabilities of all its tokens.")
_TOKENS = piece("This server does not tell the tokens of a text.")
_COUNTS = piece("This server does not tell what it read of a prompt and what it knew already.")
_NONE = (404, 405, 501)  # what a server says of a path that it does not have


def connected(http: Http, model: str, concurrency: int) -> Dialect:
    """The server as something to ask. Raises StudioError when it cannot be used."""
    began = time.monotonic()
    try:
        props = _optional(http, "/props")
        models = _models(http)
        name = _chosen(models, model)
    except (Trouble, RecursionError) as error:
        raise StudioError(str(error)) from error
    about = models.get(name, {})
    settings = props.get("default_generation_settings")
    if isinstance(settings, dict):
        slots = number_in(props.get("total_slots"))
        context = number_in(settings.get("n_ctx"))
        lanes = min(concurrency, slots or concurrency)
        cannot = {"exact": _EXACT, "logits": _LOGITS}
        ready = _ready(http, name, about, context, lanes, cannot, began)
        return LlamaServer(http, ready, slots)
    ids = tokenizer_of(http, name)
    cannot = {"exact": _EXACT, "logits": _LOGITS, "counts": _COUNTS}
    cannot |= {} if ids else {"tokens": _TOKENS}
    context = number_in(about.get("max_model_len"))
    return OpenAI(http, name, _ready(http, name, about, context, concurrency, cannot, began), ids)


def _optional(http: Http, path: str) -> Mapping[str, Any]:
    """What a server says there, if it knows the path; a busy one is asked no further."""
    try:
        found = http.json("GET", path)
    except Refused as error:
        if error.status in _NONE:
            return {}
        raise
    except WebPage:  # of a server that answers every path with its own page
        if path == "/props":
            return {}
        raise
    except Busy as error:
        raise StudioError(f"{error} It may still be loading its model.") from error
    return found if isinstance(found, dict) else {}


def _models(http: Http) -> dict[str, Mapping[str, Any]]:
    data = _optional(http, "/v1/models").get("data")
    rows = data if isinstance(data, list) else []
    found = [row for row in rows if isinstance(row, dict) and isinstance(row.get("id"), str)]
    return {row["id"]: row for row in found}


def _chosen(models: Mapping[str, Any], asked: str) -> str:
    if asked and (asked in models or not models):
        return asked
    if not asked and len(models) == 1:
        return next(iter(models))
    known = ", ".join(shown(name) for name in list(models)[:20])
    if asked:
        raise StudioError(f"The server has no model “{asked}”. It has: {known}.")
    if not models:
        raise StudioError("The server names no model. Name one, or check the address.")
    raise StudioError(f"The server has several models. Name one of them: {known}.")


def _ready(
    http: Http,
    name: str,
    about: Mapping[str, Any],
    context: int,
    lanes: int,
    cannot: dict[str, str],
    began: float,
) -> Ready:
    meta = about.get("meta")
    meta = meta if isinstance(meta, dict) else {}
    called = shown(text_in(PurePath(name).stem if name.endswith(".gguf") else name))[:200]
    return Ready(
        name=called,
        architecture="",
        quant=text_in(meta.get("ftype"))[:40],
        parameters=number_in(meta.get("n_params")),
        file_bytes=number_in(meta.get("size")),
        layers=0,
        layers_offloaded=0,
        device=http.address.place,
        context=context,
        lanes=lanes,
        threads=0,
        vocabulary=number_in(meta.get("n_vocab")),
        metadata={"general.name": called},
        llama_version="",
        load_seconds=time.monotonic() - began,
        server=http.address.url,
        cannot=cannot,
    )
