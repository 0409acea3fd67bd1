"""What the user has set once and for all: how prompts are sent, what engines are started with."""

from dataclasses import dataclass
from typing import get_args

from PySide6.QtCore import QSettings

from steerlm_studio.memory_need import CACHES, Cache
from steerlm_studio.ui.prompt_input import SendKey
from steerlm_studio.ui.translations import languages

MAX_THREADS = 256
MAX_CONTEXT = 131_072
MAX_MINUTES = 24 * 60


@dataclass(frozen=True)
class Preferences:
    """`threads` 0 adapts to the machine's load; `context` 0 takes what the model was made for.

    `cache` is how keys and values are kept; a model unused for `unload_after` minutes is unloaded,
    0 never. `language` is a code of `translations.languages()`, "" as the system.
    """

    send_key: SendKey = "Enter"
    threads: int = 0
    context: int = 0
    language: str = ""
    cache: Cache = "f16"
    unload_after: int = 0

    def engine_options(self) -> list[str]:
        """For `engine_command`; options from the command line come after these and win."""
        named = {"--threads": self.threads, "--context": self.context}
        options = [f"{name}={value}" for name, value in named.items() if value]
        return [*options, f"--cache={self.cache}"] if self.cache != "f16" else options


def load_preferences(settings: QSettings) -> Preferences:
    """What was remembered; values that cannot be are taken as not set."""
    send_key = settings.value("prompt/send_key", "Enter")
    language = settings.value("looks/language", "")
    return Preferences(
        send_key=next((key for key in get_args(SendKey) if key == send_key), "Enter"),
        threads=_number(settings, "engine/threads", MAX_THREADS),
        context=_number(settings, "engine/context", MAX_CONTEXT),
        cache=next((c for c in CACHES if c == settings.value("engine/cache", "f16")), "f16"),
        unload_after=_number(settings, "engine/unload_after", MAX_MINUTES),
        language=next((code for code in languages() if code == language), ""),
    )


def save_preferences(settings: QSettings, preferences: Preferences) -> None:
    settings.setValue("prompt/send_key", preferences.send_key)
    settings.setValue("engine/threads", preferences.threads)
    settings.setValue("engine/context", preferences.context)
    settings.setValue("engine/cache", preferences.cache)
    settings.setValue("engine/unload_after", preferences.unload_after)
    settings.setValue("looks/language", preferences.language)


def _number(settings: QSettings, key: str, most: int) -> int:
    try:
        number = int(str(settings.value(key, 0)))
    except ValueError:
        return 0
    return number if 0 <= number <= most else 0
