"""See what a model in training says: `python -m demo_model.sample "What is tea?" --set humor=4`."""

import argparse
from collections.abc import Iterable
from pathlib import Path

import torch

from demo_model import vocabulary
from demo_model.encoding import Encoder
from demo_model.network import Network
from demo_model.save import load
from demo_model.train import TOKENIZER
from steerlm_studio.steer.conversation import Conversation
from steerlm_studio.steer.schema import DEFAULT_SYSTEM
from steerlm_studio.steer.steering import DEFAULT, Steering
from steerlm_studio.steer.template import Part, render


class Sampler:
    """Generates from the PyTorch network, one token at a time and without a cache."""

    def __init__(self, work: Path, seed: int = 1) -> None:
        self.encoder = Encoder(vocabulary.load(work / TOKENIZER))
        self.network: Network = load(work)
        self._dice = torch.Generator().manual_seed(seed)

    @torch.inference_mode()
    def __call__(self, parts: Iterable[Part], temperature: float = 0.6, limit: int = 300) -> str:
        """The reply to a prompt; temperature 0 takes the likeliest token each time."""
        ids = self.encoder.ids(parts)
        asked = len(ids)
        while len(ids) - asked < limit:
            token = self._pick(self.network(torch.tensor([ids]))[0, -1], temperature)
            if token == self.encoder.stop:
                break
            ids.append(token)
        return str(self.encoder.tokenizer.decode(ids[asked:])).strip()

    def _pick(self, logits: torch.Tensor, temperature: float) -> int:
        if temperature == 0:
            return int(logits.argmax())
        chances = (logits / temperature).softmax(-1)
        return int(torch.multinomial(chances, 1, generator=self._dice))


def steering(settings: list[str]) -> Steering:
    """DEFAULT changed by `name=value` strings; `name=-` leaves an attribute out."""
    changes: dict[str, int | str | None] = {}
    for setting in settings:
        name, value = setting.split("=")
        changes[name] = int(value) if value.isdigit() else None if value == "-" else value
    return DEFAULT.with_values(changes)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("questions", nargs="+")
    parser.add_argument("--work", type=Path, default=Path("build/demo_model"))
    parser.add_argument("--set", nargs="*", default=[], metavar="NAME=VALUE")
    parser.add_argument("--system", default=DEFAULT_SYSTEM)
    parser.add_argument("--temperature", type=float, default=0.6)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(1)
    answer = Sampler(options.work, options.seed)
    for question in options.questions:
        parts = render(Conversation(options.system), question, steering(options.set))
        print(f"> {question}\n{answer(parts, options.temperature)}\n")


if __name__ == "__main__":
    main()
