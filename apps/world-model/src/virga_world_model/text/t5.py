"""T5 encoder, sizes by config, parameter names of the published weights (Raffel et al. 2020; transformers)."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..network.layers import RMSNorm


@dataclass(frozen=True)
class T5Config:
    """Sizes of the encoder; attention is unscaled, ReLU, relative position bias shared by all layers."""

    vocabulary: int
    dim: int
    heads: int
    head_dim: int
    hidden: int
    layers: int
    buckets: int = 32
    max_distance: int = 128

    def to_json(self) -> dict[str, Any]:
        """Plain values, for a checkpoint or manifest."""
        return asdict(self)


t5_configs: dict[str, T5Config] = {
    "mini": T5Config(vocabulary=256, dim=128, heads=4, head_dim=32, hidden=256, layers=2),
    "t5-11b": T5Config(vocabulary=32128, dim=1024, heads=128, head_dim=128, hidden=65536, layers=24),
}


class _SelfAttention(nn.Module):
    def __init__(self, config: T5Config, with_bias_table: bool) -> None:
        super().__init__()
        c = config
        inner = c.heads * c.head_dim
        self.q, self.k, self.v = (nn.Linear(c.dim, inner, bias=False) for _ in range(3))
        self.o = nn.Linear(inner, c.dim, bias=False)
        if with_bias_table:
            self.relative_attention_bias = nn.Embedding(c.buckets, c.heads)
        self.heads, self.head_dim = c.heads, c.head_dim

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        q, k, v = (
            layer(x).unflatten(-1, (self.heads, self.head_dim)).transpose(1, 2) for layer in (self.q, self.k, self.v)
        )
        weights = torch.softmax(torch.matmul(q, k.transpose(2, 3)) + bias, dim=-1)
        return self.o(torch.matmul(weights, v).transpose(1, 2).flatten(2))


class _AttentionLayer(nn.Module):
    def __init__(self, config: T5Config, with_bias_table: bool) -> None:
        super().__init__()
        self.SelfAttention = _SelfAttention(config, with_bias_table)
        self.layer_norm = RMSNorm(config.dim)

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        return x + self.SelfAttention(self.layer_norm(x), bias)


class _Dense(nn.Module):
    def __init__(self, config: T5Config) -> None:
        super().__init__()
        self.wi = nn.Linear(config.dim, config.hidden, bias=False)
        self.wo = nn.Linear(config.hidden, config.dim, bias=False)


class _DenseLayer(nn.Module):
    def __init__(self, config: T5Config) -> None:
        super().__init__()
        self.DenseReluDense = _Dense(config)
        self.layer_norm = RMSNorm(config.dim)

    def forward(self, x: Tensor) -> Tensor:
        dense = self.DenseReluDense
        return x + dense.wo(F.relu(dense.wi(self.layer_norm(x))))


class _Layer(nn.Module):
    def __init__(self, config: T5Config, first: bool) -> None:
        super().__init__()
        self.layer = nn.ModuleList([_AttentionLayer(config, first), _DenseLayer(config)])

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        return self.layer[1](self.layer[0](x, bias))


class _Stack(nn.Module):
    def __init__(self, config: T5Config) -> None:
        super().__init__()
        self.block = nn.ModuleList([_Layer(config, i == 0) for i in range(config.layers)])
        self.final_layer_norm = RMSNorm(config.dim)


class T5Encoder(nn.Module):
    """Token ids and mask to context; rows beyond the real length are zero, and the DiT attends to them as such."""

    def __init__(self, config: T5Config) -> None:
        super().__init__()
        self.config = config
        self.shared = nn.Embedding(config.vocabulary, config.dim)
        self.encoder = _Stack(config)

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Ids int64 [B,M], mask int64 [B,M] (1 = real) -> [B,M,dim] with zero rows where the mask is 0."""
        return self.hidden(ids, mask) * mask[..., None].to(self.shared.weight.dtype)

    def hidden(self, ids: Tensor, mask: Tensor) -> Tensor:
        """The encoder's output before the zeroing."""
        x = self.shared(ids)
        table = self.encoder.block[0].layer[0].SelfAttention.relative_attention_bias.weight
        bias = table[self._buckets(ids.shape[1], ids.device)].permute(2, 0, 1)[None]
        # A large finite number, not -inf: a row without any real token must not become NaN.
        bias = bias + (1 - mask[:, None, None, :].to(bias.dtype)) * -1e9
        for layer in self.encoder.block:
            x = layer(x, bias)
        return self.encoder.final_layer_norm(x)

    def _buckets(self, length: int, device: torch.device) -> Tensor:
        """[length,length] bucket of key minus query: half for each direction, exact when near, then logarithmic."""
        at = torch.arange(length, device=device)
        distance = at[None, :] - at[:, None]
        half = self.config.buckets // 2
        exact = half // 2
        away = distance.abs()
        scale = (half - exact) / math.log(self.config.max_distance / exact)
        far = exact + (torch.log(away.clamp(min=1).float() / exact) * scale).long()
        return torch.where(distance > 0, half, 0) + torch.where(away < exact, away, far.clamp(max=half - 1))


def initialise_text_encoder(encoder: T5Encoder) -> None:
    """T5's own start: normals scaled by the fan-in, so that unscaled attention starts at unit logits."""
    c = encoder.config
    nn.init.normal_(encoder.shared.weight, std=1.0)
    for layer in encoder.encoder.block:
        attention = layer.layer[0].SelfAttention
        nn.init.normal_(attention.q.weight, std=(c.dim * c.head_dim) ** -0.5)
        nn.init.normal_(attention.k.weight, std=c.dim**-0.5)
        nn.init.normal_(attention.v.weight, std=c.dim**-0.5)
        nn.init.normal_(attention.o.weight, std=(c.heads * c.head_dim) ** -0.5)
        dense = layer.layer[1].DenseReluDense
        nn.init.normal_(dense.wi.weight, std=c.dim**-0.5)
        nn.init.normal_(dense.wo.weight, std=c.hidden**-0.5)
    nn.init.normal_(encoder.encoder.block[0].layer[0].SelfAttention.relative_attention_bias.weight, std=c.dim**-0.5)
