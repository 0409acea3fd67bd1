import pytest
from demo_model.ask import Ask
from demo_model.lexicon import load_lexicons, sentences
from demo_model.measures import MEASURES, Reading, spearman
from demo_model.topics import load_topics

TEA = next(topic for topic in load_topics() if topic.key == "tea")
WHAT = Ask("what", TEA)
PLAIN, TECHNICAL = TEA.texts["en"].plain, TEA.texts["en"].technical


def test_a_reply_falls_into_sentences_hesitations_and_lines():
    text = "Um ... Tea is hot. Really?\nSteam is rising,\nLeaves are dancing."
    assert sentences(text) == [
        "Um ...",
        "Tea is hot.",
        "Really?",
        "Steam is rising,",
        "Leaves are dancing.",
    ]


def test_a_sentence_that_nobody_would_say_is_not_known():
    read = Reading(f"{PLAIN[0]} Tea tea the hot is.", WHAT)
    assert read.sentence_is_known() == [True, False]


def test_an_empty_reply_is_not_well_formed():
    assert Reading("", WHAT).sentence_is_known() == [False]


def test_any_three_topics_can_be_listed():
    assert load_lexicons()["en"]["I can talk about owls, tea and bees."] is not None
    assert load_lexicons()["en"]["I can talk about owls, taxes and bees."] is None


def test_the_language_of_broken_text_is_told_by_its_little_words():
    assert Reading("Der Tee ist und die mit von", WHAT).lang == "de"
    assert Reading("The tea is and of it with", WHAT).lang == "en"


def test_complexity_is_the_share_of_technical_facts():
    read = Reading(f"{TECHNICAL[0]} {PLAIN[1]}", WHAT)
    assert MEASURES["complexity"](read) == 0.5


def test_a_reply_without_facts_says_nothing_about_complexity():
    assert MEASURES["complexity"](Reading("Kapow!", WHAT)) is None


def test_the_opening_fact_must_answer_the_kind_of_question():
    assert Reading(f"{PLAIN[0]} {PLAIN[3]}", WHAT).opens_right()
    assert not Reading(f"{PLAIN[3]} {PLAIN[0]}", WHAT).opens_right()
    assert Reading(PLAIN[3], Ask("why", TEA)).opens_right()


def test_facts_about_other_things_are_off_topic():
    other = load_topics()[0].texts["en"].plain[0]
    assert Reading(f"{PLAIN[0]} {other}", WHAT).on_topic() == 0.5
    assert Reading("Kapow!", WHAT).on_topic() is None


def test_a_sentence_said_twice_is_a_repeat_but_a_hesitation_is_not():
    assert Reading(f"{PLAIN[0]} {PLAIN[0]}", WHAT).repeats()
    assert not Reading(f"Um ... {PLAIN[0]} Um ... {PLAIN[1]}", WHAT).repeats()


def test_added_remarks_do_not_make_an_answer_longer():
    long = f"Kapow! {PLAIN[0]} The mayor is to blame for everything!"
    assert MEASURES["verbosity"](Reading(long, WHAT)) == 1
    assert MEASURES["violence"](Reading(long, WHAT)) == 1
    assert MEASURES["political_content"](Reading(long, WHAT)) == 2


def test_rank_correlation_knows_order_and_ties():
    assert spearman([1, 2, 3], [10, 20, 400]) == pytest.approx(1)
    assert spearman([1, 2, 3], [3, 2, 1]) == pytest.approx(-1)
    assert spearman([1, 2, 3], [7, 7, 7]) == 0
    assert spearman([1, 2, 3, 4], [1, 1, 2, 2]) == pytest.approx(0.894, abs=0.001)
