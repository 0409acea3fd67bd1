"""How wide steps are where layers are on a CPU, on GPUs, or on both."""

from steerlm_studio.engine.limits import Limits


def test_on_a_gpu_alone_a_step_is_as_wide_as_the_lanes():
    limits = Limits(4096, 8192, 5, on_gpu=True, on_cpu=False)
    assert [limits.width(lanes) for lanes in (1, 3, 5)] == [5, 5, 5]
    assert limits.exact_width == 1


def test_with_layers_on_both_a_step_suits_the_cpu_and_never_changes():
    """One column once: the number of threads showed in what Exact rounds."""
    limits = Limits(4096, 8192, 5, on_gpu=True, on_cpu=True)
    assert [limits.width(lanes) for lanes in (1, 3, 5)] == [8, 8, 8]
    assert limits.exact_width == 2


def test_an_engine_for_one_lane_pads_nothing():
    assert Limits(4096, 4352, 1, on_gpu=True).width(1) == 1
