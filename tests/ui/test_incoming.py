"""What becomes of files that are dropped, named at the start or handed over."""

from pathlib import Path

import pytest

from steerlm_studio.ui.incoming import Incoming

Calls = list[tuple[str, object]]


@pytest.fixture
def calls() -> Calls:
    return []


@pytest.fixture
def incoming(calls: Calls) -> Incoming:
    return Incoming(
        lambda path: calls.append(("model", path)),
        lambda path: calls.append(("checkpoint", path)),
        lambda paths: calls.append(("conversations", paths)),
        lambda path: calls.append(("folder", path)),
        lambda text: calls.append(("said", text)),
    )


def test_each_kind_goes_its_own_way(incoming: Incoming, calls: Calls, tmp_path: Path):
    folder = tmp_path / "hf"
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    one, other = Path("a.json"), Path("b.JSONL")
    for paths in ([Path("m.GGUF")], [Path("c.nemo")], [folder], [one, other]):
        incoming.take(paths)
    assert calls == [
        ("model", Path("m.GGUF")),
        ("checkpoint", Path("c.nemo")),
        ("checkpoint", folder),
        ("conversations", [one, other]),
    ]


def test_what_is_unknown_is_no_drop_but_is_opened_when_it_was_named(
    incoming: Incoming, calls: Calls
):
    letter = Path("letter.txt")
    assert incoming.way([letter]) is None
    assert incoming.way([]) is None
    incoming.take([letter])
    incoming.take([])
    assert calls == [("model", letter)]


def test_of_a_model_in_parts_its_first_part_is_opened(
    incoming: Incoming, calls: Calls, tmp_path: Path
):
    """A file manager hands over what was selected in any order."""
    parts = [tmp_path / f"m-0000{number}-of-00003.gguf" for number in (3, 1, 2)]
    incoming.take(parts)
    assert calls == [("model", parts[1])]


def test_of_several_models_one_is_opened_and_the_others_are_named(
    incoming: Incoming, calls: Calls, tmp_path: Path
):
    """They vanished without a word."""
    (tmp_path / "more").mkdir()
    others = [Path("b.gguf"), Path("c.nemo"), tmp_path / "more"]
    incoming.take([Path("a.gguf"), *others])
    assert calls == [
        ("model", Path("a.gguf")),
        ("said", "Not opened: b.gguf, c.nemo, more. One model is opened at a time."),
    ]


def test_conversations_come_in_beside_a_model_and_unknown_files_are_named(
    incoming: Incoming, calls: Calls
):
    incoming.take([Path("letter.txt"), Path("talk.jsonl"), Path("a.gguf")])
    assert calls == [
        ("model", Path("a.gguf")),
        ("conversations", [Path("talk.jsonl")]),
        ("said", "Not opened: letter.txt. The program knows models and conversations."),
    ]


def test_of_many_files_that_are_left_out_some_are_named(incoming: Incoming, calls: Calls):
    incoming.take([Path(f"{letter}.gguf") for letter in "abcdefgh"])
    assert calls[-1] == (
        "said",
        "Not opened: b.gguf, c.gguf, d.gguf, e.gguf, f.gguf, 2 more. One model is opened at a "
        "time.",
    )


def test_a_folder_is_searched_for_models(incoming: Incoming, calls: Calls, tmp_path: Path):
    incoming.take([tmp_path])
    assert calls == [("folder", tmp_path)]
