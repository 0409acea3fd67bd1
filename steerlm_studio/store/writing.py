"""Putting turns and whole conversations into the tables; the caller's transaction holds them."""

import time
from collections.abc import Iterator
from dataclasses import replace

from steerlm_studio.store.database import Database
from steerlm_studio.store.records import Asked, Setup, StoredConversation, StoredTurn
from steerlm_studio.store.rows import asdict_of, setup_key, to_json
from steerlm_studio.store.trouble import no_such
from steerlm_studio.store.words import mended

TITLE_LENGTH = 60


def titled(question: str) -> str:
    """The first words of a question, as a title."""
    line = " ".join(mended(question)[: 40 * TITLE_LENGTH].split())
    return line if len(line) <= TITLE_LENGTH else line[: TITLE_LENGTH - 1].rstrip() + "…"


def add_turn(database: Database, conversation: int, parent: int | None, asked: Asked) -> int:
    """A question without a reply; returns the turn's id."""
    question = StoredTurn(
        0,
        parent,
        asked.question,
        control=asked.control,
        setup=asked.setup,
        seed=asked.seed,
        created=time.time(),
    )
    return _insert(database, conversation, question)


def add_conversation(database: Database, record: StoredConversation) -> tuple[int, dict[int, int]]:
    """A copy of `record` and its turns under new ids; returns that of the conversation, and theirs
    by their old ones."""
    now = time.time()
    folder = database.id_of("folder", "name", mended(record.folder))[0] if record.folder else None
    asked = (*(turn.question for turn in record.turns), *(one.question for one in record.sweeps))
    title = record.title or titled(next(iter(asked), ""))
    number = database.do(
        "INSERT INTO conversation (title, folder, pinned, created, changed, system, draft, view,"
        " extra) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            mended(title),
            folder,
            int(record.pinned),
            record.created or now,
            record.changed or record.created or now,
            mended(record.system),
            mended(record.draft),
            to_json(record.view),
            to_json(record.extra),
        ),
    )
    for tag in record.tags:
        database.do("INSERT OR IGNORE INTO tag VALUES (?, ?)", (number, mended(tag)))
    return number, _add_turns(database, number, record)


def _add_turns(database: Database, conversation: int, record: StoredConversation) -> dict[int, int]:
    ids: dict[int, int] = {}
    for turn in _parents_first(record.turns):
        parent = None if turn.parent is None else ids[turn.parent]
        ids[turn.id] = _insert(database, conversation, replace(turn, parent=parent))
    for turn in record.turns:
        if turn.id in ids and turn.shown in ids:
            database.do("UPDATE turn SET shown = ? WHERE id = ?", (ids[turn.shown], ids[turn.id]))
    if record.shown in ids:
        database.do(
            "UPDATE conversation SET shown = ? WHERE id = ?", (ids[record.shown], conversation)
        )
    return ids


def _parents_first(turns: tuple[StoredTurn, ...]) -> Iterator[StoredTurn]:
    """The turns that hang on the tree, each after its parent, siblings in their order."""
    following: dict[int | None, list[StoredTurn]] = {}
    for turn in turns:
        following.setdefault(turn.parent, []).append(turn)
    waiting = following.pop(None, [])[::-1]
    while waiting:
        turn = waiting.pop()
        yield turn
        waiting += following.pop(turn.id, [])[::-1]


def _insert(database: Database, conversation: int, turn: StoredTurn) -> int:
    if turn.parent is not None and not database.one(
        "SELECT 1 FROM turn WHERE id = ? AND conversation = ?", (turn.parent, conversation)
    ):
        raise no_such("turn", turn.parent)
    number = database.do(
        "INSERT INTO turn (conversation, parent, nth, control, setup, vote, kept, noted, finish,"
        " seed, created, finished) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            conversation,
            turn.parent,
            _siblings(database, conversation, turn.parent),
            control_id(database, mended(turn.control)),
            setup_id(database, turn.setup),
            turn.vote,
            int(turn.kept),
            int(bool(turn.note)),
            turn.finish,
            _seed_of(turn),
            turn.created,
            turn.finished,
        ),
    )
    texts = (mended(text) for text in (turn.question, turn.reply, turn.note, turn.label))
    database.do(
        "INSERT INTO body VALUES (?, ?, ?, ?, ?, ?, ?)",
        (number, *texts, to_json(asdict_of(turn.counts)), to_json(turn.extra)),
    )
    return number


def _siblings(database: Database, conversation: int, parent: int | None) -> int:
    if parent is None:
        sql, place = (
            "SELECT count(*) FROM turn WHERE conversation = ? AND parent IS NULL",
            conversation,
        )
    else:
        sql, place = "SELECT count(*) FROM turn WHERE parent = ?", parent
    return database.number(sql, (place,))


def _seed_of(turn: StoredTurn) -> int | None:
    sampling = turn.setup.sampling
    return sampling.seed if turn.seed is None and sampling else turn.seed


def control_id(database: Database, control: str) -> int:
    """The row of a control string; a new one gets its values, for filters like humor>=3."""
    number, is_new = database.id_of("control", "text", control)
    for item in control.split(",") if is_new else ():
        name, colon, value = (piece.strip() for piece in item.partition(":"))
        if colon and name:
            database.do(
                "INSERT OR IGNORE INTO control_value VALUES (?, ?, ?)",
                (name, int(value) if value.isdecimal() and len(value) < 10 else value, number),
            )
    return number


def setup_id(database: Database, setup: Setup) -> int:
    key = mended(setup_key(setup))
    number, is_new = database.id_of("setup", "fields", key)
    if is_new:
        database.do(
            "UPDATE setup SET model = ?, quant = ?, schema = ? WHERE id = ?",
            (mended(setup.model), mended(setup.quant), mended(setup.schema), number),
        )
    return number
