"""What `doctor` reports of this machine."""

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from steerlm_studio import doctor
from steerlm_studio.qt_libraries import missing_libraries, packages_for

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def report() -> dict:
    return doctor.examine()


def test_this_machine_has_everything(report):
    assert report["problems"] == []


def test_it_names_the_build_of_llama_cpp_and_its_devices(report):
    llama = report["llama_cpp"]
    assert llama["llama_version"]
    assert isinstance(llama["can_offload"], bool)
    assert any("CPU" in device["name"] for device in llama["devices"])


def test_gpus_of_the_driver_are_listed_or_why_there_are_none(monkeypatch, tmp_path):
    file = tmp_path / "nvml.json"
    paths = [ROOT / "tests" / "fixtures" / "nvml", ROOT]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(map(str, paths)))
    monkeypatch.setenv("FAKE_NVML", str(file))
    gpu = {"name": "H100", "bus": "00000000:C1:00.0", "free": 60, "total": 80}
    file.write_text(json.dumps({"gpus": [gpu]}))
    assert doctor._gpus() == {
        "nvidia": [{"name": "H100", "free_bytes": 60, "total_bytes": 80}],
        "absent": None,
    }
    file.write_text(json.dumps({"init": 12}))
    assert doctor._gpus() == {"nvidia": [], "absent": "NVML Shared Library Not Found"}
    file.write_text(json.dumps({"abort": True}))
    assert "error" in doctor._gpus()


def test_the_demo_model_is_named_by_its_hash(report):
    assert len(report["demo_model"]["sha256"]) == 64


def test_a_password_of_the_hubs_endpoint_is_never_shown(monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", "https://ada:secret@mirror.example")
    assert doctor._hugging_face()["HF_ENDPOINT"] == "https://mirror.example"


def test_a_token_is_never_shown(monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    shown = json.dumps(doctor._hugging_face())
    assert "hf_secret" not in shown
    assert '"token": true' in shown


def test_missing_libraries_become_one_apt_line():
    names = ["libxcb-cursor.so.0", "libglib-2.0.so.0", "libgthread-2.0.so.0", "libnobody.so.1"]
    assert packages_for(names) == ["libglib2.0-0", "libxcb-cursor0"]


def test_a_library_that_nobody_has_is_found(tmp_path):
    """One beside Qt's folder is there: doctor once asked for what the bundle carries itself."""
    qt, library = tmp_path / "PySide6", tmp_path / "libgone.so.1"
    plugin = qt / "Qt/plugins/platforms/libqxcb.so"
    plugin.parent.mkdir(parents=True)
    (tmp_path / "gone.c").write_text("int gone(void) { return 1; }")
    (tmp_path / "uses.c").write_text("int gone(void); int uses(void) { return gone(); }")
    _compile(tmp_path / "gone.c", "-o", str(library), f"-Wl,-soname,{library.name}")
    _compile(tmp_path / "uses.c", "-o", str(plugin), str(library))
    assert missing_libraries(qt) == []
    library.unlink()
    assert missing_libraries(qt) == ["libgone.so.1"]


def test_qt_misses_nothing_here():
    spec = find_spec("PySide6")
    assert spec is not None
    assert missing_libraries(Path(spec.submodule_search_locations[0])) == []


def test_the_command_speaks_json():
    command = [sys.executable, "-m", "steerlm_studio", "doctor", "--json"]
    said = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    assert json.loads(said.stdout)["python"]["executable"] == sys.executable


def _compile(*arguments: object) -> None:
    subprocess.run(["cc", "-shared", "-fPIC", *map(str, arguments)], check=True)
