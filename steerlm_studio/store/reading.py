"""Reading a conversation as a whole; a damaged record is marked and hides no other."""

from collections.abc import Iterator, Sequence
from typing import Any

from steerlm_studio.store.database import Database
from steerlm_studio.store.records import DAMAGED, StoredConversation, StoredSweep, StoredTurn
from steerlm_studio.store.rows import (
    BODY,
    TURN,
    from_json,
    time_of,
    turn_of,
    whole_of,
)
from steerlm_studio.store.sweeps import Sweeps
from steerlm_studio.store.trouble import StoreTrouble
from steerlm_studio.store.words import text_of

_LOST = ("", "", "", "", "{}", "{}")


def read_conversation(database: Database, number: int) -> StoredConversation | None:
    """The tree of conversation `number`, without what lies in the bin; None when there is none."""
    if abs(number) >= 1 << 63:  # no table can hold it
        return None
    row = database.one(
        "SELECT c.title, c.system, c.shown, c.draft, coalesce(f.name, ''), c.pinned, c.created,"
        " c.changed, c.view, c.extra FROM conversation c LEFT JOIN folder f ON f.id = c.folder"
        " WHERE c.id = ?",
        (number,),
    )
    if row is None:
        return None
    title, system, shown, draft, folder, pinned, created, changed, view, extra = row
    tags = database.rows("SELECT name FROM tag WHERE conversation = ? ORDER BY name", (number,))
    return StoredConversation(
        number,
        text_of(title),
        text_of(system),
        tuple(_turns(database, number)),
        whole_of(shown),
        text_of(draft),
        text_of(folder),
        tuple(text_of(name) for (name,) in tags),
        bool(pinned),
        time_of(created),
        time_of(changed),
        from_json(view),
        from_json(extra),
        _sweeps(database, number),
    )


def _sweeps(database: Database, conversation: int) -> tuple[StoredSweep, ...]:
    try:
        return Sweeps(database).of(conversation)
    except StoreTrouble as error:
        if not error.damaged:
            raise
        return ()


def _turns(database: Database, conversation: int) -> Iterator[StoredTurn]:
    sql = TURN + "WHERE t.conversation = ? AND t.binned = 0 ORDER BY t.id"
    for row in database.rows(sql, (conversation,)):
        yield _turn(database, row)


def _turn(database: Database, row: Sequence[Any]) -> StoredTurn:
    number = row[0]
    try:
        body = database.one(BODY, (number,))
        pieces = database.rows("SELECT text FROM piece WHERE turn = ? ORDER BY id", (number,))
    except StoreTrouble as error:
        if not error.damaged:
            raise
        body, pieces = None, []
    if body is None:
        row = (*row[:5], DAMAGED, *row[6:])
    return turn_of(tuple(row), body or _LOST, "".join(text_of(text) for (text,) in pieces))
