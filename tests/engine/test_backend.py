"""What a build of llama.cpp says of itself."""

import pytest

from steerlm_studio.engine import backend

CPU = "CPU : SSE3 = 1 | AVX2 = 1 | REPACK = 1"


@pytest.mark.parametrize(
    ("flags", "name"),
    [(CPU, ""), (f"CUDA : ARCHS = 900 | NO_VMM = 1 | {CPU}", "CUDA"), ("", "")],
)
def test_a_build_says_what_it_is_for_beside_the_cpu(flags, name):
    assert backend.built_for(flags) == name


def test_the_build_that_runs_here_says_its_flags():
    assert "CPU : " in backend.build_flags()
