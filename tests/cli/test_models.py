"""Models from the terminal."""

import io
import json
import os
import random
import subprocess
import sys

import pytest

from steerlm_studio import folders
from steerlm_studio.amounts import as_bytes
from steerlm_studio.cli import models_download
from steerlm_studio.cli.main import main, parser
from steerlm_studio.cli.words import as_time
from tests.models import fake_hub as tricks
from tests.models.fake_hub import FakeHub

REPO, FILE = "ada/steer", "steer-Q8_0.gguf"
DATA = random.Random(4).randbytes(50_000)


@pytest.fixture
def fake_hub():
    hub = FakeHub()
    hub.add(REPO, {FILE: DATA, "README.md": b"card"}, card={"license": "mit"})
    yield hub
    hub.close()


@pytest.fixture
def models(fake_hub, tmp_path, monkeypatch, capsys):
    """Runs a command; the hub's library is told what it reads from HF_* when it is imported."""
    for name, value in (
        ("ENDPOINT", fake_hub.url),
        ("HUGGINGFACE_CO_URL_TEMPLATE", fake_hub.url + "/{repo_id}/resolve/{revision}/{filename}"),
        ("HF_HUB_CACHE", str(tmp_path / "cache")),
        ("HF_TOKEN_PATH", str(tmp_path / "no-token")),
    ):
        monkeypatch.setattr(f"huggingface_hub.constants.{name}", value)
    monkeypatch.delenv("HF_TOKEN", raising=False)
    monkeypatch.setattr("sys.stdin", io.StringIO())

    def run(*arguments):
        status = main(["models", *arguments])
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run


@pytest.fixture
def program(fake_hub, tmp_path):
    """Runs a command in a process of its own, with its own HF_HOME."""
    home = {"HF_ENDPOINT": fake_hub.url, "HF_HOME": str(tmp_path / "hf"), "HF_TOKEN": ""}
    home |= {"HF_TOKEN_PATH": str(tmp_path / "hf" / "token")}

    def run(*arguments, given=""):
        command = [sys.executable, "-m", "steerlm_studio", "models", *arguments]
        done = subprocess.run(
            command, env=os.environ | home, input=given, capture_output=True, text=True
        )
        return done.returncode, done.stdout, done.stderr

    return run


def test_what_is_searched_shown_and_downloaded_is_then_listed(models, tmp_path):
    status, out, _ = models("search", "steer")
    assert (status, out.split()[:2]) == (0, [REPO, "mit"])
    status, out, _ = models("show", REPO, "--json")
    shown = json.loads(out)
    assert status == 0
    assert shown["files"][0] == {
        "name": FILE, "bytes": 50_000, "kind": "gguf", "quant": "Q8_0"
    }  # fmt: skip
    assert (shown["licence"]["id"], shown["accepted"], shown["card"]) == ("mit", True, None)
    status, out, _ = models("download", REPO)
    assert status == 0
    with open(out.strip(), "rb") as file:
        assert file.read() == DATA
    status, out, _ = models("list", "--json", "--add-folder", str(tmp_path))
    listed = json.loads(out)
    assert [m["repo"] for m in listed["models"] if m["where"] == "hub"] == [REPO]
    assert listed["folders"] == [str(tmp_path)]
    assert listed["unfinished"] == []


def test_a_folder_that_cannot_be_kept_is_said_and_no_bug(models, tmp_path):
    folders.config().parent.mkdir(parents=True, exist_ok=True)
    folders.config().write_text("a file where the folder should be")
    status, _, said = models("list", "--add-folder", str(tmp_path))
    assert status == 1
    assert f"{folders.config()} cannot be written" in said


def test_a_file_is_meant_by_its_very_name_also_with_signs_of_a_pattern(models, fake_hub):
    fake_hub.add(REPO, {"m[1]*.gguf": b"1", "m1.gguf": b"2"}, card={"license": "mit"})
    status, out, _ = models("download", REPO, "m[1]*.gguf")
    assert status == 0
    assert [line.rpartition("/")[2] for line in out.split()] == ["m[1]*.gguf", "m1.gguf"]


def test_a_download_as_json_ends_with_the_path(models):
    status, out, _ = models("download", REPO, "*.gguf", "--json")
    said = [json.loads(line) for line in out.splitlines()]
    assert status == 0
    assert [said[0]["type"], said[-1]["type"]] == ["started", "finished"]
    assert said[-1]["path"].endswith(FILE)


def test_a_licence_that_asks_is_asked_for_once(models, fake_hub):
    fake_hub.repos[REPO].card = {"license": "llama2"}
    status, _, err = models("download", REPO)
    assert status == 1
    assert "Llama 2 Community License Agreement" in err
    assert "--accept-licence" in err
    assert fake_hub.gets == []
    assert models("download", REPO, "--accept-licence")[0] == 0
    assert models("download", REPO)[0] == 0


def test_which_file_is_meant_must_be_said_where_there_are_several(models, fake_hub):
    fake_hub.repos[REPO].files["other.gguf"] = b"x"
    assert "has 2 models: name the files" in models("download", REPO)[2]
    assert "has no file “no*”" in models("download", REPO, "no*")[2]


def test_a_card_is_shown_even_where_the_hub_cannot_be_asked(models):
    status, out, err = models("show", "nemotron-3-8b-chat-4k-steerlm")
    assert status == 1
    assert "MT-Bench" in out
    assert "5.47" in out
    assert "no model at" in err


def test_errors_are_sentences_or_json(models):
    status, out, err = models("show", "nonsense")
    assert (status, out) == (1, "")
    assert "no model of the hub" in err
    status, out, err = models("show", "ada/none", "--json")
    assert (status, err) == (1, "")
    assert json.loads(out)["error"]["kind"] == "missing"


def test_a_token_is_checked_and_kept_in_the_hubs_own_file(program, tmp_path):
    status, _, err = program("login", given="hf_unknown\n")
    assert status == 1
    assert "does not know this token" in err
    assert "hf_unknown" not in err
    assert program("login", given="hf_good\n")[:2] == (0, "Logged in as ada\n")
    assert (tmp_path / "hf" / "token").read_text() == "hf_good"
    assert json.loads(program("login", "--who", "--json")[1]) == {"account": "ada"}


def test_no_token_is_said_to_be_none(models):
    assert "No token was given" in models("login")[2]
    assert models("login", "--who")[:2] == (0, "Not logged in\n")


def test_a_download_that_was_begun_is_listed_with_how_far_it_is(models, fake_hub, monkeypatch):
    monkeypatch.setattr("steerlm_studio.models.transfer.time.sleep", _interrupt)
    fake_hub.tricks = [tricks.cut_after(20_000)]
    with pytest.raises(KeyboardInterrupt):
        models_download.run(parser("models").parse_args(["models", "download", REPO]))
    status, out, err = models("list")
    assert (status, err.count("is kept")) == (0, 1)
    assert f"{REPO} {FILE}  20.0 kB of 50.0 kB" in out
    assert "nvidia/nemotron-3-8b-chat-4k-steerlm" in out


def _interrupt(seconds):
    raise KeyboardInterrupt


def test_outside_text_cannot_steer_the_terminal(models, fake_hub):
    fake_hub.add("ada/steer-evil", {"a\x1b[2J\u202eb.gguf": b""}, card={"license": "\x1b]0;x\x07"})
    for line in (models("search", "evil")[1] + models("show", "ada/steer-evil")[1]).splitlines():
        assert line.isprintable()


@pytest.mark.parametrize(
    ("count", "text"),
    [(-1, ""), (0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (999_600, "1.0 MB"),
     (17.1e9, "17.1 GB"), (138e9, "138.0 GB"), (5e12, "5000.0 GB")],
)  # fmt: skip
def test_sizes_are_in_the_units_of_the_hub(count, text):
    assert as_bytes(count) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(None, "?"), (9.6, "10 s"), (200, "3 min 20 s"), (7300, "2 h 1 min")]
)
def test_times_are_said_in_two_units_at_most(seconds, text):
    assert as_time(seconds) == text
