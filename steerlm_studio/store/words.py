"""How text is cut into words for the search: spaces are put where a script writes none."""

import re

# Scripts without spaces between words (or, as Thai, with few): each character counts as a word.
_UNSPACED = (
    "\u0e00-\u0e7f"  # Thai
    "\u3040-\u30ff\u31f0-\u31ff"  # Japanese kana
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003fffd"  # Chinese characters
)
_CHARACTER = re.compile(f"([{_UNSPACED}])")


def spaced(value: object) -> str:
    """A text with a space on both sides of each character of a script that writes none."""
    return _CHARACTER.sub(r" \1 ", text_of(value))


def text_of(value: object) -> str:
    """What a column of texts holds; of a damaged one as much as can be read."""
    if isinstance(value, str):
        return value
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else ""


def counted(number: int, what: str) -> str:
    """“1 reply”, “2 replies”: for sentences."""
    if number == 1:
        return f"1 {what}"
    return f"{number} {what.removesuffix('y') + 'ies' if what.endswith('y') else what + 's'}"


def mended(text: str) -> str:
    """`text` without halves of characters (lone surrogates), which no file can hold."""
    if text.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
