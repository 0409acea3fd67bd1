"""The commands as a whole: which there are, and what each needs."""

import os
import subprocess
import sys

import pytest

from steerlm_studio.cli.commands import COMMANDS
from steerlm_studio.cli.main import main

WITHOUT_EXTRA = """
import sys
for name in ("gguf", "sentencepiece", "torch", "yaml"):
    sys.modules[name] = None
from steerlm_studio.cli.main import main
sys.exit(main(sys.argv[1:]))
"""


def _run(*command: str, env: dict[str, str] | None = None) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command, capture_output=True, text=True, timeout=120, env=env)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_tells_its_options(capsys, name):
    with pytest.raises(SystemExit) as ended:
        main([name, "--help"])
    assert ended.value.code == 0
    assert COMMANDS[name] in " ".join(capsys.readouterr().out.split())


def test_all_commands_are_listed(capsys):
    with pytest.raises(SystemExit):
        main(["--help"])
    out = capsys.readouterr().out
    assert all(name in out for name in COMMANDS)


def test_commands_work_without_the_libraries_that_read_checkpoints():
    """An installation without the extra `export` once could not even print a control string."""
    assert _run(sys.executable, "-c", WITHOUT_EXTRA, "control").returncode == 0
    told = _run(sys.executable, "-c", WITHOUT_EXTRA, "inspect", "model.nemo")
    assert told.returncode == 1
    assert "steerlm-studio[export]" in told.stderr
    assert "Traceback" not in told.stderr


def test_a_misspelt_command_is_no_file_to_open():
    told = _run(sys.executable, "-m", "steerlm_studio", "contrl")
    assert told.returncode == 2
    assert "control" in told.stderr


def test_a_word_longer_than_any_file_name_is_no_file_to_open():
    told = _run(sys.executable, "-m", "steerlm_studio", "a" * 300)
    assert told.returncode == 2
    assert "Traceback" not in told.stderr


def test_a_model_whose_name_is_longer_than_any_file_name_is_not_there(capsys):
    assert main(["generate", "Hi", "--model", "a" * 300 + ".gguf"]) == 1
    assert "There is no model file" in capsys.readouterr().err


def test_without_a_display_there_is_a_sentence_and_no_abort():
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    env = {name: value for name, value in os.environ.items() if name not in hidden}
    told = _run(sys.executable, "-m", "steerlm_studio", env=env)
    assert told.returncode == 1
    assert "no display" in told.stderr
