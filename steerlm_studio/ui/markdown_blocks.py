"""Markdown in pieces that can be shown one after the other while the text still grows."""

import re
from collections.abc import Iterator

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_ITEM = re.compile(r"(?:[-*+]|(?!1[.)])\d{1,9}[.)]) \S")  # "1." may mean "the next"
_LONG_LIST = 1500  # characters
_INSIDE = re.compile(r"(?: {2,}|\t)\S")  # an indented line goes on with a list item

_MARKS = re.compile(r"[*_`~\[\]<>#|\\!&@\n\t=$^]|://|www\.", re.IGNORECASE)
# What may make words behind it a part of it: links, addresses, tables, code, escapes.
_OPEN = re.compile(r"[\[<|\\&@\t]|`{3}|~{3}|://|www\.| {4}", re.IGNORECASE)
_WORDS = re.compile(r" {0,3}(?:(?:[-*+]|\d{1,9}[.)]) )?[*_`]{0,3}[^\W\d_]")  # begins with a letter


def takes_words(text: str) -> bool:
    """Whether plain words behind `text`, which may be Markdown, would only go on in its last line.

    They are then seen as the last word is, since no emphasis and no code ends with it.
    """
    last_line = text[text.rfind("\n") + 1 :]
    is_open = bool(_OPEN.search(text)) or text.rstrip(" ")[-1:] in ("*", "_", "`", "~")
    return bool(_WORDS.match(last_line)) and not is_open


def are_plain_words(added: str, before: str) -> bool:
    """Whether nothing in `added` could be read as Markdown, behind the last of `before`."""
    return not _MARKS.search(before[-3:] + added)


def finished_length(text: str) -> int:
    """How many characters of `text` form whole blocks that more text cannot change.

    A block ends at a blank line outside a code fence, when what follows is not indented (it
    would still belong to a list item) and is a beginning of its own. A long list also ends
    before an item, else it would be made anew as a whole with every token.
    """
    end, fence, blank, position = 0, "", False, 0
    for line in text.splitlines(keepends=True):
        marker = _FENCE.match(line)
        if fence:
            fence = "" if _closes(line, fence) else fence
        else:
            begins = blank and line.strip() and not _INSIDE.match(line)
            if begins or (position - end > _LONG_LIST and _ITEM.match(line)):
                end = position
            if marker:
                fence = marker[1]
        blank = not line.strip() and not fence
        position += len(line)
    return end


def pieces(text: str) -> Iterator[str]:
    """`text` cut after each code block: Qt reads the first cell of a table behind one wrongly."""
    start, fence, position = 0, "", 0
    for line in text.splitlines(keepends=True):
        position += len(line)
        if fence and _closes(line, fence):
            fence = ""
            yield text[start:position]
            start = position
        elif not fence and (marker := _FENCE.match(line)) and not line.startswith(" "):
            fence = marker[1]  # one that stands further in may belong to a list item
    if start < len(text):
        yield text[start:]


def _closes(line: str, fence: str) -> bool:
    marker = _FENCE.match(line)
    return bool(marker and marker[1].startswith(fence) and not line.strip().strip(fence[0]))
