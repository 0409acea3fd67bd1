"""`steerlm-studio export`, as it is typed."""

import io
import json
import os
import signal
import subprocess
import sys

import pytest

from steerlm_studio.cli.main import main
from tests.export import made

SOURCE = made.FIXTURES / "nemo" / "legacy_bf16.nemo"


def export(*arguments: object) -> int:
    return main(["export", *map(str, arguments)])


def test_several_types_make_several_files(tmp_path, capsys):
    types = ["--type", "q8_0", "--type", "BF16"]
    assert export(SOURCE, tmp_path / "m.gguf", *types, "--accept-licence") == 0
    assert sorted(p.name for p in tmp_path.iterdir()) == ["m-BF16.gguf", "m-Q8_0.gguf"]
    assert "m-Q8_0.gguf: " in capsys.readouterr().out


def test_a_dry_run_tells_the_sizes_that_the_files_then_have(tmp_path, capsys):
    types = [item for kind in ("F32", "Q8_0", "Q4_K_M") for item in ("--type", kind)]
    assert export(SOURCE, tmp_path / "m.gguf", *types, "--dry-run", "--json") == 0
    rows = json.loads(capsys.readouterr().out)
    assert list(tmp_path.iterdir()) == []
    assert export(SOURCE, tmp_path / "m.gguf", *types, "--accept-licence") == 0
    assert {row["file"]: row["bytes"] for row in rows} == {
        str(path): path.stat().st_size for path in tmp_path.iterdir()
    }


def test_f16_comes_with_a_warning(tmp_path, capsys):
    assert export(SOURCE, tmp_path / "m.gguf", "--type", "F16", "--accept-licence") == 0
    assert "BF16 is as large" in capsys.readouterr().err


def test_progress_as_json_ends_with_done(tmp_path, capsys):
    assert export(SOURCE, tmp_path / "m.gguf", "--json", "--accept-licence") == 0
    steps = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert steps[0]["step"] == "writing"
    assert steps[-1]["step"] == "done"
    assert steps[-1]["done"] == steps[-1]["total"]


def test_without_accepting_the_licence_nothing_is_written(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    assert export(SOURCE, tmp_path / "m.gguf") == 1
    assert "was not accepted" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_is_asked_once(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("sys.stdin", Terminal("n\n"))
    assert export(SOURCE, tmp_path / "m.gguf") == 1
    monkeypatch.setattr("sys.stdin", Terminal("yes\n"))
    assert export(SOURCE, tmp_path / "m.gguf") == 0
    assert "NVIDIA AI Foundation Models" in capsys.readouterr().out
    monkeypatch.setattr("sys.stdin", Terminal(""))
    assert export(SOURCE, tmp_path / "m.gguf") == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--type", "Q9"], "no export type “Q9”"),
        (["--ffn-down-type", "Q9"], "no format for ffn_down"),
        (["--imatrix", str(SOURCE)], "no importance matrix"),
        (["--schema", "none"], "no attribute schema"),
    ],
)
def test_a_wrong_option_is_named_and_nothing_written(tmp_path, capsys, arguments, said):
    assert export(SOURCE, tmp_path / "m.gguf", *arguments, "--accept-licence") == 1
    assert said in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("end", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_ctrl_c_ends_without_a_trace_and_leaves_nothing(tmp_path, end, status):
    shape = made.Shape(layers=2, width=1024, heads=8, groups=8, head=128, ffn=4096)
    source = made.nemo(tmp_path / "m.nemo", made.weights(shape), made.config(shape))
    out = tmp_path / "out"
    out.mkdir()
    command = [sys.executable, "-m", "steerlm_studio", "export", source, out / "m.gguf"]
    child = subprocess.Popen(
        [*command, "--type", "Q2_K", "--json", "--accept-licence"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": os.getcwd()},
    )
    assert json.loads(child.stdout.readline())["step"] == "writing"
    child.send_signal(end)
    _, said = child.communicate(timeout=120)
    assert child.returncode == status
    assert "Traceback" not in said
    assert list(out.iterdir()) == []


def test_a_killed_export_leaves_no_file_and_the_next_one_is_clean(tmp_path):
    shape = made.Shape(layers=2, width=1024, heads=8, groups=8, head=128, ffn=4096)
    source = made.nemo(tmp_path / "m.nemo", made.weights(shape), made.config(shape))
    before = source.read_bytes()
    out = tmp_path / "out"
    out.mkdir()
    command = [sys.executable, "-m", "steerlm_studio", "export", source, out / "m.gguf"]
    child = subprocess.Popen(
        [*command, "--type", "Q2_K", "--json", "--accept-licence"],
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": os.getcwd()},
    )
    assert json.loads(child.stdout.readline())["step"] == "writing"
    child.kill()
    child.communicate(timeout=120)
    assert [path.suffix for path in out.iterdir()] == [".partial"]
    assert source.read_bytes() == before
    assert export(source, out / "m.gguf", "--accept-licence", "--no-verify") == 0
    assert [path.name for path in out.iterdir()] == ["m.gguf"]
