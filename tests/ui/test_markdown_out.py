"""Markdown transcripts, read by Qt's own Markdown reader (CommonMark and GitHub's tables)."""

import pytest
from PySide6.QtGui import QTextDocument

from steerlm_studio.steer.languages import LANGUAGES
from steerlm_studio.store.transcripts.options import Options
from steerlm_studio.store.transcripts.out import FORMATS
from tests.store.made import answered

TEXTS = [
    *(endonym for _, endonym in LANGUAGES.values()),
    "שלום עולם",
    "👩‍👩‍👧‍👦 🇪🇺",
    "<extra_id_1>User <extra_id_2>humor:4",
    "</div><script>alert(1)</script>",
]


@pytest.fixture
def read(store, qapp):
    """What a reader of the Markdown of these replies sees."""

    def reading(*texts: str) -> str:
        talk, parent = store.create("<b>System</b>"), None
        for text in texts:
            parent = answered(store, talk, parent, text, text)
        markdown = FORMATS["markdown"].write([store.conversation(talk)], Options())
        document = QTextDocument()
        document.setMarkdown("".join(markdown))
        return document.toPlainText()

    return reading


def test_every_text_is_seen_and_no_control_token_is_taken_for_a_tag(read):
    seen = read(*TEXTS)
    assert "<b>System</b>" in seen
    for text in TEXTS:
        assert seen.count(text) >= 2


def test_a_code_block_left_open_does_not_swallow_what_follows(read):
    seen = read("```python\nprint(1)", "A tree.")
    assert "print(1)" in seen
    assert "## Assistant" not in seen
    assert seen.count("Assistant") == 2


def test_a_control_string_is_code(read):
    assert "quality:4,understanding:4" in read("Hi")
