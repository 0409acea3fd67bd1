import os
import sys

import pytest

from steerlm_studio.child import (
    child_command,
    give_others_their_own_libraries,
    run_as_child,
)


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


@pytest.fixture
def led_astray(monkeypatch):
    """What PyInstaller sets, so that this process finds what the bundle carries."""
    for name in ("LD_LIBRARY_PATH", "QT_PLUGIN_PATH", "QML2_IMPORT_PATH"):
        monkeypatch.setenv(name, "/bundle")
    monkeypatch.setenv("LD_LIBRARY_PATH_ORIG", "/theirs")
    monkeypatch.setenv("PYINSTALLER_RESET_ENVIRONMENT", "")


@pytest.mark.usefixtures("bundle", "led_astray")
@pytest.mark.parametrize("before", [None, "/theirs"])
def test_a_browser_started_by_a_bundle_does_not_get_the_bundles_libraries(monkeypatch, before):
    if before is None:
        monkeypatch.delenv("LD_LIBRARY_PATH_ORIG")
    give_others_their_own_libraries()
    assert os.environ.get("LD_LIBRARY_PATH") == before
    assert not {"QT_PLUGIN_PATH", "QML2_IMPORT_PATH", "LD_LIBRARY_PATH_ORIG"} & os.environ.keys()
    # else a child of the bundle, finding them gone, takes the system's libraries as well
    assert os.environ["PYINSTALLER_RESET_ENVIRONMENT"] == "1"


@pytest.mark.usefixtures("led_astray")
def test_from_source_the_environment_stays_as_it_is():
    give_others_their_own_libraries()
    assert os.environ["LD_LIBRARY_PATH"] == os.environ["QT_PLUGIN_PATH"] == "/bundle"
