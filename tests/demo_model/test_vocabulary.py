from demo_model import vocabulary


def test_text_comes_back_as_it_was(tokenizer):
    text = "  two spaces\n\n tab\t ﬁ ligature, emoji 🐝 and ½ "
    assert tokenizer.decode(tokenizer.encode(text)) == text


def test_pad_unknown_begin_and_end_have_their_usual_ids(tokenizer):
    assert [tokenizer.id_to_piece(i) for i in range(4)] == ["<pad>", "<unk>", "<s>", "</s>"]


def test_no_space_is_put_before_a_text(tokenizer):
    assert tokenizer.id_to_piece(tokenizer.encode("Tea")[0]).startswith("T")


def test_a_value_means_the_same_with_and_without_its_comma(tokenizer):
    rows = vocabulary.shared_rows(tokenizer)
    with_comma, without = map(tokenizer.piece_to_id, ("humor:3,", "humor:3"))
    assert rows[with_comma] == rows[without] == without


def test_an_unknown_language_is_answered_in_english(tokenizer):
    rows = vocabulary.shared_rows(tokenizer)
    french, german, english = map(tokenizer.piece_to_id, ("lang:fr", "lang:de", "lang:en"))
    assert rows[french] == english
    assert rows[german] == german
