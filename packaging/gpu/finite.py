"""Whether a model's logits stay finite at the batch sizes that take different kernels.

    python -m gpu.finite MODEL [--rows 1,8,90,512] [--gpu-layers -1]

Squared ReLU makes large values: F16 products and block sums in half precision can overflow. One
row takes the matrix-vector kernels, 8 the small-batch ones, 90 (a control string) and 512 (a whole
prefill) the matrix-matrix ones. Prints a JSON object; status 1 when a value is not finite.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

import numpy as np

from steerlm_studio.engine.llama import Llama

ROWS = (1, 8, 90, 512)
_LOOKED_AT = 16  # rows of a batch whose logits are read: the first ones and the last


@dataclass(frozen=True)
class Seen:
    """The logits of one batch; `highest` is the largest absolute value."""

    rows: int
    finite: bool
    highest: float


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model")
    parser.add_argument("--rows", default=",".join(map(str, ROWS)))
    parser.add_argument("--gpu-layers", type=int, default=-1)
    options = parser.parse_args()
    rows = [int(word) for word in options.rows.split(",")]
    llama = Llama(
        options.model,
        cells=1024,
        sequences=_LOOKED_AT + 1,
        gpu_layers=options.gpu_layers,
        threads=2,
    )
    seen = list(look(llama, rows))
    llama.close()
    print(json.dumps([asdict(each) for each in seen]))
    return 0 if all(each.finite for each in seen) else 1


def look(llama: Llama, rows: Sequence[int]) -> Iterator[Seen]:
    """Evaluate so many tokens in one batch, for each of `rows`; the tokens are drawn by a seed."""
    draw = np.random.default_rng(0)
    for count in rows:
        llama.clear()
        tokens = draw.integers(4, llama.vocabulary, count).tolist()
        looked_at = {*range(min(count, _LOOKED_AT - 1)), count - 1}
        llama.decode([(token, i, (0,), i in looked_at) for i, token in enumerate(tokens)])
        yield _seen(llama, count, sorted(looked_at))


def _seen(llama: Llama, count: int, looked_at: Sequence[int]) -> Seen:
    values = [llama.logits(row) for row in looked_at]
    finite = all(bool(np.isfinite(each).all()) for each in values)
    return Seen(count, finite, float(max(np.abs(np.nan_to_num(each)).max() for each in values)))


if __name__ == "__main__":
    sys.exit(main())
