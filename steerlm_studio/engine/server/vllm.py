"""vLLM's `/tokenize`: the ids of a prompt, which its `/v1/completions` takes in place of text."""

import re
from typing import Any

from steerlm_studio.engine.server.events import text_in
from steerlm_studio.engine.server.http import Http
from steerlm_studio.engine.server.ids import NOT_TOLD, Ids, Unit, id_in
from steerlm_studio.engine.server.trouble import Lost, Trouble

_BEFORE = "<extra_id_1>"  # stands before every text that is asked for, and is taken off again
_BYTE = re.compile(r"<0x([0-9A-F]{2})>")


def tokenizer_of(http: Http, model: str) -> Ids | None:
    """The server's tokenizer; None where it tells no tokens, or knows no SteerLM control token.

    Hugging Face's tokenizers look for control tokens in any text, and some put a space before its
    beginning. So a text is asked for behind a control token, as it stands in a prompt.
    """

    try:
        known = _asked(http, model, _BEFORE)
    except Trouble:
        return None
    return Ids(lambda text, _: _asked(http, model, _BEFORE + text)[1:]) if len(known) == 1 else None


def _asked(http: Http, model: str, text: str) -> tuple[Unit, ...]:
    body = {"model": model, "prompt": text, "add_special_tokens": False, "return_token_strs": True}
    answer = http.json("POST", "/tokenize", body)
    found = answer if isinstance(answer, dict) else {}
    ids, names = found.get("tokens"), found.get("token_strs")
    if not isinstance(ids, list) or not isinstance(names, list) or len(ids) != len(names):
        raise Lost(NOT_TOLD)
    return tuple(map(_unit, ids, names))


def _unit(token: Any, name: Any) -> Unit:
    """A token and its text, from SentencePiece's name for it."""
    token = id_in(token)
    text = text_in(name).replace("\N{LOWER ONE EIGHTH BLOCK}", " ")
    if byte := _BYTE.fullmatch(text):
        text = bytes.fromhex(byte[1]).decode(errors="replace")
    return token, text
