"""What a checkpoint computes, in plain numpy: slow, short, and apart from how a GGUF is made.

It reads the checkpoint's own tensors by rows, as NeMo's and Hugging Face's code uses them; nothing
of `weights` is shared, so that a mistake there shows.
"""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from steerlm_studio.export.names import canonical
from steerlm_studio.export.network import Network
from steerlm_studio.export.tensors import Tensor, as_float32

Matrix = npt.NDArray[np.float64]
_SAME_INPUT = {
    "attn_qkv": ("attn_q", "attn_k", "attn_v"),
    "ffn_up": ("ffn_up", "ffn_gate"),
    "ffn_up_2": (),
}
LEAST = 1e-6  # of the mean: a squared ReLU may never open, and no column is worth nothing
SLAB = 1 << 20  # values of a matrix that are held at once


def logits(
    network: Network, stored: Mapping[str, Tensor], ids: Sequence[int], pieces: int
) -> npt.NDArray[np.float32]:
    """One row of `pieces` logits for each of `ids`."""
    return _Forward(network, stored, len(ids)).logits(ids, pieces).astype(np.float32)


def importance(
    network: Network, stored: Mapping[str, Tensor], ids: Sequence[int]
) -> dict[str, npt.NDArray[np.float32]]:
    """How large, squared, what the columns of each matrix meet is on average, by GGUF names."""
    forward = _Forward(network, stored, len(ids))
    forward.layers(ids)
    found, known = {}, network.shapes()
    for name, squares in forward.squares.items():
        block, _, kind = name.rpartition(".")
        for each in _SAME_INPUT.get(kind, (kind,)):
            if f"{block}.{each}.weight" in known:
                found[f"{block}.{each}.weight"] = np.maximum(
                    squares, LEAST * squares.mean()
                ).astype(np.float32)
    return found


class _Forward:
    def __init__(self, network: Network, stored: Mapping[str, Tensor], count: int) -> None:
        self.network = network
        self.tensors = {known: t for name, t in stored.items() if (known := canonical(name))}
        self.count = count
        self.squares: dict[str, Matrix] = {}  # means of what each matrix was multiplied with

    def logits(self, ids: Sequence[int], pieces: int) -> Matrix:
        head = "output" if "output.weight" in self.tensors else "token_embd"
        return self.times(self.norm("output_norm", self.layers(ids)), head)[:, :pieces]

    def layers(self, ids: Sequence[int]) -> Matrix:
        embedding = self.tensors["token_embd.weight"]
        x = np.concatenate([_float(embedding, token, token + 1) for token in ids])
        for number in range(self.network.layers):
            at = f"blk.{number}."
            mixed = self.attention(at, self.norm(f"{at}attn_norm", x))
            x = x + self.times(mixed, f"{at}attn_output")
            x = x + self.feed_forward(at, self.norm(f"{at}ffn_norm", x))
        return x

    def norm(self, name: str, x: Matrix) -> Matrix:
        scale = self.vector(f"{name}.weight") + (1 if self.network.norm_plus_one else 0)
        if not self.network.gated:
            x = x - x.mean(1, keepdims=True)
        spread: Matrix = np.sqrt((x**2).mean(1, keepdims=True) + self.network.epsilon)
        found: Matrix = x / spread * scale
        return found if self.network.gated else found + self.vector(f"{name}.bias")

    def vector(self, name: str) -> Matrix:
        return _float(self.tensors[name], 0, self.tensors[name].shape[0])

    def attention(self, at: str, x: Matrix) -> Matrix:
        size, groups = self.network.head_size, self.network.groups
        per = self.network.heads // groups
        if f"{at}attn_qkv.weight" in self.tensors:  # of each group: queries, one key, one value
            mixed = self.times(x, f"{at}attn_qkv").reshape(self.count, groups, per + 2, size)
            q, k, v = mixed[:, :, :per], mixed[:, :, per], mixed[:, :, per + 1]
        else:
            q = self.times(x, f"{at}attn_q").reshape(self.count, groups, per, size)
            k, v = (
                self.times(x, f"{at}attn_{which}").reshape(self.count, groups, size)
                for which in "kv"
            )
        q, k = self.rotated(q.reshape(self.count, -1, size)), self.rotated(k)
        q = q.reshape(self.count, groups, per, size)
        scores = np.einsum("tgpd,sgd->gpts", q, k) / np.sqrt(size)
        scores += np.triu(np.full((self.count, self.count), -np.inf), 1)
        weights = np.exp(scores - scores.max(-1, keepdims=True))
        weights /= weights.sum(-1, keepdims=True)
        found: Matrix = np.einsum("gpts,sgd->tgpd", weights, v)
        return found.reshape(self.count, -1)

    def rotated(self, x: Matrix) -> Matrix:
        """The first part of each head turned by its position, half against half."""
        size = self.network.rotated
        steps = np.arange(0, size, 2) / size
        angle = np.arange(self.count)[:, None] / self.network.rotary_base**steps
        cos, sin = np.cos(angle)[:, None], np.sin(angle)[:, None]
        a, b, rest = x[..., : size // 2], x[..., size // 2 : size], x[..., size:]
        return np.concatenate([a * cos - b * sin, b * cos + a * sin, rest], -1)

    def feed_forward(self, at: str, x: Matrix) -> Matrix:
        up = self.times(x, f"{at}ffn_up")
        if not self.network.gated:
            return self.times(np.maximum(up, 0) ** 2, f"{at}ffn_down")
        if f"{at}ffn_gate.weight" in self.tensors:
            gate = self.times(x, f"{at}ffn_gate")
        elif f"{at}ffn_up_2.weight" in self.tensors:
            gate, up = up, self.times(x, f"{at}ffn_up_2")
        else:
            gate, up = np.split(up, 2, 1)
        return self.times(gate / (1 + np.exp(-gate)) * up, f"{at}ffn_down")

    def times(self, x: Matrix, name: str) -> Matrix:
        """x · Wᵀ, some rows of W at a time."""
        self.squares[name] = (x**2).mean(0)
        return np.concatenate([x @ rows.T for rows in _slabs(self.tensors[f"{name}.weight"])], 1)


def _slabs(tensor: Tensor) -> Iterator[Matrix]:
    step = max(1, SLAB // tensor.shape[1])
    for start in range(0, tensor.shape[0], step):
        yield _float(tensor, start, min(start + step, tensor.shape[0]))


def _float(tensor: Tensor, start: int, stop: int) -> Matrix:
    return as_float32(tensor.rows(start, stop), tensor.dtype).astype(np.float64)
