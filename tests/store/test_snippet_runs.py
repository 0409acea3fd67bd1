"""The Python that a reply is copied as, run as it is, with the shipped model."""

import json
import subprocess
import sys

import pytest

from steerlm_studio import resources
from steerlm_studio.protocol import Sampling
from steerlm_studio.steer.steering import DEFAULT
from steerlm_studio.store.records import Asked, Setup
from steerlm_studio.store.transcripts.snippets import SNIPPETS

MODEL = resources.demo_model()


@pytest.mark.skipif(not MODEL.is_file(), reason="the demo model is not there")
def test_the_python_snippet_answers_and_the_same_each_time(store):
    talk = store.create()
    sampling = Sampling(max_tokens=24, top_k=1, seed=7)
    setup = Setup("nemotron-3-8b", "nemotron", sampling, "exact", "demo")
    (turn,) = store.ask(talk, None, Asked("What is tea?", str(DEFAULT), setup, 7))
    store.finish(turn, "stop", reply="A drink.")
    record = store.conversation(talk)
    code = SNIPPETS["python"](record, record.turns[0])
    assert '"demo.gguf"' in code
    code = code.replace('"demo.gguf"', json.dumps(str(MODEL)))
    said = {
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        ).stdout
        for _ in range(2)
    }
    assert len(said) == 1
    assert "tea" in said.pop().lower()
