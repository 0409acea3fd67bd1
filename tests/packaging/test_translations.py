"""Every word that goes through `tr` is collected, and what is missing is said."""

import json
from pathlib import Path

import pytest
import translations
from sentences import sentences_in
from words import NotLiteral, Word, words_in

CODE = """
class Row(QWidget):
    def say(self, count):
        self.tr("one")
        self.tr("%n rows", "", count)
        for text in (_tr("free"),):
            QCoreApplication.translate("Other", "there %1")

def lint():
    translate("Short", "short")
    return _say(
        "Lint", "over "
        "two lines", 4
    )

QCoreApplication.translate("Count", "%n all", "", 3)

def _tr(text: str) -> str:
    return QCoreApplication.translate("Rows", text)
"""


def written(folder: Path, code: str) -> Path:
    file = folder / "rows.py"
    file.write_text(code)
    return file


def test_words_are_collected_wherever_they_stand(tmp_path: Path):
    assert words_in(written(tmp_path, CODE)) == [
        Word("Row", "one"),
        Word("Row", "%n rows", plural=True),
        Word("Rows", "free"),
        Word("Other", "there %1"),
        Word("Short", "short"),
        Word("Lint", "over two lines"),
        Word("Count", "%n all", plural=True),
    ]


def test_words_that_are_put_together_are_refused_by_line(tmp_path: Path):
    file = written(tmp_path, 'class Row:\n    def f(self):\n        self.tr(f"{1}")\n')
    with pytest.raises(NotLiteral, match=r"rows\.py:3"):
        words_in(file)


def test_the_words_of_the_window_are_found():
    """All of them can be collected; those that Qt's own collector left out are there too."""
    words = translations.all_words()
    assert Word("Actions", "Open model…") in words
    assert Word("Lint", "%1 is given twice; the first one counts.") in words
    assert Word("Attribute", "Sense of humor.") in words
    assert len(words) > 300


def test_what_is_not_translated_is_named(tmp_path: Path):
    file = tmp_path / "steerlm_studio_xx.ts"
    file.write_text(
        '<TS version="2.1" language="de"><context><name>Row</name>'
        "<message><source>one</source><translation>eins</translation></message>"
        '<message><source>two</source><translation type="unfinished"/></message>'
        "</context></TS>"
    )
    words = [Word("Row", text) for text in ("one", "two", "three")]
    assert translations.missing(file, words) == [
        "steerlm_studio_xx.ts: Row: three",
        "steerlm_studio_xx.ts: Row: two",
    ]


ERRORS = """
def fail(path, error, size):
    if not size:
        raise StudioError(f"{path.name} is empty. " "Choose another.", "detail")
    raise MemoryShort(f"{size} GiB" + str(error)) from StudioError(str(error))

EMPTY = piece("it is empty")
"""


def test_an_errors_values_are_numbered(tmp_path: Path):
    found = list(sentences_in(written(tmp_path, ERRORS)))
    assert sorted(found) == ["%1 is empty. Choose another.", "it is empty"]


def test_what_the_engine_can_say_is_shipped_as_the_code_has_it():
    shipped = json.loads(translations.ERRORS.read_text(encoding="utf-8"))
    assert shipped == translations.all_sentences()
    assert "There is not enough memory for the weights of %1." in shipped
