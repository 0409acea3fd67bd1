"""The file of answers: lines are added, a cut one is mended, a foreign file is left alone."""

import json
import resource

import pytest

from steerlm_studio.batch.table import Table
from steerlm_studio.errors import StudioError

OURS = {"prompts": "p", "settings": "s", "model": "m"}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "out.jsonl"


def _write(path, *rows):
    kept = []
    table = Table(path, OURS, kept.append)
    for row in rows:
        table.add(row)
    table.sync()
    table.close()
    return table, kept


def test_rows_are_there_again_when_it_is_opened_again(path):
    _write(path, {"number": 1, "text": "Größe\n"})
    _, kept = _write(path, {"number": 2})
    assert [row["number"] for row in kept] == [1]
    assert [json.loads(line)["number"] for line in path.read_text().splitlines()] == [1, 2]


def test_a_line_that_was_cut_anywhere_is_mended_and_nothing_else_lost(path):
    _write(path, {"number": 1}, {"number": 2, "text": "Größe"})
    whole = path.read_bytes()
    first = whole.index(b"\n") + 1
    for end in range(first, len(whole) - 1):
        path.write_bytes(whole[:end])
        table, kept = _write(path, {"number": 3})
        assert table.mended == (end > first)
        assert [row["number"] for row in kept] == [1]
        assert [json.loads(line)["number"] for line in path.read_bytes().splitlines()] == [1, 3]


def test_a_row_that_lacks_its_newline_alone_is_kept(path):
    _write(path, {"number": 1})
    path.write_bytes(path.read_bytes()[:-1])
    table, kept = _write(path, {"number": 2})
    assert ([row["number"] for row in kept], table.mended) == ([1], False)
    assert len(path.read_bytes().splitlines()) == 2


def test_nul_bytes_after_a_power_cut_are_mended(path):
    _write(path, {"number": 1})
    path.write_bytes(path.read_bytes() + b'{"made_fr' + b"\0" * 500)
    table, kept = _write(path)
    assert (len(kept), table.mended) == (1, True)
    assert b"\0" not in path.read_bytes()


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"prompts": "q"}, "made from other prompts: it was left"),
        ({"settings": "q"}, "made from other settings"),
        ({"model": "q", "prompts": "q"}, "made from other prompts, another model: it was left"),
    ],
)
def test_a_table_of_others_is_refused_and_left_as_it_is(path, change, why):
    path.write_text(json.dumps({"made_from": OURS | change, "number": 1}) + '\n{"made_from": {"')
    before = path.read_bytes()
    with pytest.raises(StudioError, match=why):
        Table(path, OURS)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "content",
    [b"a note without an end", b"a note\n", b'{"prompt": "x"}\n', b"[1]\n", b"\0\n", b"GGUF\3"],
)
def test_a_file_of_another_kind_is_refused_and_left_as_it_is(path, content):
    path.write_bytes(content)
    with pytest.raises(StudioError, match=r"no table of a batch \(line 1\)"):
        Table(path, OURS)
    assert path.read_bytes() == content


def test_two_batches_do_not_write_to_one_file(path):
    table = Table(path, OURS)
    with pytest.raises(StudioError, match="Another batch is writing"):
        Table(path, OURS)
    table.close()
    Table(path, OURS).close()


def test_a_disk_that_gets_full_is_said_and_the_rows_so_far_are_kept(path):
    _write(path, {"number": 1})
    table = Table(path, OURS)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 30, limits[1]))
    try:
        with pytest.raises(StudioError, match=r"cannot be written: File too large.*are kept"):
            table.add({"number": 2})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        table.close()
    again, kept = _write(path, {"number": 2})
    assert ([row["number"] for row in kept], again.mended) == ([1], True)


def test_a_folder_that_is_not_there_is_said(tmp_path):
    with pytest.raises(StudioError, match=r"written: No such file or directory. Choose another"):
        Table(tmp_path / "none" / "out.jsonl", OURS)
