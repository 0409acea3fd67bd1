import json

import pytest
from demo_model.controls import DEFAULTS, held_out
from demo_model.measures import MEASURES
from demo_model.probes import CHECKS, generator_answers
from demo_model.report import examine, make_probes, table, write_page, write_report


@pytest.fixture(scope="module")
def probes():
    return make_probes(seed=1, per_attribute=60, per_check=20)


@pytest.fixture(scope="module")
def perfect(probes):
    return examine(generator_answers, probes)[0]


def test_the_corpus_itself_passes_every_gate(perfect):
    assert perfect.passed
    assert {figure.name for figure in perfect.attributes} == set(DEFAULTS)
    assert all(figure.model > 0.85 for figure in perfect.attributes)


def test_every_attribute_is_asked_sixty_times_half_of_them_in_unseen_combinations(probes):
    for name in MEASURES:
        mine = [probe for probe in probes if probe.about == name]
        assert len(mine) == 60
        assert sum(held_out(probe.told.values) for probe in mine) >= 30
        assert {probe.level for probe in mine} == set(range(5))


def test_a_model_that_ignores_the_sliders_fails_every_attribute(probes):
    verdict, _ = examine(lambda asked: ["Tea is a drink."] * len(asked), probes)
    assert not verdict.passed
    assert not any(figure.passed for figure in verdict.attributes)


def test_a_model_that_answers_the_wrong_probe_fails_the_checks(probes):
    verdict, _ = examine(lambda asked: generator_answers(asked)[::-1], probes)
    failed = {check.name for check in verdict.checks if not check.passed}
    assert {"language", "default: on topic", *CHECKS[1:]} <= failed


def test_a_second_turn_is_asked_after_the_first_with_its_own_control_string(probes):
    probe = next(probe for probe in probes if probe.about == "topic change")
    text = "".join(part.text for part in probe.prompt())
    assert text.count("<extra_id_2>") == 2
    assert probe.before[0].reply in text
    assert text.endswith(probe.told.text + "\n")


def test_the_table_takes_the_place_between_its_markers(tmp_path, perfect):
    page = tmp_path / "demo-model.md"
    page.write_text("# A\n\n<!-- report -->\nold\n<!-- /report -->\n\nafter\n", encoding="utf-8")
    write_page(page, perfect)
    text = page.read_text(encoding="utf-8")
    assert table(perfect) in text
    assert "old" not in text
    assert text.endswith("<!-- /report -->\n\nafter\n")


def test_a_page_without_markers_gets_them(tmp_path, perfect):
    page = tmp_path / "docs" / "demo-model.md"
    write_page(page, perfect)
    assert "<!-- report -->\n| attribute" in page.read_text(encoding="utf-8")


def test_the_report_says_which_file_was_examined(tmp_path, perfect):
    path = tmp_path / "demo" / "report.json"
    write_report(path, perfect, {"model": "demo.gguf", "sha256": "00"})
    data = json.loads(path.read_text(encoding="utf-8"))
    assert data["sha256"] == "00"
    assert data["passed"] is True
    assert len(data["attributes"]) == 17
