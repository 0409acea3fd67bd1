"""The line under a reply: why it ended before its end, or what is odd about it."""

from functools import lru_cache

from PySide6.QtCore import QCoreApplication

from steerlm_studio.steer.language_guess import other_language
from steerlm_studio.ui.chat import Answer
from steerlm_studio.ui.translations import language_in_words

translate = QCoreApplication.translate

_ENOUGH = 3000  # characters at its beginning tell a reply's language: eight may end at once


def note_on(answer: Answer) -> str:
    """A sentence or two, "" when there is nothing to say."""
    return "  ".join(filter(None, (_on_end(answer), _on_language(answer))))


def _on_end(answer: Answer) -> str:
    is_empty = not answer.text.strip()
    cut = translate("ReplyNote", "Cut off at %1 tokens, the most that Sampling allows.")
    notes: dict[str | None, str] = {
        None: translate("ReplyNote", "Reading the prompt…") if is_empty else "",
        "stop": translate("ReplyNote", "The model gave an empty reply.") if is_empty else "",
        "length": cut.replace("%1", str(answer.tokens)),
        "context": translate("ReplyNote", "Cut off: the model's context is full."),
        "cancelled": translate("ReplyNote", "Stopped."),
        "lost": translate("ReplyNote", "Cut off: the server was lost."),
        "refused": translate("ReplyNote", "The server refused this prompt."),
        "failed": translate("ReplyNote", "The engine ended before the reply did."),
        "interrupted": translate("ReplyNote", "Cut off: the program ended before the reply did."),
        "damaged": translate("ReplyNote", "The file could not be read at this place."),
        "imported": "",
        "unanswered": translate("ReplyNote", "This question came without a reply."),
    }
    return notes[answer.finish]


def _on_language(answer: Answer) -> str:
    """Where the finished reply is plainly in another language than was asked for."""
    asked = answer.steering.lang
    if answer.is_running or asked is None:
        return ""
    found = _languages(answer.text[:_ENOUGH], asked)
    if not found:
        return ""
    names = translate("ReplyNote", " or ").join(map(language_in_words, found[:3]))
    text = translate("ReplyNote", "%1 was asked for (lang:%2), but this reads like %3.")
    text = text.replace("%1", language_in_words(asked)).replace("%2", asked)
    return text.replace("%3", names)


@lru_cache(maxsize=64)
def _languages(text: str, asked: str) -> list[str]:
    """Those that it reads like; finished replies are asked about again and again."""
    return sorted(other_language(text, asked))
