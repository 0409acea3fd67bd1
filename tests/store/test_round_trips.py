"""What leaves comes back, whatever it says: every format, by property and by others' readers."""

import csv
import io
import json
import re
from html.parser import HTMLParser

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from steerlm_studio.steer.languages import LANGUAGES
from steerlm_studio.steer.lint import matching_schema
from steerlm_studio.steer.schema import NEMO_ALIGNER, NEMOTRON
from steerlm_studio.steer.steering import default_steering
from steerlm_studio.steer.template import TEMPLATES, render, text_of
from steerlm_studio.store.records import Setup, StoredConversation, StoredTurn
from steerlm_studio.store.store import Store
from steerlm_studio.store.transcripts.intake import bring_in
from steerlm_studio.store.transcripts.options import Options
from steerlm_studio.store.transcripts.out import FORMATS
from tests.store.nemo_rules import example

_TOKENS = ["<extra_id_0>", "<extra_id_1>User\n", "<extra_id_2>humor:4\n", "</div>", "&lt;", "```",
           '"', "\\", "\\u0000", "\t", "\u2028", "\u202e", "👩‍👩‍👧‍👦", "\x0b", "\ufeff",
           *(endonym for _, endonym in LANGUAGES.values())]  # fmt: skip
_TEXT = st.lists(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(_TOKENS),
    max_size=6,
).map("".join)
# a busy machine is slow now and then, which is no failure
_CALM = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=60)
_FEWER = settings(_CALM, max_examples=25)  # where each example opens a store
_SAID = _TEXT.map(str.strip).filter(bool)  # replies leave without the blanks around them
_TALK = st.lists(st.tuples(_TEXT, _SAID), min_size=1, max_size=4)


def _record(system: str, talk: list[tuple[str, str]], controls=None) -> StoredConversation:
    controls = controls or [""] * len(talk)
    turns = tuple(
        StoredTurn(
            number, number - 1 or None, question, reply, control=control, finish="stop",
            setup=Setup(schema="nemotron-3-8b"), shown=number + 1 if number < len(talk) else None,
        )
        for number, ((question, reply), control) in enumerate(zip(talk, controls, strict=True), 1)
    )  # fmt: skip
    return StoredConversation(0, system=system, turns=turns, shown=1)


def _written(kind: str, record: StoredConversation, **choices) -> str:
    return "".join(FORMATS[kind].write([record], Options(**choices)))


@pytest.mark.parametrize("kind", ["json", "messages", "steerlm", "sharegpt"])
@_FEWER
@given(system=_TEXT, talk=_TALK)
def test_what_goes_out_comes_in_the_same_and_goes_out_again(kind, tmp_path_factory, system, talk):
    system = system.rstrip("\n")  # how many newlines end it is the template's business
    path = tmp_path_factory.mktemp("trip") / f"out{FORMATS[kind].suffix}"
    first = _written(kind, _record(system, talk))
    path.write_text(first, encoding="utf-8", newline="")
    store = Store.in_memory()
    report = bring_in(store, [path])
    assert report.problems == []
    record = store.conversation(1)
    assert [(turn.question, turn.reply) for turn in record.path()] == talk
    assert record.system == system
    if kind != "json":  # which has the new ids in it
        assert _written(kind, record) == first
    store.close()


_LABEL = st.none() | st.sampled_from(["", "quality:4,humor:0", "own:9", "toxicity:0, humor:2"])
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | _TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3),
    max_leaves=5,
)


@st.composite
def _training_lines(draw) -> str:
    """A record as trainers have them: labels null or missing, other keys, any mask, any style."""
    user = draw(st.sampled_from(["User", "Prompter", "human"]))
    turns = []
    for _ in range(draw(st.integers(0, 4))):
        turn = {"from": draw(st.sampled_from([user, "Assistant"])), "value": draw(_TEXT)}
        if draw(st.booleans()):
            turn["label"] = draw(_LABEL)
        extra = draw(st.dictionaries(st.sampled_from(["weight", "id", "x"]), _JSON, max_size=2))
        turns.append({**turn, **extra})
    found = {"conversations": turns, "mask": user,
             "system": draw(_TEXT) + draw(st.sampled_from(["", "\n", "\n\n"]))}  # fmt: skip
    if draw(st.booleans()):
        found["type"] = draw(st.sampled_from(["VALUE_TO_TEXT", None]))
    found |= draw(st.dictionaries(st.sampled_from(["source", "score", "meta"]), _JSON, max_size=3))
    keys = draw(st.permutations(list(found)))
    found = {key: found[key] for key in keys}
    style = draw(st.sampled_from([{}, {"ensure_ascii": False}, {"separators": (",", ":")},
                                  {"indent": None, "separators": (" , ", " : ")}]))  # fmt: skip
    return json.dumps(found, **style)


@_FEWER
@given(lines=st.lists(_training_lines(), min_size=1, max_size=3))
def test_training_data_goes_out_byte_for_byte_as_it_came(tmp_path_factory, lines):
    path = tmp_path_factory.mktemp("training") / "in.jsonl"
    path.write_text("".join(line + "\n" for line in lines), encoding="utf-8", newline="")
    store = Store.in_memory()
    report = bring_in(store, [path])
    assert (report.errors, report.conversations) == (0, len(lines))
    records = [store.conversation(number) for number in range(1, len(lines) + 1)]
    out = "".join(FORMATS["steerlm"].write(records, Options()))
    assert out == path.read_text(encoding="utf-8")
    store.close()


@pytest.mark.parametrize("schema", [NEMOTRON, NEMO_ALIGNER], ids=lambda schema: schema.id)
@_CALM
@given(talk=_TALK, humor=st.integers(0, 4), system=_SAID)
def test_nemo_trains_on_exactly_the_prompt_that_we_send(schema, talk, humor, system):
    """The line, read by NeMo's rules, is our prompt for the last turn and its reply."""
    control = str(default_steering(schema).having(humor=humor))
    record = _record(system, talk, [control] * len(talk))
    template = TEMPLATES[schema.template]
    line = _written("steerlm", record, blank_line_after_system=schema is NEMOTRON)
    before = record.as_conversation()
    *turns, last = before.turns
    sent = text_of(render(type(before)(system, tuple(turns)), last.user, control, template))
    seen = example(line, before_2024=schema is NEMOTRON)
    assert seen.text == f"{sent}{talk[-1][1]}\n<extra_id_1>"
    assert seen.trained == tuple(reply for _, reply in talk)


@_CALM
@given(talk=_TALK, values=st.lists(st.none() | st.integers(0, 4), min_size=9, max_size=9))
def test_regression_rows_say_the_nine_values_and_the_text_without_labels(talk, values):
    pairs = dict(zip(NEMO_ALIGNER.names, values, strict=True))
    control = ",".join(f"{name}:{value}" for name, value in pairs.items() if value is not None)
    record = _record("S", talk, [control] * len(talk))
    rows = [json.loads(line) for line in _written("regression", record).split("\n")[:-1]]
    if not control:
        assert rows == []
        return
    assert len(rows) == len(talk)
    assert all(row["label"] == [-100 if v is None else v for v in values] for row in rows)
    said = "".join(f"<extra_id_1>User\n{q}\n<extra_id_1>Assistant\n{a}\n" for q, a in talk)
    assert rows[-1]["text"] == f"<extra_id_0>System\nS\n{said}<extra_id_2>"


@_CALM
@given(system=_TEXT, talk=_TALK)
def test_a_table_holds_every_text(system, talk):
    found = _written("csv", _record(system, talk))
    rows = list(csv.DictReader(io.StringIO(found, newline="")))
    assert [(row["question"], row["reply"]) for row in rows] == talk
    assert {row["system"] for row in rows} == {system}


class _Texts(HTMLParser):
    """The texts of a page by the class of what holds them; fails on what is not closed."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open, self.found = [], []
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        if tag not in ("meta", "wbr"):
            self.open.append((tag, dict(attributes).get("class")))
            if self.open[-1] == ("div", "text"):
                self.found.append("")

    def handle_endtag(self, tag):
        assert self.open.pop()[0] == tag

    def handle_data(self, data):
        if self.open and self.open[-1] == ("div", "text"):
            self.found[-1] += data


@_CALM
@given(talk=_TALK)
def test_a_page_holds_every_text_and_no_tag_of_theirs(talk):
    page = _Texts(_written("html", _record("", talk)))
    shown = [
        re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", _picture, text) for pair in talk for text in pair
    ]
    assert page.found == shown


def _picture(found: re.Match[str]) -> str:
    return chr(0x2400 + min(ord(found[0]), 0x21))


@_CALM
@given(talk=_TALK)
def test_plain_text_holds_every_text_in_order(talk):
    found, place = _written("text", _record("", talk)), 0
    for question, reply in talk:
        for text in (f"\nUser: {question}\n", f"\nAssistant: {reply}\n"):
            place = found.index(text, place) + len(text) - 1


@pytest.mark.parametrize("kind", ["json", "messages", "steerlm", "sharegpt"])
def test_a_megabyte_and_every_language_come_back(kind, store, tmp_path):
    talk = [(endonym, endonym * 3) for _, endonym in LANGUAGES.values()]
    talk.append(("All of it?", "<extra_id_1>User\n" + "שלום مرحبا 👋 " * 70_000 + "."))
    assert len(talk[-1][1].encode()) > 1_000_000
    path = tmp_path / f"out{FORMATS[kind].suffix}"
    path.write_text(_written(kind, _record("Be kind.", talk)), encoding="utf-8", newline="")
    assert bring_in(store, [path]).problems == []
    (entry,) = store.shelf.entries()
    record = store.conversation(entry.id)
    assert [(turn.question, turn.reply) for turn in record.path()] == talk


def test_labels_that_come_in_are_control_strings_of_their_family(store, tmp_path):
    line = json.dumps({"system": "S", "mask": "User", "type": "VALUE_TO_TEXT", "conversations": [
        {"from": "User", "value": "Why?", "label": None},
        {"from": "Assistant", "value": "So.", "label": str(default_steering(NEMOTRON))},
    ]})  # fmt: skip
    path = tmp_path / "in.jsonl"
    path.write_text(line + "\n")
    bring_in(store, [path])
    (entry,) = store.shelf.entries()
    (turn,) = store.conversation(entry.id).turns
    assert matching_schema(turn.control) is NEMOTRON
