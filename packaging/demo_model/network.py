"""The demo network: a small GPT-Next (Nemotron-3), shaped so that NeMo's names fit its weights."""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional


@dataclass(frozen=True)
class Shape:
    """The sizes that model_config.yaml tells."""

    vocabulary: int
    hidden: int = 256
    layers: int = 4
    heads: int = 4
    feed_forward: int = 1024
    positions: int = 4096
    rotary_share: float = 0.5
    rotary_base: float = 10000.0
    epsilon: float = 1e-5

    @property
    def head(self) -> int:
        return self.hidden // self.heads

    @property
    def rotary(self) -> int:
        return int(self.head * self.rotary_share)


def inverse_frequencies(shape: Shape) -> Tensor:
    """[rotary / 2], float32."""
    steps = torch.arange(0, shape.rotary, 2, dtype=torch.float32)
    return shape.rotary_base ** (-steps / shape.rotary)


class LayerNorm1P(nn.Module):
    """LayerNorm whose stored weight is the factor minus one, so that decay pulls towards one."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(shape.hidden))
        self.bias = nn.Parameter(torch.zeros(shape.hidden))
        self.epsilon = shape.epsilon

    def forward(self, x: Tensor) -> Tensor:
        return functional.layer_norm(x, x.shape[-1:], self.weight + 1, self.bias, self.epsilon)


class Attention(nn.Module):
    """Causal attention; rows of the QKV weight are grouped per head as in Megatron: q, k, v.

    Written out because PyTorch's fused kernel takes 2.4 times as long on a CPU at these lengths.
    """

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.query_key_value = nn.Linear(shape.hidden, 3 * shape.hidden, bias=False)
        self.dense = nn.Linear(shape.hidden, shape.hidden, bias=False)

    def forward(self, x: Tensor, turn: Tensor, future: Tensor) -> Tensor:
        batch, length, width = x.shape
        qkv = self.query_key_value(x).view(batch, length, self.shape.heads, 3, self.shape.head)
        q, k, v = (each.transpose(1, 2) for each in qkv.unbind(3))
        q, k = rotate(q, turn).flatten(0, 1), rotate(k, turn).flatten(0, 1)
        scores = torch.baddbmm(future, q, k.transpose(1, 2), alpha=self.shape.head**-0.5)
        mixed = torch.bmm(scores.softmax(-1), v.flatten(0, 1))
        mixed = mixed.view(batch, -1, length, self.shape.head).transpose(1, 2)
        return self.dense(mixed.reshape(batch, length, width))


def rotate(x: Tensor, turn: Tensor) -> Tensor:
    """Turn the first part of each head by position (halves, not pairs: "NEOX").

    x: [batch, heads, length, head]; turn: [2, length, rotary], cosines and sines.
    """
    width = turn.shape[-1]
    part, rest = x[..., :width], x[..., width:]
    low, high = part.chunk(2, dim=-1)
    turned = part * turn[0] + torch.cat((-high, low), dim=-1) * turn[1]
    return torch.cat((turned, rest), dim=-1)


class FeedForward(nn.Module):
    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.dense_h_to_4h = nn.Linear(shape.hidden, shape.feed_forward, bias=False)
        self.dense_4h_to_h = nn.Linear(shape.feed_forward, shape.hidden, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        return self.dense_4h_to_h(functional.relu(self.dense_h_to_4h(x)).square())


class Layer(nn.Module):
    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.input_layernorm = LayerNorm1P(shape)
        self.self_attention = Attention(shape)
        self.post_attention_layernorm = LayerNorm1P(shape)
        self.mlp = FeedForward(shape)

    def mix(self, x: Tensor, turn: Tensor, future: Tensor) -> Tensor:
        return x + self.self_attention(self.input_layernorm(x), turn, future)

    def think(self, x: Tensor) -> Tensor:
        return x + self.mlp(self.post_attention_layernorm(x))


class Network(nn.Module):
    """Token ids to logits. `rows` names, for each id, the id whose embedding row it uses."""

    def __init__(self, shape: Shape, rows: list[int] | None = None, seed: int = 0) -> None:
        super().__init__()
        self.shape = shape
        self.embedding = nn.Embedding(shape.vocabulary, shape.hidden)
        self.layers = nn.ModuleList(Layer(shape) for _ in range(shape.layers))
        self.final_layernorm = LayerNorm1P(shape)
        self.output_layer = nn.Linear(shape.hidden, shape.vocabulary, bias=False)
        self.rows: Tensor
        self.register_buffer("rows", torch.tensor(rows or list(range(shape.vocabulary))))
        self._initialise(seed)

    def _initialise(self, seed: int) -> None:
        """Matrices keep the size of what passes; those that add to the stream start smaller."""
        dice = torch.Generator().manual_seed(seed)
        for name, weight in self.named_parameters():
            if weight.dim() == 2:
                scale = weight.shape[1] ** -0.5
                if name.endswith(("dense.weight", "dense_4h_to_h.weight")):
                    scale /= (2 * self.shape.layers) ** 0.5
                scale = {"embedding.weight": 0.1, "output_layer.weight": 0.02}.get(name, scale)
                nn.init.normal_(weight, std=scale, generator=dice)

    def forward(self, ids: Tensor, chosen: Tensor | None = None) -> Tensor:
        """[batch, length] ids → [batch, length, vocabulary] logits, or [n, vocabulary] at `chosen`.

        chosen: bool [batch, length]; the last layer's second half is computed only there.
        """
        turn, future = self._places(ids.shape[1], ids.device)
        x = self.embedding(self.rows[ids])
        for layer in self.layers:
            x = layer.mix(x, turn, future)
            if layer is self.layers[-1] and chosen is not None:
                x = x[chosen]
            x = layer.think(x)
        logits: Tensor = self.output_layer(self.final_layernorm(x))
        return logits

    def _places(self, length: int, device: torch.device) -> tuple[Tensor, Tensor]:
        """Cosines and sines [2, length, rotary]; -inf above the diagonal [1, length, length]."""
        steps = torch.arange(length, dtype=torch.float32)
        angles = torch.outer(steps, inverse_frequencies(self.shape)).repeat(1, 2)
        future = torch.full((1, length, length), float("-inf")).triu(1)
        return torch.stack((angles.cos(), angles.sin())).to(device), future.to(device)

    def state(self) -> dict[str, Any]:
        """The weights as they ship: every id has its own embedding row."""
        weights = {name: value.detach().float().cpu() for name, value in self.named_parameters()}
        weights["embedding.weight"] = weights["embedding.weight"][self.rows.cpu()]
        return weights
