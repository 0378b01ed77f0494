"""Small layers with the official parameter names."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class RMSNorm(nn.Module):
    """x / sqrt(mean(x^2) + eps) * weight over the last axis; statistics in at least fp32."""

    def __init__(self, channels: int, eps: float = 1e-6) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels))
        self.channels, self.eps = channels, eps

    def forward(self, x: Tensor) -> Tensor:
        """Same shape as x."""
        if x.dtype in (torch.float32, torch.float64):
            return F.rms_norm(x, (self.channels,), self.weight, self.eps)
        return F.rms_norm(x.float(), (self.channels,), self.weight.float(), self.eps).to(x.dtype)


class PatchEmbed(nn.Module):
    """Token features -> channels, without bias. Key: `proj.1.weight`.

    A narrower input stands for one whose trailing columns are zero: the padding mask, and the hint's spare channels.
    """

    def __init__(self, features: int, dim: int) -> None:
        super().__init__()
        self.proj = nn.Sequential(nn.Identity(), nn.Linear(features, dim, bias=False))

    def forward(self, tokens: Tensor) -> Tensor:
        """[B,L,features or fewer] -> [B,L,dim]."""
        weight = self.proj[1].weight
        width = tokens.shape[-1]
        return F.linear(tokens, weight if width == weight.shape[1] else weight[:, :width])


class Timesteps(nn.Module):
    """Sinusoids of c_noise: cosines first, frequencies exp(-ln(10000) i / (dim/2))."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        half = dim // 2
        frequencies = torch.exp(-math.log(10000) * torch.arange(half, dtype=torch.float64, device="cpu") / half)
        self.register_buffer("frequencies", frequencies, persistent=False)
        self._exact = frequencies

    def _apply(self, fn, recurse: bool = True) -> Timesteps:  # noqa: ANN001
        # The table is kept in at least fp32 whatever the module is cast to: its rounding would shift every phase.
        super()._apply(fn, recurse)
        wide = torch.float64 if self.frequencies.dtype == torch.float64 else torch.float32
        if not self.frequencies.is_meta:
            self.frequencies = self._exact.to(device=self.frequencies.device, dtype=wide)
        return self

    def forward(self, c_noise: Tensor) -> Tensor:
        """[B] -> [B,dim]."""
        angles = c_noise.to(self.frequencies.dtype)[:, None] * self.frequencies
        return torch.cat([angles.cos(), angles.sin()], dim=-1)


class TimestepEmbedding(nn.Module):
    """The shared AdaLN-LoRA term: linear_2(SiLU(linear_1(raw))), three vectors of `dim`."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.linear_1 = nn.Linear(dim, dim, bias=False)
        self.linear_2 = nn.Linear(dim, 3 * dim, bias=False)

    def forward(self, raw: Tensor) -> Tensor:
        """[B,dim] -> [B,3*dim]."""
        return self.linear_2(F.silu(self.linear_1(raw)))


def modulation(dim: int, rank: int, outputs: int) -> nn.Sequential:
    """AdaLN-LoRA: SiLU, dim -> rank -> outputs*dim without biases."""
    return nn.Sequential(nn.SiLU(), nn.Linear(dim, rank, bias=False), nn.Linear(rank, outputs * dim, bias=False))


class FinalLayer(nn.Module):
    """Modulated layer norm and the linear to output patches; uses the first 2*dim of the shared AdaLN term."""

    def __init__(self, dim: int, rank: int, features: int) -> None:
        super().__init__()
        self.linear = nn.Linear(dim, features, bias=False)
        self.adaLN_modulation = modulation(dim, rank, 2)
        self.dim = dim

    def forward(self, x: Tensor, emb: Tensor, shared: Tensor) -> Tensor:
        """[B,L,dim] -> [B,L,features]."""
        values = self.adaLN_modulation(emb) + shared[:, : 2 * self.dim]
        shift, scale = values[:, None].chunk(2, dim=-1)
        return self.linear(F.layer_norm(x, (self.dim,), eps=1e-6) * (1 + scale) + shift)
