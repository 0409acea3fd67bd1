"""`steerlm-studio batch`, with the shipped demo model."""

import json
import os
import resource
import signal
import subprocess
import sys

import pytest

from steerlm_studio.cli.main import main

SETTINGS = {"base": "", "short": "verbosity=0", "funny": "humor=4"}
ASK = ["--threads", "1", "--max-tokens", "12", "--temperature", "0"]


@pytest.fixture
def batch(tmp_path, capfd):
    """Runs a batch on lines of prompts; gives status, rows and what was said."""

    def run(lines, *options, settings=SETTINGS, out="out.jsonl"):
        prompts, chosen = tmp_path / "prompts.jsonl", tmp_path / "settings.json"
        prompts.write_text("".join(json.dumps(line) + "\n" for line in lines))
        chosen.write_text(json.dumps(settings))
        out = tmp_path / out
        arguments = ["batch", str(prompts), "--settings", str(chosen), "--out", str(out)]
        status = main([*arguments, *ASK, *options])
        return status, _rows(out), capfd.readouterr()

    return run


def _rows(path):
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_bytes().split(b"\n") if line.endswith(b"}")]


def _keys(rows):
    return [(row["number"], row["setting"]) for row in rows]


def test_each_prompt_is_answered_under_each_setting(batch):
    status, rows, said = batch([{"prompt": "What is tea?"}, {"prompt": "What is bread?"}])
    assert status == 0
    assert sorted(_keys(rows)) == sorted((n, s) for n in (1, 2) for s in SETTINGS)
    assert all("verbosity:0" in row["control"] for row in rows if row["setting"] == "short")
    tea = [row["replies"][0].lower() for row in rows if row["number"] == 1]
    assert all("tea" in text for text in tea)
    assert {row["seed"] for row in rows} == {42}
    assert all(row["width"] > 1 and "llama-cpp-python" in row["build"] for row in rows)
    assert "6 of 6 answers" in said.err


def test_the_settings_of_a_prompt_share_its_stem(batch):
    _, rows, _ = batch([{"prompt": "What is tea?"}], "--mode", "exact")
    alone = [batch([{"prompt": "What is tea?"}], "--mode", "exact", settings={name: value},
                   out=f"{name}.jsonl")[1][0] for name, value in SETTINGS.items()]  # fmt: skip
    assert {r["setting"]: r["replies"] for r in rows} == {r["setting"]: r["replies"] for r in alone}


def test_nothing_is_done_twice(batch):
    lines = [{"prompt": "What is tea?"}]
    _, rows, _ = batch(lines)
    status, again, said = batch(lines)
    assert (status, again) == (0, rows)
    assert "3 of 3 answers are there" in said.err


def test_the_second_turn_is_asked_after_the_models_own_reply(batch):
    asked = {"question_id": 81, "category": "writing", "turns": ["What is tea?", "And bread?"]}
    _, rows, _ = batch([asked])
    assert all(len(row["replies"]) == 2 and row["id"] == 81 for row in rows)
    base = next(row for row in rows if row["setting"] == "base")
    said = [
        {"role": "user", "content": "What is tea?"},
        {"role": "assistant", "content": base["replies"][0], "control": base["control"]},
        {"role": "user", "content": "And bread?"},
    ]
    _, told, _ = batch([{"messages": said}], settings={"base": ""}, out="told.jsonl")
    assert told[0]["replies"][0] == base["replies"][1]
    assert told[0]["prompt_tokens"] == base["prompt_tokens"]


def test_fastchat_gets_a_file_for_each_setting_in_its_own_form(batch, tmp_path):
    asked = {"question_id": 81, "turns": ["What is tea?", "And bread?"]}
    status, _, _ = batch([asked], "--format", "fastchat", settings={"base": "", "so/so": "humor=2"})
    assert status == 0
    for name in ("out-base", "out-so-so"):
        (row,) = _rows(tmp_path / f"{name}.jsonl")
        assert (row["question_id"], row["model_id"]) == (81, name)
        assert [len(choice["turns"]) for choice in row["choices"]] == [2]
        assert row["choices"][0]["index"] == 0
        assert row["answer_id"]
        assert row["tstamp"] > 1e9


def test_mt_bench_categories_have_their_temperatures_where_that_is_asked_for(batch):
    asked = [{"prompt": "What is tea?", "category": each} for each in ("math", "stem", "poems")]
    base = {"base": ""}
    _, rows, _ = batch(asked, "--mt-bench-temperatures", settings=base)
    assert [row["sampling"]["temperature"] for row in rows] == [0.0, 0.1, 0.7]
    status, _, said = batch(asked, settings=base)
    assert status == 1
    assert "made from other settings" in said.err


def test_a_prompt_that_is_too_long_harms_no_other_and_is_tried_again(batch):
    lines = [{"prompt": "tea " * 5000}, {"prompt": "What is bread?"}]
    status, rows, said = batch(lines)
    assert status == 1
    assert sorted(_keys(rows)) == sorted((2, name) for name in SETTINGS)
    assert "Prompt 1 under “base” is not answered. The prompt has" in said.err
    status, again, said = batch(lines)
    assert (status, again) == (1, rows)
    assert "Prompt 1 under “base”" in said.err


def test_progress_comes_as_json_lines(batch):
    lines = [{"prompt": "What is tea?"}]
    _, _, said = batch(lines, "--json")
    steps = [json.loads(line) for line in said.out.splitlines()]
    assert [step["step"] for step in steps] == ["begun", *["answered"] * 3, "ended"]
    assert steps[0] | {"out": 0} == {"step": "begun", "out": 0, "settings": list(SETTINGS),
                                     "prompts": 1, "total": 3, "done": 0}  # fmt: skip
    assert [step["done"] for step in steps[1:4]] == [1, 2, 3]
    assert steps[3]["seconds_left"] == 0
    assert (steps[1]["prompt"], steps[1]["number"]) == ("What is tea?", 1)
    assert steps[1]["text"]
    _, rows, said = batch(lines, "--json")
    kept = [json.loads(line) for line in said.out.splitlines()]
    assert [step["step"] for step in kept] == [*["kept"] * 3, "begun", "ended"]
    assert [step["text"] for step in kept[:3]] == [row["replies"][0] for row in rows]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"lines": [{"prompt": "What is coffee?"}]}, "made from other prompts"),
        ({"settings": {"base": "humor=1"}}, "made from other settings"),
        ({"options": ("--mode", "exact")}, "made from other settings"),
        ({"options": ("--seed", "7")}, "made from other settings"),
        ({"model": True}, "made from another model"),
    ],
)
def test_a_table_of_others_is_refused(batch, tmp_path, change, why, tiny_model):
    lines = [{"prompt": "What is tea?"}]
    _, rows, _ = batch(lines, settings={"base": ""})
    options = ("--model", str(tiny_model)) if "model" in change else change.get("options", ())
    settings = change.get("settings", {"base": ""})
    status, after, said = batch(change.get("lines", lines), *options, settings=settings)
    assert status == 1
    assert why in said.err
    assert after == rows


def _started(tmp_path, count, most_bytes=resource.RLIM_INFINITY):
    """A batch of so many prompts in a process of its own, whose files end at `most_bytes`."""
    prompts, settings = tmp_path / "many.txt", tmp_path / "settings.json"
    prompts.write_text("".join(f"What is tea, for the {n}th time?\n" for n in range(count)))
    settings.write_text(json.dumps({"base": "", "funny": "humor=4"}))
    out = tmp_path / "out.jsonl"
    command = [sys.executable, "-m", "steerlm_studio", "batch", str(prompts), "--settings",
               str(settings), "--out", str(out), "--json", *ASK]  # fmt: skip
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes)),
    )
    return process, out


def _ended(process, answers, how):
    """The process after so many answers were told of and it was ended `how`."""
    told = 0
    for line in process.stdout:
        is_answer = json.loads(line)["step"] == "answered"
        told += is_answer
        if is_answer and told == answers:
            how(process.pid)
    return process.communicate(timeout=120)


def test_killed_at_any_moment_it_goes_on_and_does_nothing_twice(tmp_path):
    seen = b""
    for answers in (1, 2, 5, 1):
        process, out = _started(tmp_path, 12)
        _ended(process, answers, lambda pid: os.kill(pid, signal.SIGKILL))
        assert process.returncode == -signal.SIGKILL
        assert out.read_bytes().startswith(seen)
        seen = out.read_bytes()
    out.write_bytes(seen[:-40])  # the last row is cut as well
    process, out = _started(tmp_path, 12)
    process.communicate(timeout=120)
    assert process.returncode == 0
    rows = [json.loads(line) for line in out.read_bytes().splitlines()]
    assert sorted(_keys(rows)) == sorted((n, s) for n in range(1, 13) for s in ("base", "funny"))


def test_a_full_disk_ends_it_with_a_sentence_and_it_goes_on_later(tmp_path):
    """It once tried each further prompt, and failed each in turn."""
    process, out = _started(tmp_path, 6, most_bytes=4000)
    told, said = process.communicate(timeout=120)
    assert process.returncode == 1
    assert b"cannot be written: File too large" in said
    assert b'"step": "failed"' not in told
    assert out.stat().st_size == 4000
    process, out = _started(tmp_path, 6)
    process.communicate(timeout=120)
    rows = [json.loads(line) for line in out.read_bytes().splitlines()]
    assert sorted(_keys(rows)) == sorted((n, s) for n in range(1, 7) for s in ("base", "funny"))


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_ctrl_c_ends_it_cleanly_and_says_what_is_there(tmp_path, number, status):
    process, out = _started(tmp_path, 400)
    _, said = _ended(process, 3, lambda pid: os.killpg(pid, number))
    assert process.returncode == status
    rows = [json.loads(line) for line in out.read_bytes().splitlines()]
    assert len(rows) >= 3
    assert said == b""
