"""What an opened checkpoint offers, whichever form it came in."""

from collections.abc import Mapping
from dataclasses import dataclass

from steerlm_studio.export.network import Network
from steerlm_studio.export.tensors import Tensor


@dataclass(frozen=True)
class Checkpoint:
    """A model as it was saved. `tensors` have the checkpoint's names, in the order of its file."""

    network: Network
    tokenizer: bytes  # a SentencePiece model
    tensors: Mapping[str, Tensor]
    origin: str  # for people: which file, which program wrote it
    layout: str = ""  # for people: how its weights are stored
