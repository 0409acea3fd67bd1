"""What was inserted and deleted between two replies."""

import random
import time

from hypothesis import given
from hypothesis import strategies as st

from steerlm_studio.word_diff import Piece, only_changed, word_diff

BASE = "Tea is a hot drink made from leaves."


def text_of(pieces, *kinds):
    return "".join(piece.text for piece in pieces if piece.kind in kinds)


def test_changed_words_stand_in_their_order():
    assert word_diff("Tea is a cold drink made from leaves.", BASE) == (
        Piece("same", "Tea is a"),
        Piece("deleted", " hot"),
        Piece("inserted", " cold"),
        Piece("same", " drink made from leaves."),
    )


def test_a_comma_is_not_part_of_its_word():
    pieces = word_diff("Tea, is a hot drink made from leaves.", BASE)
    assert [piece for piece in pieces if piece.kind != "same"] == [Piece("inserted", ",")]


def test_little_words_alone_do_not_chop_up_a_change():
    kinds = [piece.kind for piece in word_diff("Bees go to a hive", "Cats sit on a mat")]
    assert kinds == ["deleted", "inserted"]


def test_the_same_text_has_no_difference():
    assert word_diff(BASE, BASE) == (Piece("same", BASE),)
    assert word_diff("", "") == ()
    assert word_diff(BASE, "") == (Piece("inserted", BASE),)


@given(st.text("abcd ,.\n", max_size=60), st.text("abcd ,.\n", max_size=60))
def test_nothing_is_lost(text, base):
    pieces = word_diff(text, base)
    assert text_of(pieces, "same", "inserted") == text.rstrip()
    words_of = text_of(pieces, "same", "deleted").split()
    assert "".join(words_of) == "".join(base.split())


def test_only_what_changed_is_shown_with_some_words_around():
    long = " ".join(f"word{n}" for n in range(40))
    pieces = only_changed(word_diff(f"{long} hot {long}", f"{long} cold {long}"))
    assert [piece.text for piece in pieces] == [
        " … ",
        " word37 word38 word39",
        " cold",
        " hot",
        " word0 word1 word2",
        " … ",
    ]


def test_texts_that_are_the_same_are_left_out_whole():
    assert only_changed(word_diff(BASE * 3, BASE * 3)) == (Piece("left out", " … "),)


def test_texts_of_two_words_are_not_searched_for_chance_agreement():
    """Every word is everywhere: looking at all pairs once took seconds, in the window's thread."""
    draw = random.Random(7)
    one, two = (" ".join(draw.choices(["ha", "hi"], k=1900)) for _ in range(2))
    kinds = [piece.kind for piece in word_diff(f"Tea. {one} end", f"Tea. {two} end")]
    assert kinds == ["same", "deleted", "inserted", "same"]


def test_a_long_chinese_reply_with_one_change_shows_just_that():
    draw = random.Random(7)
    text = "".join(draw.choices([chr(0x4E00 + n) for n in range(200)], k=4000))
    changed = text[:1800] + "\N{CJK UNIFIED IDEOGRAPH-9FA5}" * 3 + text[1803:]
    assert [piece.kind for piece in word_diff(changed, text)] == [
        "same", "deleted", "inserted", "same",
    ]  # fmt: skip


def test_a_thousand_words_take_less_than_a_frame_can_wait():
    draw = random.Random(5)
    vocabulary, weights = [f"w{n}" for n in range(3000)], [1 / (n + 1) for n in range(3000)]
    text, base = (" ".join(draw.choices(vocabulary, weights, k=1000)) for _ in range(2))
    began = time.process_time()
    word_diff(text, base)
    assert time.process_time() - began < 1.0
