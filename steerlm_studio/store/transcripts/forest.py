"""Messages that hang on each other as a tree, as turns with versions."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from steerlm_studio.store.records import IMPORTED, UNANSWERED, Setup, StoredConversation, StoredTurn
from steerlm_studio.store.transcripts.speech import NO_QUESTION, schema_of


@dataclass(frozen=True)
class Node:
    """One message of a tree; `key` is unique, `parent` the key of the message before it."""

    key: str
    parent: str | None
    role: str  # "user" or "assistant"
    text: str
    control: str = ""
    model: str = ""
    created: float = 0.0
    vote: int = 0
    note: str = ""


def planted(nodes: Sequence[Node], current: str | None) -> StoredConversation:
    """The tree as turns; the open path is the one that leads to (and on from) `current`.

    What hangs on itself is left out; `adrift` names it.
    """
    return _Planting(nodes).planted(current)


def adrift(nodes: Sequence[Node]) -> list[str]:
    """The keys of the messages from which no way leads up to a first one: they go in a circle."""
    parents = {node.key: node.parent for node in nodes}
    ends: dict[str, bool] = {}  # whether the way up ends
    for key in parents:
        way: dict[str, bool] = {}
        at: str | None = key
        while at is not None and at in parents and at not in ends and at not in way:
            way[at] = True
            at = parents[at]
        is_ended = at not in parents or ends.get(at, False)
        ends |= dict.fromkeys(way, is_ended)
    return [key for key in parents if not ends[key]]


class _Planting:
    def __init__(self, nodes: Sequence[Node]) -> None:
        self.known = {node.key: node for node in nodes}
        self.following: dict[str | None, list[Node]] = {}
        for node in self.known.values():
            parent = node.parent if node.parent in self.known else None
            self.following.setdefault(parent, []).append(node)
        self.turns: list[StoredTurn] = []
        self.turn_of: dict[str, int] = {}

    def planted(self, current: str | None) -> StoredConversation:
        waiting: list[tuple[Node, int | None]] = self._after(None, None)
        while waiting:
            node, parent = waiting.pop()
            if node.role == "user":
                waiting += self._question(node, parent)
            else:
                turn = self._add(node, parent, "", no_question=True)
                waiting += self._after(node.key, turn)
        shown = self._shown(current)
        turns = tuple(replace(turn, shown=shown.get(turn.id)) for turn in self.turns)
        return StoredConversation(0, turns=turns, shown=shown.get(None))

    def _after(self, key: str | None, turn: int | None) -> list[tuple[Node, int | None]]:
        return [(node, turn) for node in reversed(self.following.get(key, []))]

    def _question(self, node: Node, parent: int | None) -> list[tuple[Node, int | None]]:
        """A turn for each reply, or one without; returns what comes after them."""
        following = self.following.get(node.key, [])
        replies = [reply for reply in following if reply.role != "user"]
        found: list[tuple[Node, int | None]] = []
        for reply in replies:
            turn = self._add(reply, parent, node.text)
            self.turn_of.setdefault(node.key, turn)
            found = self._after(reply.key, turn) + found
        others = [other for other in following if other.role == "user"]
        if others or not replies:
            turn = self._add(node, parent, node.text)
            found = [(other, turn) for other in reversed(others)] + found
        return found

    def _add(
        self, node: Node, parent: int | None, question: str, *, no_question: bool = False
    ) -> int:
        number = len(self.turns) + 1
        answers = node.role != "user"
        turn = StoredTurn(
            number,
            parent,
            question,
            node.text if answers else "",
            control=node.control if answers else "",
            setup=Setup(schema=schema_of(node.control), model=node.model),
            finish=IMPORTED if answers else UNANSWERED,
            created=node.created,
            finished=node.created,
            vote=node.vote,
            note=node.note,
            extra={NO_QUESTION: True} if no_question else {},
        )
        self.turns.append(turn)
        self.turn_of[node.key] = number
        return number

    def _shown(self, current: str | None) -> dict[int | None, int]:
        """Which turn follows each: the last version, but on the way to `current` that one."""
        shown: dict[int | None, int] = {turn.parent: turn.id for turn in self.turns}
        parents = {turn.id: turn.parent for turn in self.turns}
        turn = self.turn_of.get(current) if current else None
        while turn is not None:
            shown[parents[turn]] = turn
            turn = parents[turn]
        return shown
