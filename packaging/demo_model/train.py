"""Train the demo model: `python -m demo_model.train --work FOLDER --minutes 120`.

Can be killed at any moment and started again with the same command: it goes on from the last
checkpoint, at most two minutes back.
"""

import argparse
import random
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from demo_model import vocabulary
from demo_model.batches import Batch, Draw, Place, Stream
from demo_model.encoding import Encoder
from demo_model.network import Network, Shape

TOKENIZER, CHECKPOINT = "tokenizer.model", "checkpoint.pt"
VOCABULARY_TEXTS = 30_000


@dataclass(frozen=True)
class Recipe:
    """What a run depends on. The budget is wall time in minutes, or steps where `steps` is set."""

    minutes: float = 120.0
    steps: int = 0
    seed: int = 1
    batch: int = 4
    rate: float = 2e-3
    floor: float = 0.03
    warm_up: int = 60
    decay_from: float = 0.5
    weight_decay: float = 0.05
    checkpoint_seconds: float = 120.0

    def share(self, done: "Progress") -> float:
        """How much of the budget is spent, 0-1."""
        spent = done.step / self.steps if self.steps else done.seconds / 60 / self.minutes
        return min(spent, 1.0)

    def rate_at(self, done: "Progress") -> float:
        """Warm-up by steps, flat to `decay_from` of the budget, then linear to the floor."""
        left = (1 - self.share(done)) / (1 - self.decay_from)
        decayed = self.floor + (1 - self.floor) * min(left, 1.0)
        return self.rate * decayed * min((done.step + 1) / self.warm_up, 1.0)


@dataclass
class Progress:
    step: int = 0
    seconds: float = 0.0
    tokens: int = 0
    dialogues: int = 0


class Training:
    """One training run: network, optimizer, stream, and how far they are."""

    def __init__(self, recipe: Recipe, shape: Shape, rows: list[int], encoder: Encoder, draw: Draw):
        self.recipe, self.shape, self.done = recipe, shape, Progress()
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.network = Network(shape, rows, recipe.seed).to(self.device)
        self.optimizer = _optimizer(self.network, recipe)
        self.stream = Stream(draw, encoder, recipe.batch, recipe.seed)
        self.rows, self.encoder, self.draw = rows, encoder, draw

    def run(self) -> Iterator[float]:
        """Train until the budget is spent; yields the loss after each step."""
        while self.recipe.share(self.done) < 1:
            start = time.monotonic()
            batch = self.stream.next(self.recipe.share(self.done))
            loss = self.step(batch.to(self.device))
            self.done.step += 1
            self.done.tokens += batch.tokens
            self.done.dialogues += len(batch.ids)
            self.done.seconds += time.monotonic() - start
            yield loss

    def step(self, batch: Batch) -> float:
        for group in self.optimizer.param_groups:
            group["lr"] = self.recipe.rate_at(self.done)
        loss = _loss(self.network, batch)
        loss.backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self.optimizer.step()
        self.optimizer.zero_grad()
        return loss.item()

    def save(self, path: Path) -> None:
        """Write a checkpoint under a temporary name, then put it in place in one step."""
        state = {
            "shape": asdict(self.shape),
            "network": self.network.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "place": asdict(self.stream.place),
            "done": asdict(self.done),
        }
        part = path.with_suffix(".part")
        torch.save(state, part)
        part.replace(path)

    def resume(self, path: Path) -> None:
        state: dict[str, Any] = torch.load(path, weights_only=True, map_location=self.device)
        self.network.load_state_dict(state["network"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.done = Progress(**state["done"])
        place = Place(**state["place"])
        self.stream = Stream(self.draw, self.encoder, self.recipe.batch, self.recipe.seed, place)


def _optimizer(network: Network, recipe: Recipe) -> torch.optim.AdamW:
    """AdamW that decays matrices; norms and their biases are left alone."""
    matrices = [weight for weight in network.parameters() if weight.dim() == 2]
    vectors = [weight for weight in network.parameters() if weight.dim() == 1]
    groups = [
        {"params": matrices, "weight_decay": recipe.weight_decay},
        {"params": vectors, "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=recipe.rate, betas=(0.9, 0.98), fused=True)


def _loss(network: Network, batch: Batch) -> Tensor:
    with torch.autocast(batch.ids.device.type, torch.bfloat16):
        logits = network(batch.ids, batch.chosen)
    losses = functional.cross_entropy(logits.float(), batch.targets, reduction="none")
    return (losses * batch.weights).sum() / batch.weights.sum()


def report(training: Training, losses: list[float], since: Progress) -> str:
    """One line of the log."""
    done, recipe = training.done, training.recipe
    speed = (done.tokens - since.tokens) / max(done.seconds - since.seconds, 1e-9)
    share = recipe.share(done)
    left = done.seconds / 60 * (1 - share) / max(share, 1e-9)
    return (
        f"step {done.step:6d}  {share:6.1%}  loss {sum(losses) / len(losses):.4f}  "
        f"rate {recipe.rate_at(done):.2e}  {speed:5.0f} tokens/s  "
        f"{done.dialogues} dialogues  {left:.1f} minutes left"
    )


def follow(training: Training, checkpoint: Path, every: int = 100) -> None:
    """Run to the end with a log line each `every` steps and a checkpoint each two minutes."""
    losses: list[float] = []
    since, saved = Progress(**asdict(training.done)), training.done.seconds
    for loss in training.run():
        losses.append(loss)
        if len(losses) == every:
            print(report(training, losses, since), flush=True)
            losses, since = [], Progress(**asdict(training.done))
        if training.done.seconds - saved >= training.recipe.checkpoint_seconds:
            training.save(checkpoint)
            saved = training.done.seconds
    training.save(checkpoint)


def prepare(work: Path, recipe: Recipe, layers: int) -> Training:
    """Make or load the tokenizer in `work`, and resume its checkpoint if there is one."""
    from demo_model.corpus import dialogue, vocabulary_texts

    work.mkdir(parents=True, exist_ok=True)
    if not (work / TOKENIZER).exists():
        rng = random.Random(recipe.seed)
        vocabulary.train(vocabulary_texts(rng, VOCABULARY_TEXTS), work / TOKENIZER)
    tokenizer = vocabulary.load(work / TOKENIZER)
    shape = Shape(tokenizer.get_piece_size(), layers=layers)
    rows = vocabulary.shared_rows(tokenizer)

    def draw(rng: random.Random, progress: float) -> Any:
        return dialogue(rng, progress=progress)

    training = Training(recipe, shape, rows, Encoder(tokenizer), draw)
    if (work / CHECKPOINT).exists():
        training.resume(work / CHECKPOINT)
    return training


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, default=Path("build/demo_model"))
    parser.add_argument("--minutes", type=float, default=Recipe.minutes)
    parser.add_argument("--steps", type=int, default=0, help="train by steps instead of minutes")
    parser.add_argument("--seed", type=int, default=Recipe.seed)
    parser.add_argument("--layers", type=int, default=Shape.layers)
    parser.add_argument("--batch", type=int, default=Recipe.batch)
    options = parser.parse_args()
    torch.set_num_threads(1)  # two threads beside another busy process are slower than one
    recipe = Recipe(options.minutes, options.steps, options.seed, options.batch)
    training = prepare(options.work, recipe, options.layers)
    follow(training, options.work / CHECKPOINT)


if __name__ == "__main__":
    main()
