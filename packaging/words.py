"""The window's words as they stand in the code: every literal that goes through `tr`.

Qt's own collector for Python misses calls outside of classes and over several lines; here the
syntax tree is read, and what cannot be collected is an error instead of an English word left over.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SAID = "_say"  # of `steer`, which knows no Qt: context and words, translated where they are shown


class NotLiteral(Exception):
    """A call whose words stand nowhere in the code."""


@dataclass(frozen=True)
class Word:
    """Words to translate; `plural`: they follow a number, %n."""

    context: str
    text: str
    plural: bool = False


def words_in(file: Path) -> list[Word]:
    """All of one Python file, in the order of the code. NotLiteral names file and line."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    try:
        return list(_words(tree, "", _wrappers(tree)))
    except NotLiteral as error:
        raise NotLiteral(f"{file}:{error}") from None


def _wrappers(tree: ast.Module) -> dict[str, str]:
    """Functions of a module that translate their first argument, and in which context."""
    found = {}
    for function in tree.body:
        if isinstance(function, ast.FunctionDef) and function.args.args:
            first = function.args.args[0].arg
            for call in ast.walk(function):
                if isinstance(call, ast.Call) and _is_translate(call):
                    context, words = call.args[:2]
                    if isinstance(words, ast.Name) and words.id == first:
                        found[function.name] = _literal(context)
    return found


def _words(node: ast.AST, context: str, wrappers: dict[str, str]) -> Iterator[Word]:
    if isinstance(node, ast.FunctionDef) and node.name in wrappers:
        return
    if isinstance(node, ast.ClassDef):
        context = node.name
    if isinstance(node, ast.Call):
        yield from _called(node, context, wrappers)
    for child in ast.iter_child_nodes(node):
        yield from _words(child, context, wrappers)


def _called(call: ast.Call, context: str, wrappers: dict[str, str]) -> Iterator[Word]:
    called = call.func
    if isinstance(called, ast.Attribute) and called.attr == "tr":
        yield Word(context, _literal(call.args[0]), plural=len(call.args) > 2)
    elif isinstance(called, ast.Name) and called.id in wrappers:
        yield Word(wrappers[called.id], _literal(call.args[0]))
    elif _is_translate(call) and isinstance(call.args[1], ast.Constant):
        yield Word(*map(_literal, call.args[:2]), plural=len(call.args) > 3)
    elif isinstance(called, ast.Name) and called.id == SAID:
        yield Word(*map(_literal, call.args[:2]))


def _is_translate(call: ast.Call) -> bool:
    """Whether it is `QCoreApplication.translate(context, words, …)`, or that by its last name."""
    called = call.func
    return (isinstance(called, ast.Name) and called.id == "translate") or (
        isinstance(called, ast.Attribute)
        and called.attr == "translate"
        and isinstance(called.value, ast.Name)
        and called.value.id == "QCoreApplication"
    )


def _literal(node: ast.expr) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    raise NotLiteral(f"{node.lineno}: words to translate must stand there as they are")
