"""The text that an importance matrix is computed from: the user's, or our own prompts."""

import json
from pathlib import Path
from typing import Any

from steerlm_studio import resources
from steerlm_studio.errors import StudioError
from steerlm_studio.steer.conversation import Conversation, Turn
from steerlm_studio.steer.schema import Schema
from steerlm_studio.steer.steering import default_steering
from steerlm_studio.steer.template import render, template_named, text_of

BUILT_IN = "built-in"


def calibration_text(named: str, schema: Schema) -> str:
    """The text of the file `named`, or `BUILT_IN`. Raises StudioError."""
    if named == BUILT_IN:
        return built_in(schema)
    try:
        return Path(named).expanduser().read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise StudioError(f"{named} cannot be read: {error}.") from error


def built_in(schema: Schema) -> str:
    """Conversations in several languages, laid out and steered as models of `schema` know them."""
    chats = json.loads(resources.path("calibration.json").read_text(encoding="utf-8"))
    return "".join(_laid_out(turns, schema) for turns in chats)


def _laid_out(turns: list[dict[str, Any]], schema: Schema) -> str:
    known = {*schema.names, *(("lang",) if schema.languages else ())}
    plain = default_steering(schema)
    chat = Conversation(schema.system)
    for turn in turns:
        changes = {name: value for name, value in turn["set"].items() if name in known}
        steering = plain.with_values(changes)
        chat = chat.and_then(Turn(turn["user"], turn["reply"], steering))
    *before, last = chat.turns
    asked = Conversation(chat.system, tuple(before))
    prompt = render(asked, last.user, last.steering, template_named(schema.template))
    return f"{text_of(prompt)}{last.reply}\n"
