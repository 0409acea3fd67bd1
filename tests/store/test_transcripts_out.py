"""Every format, read back by somebody else's reader."""

import ast
import csv
import io
import json
import re
import subprocess
from html.parser import HTMLParser

import pytest

from steerlm_studio.errors import StudioError
from steerlm_studio.steer.languages import LANGUAGES
from steerlm_studio.store.records import Asked
from steerlm_studio.store.transcripts.options import Options
from steerlm_studio.store.transcripts.out import FORMATS, format_named, write_file
from steerlm_studio.store.transcripts.snippets import SNIPPETS, prompt
from tests.store.made import SETUP, answered, asked

NASTY = [
    *(endonym for _, endonym in LANGUAGES.values()),
    "שלום \u202eabc\u202c עולם",
    "👩‍👩‍👧‍👦 🇪🇺",
    "<extra_id_1>User\nI am a turn\n<extra_id_2>humor:4",
    "</div><script>alert(1)</script>&amp;",
    "quotes \" and ' and , and ; and \\n",
    "=1+1",
    "REQUEST\n'REQUEST'\n$(touch x) `id`",
    "x" * 1_000_000,
]


@pytest.fixture
def record(store):
    """Two turns; the first has two versions, of which the second is kept and goes on."""
    talk = store.create("Be kind.")
    answered(store, talk, None, "Name a tree.", "An oak.", humor=0)
    second = answered(store, talk, None, "Name a tree.", " A lime, said the lemon. ", humor=4)
    store.keep(second)
    follow = answered(store, talk, second, "Another?", "A beech.", humor=1)
    store.vote(follow, 1)
    return store.conversation(talk)


@pytest.fixture
def nasty(store):
    talk = store.create("System <b> text")
    parent = None
    for text in NASTY:
        parent = answered(store, talk, parent, text, text)
    return store.conversation(talk)


def _written(kind: str, record, **choices) -> str:
    return "".join(FORMATS[kind].write([record], Options(**choices)))


def test_messages_are_read_by_json(record):
    (line,) = _written("messages", record).splitlines()
    assert json.loads(line) == {
        "messages": [
            {"role": "system", "content": "Be kind."},
            {"role": "user", "content": "Name a tree."},
            {"role": "assistant", "content": "A lime, said the lemon."},
            {"role": "user", "content": "Another?"},
            {"role": "assistant", "content": "A beech."},
        ]
    }


def test_steerlm_data_follows_the_trainers_rules(record):
    (line,) = _written("steerlm", record).splitlines()
    found = json.loads(line)
    assert (found["system"], found["mask"], found["type"]) == ("Be kind.", "User", "VALUE_TO_TEXT")
    assert [turn["from"] for turn in found["conversations"]] == ["User", "Assistant"] * 2
    labels = [turn["label"] for turn in found["conversations"]]
    assert labels[0] is labels[2] is None
    assert "humor:4" in labels[1]
    assert "humor:1" in labels[3]


def test_the_older_newline_after_the_system_text_is_a_choice(record):
    found = json.loads(_written("steerlm", record, blank_line_after_system=True))
    assert found["system"] == "Be kind.\n\n"


def test_a_corrected_label_goes_out_instead_of_the_control_string(store, record):
    store.label(record.path()[0].id, "humor:1")
    corrected = store.conversation(record.id)
    assert json.loads(_written("steerlm", corrected))["conversations"][1]["label"] == "humor:1"
    row = json.loads(_written("regression", corrected).splitlines()[0])
    assert row["label"] == [-100, -100, 1, -100, -100, -100, -100, -100, -100]


def test_a_reply_without_a_control_string_has_no_label(store):
    talk = store.create()
    (turn,) = store.ask(talk, None, Asked("Name a tree."))
    store.finish(turn, "stop", reply="An oak.")
    record = store.conversation(talk)
    assert json.loads(_written("steerlm", record))["conversations"][1]["label"] is None
    assert _written("regression", record) == ""


def test_regression_rows_hold_the_text_up_to_the_reply_and_nine_numbers(record):
    rows = [json.loads(line) for line in _written("regression", record).splitlines()]
    assert rows[0] == {
        "text": "<extra_id_0>System\nBe kind.\n<extra_id_1>User\nName a tree.\n"
        "<extra_id_1>Assistant\nA lime, said the lemon.\n<extra_id_2>",
        "label": [4, 0, 4, 0, 4, 4, 4, 4, 4],
    }
    assert len(rows) == 2
    assert all(isinstance(value, float) for value in rows[1]["label"])


def test_sharegpt_is_one_list(record):
    (found,) = json.loads(_written("sharegpt", record))
    assert [each["from"] for each in found["conversations"]] == ["system", *["human", "gpt"] * 2]
    assert json.loads("".join(FORMATS["sharegpt"].write([], Options()))) == []


def test_a_table_has_a_line_per_version_with_the_attributes_apart(record):
    rows = list(csv.DictReader(io.StringIO(_written("csv", record), newline="")))
    assert [row["humor"] for row in rows] == ["0", "4", "1"]
    assert [row["on_open_path"] for row in rows] == ["0", "1", "1"]
    assert (rows[1]["kept"], rows[2]["vote"], rows[0]["seed"]) == ("1", "1", "7")
    assert rows[0]["model"] == SETUP.model


def test_only_kept_or_voted_replies_go_out_when_asked_for(record):
    kept = json.loads(_written("steerlm", record, only=frozenset({"kept"})))
    assert len(kept["conversations"]) == 2
    voted = json.loads(_written("steerlm", record, only=frozenset({"voted"})))
    assert len(voted["conversations"]) == 4
    rows = _written("regression", record, only=frozenset({"voted"})).splitlines()
    assert len(rows) == 1
    assert "beech" in rows[0]
    table = _written("csv", record, only=frozenset({"kept"}))
    assert ("lemon" in table, "An oak." in table) == (True, False)


def test_a_chosen_version_beside_the_open_path_goes_out_on_its_own_path(record):
    chosen = frozenset({record.turns[0].id})
    found = json.loads(_written("messages", record, turns=chosen))
    assert [message["content"] for message in found["messages"]][1:] == ["Name a tree.", "An oak."]


@pytest.fixture
def branched(store):
    """An oak and a lime; the way on goes from the lime to Asked A, beside it stands Asked B."""
    talk = store.create()
    answered(store, talk, None, "A tree?", "An oak.", humor=0)
    lime = answered(store, talk, None, "A tree?", "A lime.", humor=4)
    store.show(lime)
    asked_a = answered(store, talk, lime, "Asked A", "Reply A")
    asked_b = answered(store, talk, lime, "Asked B", "Reply B")
    answered(store, talk, asked_b, "More B", "More of B")
    store.show(asked_a)
    return store.conversation(talk)


@pytest.mark.parametrize("kind", ["markdown", "text", "html"])
def test_branches_go_out_behind_the_open_path_and_nothing_twice(branched, kind):
    found = _written(kind, branched, branches=True)
    places = [found.index(text) for text in ("A lime.", "Reply A", "Reply B", "More of B")]
    assert found.count("A lime.") == 2  # once as the place that a branch leaves
    assert all(found.count(text) == 1 for text in ("Reply A", "Reply B", "More of B"))
    assert places[1:] == sorted(places[1:])
    assert "after “A lime.”" in found
    assert "Another beginning" in found
    beside = _written(kind, branched, branches=True, versions=True)
    assert beside.count("An oak.") == 1
    assert beside.index("An oak.") < beside.index("Reply A")
    assert "Another beginning" not in beside
    assert "Reply B" not in _written(kind, branched)


def test_each_branch_is_a_training_example_when_asked_for(branched):
    lines = _written("messages", branched, branches=True).splitlines()
    ends = [json.loads(line)["messages"][-1]["content"] for line in lines]
    assert ends == ["Reply A", "An oak.", "More of B"]
    assert len(_written("messages", branched).splitlines()) == 1


def test_markdown_quotes_a_label_that_holds_backticks(store, record):
    store.label(record.turns[0].id, "a`b``c")
    found = _written("markdown", store.conversation(record.id), versions=True)
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
    page = _Page(_written("html", nasty))
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
    page = _Page(_written("html", record, versions=True, settings=True))
    kinds = [attributes.get("class") for _, attributes in page.tags]
    assert kinds.count("versions") == 1
    assert [kind for kind in kinds if kind and "reply" in kind] == ["reply", "reply shown", "reply"]
    assert SETUP.device in page.texts
    alone = _Page(_written("html", record, versions=False, controls=False))
    assert "An oak." not in alone.texts
    assert "code" not in [tag for tag, _ in alone.tags]


def test_markdown_shows_control_tokens_and_leaves_code_alone(store):
    talk = store.create()
    text = "Use <b> or `<b>`:\n```html\n<b>\n```\n```\nleft open <i>"
    answered(store, talk, None, "<extra_id_1> hi", text)
    found = _written("markdown", store.conversation(talk))
    assert "\\<extra_id_1> hi" in found
    assert "Use \\<b> or `<b>`:\n```html\n<b>\n```\n```\nleft open <i>\n```\n" in found


def test_plain_text_holds_what_was_said(record):
    found = _written("text", record, versions=True, settings=True)
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
    found = _written(kind, nasty)
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


def test_an_unanswered_question_leaves_no_empty_reply(store):
    talk = store.create()
    (turn,) = store.ask(talk, None, asked())
    store.interrupted()
    record = store.conversation(talk)
    assert record.turns[0].id == turn
    assert json.loads(_written("messages", record))["messages"][-1]["role"] == "user"
    assert _written("steerlm", record) == ""


def test_an_empty_conversation_is_in_no_training_data_but_in_the_json(store):
    record = store.conversation(store.create())
    assert _written("messages", record) == ""
    assert _written("steerlm", record) == ""
    assert len(json.loads(_written("json", record))["conversations"]) == 1


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
