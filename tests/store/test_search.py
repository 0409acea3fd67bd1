"""Words, phrases and filters find the turns they should, and only those."""

import pytest

from steerlm_studio.errors import StudioError
from steerlm_studio.store.records import Asked, Setup
from steerlm_studio.store.search import excerpt_of
from tests.store.made import answered, asked


@pytest.fixture
def talks(store) -> dict[str, int]:
    """A conversation per name."""
    found = {}
    for name, reply, values in (
        ("sky", "Because light scatters, silly. Grüße!", {"humor": 4, "verbosity": 1}),
        ("oak", "An oak tree lives for a thousand years.", {"humor": 0}),
        ("空", "空は青いです。", {"lang": "ja"}),
    ):
        found[name] = store.create()
        (turn,) = store.ask(found[name], None, asked(f"Tell me about {name}", **values))
        store.finish(turn, "stop", reply=reply)
    store.vote(store.conversation(found["sky"]).turns[0].id, 1)
    store.note(store.conversation(found["oak"]).turns[0].id, "reads like a lexicon")
    store.keep(store.conversation(found["oak"]).turns[0].id)
    store.shelf.tag(found["oak"], "green things")
    store.shelf.move(found["oak"], "Garden")
    store.shelf.pin(found["sky"])
    return found


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("scatters", "sky"),
        ("scat", "sky"),
        ("scat*", "sky"),
        ("SCATTERS", "sky"),
        ("grusse light", ""),
        ("grüsse", ""),
        ("gruße", "sky"),
        ('"oak tree"', "oak"),
        ('"tree oak"', ""),
        ("thousand sky", ""),
        ("lexicon", "oak"),
        ("tell -oak -空", "sky"),
        ('about -"light scatters"', "oak 空"),
        ("青い", "空"),
        ("humor>=3", "sky"),
        ("humor>3", "sky"),
        ("humor<1 verbosity:4", "oak 空"),
        ("humor!=0", "sky"),
        ("-humor:0", "sky"),
        ("light humor>=3", "sky"),
        ("light humor<3", ""),
        ("lang:ja", "空"),
        ("lang!=en", "空"),
        ("model:nemotron", "sky oak 空"),
        ("model:other", ""),
        ("-model:other", "sky oak 空"),
        ("quant:q8", "sky oak 空"),
        ("has:vote", "sky"),
        ("vote:up", "sky"),
        ("vote:down", ""),
        ("has:note", "oak"),
        ("has:kept", "oak"),
        ("is:kept", "oak"),
        ("is:pinned", "sky"),
        ("has:versions", ""),
        ('tag:"green things"', "oak"),
        ("folder:gard", "oak"),
        ("title:sky", "sky"),
        ("finish:stop seed:7", "sky oak 空"),
        ("finish!=stop", ""),
        ("vote!=up", "oak 空"),
        ("has!=note", "sky 空"),
        ("after:2020-01-01", "sky oak 空"),
        ("before:2020-01-01", ""),
        ("sexual_content", "sky oak 空"),
        ('"humor:4,creativity:0"', "sky"),
        ("scatters:", "sky"),
        ('"unclosed', ""),
        ("***", "sky oak 空"),
        ('" " - ( ) OR NOT ^ {', ""),
        ("AND", ""),
        ("", "sky oak 空"),
    ],
)
def test_a_search_finds(store, talks, query, wanted):
    found = {hit.conversation for hit in store.search.find(query)}
    assert found == {talks[name] for name in wanted.split()}


@pytest.mark.parametrize(
    "query", ["humor>=lots", "has:everything", "vote:5", "after:yesterday", "is:odd"]
)
def test_a_filter_without_sense_is_a_sentence(store, query):
    with pytest.raises(StudioError):
        store.search.find(query)


def test_a_sign_that_is_in_no_index_does_not_find_everything(store, talks):
    with pytest.raises(StudioError, match="no letter and no digit"):
        store.search.find("👩‍👩‍👧‍👦")
    assert len(store.search.find('" : -')) == len(talks)  # a search that is being typed


def test_the_excerpt_shows_the_word_where_it_stands(store):
    talk = store.create()
    turn = answered(store, talk, None, "Why?", "word " * 100 + "scatters and more")
    (hit,) = store.search.find("scatters")
    assert (hit.conversation, hit.turn) == (talk, turn)
    assert "scatters and more" in hit.excerpt
    assert hit.excerpt.startswith("…")


def test_a_reply_is_found_when_it_is_finished_under_its_last_text(store):
    talk = store.create()
    (turn,) = store.ask(talk, None, Asked("Why?", "", Setup()))
    store.append({turn: "scatters"})
    store.finish(turn, "stop")
    store.finish(turn, "stop", reply="bends")
    assert [hit.turn for hit in store.search.find("bends")] == [turn]
    assert store.search.find("scatters") == []


def test_deleted_versions_and_conversations_are_not_found(store):
    talk = store.create()
    turn = answered(store, talk, None, "Why?", "scatters")
    store.shelf.delete_version(turn)
    assert store.search.find("scatters") == []
    store.shelf.undo()
    store.shelf.delete(talk)
    assert store.search.find("scatters") == []
    assert store.search.find("why") == []


def test_a_new_title_is_found_and_the_old_one_is_not(store):
    talk = store.create()
    answered(store, talk, None, "Why?", "So.")
    store.shelf.rename(talk, "Optics")
    (hit,) = store.search.find("optics")
    assert (hit.conversation, hit.turn, hit.title) == (talk, None, "Optics")


def test_no_more_are_found_than_asked_for(store):
    for _ in range(5):
        answered(store, store.create(), None, "Why?", "So.")
    assert len(store.search.find("why", limit=3)) == 3


def test_versions_are_found_by_having_been_asked_again(store):
    talk, other = store.create(), store.create()
    answered(store, talk, None, "Why?", "So.")
    answered(store, talk, None, "Why?", "Because.")
    answered(store, other, None, "Why?", "So.")
    assert [hit.conversation for hit in store.search.find("has:versions")] == [talk]


def test_an_excerpt_cuts_no_word():
    text = "The first words of a long reply stand well before what one looks for, " * 3
    excerpt = excerpt_of(("Why?", text + "a needle in it", ""), ["needle"])
    first = excerpt.removeprefix("…").split()[0]
    assert f" {first} " in text
