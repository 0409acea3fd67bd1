import sys

import pytest

from steerlm_studio.child import child_command, run_as_child


@pytest.fixture
def bundle(monkeypatch):
    monkeypatch.setattr(sys, "frozen", True, raising=False)


def test_from_source_a_child_is_a_module_of_this_interpreter():
    command = child_command("steerlm_studio.engine.devices", "--x")
    assert command == [sys.executable, "-m", "steerlm_studio.engine.devices", "--x"]


def test_from_source_nothing_is_run_in_place():
    assert not run_as_child(["--run-module", "steerlm_studio"])


@pytest.mark.usefixtures("bundle")
def test_a_bundle_runs_the_module_that_it_named_itself(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["studio"])
    monkeypatch.delitem(sys.modules, "steerlm_studio.__main__", raising=False)  # another test's
    _, *arguments = child_command("steerlm_studio", "--version")
    with pytest.raises(SystemExit) as ended:
        run_as_child(arguments)
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith("steerlm-studio ")


@pytest.mark.usefixtures("bundle")
@pytest.mark.parametrize("module", ["os", "steerlm_studio_evil", "http.server"])
def test_a_bundle_runs_no_module_of_others(module):
    with pytest.raises(SystemExit, match="no part of"):
        run_as_child(["--run-module", module])
