"""What fits in the memory that there is."""

from dataclasses import replace

import pytest

from steerlm_studio import memory_place
from steerlm_studio.engine import fit, header
from steerlm_studio.memory_free import Memory
from steerlm_studio.memory_need import need
from tests.engine import tiny


@pytest.fixture
def model(tmp_path):
    return header.read(tiny.write(tmp_path / "m.gguf"))


def test_all_lanes_fit_a_small_model(model):
    assert fit.lanes_that_fit(model, 4096, 8) == 8


def test_fewer_lanes_run_at_a_time_where_memory_is_short(model, monkeypatch):
    needed = need(model, 4096, 5).total
    monkeypatch.setattr(memory_place, "memory", lambda: Memory(needed, needed))
    assert fit.lanes_that_fit(model, 4096, 8) == 5


def test_one_lane_is_left_whatever_there_is(model):
    assert fit.lanes_that_fit(replace(model, file_bytes=2**60), 4096, 8) == 1
