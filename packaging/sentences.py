"""Errors of the engine and the store as the code says them, with %1, %2 for their values.

They know no Qt and say their sentences in English; the window finds the one that was said
among these and shows it in the user's language.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

# what is given sentences
SAYING = {"StudioError", "StoreTrouble", "MemoryShort", "Damaged", "Failed", "piece"}


def sentences_in(file: Path) -> Iterator[str]:
    """All of one Python file; what is only handed on stands elsewhere."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and node.args and _called(node.func) in SAYING:
            sentence = _sentence(node.args[0])
            if any(letter.isalpha() for letter in sentence):
                yield sentence


def _called(function: ast.expr) -> str:
    return function.id if isinstance(function, ast.Name) else ""


def _sentence(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
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
