"""Mending a control string: one problem that lint found, or all that can be mended."""

from steerlm_studio.steer.lint import Problem, parse
from steerlm_studio.steer.schema import Schema

_MOST_STEPS = 200  # a string longer than any schema's


def mended(text: str, problem: Problem, schema: Schema) -> str:
    """`text` with this problem gone: its fix put in, the items in order, or the item left away."""
    if problem.kind == "wrong order":
        return _in_order(text, schema)
    if problem.fix is not None:
        return text[: problem.start] + problem.fix + text[problem.end :]
    return _without(text, problem.start, problem.end)


def mended_whole(text: str, schema: Schema) -> str:
    """`text` with every error mended but a foreign schema, which is a choice and no slip."""
    for _ in range(_MOST_STEPS):
        errors = [p for p in parse(text, schema).problems if is_mendable(p) and p.is_error]
        if not errors:
            break
        text = mended(text, errors[0], schema)
    return text


def is_mendable(problem: Problem) -> bool:
    return problem.kind != "wrong schema"


def _in_order(text: str, schema: Schema) -> str:
    """The items in the order of training, unknown ones last."""
    order = {key: place for place, key in enumerate(schema.keys)}
    items = text.split(",")
    items.sort(key=lambda item: order.get(item.partition(":")[0].strip(), len(order)))
    return ",".join(items)


def _without(text: str, start: int, end: int) -> str:
    """`text` without this item and one of its commas."""
    if text[end : end + 1] == ",":
        return text[:start] + text[end + 1 :]
    return text[:start].removesuffix(",") + text[end:]
