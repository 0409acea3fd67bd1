"""An importance matrix from a text: what the columns of each matrix meet while it is read."""

from collections.abc import Iterator

import numpy as np
from sentencepiece import SentencePieceProcessor

from steerlm_studio.errors import StudioError
from steerlm_studio.export.checkpoint import Checkpoint
from steerlm_studio.export.forward import importance
from steerlm_studio.export.llama import Floats

CHUNK = 512  # tokens that are read together
LEAST = 64  # tokens of a text that says anything


class Calibration:
    """Iterate over it to read the text; the matrix is `weights` then. Raises StudioError."""

    def __init__(self, source: Checkpoint, text: str, name: str) -> None:
        self.name = name  # of the text, for the user
        self._source = source
        ids = SentencePieceProcessor(model_proto=source.tokenizer).encode(text)
        if len(ids) < LEAST:
            raise StudioError(f"{name} has {len(ids)} tokens; at least {LEAST} are needed.")
        self._chunks = [ids[at : at + CHUNK] for at in range(0, len(ids), CHUNK)]
        self.total = len(ids)
        self.weights: dict[str, Floats] = {}

    def __iter__(self) -> Iterator[int]:
        """The number of tokens read so far, again and again."""
        done = 0
        for chunk in self._chunks:
            share = np.float32(len(chunk) / self.total)
            for name, mean in importance(self._source.network, self._source.tensors, chunk).items():
                self.weights[name] = self.weights.get(name, np.float32(0)) + share * mean
            done += len(chunk)
            yield done

    def unweighed(self) -> dict[str, Floats]:
        """A matrix that weighs the same tensors, all columns alike: enough to tell sizes."""
        shapes = self._source.network.shapes().items()
        return {
            name: np.ones(shape[1], np.float32)
            for name, shape in shapes
            if len(shape) == 2 and shape[0] > 0
        }
