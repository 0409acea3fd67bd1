"""What goes out: which replies, and what is said with them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from steerlm_studio.store.records import StoredConversation, StoredTurn

Path = tuple[StoredTurn, ...]
ONLY = ("kept", "voted")
INCLUDED = ("system", "controls", "settings", "versions", "branches")


@dataclass(frozen=True)
class Options:
    """`only` names what marks a reply as wanted (kept, voted); `turns` names single ones by id.

    With neither, each conversation's open path goes out whole. `versions` puts the versions of a
    reply side by side, `branches` adds the ways that were left. `blank_line_after_system` writes
    SteerLM data as NeMo did before 2024.
    """

    only: frozenset[str] = frozenset()
    turns: frozenset[int] = frozenset()
    system: bool = True
    controls: bool = True
    settings: bool = False
    versions: bool = False
    branches: bool = False
    blank_line_after_system: bool = False

    @property
    def takes_all(self) -> bool:
        return not self.only and not self.turns

    def takes(self, turn: StoredTurn) -> bool:
        """Whether this reply is wanted."""
        return (
            self.takes_all
            or turn.id in self.turns
            or ("kept" in self.only and turn.kept)
            or ("voted" in self.only and turn.vote > 0)
        )

    def paths(self, record: StoredConversation) -> list[Path]:
        """The open path (first, with `branches`), or one to each wanted reply that none follows."""
        if self.takes_all:
            return [record.path(), *(_others(record) if self.branches else ())]
        known = {turn.id: turn for turn in record.turns}
        wanted = [_up(known, turn) for turn in record.turns if self.takes(turn)]
        passed = {turn.id for path in wanted for turn in path[:-1]}
        return [path for path in wanted if path[-1].id not in passed]

    def holding(self, records: Iterable[StoredConversation]) -> Iterator[StoredConversation]:
        """Those of which something is wanted."""
        return (record for record in records if self.takes_all or self.paths(record))


def _others(record: StoredConversation) -> list[Path]:
    """The paths to all ends but the open one."""
    known = {turn.id: turn for turn in record.turns}
    passed = {turn.parent for turn in record.turns} | {turn.id for turn in record.path()[-1:]}
    return [_up(known, turn) for turn in record.turns if turn.id not in passed]


def path_to(record: StoredConversation, turn: StoredTurn) -> Path:
    """The turns that lead to `turn`, and it, whatever is shown."""
    return _up({one.id: one for one in record.turns}, turn)


def _up(known: dict[int, StoredTurn], turn: StoredTurn) -> Path:
    """The turns that lead to `turn`, and it."""
    found = [turn]
    while turn.parent in known and len(found) <= len(known):
        turn = known[turn.parent]
        found.append(turn)
    return tuple(reversed(found))
