from demo_model.encoding import Encoder

from steerlm_studio.steer.steering import DEFAULT
from tests.demo_model.toy_corpus import Dialogue, Turn


def dialogue(*controls: str) -> Dialogue:
    return Dialogue("Be kind.", [Turn("What is it?", c, "Tea is a drink.") for c in controls])


def test_a_dialogue_is_the_documented_layout(tokenizer):
    ids = Encoder(tokenizer).encode(dialogue("humor:3,lang:en", "")).ids
    assert tokenizer.decode(ids) == (
        "<extra_id_0>System\nBe kind.\n\n<extra_id_1>User\nWhat is it?\n<extra_id_1>Assistant\n"
        "<extra_id_2>humor:3,lang:en\nTea is a drink.\n<extra_id_1>User\nWhat is it?\n"
        "<extra_id_1>Assistant\nTea is a drink.\n<extra_id_1>"
    )


def test_only_replies_and_what_ends_them_are_learned(tokenizer):
    encoded = Encoder(tokenizer).encode(dialogue("humor:3,lang:en", ""))
    learned = [i for i, w in zip(encoded.ids, encoded.weights, strict=True) if w > 0]
    assert tokenizer.decode(learned) == "Tea is a drink.\n<extra_id_1>" * 2


def test_the_first_tokens_of_a_sentence_count_more(tokenizer):
    talk = Dialogue("", [Turn("", "", "Tea is a drink. Bees make honey.")])
    encoded = Encoder(tokenizer).encode(talk)
    heavy = [i for i, w in zip(encoded.ids, encoded.weights, strict=True) if w > 1]
    text = tokenizer.decode(heavy)
    assert text.startswith("Te")
    assert "Be" in text
    assert text.endswith("\n")


def test_the_default_control_string_takes_a_token_per_key(tokenizer):
    assert len(tokenizer.encode(str(DEFAULT))) == 18
