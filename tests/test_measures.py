"""What is counted in replies, in several scripts."""

import pytest

from steerlm_studio import measures

TEA = "Tea is a hot drink. It is made from leaves! Isn't it well-known?"


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        (TEA, 13),
        ("Tee ist ein heißes Getränk.", 5),
        ("茶は飲み物です。", 7),
        ("… — !", 0),
        ("हिन्दी में चाय", 3),
        ("می\u200cکنم چیزی", 2),
        ("cafe\u0301 noir", 2),
        ("น้ำชา", 4),
        ("人々・ラーメン", 6),
        ("\U00020bb7野家", 3),
        ("👩\u200d💻 👍🏽 🇩🇪", 0),
    ],
)
def test_words_are_counted_in_any_script(text, count):
    assert len(measures.words(text)) == count


@pytest.mark.parametrize(
    "sign", ["e\u0301", "น้", "क्", "👩\u200d💻", "👍🏽", "🇩🇪", "❤\ufe0f", "1\ufe0f\u20e3"]
)
def test_a_sign_is_never_torn_from_its_marks(sign):
    """Differences once underlined a bare accent, or one person of a family."""
    assert measures.pieces_of(f"- {sign} {sign}.")[1:] == [(" ", sign), (" ", sign), ("", ".")]


@pytest.mark.parametrize("text", ["", TEA, "茶は 飲み物です。", "well- known 'tea' "])
def test_a_growing_text_has_as_many_words_as_the_whole_one(text):
    count = measures.WordCount()
    for end in range(len(text) + 1):
        assert count.of(text[:end]) == len(measures.words(text[:end]))
    assert count.of("another text") == 2


@pytest.mark.parametrize(
    ("text", "count"),
    [
        (TEA, 3),
        ("It costs 3.50 in the U.S.A. today", 2),
        ("茶は飲み物です。おいしい\uff01", 2),
        ("A heading\n\nA line", 2),
        ("He said “No.” Then he left.", 2),
        ("", 0),
    ],
)
def test_sentences_end_at_stops_and_empty_lines(text, count):
    assert measures.sentences(text) == count


def test_long_words_and_long_sentences_are_harder_to_read():
    easy = "The cat sat on the mat. The dog ran to the cat. They like to play."
    hard = "Fermentation transforms carbohydrates into considerable quantities of alcohol, " * 2
    assert measures.lix(easy) < 10
    assert measures.lix(hard) > 60


def test_readability_is_not_made_up():
    assert measures.lix("Too short.") is None
    assert measures.lix("茶は飲み物です。" * 5) is None


def test_the_readability_index_is_bjornssons():
    ten = "one two three four five sixteen seventeen eighteen nine ten."
    assert measures.lix(ten) == pytest.approx(10 / 1 + 100 * 3 / 10)


def test_repeated_pairs_of_words_are_not_distinct():
    assert measures.distinct("tea is tea is tea is tea", 1) == pytest.approx(2 / 7)
    assert measures.distinct("tea is tea is tea is tea", 2) == pytest.approx(2 / 6)
    assert measures.distinct("tea") is None


@pytest.mark.parametrize(
    ("text", "count"), [("Tea is cold.", 2), ("Tea is hot.", 3), ("", 0), ("Tea is hot, yes.", 3)]
)
def test_replies_agree_up_to_the_first_word_that_differs(text, count):
    assert measures.agreement(text, "Tea is hot.") == count


@pytest.mark.parametrize(
    ("texts", "count"),
    [
        (["Tea is hot.", "Tea is hollow."], 7),
        (["Tea is hot.", "Tea is hot."], 11),
        (["Tea, hot", "Tea. Hot"], 3),
        (["茶は飲む", "茶は熱い"], 2),
        (["", "Tea"], 0),
        ([], 0),
    ],
)
def test_texts_begin_alike_up_to_the_last_whole_word(texts, count):
    assert measures.common_beginning(texts) == count


def test_the_share_that_changed_goes_from_none_to_all():
    assert measures.changed_share(TEA, TEA) == 0
    assert measures.changed_share(TEA, "Ganz andere Worte") == 1
    assert 0 < measures.changed_share(TEA, TEA.replace("hot", "cold")) < 0.5
    assert measures.changed_share("", "") == 0
