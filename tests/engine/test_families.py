"""Any model that llama.cpp runs is answered with, also one that can neither cut nor share."""

import pytest

from steerlm_studio.engine.client import Engine
from tests.engine import families
from tests.engine.talk import hear, lane, prompt

WRITERS = {"llama": families.write_llama, "mamba": families.write_mamba}


@pytest.fixture(scope="module", params=WRITERS)
def engine(request, tmp_path_factory):
    path = WRITERS[request.param](tmp_path_factory.mktemp("family") / "model.gguf")
    with Engine(path, lanes=3, threads=1) as started:
        yield started


def test_lanes_more_than_fit_are_answered_as_each_alone(engine):
    many = [lane(prompt(control=f"humor:{n}"), seed=n, max_tokens=8) for n in range(5)]
    together = hear(engine.generate(many))
    alone = [hear(engine.generate([one])).texts[0] for one in many]
    assert [together.texts[n] for n in range(5)] == alone
    assert {end.finish for end in together.ends.values()} <= {"stop", "length"}


def test_exact_repeats_itself(engine):
    texts = [hear(engine.generate([lane(), lane(seed=1)], mode="exact")).texts for _ in range(3)]
    assert texts[0] == texts[1] == texts[2]


def test_a_run_can_be_left_and_the_next_one_works(engine):
    stream = engine.generate([lane(max_tokens=0)], stop=())
    next(stream)
    stream.close()
    assert hear(engine.generate([lane()])).done.generated > 0
