import pytest
from demo_model.phrases import fitting, load_phrases
from demo_model.topics import KINDS, LANGUAGES, load_topics

TOPICS = {topic.key: topic for topic in load_topics()}


@pytest.mark.parametrize(
    ("lang", "key", "said"),
    [
        ("en", "tea", "Tea weighs exactly ten elephants."),
        ("en", "bees", "Bees weigh exactly ten elephants."),
        ("de", "tea", "Tee wiegt genau so viel wie zehn Elefanten."),
        ("de", "bees", "Bienen wiegen genau so viel wie zehn Elefanten."),
    ],
)
def test_a_verb_agrees_with_the_number_of_the_topic(lang, key, said):
    phrases = load_phrases()[lang]
    assert said in [phrases.fill(p, TOPICS[key]) for p in phrases["correctness", "wrong"]]


def test_german_phrases_use_the_dative_where_it_belongs():
    filled = load_phrases()["de"].fill("Nun zu {otherdat}.", TOPICS["tea"], TOPICS["apples"])
    assert filled == "Nun zu Äpfeln."


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_phrase_can_be_filled(lang):
    phrases = load_phrases()[lang]
    tea, bees = TOPICS["tea"], TOPICS["bees"]
    for section, lists in phrases.data.items():
        if section in ("pairs", "and_or", "system", "unknown"):
            continue
        for key in lists:
            for phrase in phrases[section, key]:
                if "{list}" not in phrase:
                    assert "{" not in phrases.fill(phrase, tea, bees, KINDS[0])


@pytest.mark.parametrize("lang", LANGUAGES)
def test_there_is_enough_to_say_where_no_topic_is(lang):
    phrases = load_phrases()[lang]
    for section in ("toxicity", "violence", "hate_speech", "creativity", "moral_judgement"):
        assert len(fitting(phrases[section, "mild"], None)) >= 2
        assert len(fitting(phrases[section, "strong"], None)) >= 2


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_kind_of_question_has_fifteen_wordings_and_some_kept_for_the_test(lang):
    phrases = load_phrases()[lang]
    for kind in ("any", "compare", "poem"):
        assert len(phrases["frames", kind]) >= 15
        assert len(phrases["frames", f"held_{kind}"]) >= 2
        assert not set(phrases["frames", kind]) & set(phrases["frames", f"held_{kind}"])
