"""Conversations that several formats are tried with."""

import pytest

from tests.store.made import NASTY, answered


@pytest.fixture
def record(store):
    """Two turns; the first has two versions, of which the second is kept and goes on."""
    talk = store.create("Be kind.")
    answered(store, talk, None, "Name a tree.", "An oak.", humor=0)
    second = answered(store, talk, None, "Name a tree.", " A lime, said the lemon. ", humor=4)
    store.keep(second)
    follow = answered(store, talk, second, "Another?", "A beech.", humor=1)
    store.vote(follow, 1)
    return store.conversation(talk)


@pytest.fixture
def nasty(store):
    talk = store.create("System <b> text")
    parent = None
    for text in NASTY:
        parent = answered(store, talk, parent, text, text)
    return store.conversation(talk)


@pytest.fixture
def branched(store):
    """An oak and a lime; the way on goes from the lime to Asked A, beside it stands Asked B."""
    talk = store.create()
    answered(store, talk, None, "A tree?", "An oak.", humor=0)
    lime = answered(store, talk, None, "A tree?", "A lime.", humor=4)
    store.show(lime)
    asked_a = answered(store, talk, lime, "Asked A", "Reply A")
    asked_b = answered(store, talk, lime, "Asked B", "Reply B")
    answered(store, talk, asked_b, "More B", "More of B")
    store.show(asked_a)
    return store.conversation(talk)
