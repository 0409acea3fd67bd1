"""Errors of what knows no Qt as the code says them, with %1, %2 for their values.

Engine, servers, export, batch, store and models say their sentences in English; the window finds
the one that was said among these and shows it in the user's language.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

# what is given sentences: errors, what raises them, and `piece` for their parts
SAYING = {
    *("StudioError", "StoreTrouble", "MemoryShort", "Damaged", "Unwritable", "HubError"),
    *("Failed", "Failure", "Lost", "Busy", "Refused", "ServerLost", "NotUnderstood", "Broken"),
    "WebPage",
    *("piece", "_wrong", "_differs", "_no_matrix", "_not", "refused"),
    *("refuse", "sound", "_content", "text_in"),
}


def sentences_in(file: Path) -> Iterator[str]:
    """All of one Python file; what is only handed on stands elsewhere."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and (called := _called(node.func)) in SAYING:
            yield from _said(node, called)


def _said(call: ast.Call, called: str) -> Iterator[str]:
    """Those of its arguments that are more than a name."""
    for argument in call.args:
        sentence = _sentence(argument)
        is_said = any(letter.isalpha() for letter in sentence.replace("%", ""))
        if is_said and (" " in sentence or called == "piece"):
            yield sentence


def _called(function: ast.expr) -> str:
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")


def _sentence(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if not isinstance(node, ast.JoinedStr):
        return ""
    said, number = "", 0
    for part in node.values:
        if isinstance(part, ast.Constant):
            said += str(part.value)
        else:
            number += 1
            said += f"%{number}"
    return said
