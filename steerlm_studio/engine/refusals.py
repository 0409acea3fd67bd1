"""Why llama.cpp gave no model or no context, in words for the user."""

from steerlm_studio.errors import MemoryShort, StudioError
from steerlm_studio.outcome import ran_out_of_memory


def not_loaded(path: str, words: str) -> StudioError:
    """The error for a model that was not loaded; `words` are the last of llama.cpp."""
    if ran_out_of_memory(words):
        return MemoryShort(f"There is not enough memory for the weights of {path}.", words)
    return StudioError(
        f"llama.cpp could not load {path}: the file is damaged, of a kind that it does "
        "not know, or the memory does not suffice. The details have its own words.",
        words,
    )


def not_opened(cells: int, cache: str, words: str) -> StudioError:
    """The error for a context that was not made."""
    if cache == "q8_0" and not ran_out_of_memory(words):
        return StudioError(
            "This model's keys and values cannot be kept in 8 bits. Choose F16 (--cache f16).",
            words,
        )
    return MemoryShort(
        f"There is not enough memory for a context of {cells} tokens. "
        "Choose a smaller context, fewer answers side by side, or a smaller model.",
        words,
    )
