"""What a reader is told beside a reply: a note of the user's goes out with the settings."""

import pytest

from steerlm_studio.store.store import Store
from steerlm_studio.store.transcripts.options import Options
from steerlm_studio.store.transcripts.out import FORMATS
from tests.store.made import answered


@pytest.mark.parametrize("name", ["markdown", "html", "text", "json", "csv"])
def test_votes_and_notes_go_out_in_what_people_read(store: Store, name: str):
    talk = store.create()
    turn = answered(store, talk, None, "Name a tree.", "An oak.")
    store.vote(turn, -1)
    store.note(turn, "too short")
    record = store.conversation(talk)
    written = "".join(FORMATS[name].write([record], Options(settings=True)))
    assert "too short" in written
    assert name in ("json", "csv") or "voted down" in written
