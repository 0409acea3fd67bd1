"""How a reply was made, in the words that readers see."""

from datetime import UTC, datetime

from steerlm_studio.store.records import (
    DAMAGED,
    FAILED,
    INTERRUPTED,
    UNANSWERED,
    StoredTurn,
    sampling_fields,
)

_ENDINGS = {
    None: "still being written",
    "length": "cut at the most tokens",
    "context": "cut: the context was full",
    "cancelled": "stopped",
    "lost": "cut: the server was lost",
    "refused": "the server refused the prompt",
    FAILED: "cut: the engine ended",
    INTERRUPTED: "cut: the program ended",
    DAMAGED: "damaged on the disk",
    UNANSWERED: "no reply",
}


def ending(turn: StoredTurn) -> str:
    """What to say of how the reply ended; "" when it is whole."""
    return _ENDINGS.get(turn.finish, "")


def settings(turn: StoredTurn) -> list[tuple[str, str]]:
    """Name and value of everything that is known."""
    setup, counts = turn.setup, turn.counts
    found: list[tuple[str, object]] = [
        ("note", " ".join(turn.note.split())),
        ("model", " ".join(filter(None, (setup.model, setup.quant)))),
        ("model hash", setup.model_hash),
        ("schema", setup.schema),
        ("template", setup.template),
        ("mode", setup.mode),
        ("device", setup.device),
    ]
    if setup.sampling:
        fields = sampling_fields(setup.sampling).items()
        found += [(name, value) for name, value in fields if name != "seed"]
    found += [
        ("seed", "" if turn.seed is None else turn.seed),
        ("tokens", counts.tokens or ""),
        ("seconds", round(counts.seconds, 2) or ""),
        ("made", moment(turn.created)),
        *setup.versions.items(),
    ]
    return [(name, str(value)) for name, value in found if value != ""]


def moment(seconds: float) -> str:
    """A time as people and machines read it, in UTC; "" when it is not known."""
    if not 0 < seconds < 253402300800:
        return ""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")


def marks(turn: StoredTurn) -> str:
    """Kept, voted, cut: what a reader should know beside the text."""
    vote = {1: "voted up", -1: "voted down"}.get(turn.vote, "")
    return ", ".join(filter(None, ("kept" if turn.kept else "", vote, ending(turn))))


def who(turn: StoredTurn, *, goes_on: bool) -> str:
    """The heading of a reply; `goes_on` says that of several the conversation follows this one."""
    said = ", ".join(
        filter(None, ("the conversation goes on here" if goes_on else "", marks(turn)))
    )
    return "Assistant" + (f" ({said})" if said else "")
