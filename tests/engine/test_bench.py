"""The figures of `bench`: what they count, and that an engine really gives them."""

import json

import pytest

from steerlm_studio.cli.main import main
from steerlm_studio.engine.bench import needed


def test_prompts_that_share_a_beginning_need_it_once():
    assert needed([(1, 2, 3), (1, 2, 4)], []) == 4


def test_what_was_evaluated_before_is_needed_no_more_but_for_the_last_token():
    assert needed([(1, 2, 3)], [(1, 2, 3)]) == 1
    assert needed([(1, 2, 3, 4)], [(1, 2, 9)]) == 2


def test_the_end_of_a_prompt_inside_another_gives_logits_of_its_own():
    assert needed([(1, 2), (1, 2, 3)], []) == 3
    assert needed([(1, 2), (1, 2, 3)], [(1, 2, 3)]) == 2


@pytest.fixture(scope="module")
def figures():
    """Two lanes and one at two depths, as the command prints them."""
    from contextlib import redirect_stdout
    from io import StringIO

    said = StringIO()
    with redirect_stdout(said):
        arguments = ["--lanes", "1,3", "--depth", "0,300", "--repeat", "2", "--tokens", "6"]
        assert main(["bench", "--threads", "1", "--json", *arguments]) == 0
    return json.loads(said.getvalue())


def test_each_depth_is_measured_with_each_number_of_lanes(figures):
    found = [(row["depth"], row["lanes"], row["repeats"]) for row in figures["rows"]]
    assert found == [(0, 1, 2), (0, 3, 2), (300, 1, 2), (300, 3, 2)]


def test_the_engine_evaluates_just_what_prompts_do_not_share(figures):
    assert [row["evaluated_to_ideal"] for row in figures["rows"]] == [1, 1, 1, 1]


def test_a_slider_move_reads_the_control_string_and_not_the_conversation(figures):
    near, far = (next(r for r in figures["rows"] if r["depth"] == d) for d in (0, 300))
    assert far["evaluated_cold"] > near["evaluated_cold"] + 250
    assert far["evaluated_move"] == near["evaluated_move"] < 40


def test_rates_and_shares_are_within_reason(figures):
    for row in figures["rows"]:
        assert row["generation_rate"] > 0
        assert row["step_p50"] <= row["step_p95"]
        assert 0 < row["sampling_share"] < 1
    assert figures["peak_memory_bytes"] > 10 * 2**20


def test_the_table_names_model_and_device(capsys):
    options = ["--lanes", "1", "--depth", "0", "--repeat", "1", "--tokens", "2", "--threads", "1"]
    assert main(["bench", *options]) == 0
    said = capsys.readouterr().out
    assert "gen t/s" in said
    assert "SteerLM Studio demo Q8_0 on CPU" in said


def test_keys_and_values_are_kept_as_asked_and_the_figures_say_so(capsys):
    options = ["--lanes", "1", "--depth", "0", "--repeat", "1", "--tokens", "2", "--threads", "1"]
    held = {}
    for cache in ("f16", "q8_0"):
        assert main(["bench", *options, "--cache", cache, "--split", "1", "--json"]) == 0
        said = json.loads(capsys.readouterr().out)
        assert (said["cache"], said["split"]) == (cache, "1")
        held[cache] = said["cache_bytes"]
    assert 0 < held["q8_0"] < 0.6 * held["f16"]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--lanes", "0"], "--lanes from 1 on"),
        (["--tokens", "1"], "--tokens from 2 on"),
        (["--depth", "4000"], "Choose a smaller --depth"),
        (["--make-model", "9t"], "no random model “9t”"),
    ],
)
def test_what_cannot_be_measured_is_said(options, sentence, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["bench", *options]) == 1
    assert sentence in capsys.readouterr().err


def test_a_random_model_is_written_where_it_was_asked_for(tmp_path, capsys):
    out = tmp_path / "random.gguf"
    assert main(["bench", "--make-model", "250m", "--type", "Q4_0", "--out", str(out)]) == 0
    assert main(["inspect", str(out), "--json"]) == 0
    facts = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (facts["name"], facts["problem"]) == ("Random 250m", "")
    assert "Q4_0" in facts["types"]
