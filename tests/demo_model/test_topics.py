import pytest
from demo_model.phrases import load_phrases
from demo_model.topics import FOLDER, LANGUAGES, load_topics

SPOKEN = ("frames", "follow", "talk", "unknown", "system", "pairs", "and_or")


def test_every_topic_loads_in_every_language():
    topics = load_topics()
    assert len(topics) >= 24
    assert all(set(topic.texts) == set(LANGUAGES) for topic in topics)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_sentence_is_said_by_two_topics_or_phrases(lang):
    said = [s for t in load_topics() for s in _sentences(t.texts[lang])]
    phrases = load_phrases()[lang]
    for section, lists in phrases.data.items():
        if section not in SPOKEN:
            said += [s for key in lists for s in phrases[section, key]]
    assert {s for s in said if said.count(s) > 1} == set()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_first_five_facts_name_their_topic(lang):
    for topic in load_topics():
        text = topic.texts[lang]
        stem = text.name[:3].lower()
        for fact in text.plain[:5]:
            assert stem in fact.lower(), fact


def test_a_topic_with_a_missing_fact_is_refused_by_name(tmp_path):
    source = (FOLDER / "tea.toml").read_text(encoding="utf-8")
    broken = source.replace('  "Tea plants grow best on warm and rainy hills.",\n', "")
    (tmp_path / "tea.toml").write_text(broken, encoding="utf-8")
    with pytest.raises(ValueError, match=r"tea.toml \[en\]: plain has 7 sentences, not 8"):
        load_topics(tmp_path)


def test_a_fact_of_two_sentences_is_refused(tmp_path):
    source = (FOLDER / "tea.toml").read_text(encoding="utf-8")
    broken = source.replace("Tea plants grow best on", "Tea plants grow. Best on")
    (tmp_path / "tea.toml").write_text(broken, encoding="utf-8")
    with pytest.raises(ValueError, match="not exactly one sentence"):
        load_topics(tmp_path)


def _sentences(text):
    return [*text.plain, *text.technical, *text.tips, *text.jokes, *text.poem]
