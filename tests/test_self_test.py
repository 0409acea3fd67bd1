import shutil

import pytest

from steerlm_studio import __main__, resources, self_test


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
