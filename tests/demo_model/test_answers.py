from demo_model import answers
from demo_model.report import make_probes

from tests.engine import tiny


def test_every_probe_is_answered_in_its_place_and_the_same_seed_answers_alike(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(answers, "MAX_TOKENS", 6)
    model = tiny.write(tmp_path / "tiny.gguf")
    probes = make_probes(seed=1, per_attribute=0, per_check=2)
    answer = answers.engine_answers(model, temperature=0.6, seed=1, threads=1)
    first = answer(probes)
    assert len(first) == len(probes)
    assert answer(probes[: answers.SIDE_BY_SIDE]) == first[: answers.SIDE_BY_SIDE]
    assert len(set(first)) > 1
