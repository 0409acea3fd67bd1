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
    assert incoming.way([letter, Path("a.json")]) is None
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
