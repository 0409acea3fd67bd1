"""Does llama.cpp read and say what PyTorch does? `python -m demo_model.agreement --model GGUF`."""

import argparse
import random
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from demo_model import vocabulary
from demo_model.corpus import Dialogue, dialogue
from demo_model.encoding import Encoder
from demo_model.save import load
from demo_model.train import TOKENIZER
from steerlm_studio.engine.llama import Llama
from steerlm_studio.engine.prompt import Tokenizer
from steerlm_studio.protocol import Part
from steerlm_studio.steer import conversation, template

ROWS = 256  # rows of logits that one call may ask for
MODEL = Path("resources/demo/demo-steerlm-q8_0.gguf")


@dataclass
class Agreement:
    """Over all replies: tokens compared, same likeliest token, largest difference of a logit."""

    tokens: int = 0
    same: int = 0
    largest: float = 0.0
    ids_differ: int = 0

    def add(self, ours: npt.NDArray[np.float32], theirs: npt.NDArray[np.float32]) -> None:
        self.tokens += len(ours)
        self.same += int((ours.argmax(-1) == theirs.argmax(-1)).sum())
        self.largest = max(self.largest, float(np.abs(ours - theirs).max()))


def parts_of(made: Dialogue) -> list[Part]:
    """The whole dialogue as the program would send it before asking once more."""
    turns = tuple(conversation.Turn(t.user, t.reply, t.control) for t in made.turns)
    parts = template.render(conversation.Conversation(made.system, turns), "", "")
    whole = [Part(part.kind, part.text) for part in parts]
    return whole[:-3]  # up to the token that ends the last reply


def evaluate(llama: Llama, ids: list[int]) -> npt.NDArray[np.float32]:
    """[tokens, vocabulary] logits of one sequence, starting from an empty cache."""
    llama.clear()
    rows: list[npt.NDArray[np.float32]] = []
    for start in range(0, len(ids), ROWS):
        some = ids[start : start + ROWS]
        llama.decode([(token, start + i, (0,), True) for i, token in enumerate(some)])
        rows += [llama.logits(i).copy() for i in range(len(some))]
    return np.stack(rows)


@torch.inference_mode()
def compare(work: Path, model: Path, count: int) -> Agreement:
    """Both read `count` dialogues that training never drew, and say what comes next."""
    encoder, network = Encoder(vocabulary.load(work / TOKENIZER)), load(work)
    llama = Llama(str(model), cells=2048, sequences=ROWS, exact_cache=True)
    tokenizer = Tokenizer(llama)
    found = Agreement()
    for number in range(count):
        made = dialogue(random.Random(f"agreement/{number}"), progress=1.0, split="test")
        encoded = encoder.encode(made)
        found.ids_differ += tuple(encoded.ids) != tokenizer.prompt(parts_of(made)).ids
        learned = np.array(encoded.weights[1:]) > 0
        ours = network(torch.tensor([encoded.ids[:-1]]))[0].numpy()
        found.add(ours[learned], evaluate(llama, encoded.ids[:-1])[learned])
    llama.close()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, default=Path("build/demo_model"))
    parser.add_argument("--model", type=Path, default=MODEL)
    parser.add_argument("--count", type=int, default=50)
    options = parser.parse_args()
    torch.set_num_threads(1)
    found = compare(options.work, options.model, options.count)
    print(
        f"{options.count} dialogues, {found.ids_differ} tokenized differently; "
        f"{found.same} of {found.tokens} reply tokens have the same likeliest token "
        f"({found.same / found.tokens:.2%}); largest difference of a logit {found.largest:.2g}"
    )


if __name__ == "__main__":
    main()
