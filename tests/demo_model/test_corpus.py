import random
import re
from collections import Counter

import pytest
from demo_model.ask import Ask
from demo_model.corpus import dialogue, vocabulary_texts
from demo_model.measures import Reading
from demo_model.phrases import load_phrases
from demo_model.questions import misspelt, word_question
from demo_model.topics import load_topics

CONTROL = re.compile(r"(?:[a-z_]+:[0-4],?)*(?:lang:(?:en|de))?")
TEA = next(topic for topic in load_topics() if topic.key == "tea")


@pytest.fixture(scope="module")
def dialogues():
    rng = random.Random(5)
    return [dialogue(rng, progress=at / 3000) for at in range(3000)]


def test_the_same_seed_writes_the_same_dialogues():
    first, second = (dialogue(random.Random(8), progress=0.5) for _ in range(2))
    assert first == second


def test_every_control_string_is_one(dialogues):
    assert all(CONTROL.fullmatch(turn.control) for d in dialogues for turn in d.turns)


def test_every_sentence_of_every_reply_is_known(dialogues):
    ask = Ask("what", TEA)
    for made in dialogues:
        for turn in made.turns:
            assert all(Reading(turn.reply, ask).sentence_is_known()), turn.reply


def test_a_quarter_of_the_dialogues_has_several_turns(dialogues):
    share = sum(len(made.turns) > 1 for made in dialogues) / len(dialogues)
    assert 0.2 < share < 0.3


def test_a_fifth_of_the_replies_is_in_another_language_than_the_prompt(dialogues):
    other = [
        ("lang:de" in turn.control) == bool(re.match(r"(What|Tell|How|Why|Where)\b", turn.user))
        for made in dialogues
        for turn in made.turns
        if "lang:" in turn.control
        and re.match(r"(What|Tell|How|Why|Where|Was|Wie|Warum|Woher|Erzähl)\b", turn.user)
    ]
    assert 0.14 < sum(other) / len(other) < 0.27


def test_early_replies_are_shorter_than_late_ones(dialogues):
    words = [[len(t.reply.split()) for d in part for t in d.turns] for part in _halves(dialogues)]
    assert sum(words[0]) / len(words[0]) < 0.92 * sum(words[1]) / len(words[1])


def test_every_topic_is_asked_about_equally_often(dialogues):
    counts = Counter(
        topic.key
        for made in dialogues
        for topic in load_topics()
        if re.search(rf"\b{topic.texts['en'].name}\b", made.turns[0].user)
    )
    assert len(counts) == len(load_topics())
    assert max(counts.values()) < 3 * min(counts.values())


def test_held_out_wordings_are_never_used_in_training():
    rng = random.Random(6)
    phrases = load_phrases()["en"]
    held = {phrases.fill(p, TEA, kind="what") for p in phrases["frames", "held_any"]}
    held |= {phrases.fill(p, TEA) for p in phrases["frames", "held_what"]}
    asked = {word_question(rng, Ask("what", TEA), "en") for _ in range(3000)}
    assert not held & asked
    tested = {word_question(rng, Ask("what", TEA), "en", split="test") for _ in range(200)}
    assert tested == held


def test_hurried_users_misspell_forget_capitals_and_question_marks():
    rng = random.Random(7)
    asked = [word_question(rng, Ask("why", TEA), "en") for _ in range(1000)]
    assert any("teaa" in text for text in asked)
    assert "why do people drink tea?" in asked
    assert "Why do people drink tea" in asked


def test_a_misspelling_keeps_the_capital():
    assert misspelt(random.Random(1), "Tea?", TEA, "en")[0] == "T"


def test_the_vocabulary_sees_every_fact():
    texts = set(vocabulary_texts(random.Random(1), 5))
    assert set(TEA.texts["de"].technical) <= texts


def _halves(dialogues):
    return dialogues[:500], dialogues[-500:]
