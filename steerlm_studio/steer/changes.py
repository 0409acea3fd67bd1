"""Changes of a steering as they are typed: `humor=3,toxicity=-,lang=de`."""

from steerlm_studio.errors import StudioError

Changes = dict[str, int | str | None]


def changes_in(text: str) -> Changes:
    """Read `humor=3,toxicity=-,lang=de`. Raises StudioError naming the item that is wrong."""
    changes: Changes = {}
    for item in filter(None, (piece.strip() for piece in text.split(","))):
        name, equals, value = (piece.strip() for piece in item.partition("="))
        if not equals or not value:
            raise StudioError(f"“{item}” is not of the form name=value, e.g. humor=3 or humor=-.")
        if name in changes:
            raise StudioError(f"{name} stands twice in “{text}”. Keep one of them.")
        changes[name] = left_out(value) if name == "lang" else _number(name, value)
    return changes


def left_out(value: str) -> str | None:
    """None for the dash, which leaves a value out."""
    return None if value == "-" else value


def _number(name: str, value: str) -> int | None:
    if value == "-":
        return None
    try:
        return int(value)
    except ValueError:
        raise StudioError(f"{name} takes a whole number or -, not “{value}”.") from None
