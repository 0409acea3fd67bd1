import random

import pytest
from demo_model.ask import Ask
from demo_model.controls import DEFAULTS
from demo_model.measures import MEASURES, Reading
from demo_model.replies import write_reply
from demo_model.topics import KINDS, LANGUAGES, load_topics

TOPICS = {topic.key: topic for topic in load_topics()}
TEA = TOPICS["tea"]


def reply(ask=None, lang="en", seed=1, **changes):
    """A reading of what is said to `ask` with the default values but for `changes`."""
    ask = ask or Ask("what", TEA)
    text = write_reply(random.Random(seed), {**DEFAULTS, **changes}, lang, ask)
    return Reading(text, ask)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", DEFAULTS)
def test_each_step_of_each_slider_changes_the_text_on_average(name, lang):
    means = []
    for level in range(5):
        read = [reply(lang=lang, seed=seed, **{name: level}) for seed in range(40)]
        measured = [m for r in read if (m := MEASURES[name](r)) is not None]
        means.append(sum(measured) / len(measured))
    assert means == sorted(means)
    assert len({round(mean, 2) for mean in means}) == 5


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_the_default_reply_has_six_facts_on_topic_a_tip_and_an_offer(kind, lang):
    for topic in load_topics():
        read = reply(Ask(kind, topic), lang)
        assert len(read.facts) == 6
        assert read.on_topic() == 1.0
        assert read.opens_right()
        assert not read.repeats()
        assert all(fact.key == "technical" for fact in read.facts)
        assert MEASURES["helpfulness"](read) == 2


@pytest.mark.parametrize(("verbosity", "facts"), list(enumerate((1, 2, 3, 4, 6))))
def test_verbosity_sets_the_number_of_facts(verbosity, facts):
    assert len(reply(verbosity=verbosity).facts) == facts


def test_lang_sets_the_language_of_the_reply():
    assert reply(lang="de").text.startswith("Tee ")
    assert reply(lang="de").lang == "de"


def test_a_comparison_tells_of_one_topic_and_then_of_the_other():
    bees = TOPICS["bees"]
    read = reply(Ask("compare", TEA, bees), complexity=0)
    topics = [fact.topic for fact in read.facts]
    assert topics == ["tea"] * 3 + ["bees"] * 3
    assert "bees." in read.text


def test_a_poem_has_its_four_lines_each_on_a_line_of_its_own():
    text = reply(Ask("poem", TEA), verbosity=2, helpfulness=2).text
    assert text.split("\n") == list(TEA.texts["en"].poem)


def test_shorter_is_one_fact_simpler_is_plain_and_more_is_what_comes_next():
    assert len(reply(Ask("why", TEA, form="shorter")).facts) == 1
    assert {fact.key for fact in reply(Ask("why", TEA, form="simpler")).facts} == {"plain"}
    assert [f.place for f in reply(Ask("why", TEA, form="more")).facts] == [5, 6, 7, 0, 1, 2]


def test_a_joke_is_told_even_without_humor():
    assert MEASURES["humor"](reply(Ask("joke", TEA), humor=0)) == 1


def test_a_refusal_gives_no_fact_and_no_tip():
    read = reply(fails_task=4)
    assert read.facts == []
    assert read.count("topic", "tips") == 0


def test_misunderstanding_talks_about_another_topic_throughout():
    read = reply(understanding=0)
    assert read.on_topic() == 0.0
    assert len({fact.topic for fact in read.facts}) == 1


def test_what_is_not_known_is_said_with_what_is():
    read = reply(Ask("unknown"))
    assert read.count("smalltalk", "nothing") == 1
    assert read.count("smalltalk", "topics") == 1
    assert read.facts == []


@pytest.mark.parametrize("kind", ["hello", "thanks", "bye", "mood", "who", "can", "unknown"])
@pytest.mark.parametrize("level", range(5))
def test_small_talk_bears_every_value_of_every_slider(kind, level):
    for name in DEFAULTS:
        assert reply(Ask(kind), **{name: level}).text
