"""A hundred megabytes go in and out through children whose memory stays flat."""

import filecmp
import json
import os
import subprocess
from pathlib import Path

import pytest

from steerlm_studio.child import child_command
from steerlm_studio.store.health import open_store
from steerlm_studio.store.store import default_path

MEGABYTES = 105
MOST = 120 * 2**20  # bytes of memory: Python with the store takes some 40 MiB of it


def _training_data(path: Path) -> int:
    """Returns how many lines there are."""
    count = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        while file.tell() < MEGABYTES * 1_000_000:
            said = f"Réponse {count}: " + "because it is so, ≥ 3 times. " * 120
            asked = {"from": "User", "value": f"Why {count}?", "label": None}
            reply = {"from": "Assistant", "value": said, "label": "quality:4,humor:1"}
            line = {"system": "Be brief.\n\n", "mask": "User", "type": "VALUE_TO_TEXT",
                    "conversations": [asked, reply], "number": count}  # fmt: skip
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
            count += 1
    return count


def _write_list(source: Path, path: Path) -> None:
    """Line by line: the children's memory is counted from ours on."""
    with source.open(encoding="utf-8") as lines, path.open("w", encoding="utf-8") as file:
        for place, line in enumerate(lines):
            file.write(("," if place else "[") + line)
        file.write("]")


def _run(*arguments: str) -> int:
    """Run a command; returns the most memory that it took, in bytes."""
    command = child_command("steerlm_studio", "transcripts", *arguments)
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        _, status, usage = os.wait4(child.pid, 0)
    except BaseException:
        child.kill()
        child.wait()
        raise
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 0
    return usage.ru_maxrss * 1024


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("form", ["lines", "list"])
def test_a_hundred_megabytes_in_and_out_byte_for_byte(form, tmp_path):
    source = tmp_path / "in.jsonl"
    count = _training_data(source)
    path = source
    if form == "list":
        path = tmp_path / "in.json"
        _write_list(source, path)
    assert _run("import", "--json", str(path)) < MOST
    opened = open_store(default_path())
    assert len(opened.store.shelf.entries()) == count
    opened.close()
    for kind in ("steerlm", "html"):
        out = tmp_path / f"out-{kind}"
        assert _run("export", "--all", "--format", kind, "--out", str(out)) < MOST
    if form == "lines":
        assert filecmp.cmp(tmp_path / "out-steerlm", source, shallow=False)
