"""The tables, and how a file of an older version becomes one of this: a list of migrations."""

from collections.abc import Callable

from steerlm_studio.store.database import Database
from steerlm_studio.store.trouble import damaged, newer

# `turn` is narrow, so that a filter may walk over all of them; the text lies in `body`.
# `control` and `setup` hold each distinct control string and set of settings once.
# `nth` counts the versions that there were before this one.
# `binned` is the number of the bin's entry that hides a row, 0 when nothing does.
_TABLES = """
CREATE TABLE folder (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE conversation (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    title TEXT NOT NULL DEFAULT '',
    shown INTEGER,
    folder INTEGER REFERENCES folder (id) ON DELETE SET NULL,
    pinned INTEGER NOT NULL DEFAULT 0,
    binned INTEGER NOT NULL DEFAULT 0,
    created REAL NOT NULL,
    changed REAL NOT NULL,
    system TEXT NOT NULL,
    draft TEXT NOT NULL DEFAULT '',
    view TEXT NOT NULL DEFAULT '{}',
    extra TEXT NOT NULL DEFAULT '{}'
);
CREATE INDEX conversation_order ON conversation (binned, pinned DESC, changed DESC);
CREATE TABLE tag (
    conversation INTEGER NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    PRIMARY KEY (conversation, name)
) WITHOUT ROWID;
CREATE INDEX tag_name ON tag (name);
CREATE TABLE control (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
CREATE TABLE control_value (
    name TEXT NOT NULL,
    value NOT NULL,
    control INTEGER NOT NULL REFERENCES control (id),
    PRIMARY KEY (name, value, control)
) WITHOUT ROWID;
CREATE TABLE setup (
    id INTEGER PRIMARY KEY,
    fields TEXT NOT NULL UNIQUE,
    model TEXT NOT NULL DEFAULT '',
    quant TEXT NOT NULL DEFAULT '',
    schema TEXT NOT NULL DEFAULT ''
);
CREATE TABLE turn (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation INTEGER NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
    parent INTEGER REFERENCES turn (id) ON DELETE CASCADE,
    control INTEGER NOT NULL REFERENCES control (id),
    setup INTEGER NOT NULL REFERENCES setup (id),
    binned INTEGER NOT NULL DEFAULT 0,
    vote INTEGER NOT NULL DEFAULT 0,
    kept INTEGER NOT NULL DEFAULT 0,
    noted INTEGER NOT NULL DEFAULT 0,
    nth INTEGER NOT NULL DEFAULT 0,
    finish TEXT,
    seed INTEGER,
    shown INTEGER,
    created REAL NOT NULL,
    finished REAL
);
CREATE INDEX turn_conversation ON turn (conversation);
CREATE INDEX turn_parent ON turn (parent);
CREATE INDEX turn_finish ON turn (finish);
CREATE INDEX turn_voted ON turn (id) WHERE vote <> 0;
CREATE INDEX turn_kept ON turn (id) WHERE kept = 1;
CREATE INDEX turn_noted ON turn (id) WHERE noted = 1;
CREATE INDEX turn_versions ON turn (id) WHERE nth > 0;
CREATE TABLE body (
    turn INTEGER PRIMARY KEY REFERENCES turn (id) ON DELETE CASCADE,
    question TEXT NOT NULL,
    reply TEXT NOT NULL DEFAULT '',
    note TEXT NOT NULL DEFAULT '',
    label TEXT NOT NULL DEFAULT '',
    counts TEXT NOT NULL DEFAULT '{}',
    extra TEXT NOT NULL DEFAULT '{}'
);
CREATE TABLE piece (
    id INTEGER PRIMARY KEY,
    turn INTEGER NOT NULL REFERENCES turn (id) ON DELETE CASCADE,
    text TEXT NOT NULL
);
CREATE INDEX piece_turn ON piece (turn);
CREATE TABLE bin (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation INTEGER NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
    turn INTEGER REFERENCES turn (id) ON DELETE CASCADE,
    was_shown INTEGER NOT NULL DEFAULT 0,
    at REAL NOT NULL
);
CREATE TABLE state (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""

# The indexes hold words only; triggers keep them true whatever writes to the tables.
SEARCH_TABLES = """
CREATE VIRTUAL TABLE words USING fts5 (
    question, reply, note, content = '', prefix = '2 3 4 5',
    tokenize = "unicode61 remove_diacritics 2"
);
CREATE VIRTUAL TABLE control_words USING fts5 (
    text, content = '', tokenize = "unicode61 tokenchars '_:'"
);
CREATE VIRTUAL TABLE title_words USING fts5 (
    title, content = '', prefix = '2', tokenize = "unicode61 remove_diacritics 2"
);
CREATE TRIGGER body_added AFTER INSERT ON body BEGIN
    INSERT INTO words (rowid, question, reply, note)
    VALUES (new.turn, spaced(new.question), spaced(new.reply), spaced(new.note));
END;
CREATE TRIGGER body_gone AFTER DELETE ON body BEGIN
    INSERT INTO words (words, rowid, question, reply, note)
    VALUES ('delete', old.turn, spaced(old.question), spaced(old.reply), spaced(old.note));
END;
CREATE TRIGGER body_changed AFTER UPDATE OF question, reply, note ON body BEGIN
    INSERT INTO words (words, rowid, question, reply, note)
    VALUES ('delete', old.turn, spaced(old.question), spaced(old.reply), spaced(old.note));
    INSERT INTO words (rowid, question, reply, note)
    VALUES (new.turn, spaced(new.question), spaced(new.reply), spaced(new.note));
END;
CREATE TRIGGER control_added AFTER INSERT ON control BEGIN
    INSERT INTO control_words (rowid, text) VALUES (new.id, new.text);
END;
CREATE TRIGGER title_added AFTER INSERT ON conversation BEGIN
    INSERT INTO title_words (rowid, title) VALUES (new.id, spaced(new.title));
END;
CREATE TRIGGER title_gone AFTER DELETE ON conversation BEGIN
    INSERT INTO title_words (title_words, rowid, title)
    VALUES ('delete', old.id, spaced(old.title));
END;
CREATE TRIGGER title_changed AFTER UPDATE OF title ON conversation BEGIN
    INSERT INTO title_words (title_words, rowid, title)
    VALUES ('delete', old.id, spaced(old.title));
    INSERT INTO title_words (rowid, title) VALUES (new.id, spaced(new.title));
END;
"""


def _first(database: Database) -> None:
    for statement in statements(_TABLES + SEARCH_TABLES):
        database.do(statement)


_SWEEPS = """
CREATE TABLE sweep (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation INTEGER NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
    parent INTEGER REFERENCES turn (id) ON DELETE CASCADE,
    setup INTEGER NOT NULL REFERENCES setup (id),
    question TEXT NOT NULL,
    control TEXT NOT NULL,
    axes TEXT NOT NULL,
    created REAL NOT NULL
);
CREATE INDEX sweep_conversation ON sweep (conversation);
CREATE INDEX sweep_parent ON sweep (parent);
CREATE TABLE sweep_cell (
    id INTEGER PRIMARY KEY,
    sweep INTEGER NOT NULL REFERENCES sweep (id) ON DELETE CASCADE,
    nth INTEGER NOT NULL,
    reply TEXT NOT NULL DEFAULT '',
    finish TEXT,
    seed INTEGER,
    counts TEXT NOT NULL DEFAULT '{}',
    UNIQUE (sweep, nth)
);
"""


def _sweeps(database: Database) -> None:
    for statement in statements(_SWEEPS):
        database.do(statement)


MIGRATIONS: tuple[Callable[[Database], None], ...] = (_first, _sweeps)
TABLES = (
    "folder", "conversation", "tag", "control", "control_value", "setup", "turn", "body", "piece",
    "bin", "state", "sweep", "sweep_cell",
)  # fmt: skip

WORD_INDEXES = ("words", "control_words", "title_words")


def version_of(database: Database) -> int:
    return database.number("PRAGMA user_version")


def migrate(
    database: Database,
    back_up: Callable[[int], None],
    migrations: tuple[Callable[[Database], None], ...] = MIGRATIONS,
) -> None:
    """Bring the file to this version; `back_up(version)` is called before a step of a file with
    anything in it, not of a new one.

    Raises StoreTrouble when the file is of a newer version, or says one that it cannot be of. A
    step that fails leaves no trace.
    """
    if version_of(database) > len(migrations):
        raise newer(database.path, version_of(database), len(migrations))
    is_new = version_of(database) == 0
    if version_of(database) < 0:
        raise damaged(database.path, "its version is below 0")
    while (version := version_of(database)) < len(migrations):
        if not is_new:
            back_up(version)
        with database.write():
            if version_of(database) == version:  # another program may have been faster
                if version == 0 and database.one("SELECT 1 FROM sqlite_schema LIMIT 1"):
                    raise damaged(database.path, "it has tables and no version")
                migrations[version](database)
                database.do(f"PRAGMA user_version = {version + 1}")


def statements(script: str) -> list[str]:
    """The single statements of a script; those of a trigger stay together."""
    found, pending = [], ""
    for line in script.strip().splitlines():
        pending += line + "\n"
        in_trigger = "CREATE TRIGGER" in pending
        if line.endswith("END;" if in_trigger else ";"):
            found.append(pending)
            pending = ""
    return found
