"""Which part of a growing Markdown text can no longer change."""

import pytest

from steerlm_studio.ui.markdown_blocks import are_plain_words, finished_length, takes_words


@pytest.mark.parametrize(
    ("text", "finished"),
    [
        ("A paragraph that still grows", ""),
        ("One.\n\n", ""),
        ("One.\n\nTwo", "One.\n\n"),
        ("One.\n\nTwo\n\nThree", "One.\n\nTwo\n\n"),
        ("- a\n- b", ""),
        ("- a\n\n  more of a", ""),
        ("- a\n\n  more of a\n\nB", "- a\n\n  more of a\n\n"),
        ("```py\nx = 1\n\ny = 2", ""),
        ("```py\nx = 1\n\ny = 2\n```\n\nB", "```py\nx = 1\n\ny = 2\n```\n\n"),
        ("~~~\n```\n\n~~~\n\nB", "~~~\n```\n\n~~~\n\n"),
        ("````\n```\n\nin the fence", ""),
    ],
)
def test_a_block_is_finished_when_the_next_has_begun(text: str, finished: str):
    assert text[: finished_length(text)] == finished


@pytest.mark.parametrize(
    "text",
    ["Tea is hot.", "A", "茶です", "It's 5 - 3", "**Tea** `hot`, ", "- *tea* a", "1. tea\n- more"],
)
def test_words_go_on_behind_words(text: str):
    assert takes_words(text)


@pytest.mark.parametrize(
    "text",
    ["", "- ", "1", "# Tea", "a *b*", "`a` ", "see http://x.y", "[a](b", "a\n", "    x", "| a"],
)
def test_words_may_be_otherwise_behind_what_is_open(text: str):
    assert not takes_words(text)


@pytest.mark.parametrize("added", ["*", "\n", " `x`", "//x", "w.tea.org"])
def test_what_may_be_markdown_is_no_plain_word(added: str):
    assert not are_plain_words(added, "see http:" if added == "//x" else "ww")
