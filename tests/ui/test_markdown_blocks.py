"""Which part of a growing Markdown text can no longer change."""

import pytest

from steerlm_studio.ui.markdown_blocks import finished_length, is_one_paragraph


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


@pytest.mark.parametrize("text", ["Tea is hot.", "A", "Tea, 2. and more", "茶です", "It's 5 - 3"])
def test_plain_words_are_one_paragraph(text: str):
    assert is_one_paragraph(text)


@pytest.mark.parametrize(
    "text",
    ["- tea", "1. tea", "# Tea", "a *b*", "see http://x.y", "www.tea.org", "a\nb", "    x", "a  b"],
)
def test_what_may_be_markdown_is_not(text: str):
    assert not is_one_paragraph(text)
