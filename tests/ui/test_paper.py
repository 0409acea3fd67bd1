"""The PDF, read back by somebody else's reader; made by the real child."""

import json
import os
import resource
import subprocess
import sys
import unicodedata

import pytest
from pypdf import PdfReader
from PySide6.QtGui import QFontDatabase

from steerlm_studio.errors import StudioError
from steerlm_studio.steer.languages import LANGUAGES
from steerlm_studio.store.transcripts import paper
from steerlm_studio.store.transcripts.options import Options
from steerlm_studio.store.transcripts.out import FORMATS, write_file
from tests.store.made import answered

ENDONYMS = [endonym for _, endonym in LANGUAGES.values()]
_ALWAYS = ("LATIN", "GREEK", "CYRILLIC")  # every machine has letters for these
_SYSTEM_OF = {"CJK": "Japanese", "HIRAGANA": "Japanese", "HANGUL": "Korean"}


@pytest.fixture
def printed(tmp_path):
    """Prints records; gives the reader and the text of each page."""

    def printing(*records, **choices):
        path = tmp_path / "out.pdf"
        kind = FORMATS["pdf"]
        write_file(path, kind, kind.write(records, Options(**choices)))
        return PdfReader(path)

    return printing


def _texts(reader: PdfReader) -> list[str]:
    """What each page says, with plain blanks and letters."""
    return [_plain(page.extract_text()) for page in reader.pages]


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).split())


def _is_drawn(text: str) -> bool:
    """Whether this machine has letters for it."""
    script = unicodedata.name(text[0]).split()[0]
    name = _SYSTEM_OF.get(script, script.capitalize())
    system = getattr(QFontDatabase.WritingSystem, name)
    return script in _ALWAYS or bool(QFontDatabase.families(system))


def test_texts_in_all_languages_can_be_read_in_it(store, printed, qapp):
    talk, parent = store.create("Be kind."), None
    for text in ENDONYMS:
        parent = answered(store, talk, parent, f"? {text}", text)
    found = " ".join(_texts(printed(store.conversation(talk))))
    drawn = [text for text in ENDONYMS if _is_drawn(text)]
    assert len(drawn) > len(ENDONYMS) / 2
    # this reader gives letters as they stand on the paper, from left to right
    lost = [t for t in drawn if _plain(t) not in found and _plain(t)[::-1] not in found]
    assert lost == []


def test_it_shows_who_said_what_under_which_control_string(store, printed):
    talk = store.create("Be kind.")
    turn = answered(store, talk, None, "<extra_id_1>User\nhi", "Not <b>bold</b>, an office.")
    store.keep(turn)
    (page,) = _texts(printed(store.conversation(talk), settings=True))
    for text in ("System Be kind.", "User <extra_id_1>User hi", "Assistant (kept)", "humor:0",
                 "Not <b>bold</b>, an office.", "seed 7"):  # fmt: skip
        assert text in page
    (plain,) = _texts(printed(store.conversation(talk), system=False, controls=False))
    assert "Be kind." not in plain
    assert "humor:0" not in plain


def test_versions_stand_side_by_side(store, printed):
    talk = store.create()
    for number in range(3):
        answered(store, talk, None, "Name a tree.", f"Tree{number}", humor=number)
    places = {}

    def seen(text, _, matrix, *__):
        if text.startswith("Tree"):
            places[text.strip()] = (round(matrix[4]), round(matrix[5]))

    reader = printed(store.conversation(talk), versions=True)
    reader.pages[0].extract_text(visitor_text=seen)
    xs, ys = zip(*(places[f"Tree{number}"] for number in range(3)), strict=True)
    assert xs[0] < xs[1] < xs[2]
    assert max(ys) - min(ys) < 400  # a third of an inch: the heading of one is longer


def test_pages_are_numbered_and_no_heading_ends_one(store, printed):
    first, second = store.create(), store.create()
    parent = None
    for number in range(25):
        parent = answered(store, first, parent, f"Why {number}?", "So it is. " * (number * 5))
    answered(store, second, None, "Last?", "Yes.")
    reader = printed(store.conversation(first), store.conversation(second))
    pages = [page.extract_text().splitlines() for page in reader.pages]
    assert [lines[1] for lines in pages] == [str(number) for number in range(1, len(pages) + 1)]
    assert len(pages) > 5
    endings = [lines[-1] for lines in pages]
    assert not any(end in ("User", "Assistant") or end.startswith("quality:") for end in endings)
    assert "Yes." in _plain(reader.pages[-1].extract_text())  # a page of its own
    words = [word for lines in pages for line in lines for word in line.split()]
    assert words.count("So") == words.count("is.") == sum(number * 5 for number in range(25))


@pytest.mark.parametrize(
    "text",
    [
        "x" * 1_000_000,
        pytest.param("日本語テキスト" * 140_000, marks=pytest.mark.slow),
        pytest.param("An oak.\n" * 125_000, marks=pytest.mark.slow),
    ],
    ids=["one word", "Japanese", "short lines"],
)
def test_a_megabyte_is_printed_to_its_end(store, printed, text):
    talk = store.create()
    answered(store, talk, None, "Tell me all.", text + "\nThe end of it.")
    reader = printed(store.conversation(talk))
    assert "The end of it." in _plain(reader.pages[-1].extract_text())
    assert len(reader.pages) > 50


def test_long_replies_stand_below_each_other(store, printed):
    talk = store.create()
    for number in range(2):
        answered(store, talk, None, "Why?", f"Reply{number} " + "because " * 3800)
    pages = _texts(printed(store.conversation(talk), versions=True))
    first, second = (next(n for n, t in enumerate(pages) if f"Reply{k}" in t) for k in (0, 1))
    assert first < second


def test_without_the_last_line_there_is_no_file(tmp_path):
    lines = json.dumps({"title": "T"}) + "\n" + json.dumps({"question": "Q"}) + "\n"
    target = tmp_path / "out.pdf"
    done = subprocess.run(
        [sys.executable, "-m", paper.CHILD, target], input=lines, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_fills_up_leaves_no_file(tmp_path):
    """The system lets the child write no more than some bytes."""
    target = tmp_path / "out.pdf"
    items = [{"title": "T"}, {"question": "Why? " * 20_000}, {"end": True}]
    done = subprocess.run(
        [sys.executable, "-m", paper.CHILD, target],
        input="".join(json.dumps(item) + "\n" for item in items),
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (9_000, 9_000)),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "disk is full" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_no_conversation_is_a_sentence_and_no_file(printed, tmp_path):
    with pytest.raises(StudioError, match="nothing to print"):
        printed()
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_a_sentence(store, tmp_path):
    kind = FORMATS["pdf"]
    talk = store.conversation(store.create())
    with pytest.raises(StudioError, match=r"could not be made: .*No such file"):
        write_file(tmp_path / "none" / "out.pdf", kind, kind.write([talk], Options()))


def test_the_terminal_prints_without_loading_qt_itself(tmp_path):
    code = (
        "import sys\n"
        "from steerlm_studio.cli.main import main\n"
        "from steerlm_studio.store.health import open_store\n"
        "from steerlm_studio.store.store import default_path\n"
        "opened = open_store(default_path()); opened.store.create(); opened.close()\n"
        "wanted = ['export', '--all', '--format', 'pdf', '--out', sys.argv[1]]\n"
        "status = main(['transcripts', *wanted])\n"
        "sys.exit(status or ('PySide6' in sys.modules and 'Qt was loaded'))\n"
    )
    target = tmp_path / "out.pdf"
    done = subprocess.run(
        [sys.executable, "-c", code, target], env=os.environ, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert len(PdfReader(target).pages) == 1
