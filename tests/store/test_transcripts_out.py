"""Formats for readers, and what holds of every format, read back by somebody else's reader."""

import ast
import csv
import io
import json
import re
import subprocess
from html.parser import HTMLParser

import pytest

from steerlm_studio.errors import StudioError
from steerlm_studio.store.transcripts.out import FORMATS, format_named, write_file
from steerlm_studio.store.transcripts.snippets import SNIPPETS, prompt
from tests.store.made import NASTY, SETUP, answered, written


@pytest.mark.parametrize("kind", ["markdown", "text", "html"])
def test_branches_go_out_behind_the_open_path_and_nothing_twice(branched, kind):
    found = written(kind, branched, branches=True)
    places = [found.index(text) for text in ("A lime.", "Reply A", "Reply B", "More of B")]
    assert found.count("A lime.") == 2  # once as the place that a branch leaves
    assert all(found.count(text) == 1 for text in ("Reply A", "Reply B", "More of B"))
    assert places[1:] == sorted(places[1:])
    assert "after “A lime.”" in found
    assert "Another beginning" in found
    beside = written(kind, branched, branches=True, versions=True)
    assert beside.count("An oak.") == 1
    assert beside.index("An oak.") < beside.index("Reply A")
    assert "Another beginning" not in beside
    assert "Reply B" not in written(kind, branched)


def test_markdown_quotes_a_label_that_holds_backticks(store, record):
    store.label(record.turns[0].id, "a`b``c")
    found = written("markdown", store.conversation(record.id), versions=True)
    assert "\n``` a`b``c ```\n" in found


class _Page(HTMLParser):
    """Text, tags and addresses of a page."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.texts, self.tags, self.open = [], [], []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag not in ("meta", "wbr"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)


def test_a_page_stands_alone_and_shows_every_text_as_it_was(nasty):
    page = _Page(written("html", nasty))
    assert page.open == []
    assert {tag for tag, _ in page.tags} <= {
        "html", "head", "meta", "title", "style", "body", "article", "h1", "section", "p", "div",
        "code", "dl", "dt", "dd", "wbr",
    }  # fmt: skip
    assert not any("src" in attributes or "href" in attributes for _, attributes in page.tags)
    assert all(text in page.texts for text in NASTY)
    style = next(text for text in page.texts if "color-scheme" in text)
    assert "prefers-color-scheme: dark" in style
    assert "@media print" in style
    assert "url(" not in style
    assert "@import" not in style


def test_a_page_puts_versions_side_by_side(record):
    page = _Page(written("html", record, versions=True, settings=True))
    kinds = [attributes.get("class") for _, attributes in page.tags]
    assert kinds.count("versions") == 1
    assert [kind for kind in kinds if kind and "reply" in kind] == ["reply", "reply shown", "reply"]
    assert SETUP.device in page.texts
    alone = _Page(written("html", record, versions=False, controls=False))
    assert "An oak." not in alone.texts
    assert "code" not in [tag for tag, _ in alone.tags]


def test_markdown_shows_control_tokens_and_leaves_code_alone(store):
    talk = store.create()
    text = "Use <b> or `<b>`:\n```html\n<b>\n```\n```\nleft open <i>"
    answered(store, talk, None, "<extra_id_1> hi", text)
    found = written("markdown", store.conversation(talk))
    assert "\\<extra_id_1> hi" in found
    assert "Use \\<b> or `<b>`:\n```html\n<b>\n```\n```\nleft open <i>\n```\n" in found


def test_plain_text_holds_what_was_said(record):
    found = written("text", record, versions=True, settings=True)
    for text in ("System: Be kind.", "User: Name a tree.", "Assistant (kept): A lime", "An oak."):
        assert text in found
    assert "seed: 7" in found


@pytest.fixture
def _long_cells():
    before = csv.field_size_limit(2_000_000)
    yield
    csv.field_size_limit(before)


@pytest.mark.usefixtures("_long_cells")
@pytest.mark.parametrize("kind", FORMATS)
def test_texts_of_every_kind_leave_in_every_format(nasty, kind):
    found = written(kind, nasty)
    found.encode("utf-8")
    if kind in ("json", "sharegpt"):
        found = "\n".join(_strings(json.loads(found)))
    elif FORMATS[kind].suffix in (".jsonl", ".pdf"):  # lines for the child that prints
        found = "\n".join(_strings([json.loads(line) for line in found.splitlines()]))
    elif kind == "csv":
        rows = csv.reader(io.StringIO(found, newline=""))
        found = "\n".join(cell for row in rows for cell in row)
    elif kind == "html":
        found = "\n".join(_Page(found).texts)
    for text in NASTY:
        wanted = text.replace("<", "\\<") if kind == "markdown" and "`" not in text else text
        assert wanted in found


def _strings(value) -> list[str]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [text for item in value for text in _strings(item)]
    return [value] if isinstance(value, str) else []


def test_a_snippet_for_the_shell_sends_exactly_the_prompt(nasty, tmp_path):
    """A stand-in for curl shows what the shell hands over."""
    (tmp_path / "curl").write_text("#!/bin/sh\ncat\n")
    (tmp_path / "curl").chmod(0o755)
    turn = nasty.path()[-2]
    wanted = "".join(part.text for part in prompt(nasty, turn))
    for name, key in (("curl", "prompt"), ("nemo", "sentences")):
        done = subprocess.run(
            ["sh"],
            input=SNIPPETS[name](nasty, turn),
            env={"PATH": f"{tmp_path}:/usr/bin:/bin"},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=True,
        )
        sent = json.loads(done.stdout)
        assert sent[key] in (wanted, [wanted])
    assert not (tmp_path / "x").exists()


def test_a_snippet_for_python_holds_the_same_parts(nasty):
    turn = nasty.path()[-2]
    code = SNIPPETS["python"](nasty, turn)
    ast.parse(code)
    parts = ast.literal_eval(re.search(r"parts = (\[.*?\n\])", code, re.DOTALL)[1])
    assert parts == [(part.text, part.kind == "control") for part in prompt(nasty, turn)]


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path):
    target = tmp_path / "out.txt"
    target.write_text("old")

    def pieces():
        yield "new"
        raise StudioError("no more")

    with pytest.raises(StudioError):
        write_file(target, FORMATS["text"], pieces())
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]
    write_file(target, FORMATS["text"], ["n", "ew"])
    assert target.read_text() == "new"


def test_a_place_that_cannot_be_written_is_a_sentence(tmp_path):
    with pytest.raises(StudioError, match="could not be written"):
        write_file(tmp_path / "missing" / "out.txt", FORMATS["text"], ["text"])


def test_an_unknown_format_names_those_there_are():
    with pytest.raises(StudioError, match="markdown"):
        format_named("docx")
