import signal

import pytest

from steerlm_studio.outcome import outcome

SENTENCES = {
    3: "The engine ended by itself with status 3.",
    -signal.SIGKILL: "The engine was stopped by signal 9 (killed, by someone or by the system for",
    -signal.SIGABRT: "The engine crashed with signal 6 (it gave up on an error inside llama.cpp)",
    -signal.SIGILL: "build llama-cpp-python on this machine",
    -signal.SIGUSR1: "The engine was stopped by signal 10.",
    -250: "The engine was stopped by signal 250.",
}


@pytest.mark.parametrize("code", SENTENCES)
def test_every_end_has_its_sentence(code):
    error = outcome(code)
    assert SENTENCES[code] in str(error)
    assert "The text so far is kept" in str(error)


def test_the_last_lines_of_the_log_are_the_detail():
    log = "\n".join(f"line {n}" for n in range(500))
    lines = outcome(1, log, name="The export").detail.splitlines()
    assert len(lines) == 200
    assert lines[-1] == "line 499"


def test_another_child_has_its_own_name():
    assert str(outcome(1, name="The export")).startswith("The export ended")
