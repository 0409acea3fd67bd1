"""The child that tries a new GGUF in llama.cpp: token ids and logits; JSON in and out.

    python -m steerlm_studio.export.verify_child FILE.gguf < QUESTION.json

The question's `strings` are lists of [is a control token, text], its `prompt` and `logits` lists
of ids; the answer holds the ids of the strings, whether all logits after the prompt are finite, and
the rows of the other logits. A child, because llama.cpp ends the process that gives it a file it
cannot stand.
"""

import json
import os
import signal
import sys
from pathlib import Path

from steerlm_studio.errors import StudioError
from steerlm_studio.export.llama import Loaded
from steerlm_studio.export.mapped import few_pages


def main(arguments: list[str]) -> int:
    """Answer one request; returns the exit status."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # the parent says what there is to say
    answer = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what C code prints goes to stderr
    asked = json.load(sys.stdin)
    path = Path(arguments[0])
    try:
        with few_pages(path):
            model = Loaded(path)
            ids = [
                [token for control, text in parts for token in model.tokenize(text, control)]
                for parts in asked["strings"]
            ]
            finite = model.is_finite(asked["prompt"])
            logits = model.logits(asked["logits"]).tolist() if asked["logits"] else []
    except StudioError as error:
        print(error, file=sys.stderr)
        return 1
    with answer:
        json.dump({"ids": ids, "finite": finite, "logits": logits}, answer)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
