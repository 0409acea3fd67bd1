import os
import shutil
import subprocess

import pytest

from steerlm_studio import __main__, folders, resources, self_test
from steerlm_studio.child import child_command


def test_all_parts_of_this_installation_work(capsys, monkeypatch):
    monkeypatch.setattr("sys.argv", ["steerlm-studio", "--self-test"])
    assert __main__.main() == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[:-1]] == ["ok"] * len(self_test.PARTS)
    assert lines[-1] == f"{len(self_test.PARTS)} passed, 0 failed"


@pytest.fixture
def without_demo(tmp_path, monkeypatch):
    shutil.copytree(resources.path("presets"), tmp_path / "presets")
    monkeypatch.setattr(resources, "path", lambda name: tmp_path / name)
    monkeypatch.setattr(self_test, "PARTS", {"files": self_test._files})


@pytest.mark.usefixtures("without_demo")
def test_a_part_that_does_not_work_is_named_with_its_reason(capsys):
    assert self_test.main() == 1
    assert "FAILED  files: the demo model is not at" in capsys.readouterr().out


def test_a_child_that_fails_says_why(tmp_path):
    with pytest.raises(self_test.Failure, match=r"status 1: .*There is no file"):
        self_test._run(tmp_path, "inspect", str(tmp_path / "nothing.gguf"))


def test_the_window_says_at_once_why_it_has_no_model(tmp_path):
    """Without llama.cpp it waited two minutes and said that no model was loaded."""
    (tmp_path / "llama_cpp.py").write_text("raise ImportError('not here')")
    search = os.pathsep.join(filter(None, (str(tmp_path), os.environ.get("PYTHONPATH"))))
    variables = {
        "PYTHONPATH": search,
        "QT_QPA_PLATFORM": "offscreen",
        folders.HOME_VARIABLE: str(tmp_path / "home"),
    }
    done = subprocess.run(
        child_command("steerlm_studio.ui.self_test"),
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=200,
    )
    assert done.returncode == 1
    assert "llama-cpp-python cannot be loaded" in done.stderr
