"""What the driver tells of GPUs, from a module that stands for it: two, one, none, trouble."""

import importlib
import json
import sys
from pathlib import Path

import pytest

from steerlm_studio.gpu_memory import GONE, Absent, Gpus, bus_of

NVML = Path(__file__).parent / "fixtures" / "nvml"
FIRST = {"name": "H100", "bus": "00000000:C1:00.0", "free": 60, "total": 80}
SECOND = {"name": "A100", "bus": "00000000:C2:00.0", "free": 30, "total": 40}


@pytest.fixture
def driver(tmp_path, monkeypatch):
    """Says what is given to it from then on."""
    file = tmp_path / "nvml.json"
    monkeypatch.setenv("FAKE_NVML", str(file))
    monkeypatch.syspath_prepend(NVML)
    monkeypatch.delitem(sys.modules, "pynvml", raising=False)
    importlib.invalidate_caches()
    yield lambda **state: file.write_text(json.dumps(state))
    sys.modules.pop("pynvml", None)


def test_two_gpus_are_told_with_place_memory_and_processes(driver):
    driver(gpus=[FIRST | {"processes": {"7": 5}}, SECOND])
    first, second = Gpus().look()
    assert (first.name, first.bus, first.free, first.total) == ("H100", "0000:c1:00.0", 60, 80)
    assert first.processes == {7: 5}
    assert (second.name, second.processes, second.trouble) == ("A100", {}, "")


def test_a_name_in_bytes_is_a_name(driver):
    driver(gpus=[FIRST | {"bytes": True}])
    assert [gpu.name for gpu in Gpus().look()] == ["H100"]


def test_a_gpu_that_is_lost_stays_with_the_drivers_words(driver):
    gpus = Gpus()
    driver(gpus=[FIRST, SECOND])
    gpus.look()
    driver(gpus=[FIRST, SECOND | {"error": 15}])
    first, second = gpus.look()
    assert (first.trouble, second.name, second.trouble) == ("", "A100", "GPU is lost")


def test_a_gpu_that_is_not_counted_any_more_stays_and_the_other_keeps_its_numbers(driver):
    """The numbers of those behind it move up: they are told apart by their places."""
    gpus = Gpus()
    driver(gpus=[FIRST, SECOND])
    gpus.look()
    driver(gpus=[SECOND | {"free": 12}])
    first, second = gpus.look()
    assert (first.name, first.trouble) == ("H100", GONE)
    assert (second.name, second.free, second.trouble) == ("A100", 12, "")
    driver(gpus=[FIRST, SECOND])
    assert [gpu.trouble for gpu in gpus.look()] == ["", ""]


def test_one_that_never_answered_has_a_number_for_a_name(driver):
    driver(gpus=[FIRST | {"error": 999}, SECOND])
    assert [(gpu.name, gpu.trouble) for gpu in Gpus().look()] == [
        ("A100", ""),
        ("GPU 0", "Unknown Error"),
    ]


@pytest.mark.parametrize(
    ("state", "why"),
    [
        ({"gpus": []}, "no_gpu"),
        ({"init": 12}, "no_driver"),
        ({"init": 9}, "no_driver"),
        ({"init": 999}, "trouble"),
        ({"gpus": [FIRST], "count_error": 999}, "trouble"),
    ],
)
def test_why_there_is_none_is_told_apart(driver, state, why):
    driver(**state)
    with pytest.raises(Absent) as absent:
        Gpus().look()
    assert absent.value.why == why


def test_a_driver_that_came_back_is_asked_again(driver):
    gpus = Gpus()
    driver(gpus=[FIRST], count_error=999)
    with pytest.raises(Absent):
        gpus.look()
    driver(gpus=[FIRST])
    assert len(gpus.look()) == 1


def test_without_the_module_nothing_is_broken(monkeypatch):
    monkeypatch.setitem(sys.modules, "pynvml", None)  # as where it is not installed
    with pytest.raises(Absent) as absent:
        Gpus().look()
    assert absent.value.why == "no_module"


def test_places_are_written_as_ggml_does():
    assert bus_of("00000000:C1:00.0") == "0000:c1:00.0"
    assert bus_of("0001:0a:00.0") == "0001:0a:00.0"
