"""Rotary and learned positions, both computed from the token grid (cosmos-transfer1, position_embedding.py)."""

from __future__ import annotations

import torch
from torch import Tensor, nn


def rope_split(head_dim: int) -> tuple[int, int, int]:
    """Channels of one head given to (t, h, w): h and w get a third each, rounded down to even, t the rest."""
    side = head_dim // 6 * 2
    return head_dim - 2 * side, side, side


def inverse_frequencies(channels: int, ratio: float) -> Tensor:
    """[channels/2] float64: 1 / (10000 ntk)^(2i/channels), with the NTK factor ntk = ratio^(channels/(channels-2))."""
    ntk = ratio ** (channels / (channels - 2)) if channels > 2 else 1.0
    exponents = torch.arange(0, channels, 2, dtype=torch.float64, device="cpu") / channels
    return (10000.0 * ntk) ** -exponents


class RotaryPositions(nn.Module):
    """Angles of 3D RoPE. Buffers stay in fp32 (fp64 for an fp64 module): narrower types shift angles by 0.15 rad."""

    def __init__(self, head_dim: int, time_ratio: float) -> None:
        super().__init__()
        dims = rope_split(head_dim)
        self._exact = [inverse_frequencies(n, r) for n, r in zip(dims, (time_ratio, 1.0, 1.0), strict=True)]
        for name, table in zip("thw", self._exact, strict=True):
            self.register_buffer(f"frequencies_{name}", table, persistent=False)

    def _apply(self, fn, recurse: bool = True) -> RotaryPositions:  # noqa: ANN001
        super()._apply(fn, recurse)
        for name, table in zip("thw", self._exact, strict=True):
            now = getattr(self, f"frequencies_{name}")
            wide = torch.float64 if now.dtype == torch.float64 else torch.float32
            if not now.is_meta:
                setattr(self, f"frequencies_{name}", table.to(device=now.device, dtype=wide))
        return self

    def forward(self, grid: Tensor, time_scale: Tensor) -> Tensor:
        """Grid int64 [L,3], time_scale [1] = 24 / fps -> angles [L, head_dim] in radians: t, h, w, twice."""
        dtype = self.frequencies_t.dtype
        at = grid.to(dtype)
        t = (at[:, 0] * time_scale.to(dtype))[:, None] * self.frequencies_t
        h = at[:, 1:2] * self.frequencies_h
        w = at[:, 2:3] * self.frequencies_w
        half = torch.cat([t, h, w], dim=-1)
        return torch.cat([half, half], dim=-1)


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Rotate-half RoPE on [B,heads,L,head_dim] with cos, sin [L,head_dim]: (a, b) -> (a cos - b sin, b cos + a sin)."""
    first, second = x.chunk(2, dim=-1)
    return x * cos + torch.cat([-second, first], dim=-1) * sin


class LearnedPositions(nn.Module):
    """Three learned tables, summed and divided by (1e-6 + RMS over channels); added before every block."""

    def __init__(self, frames: int, height: int, width: int, dim: int) -> None:
        super().__init__()
        self.pos_emb_t = nn.Parameter(torch.zeros(frames, dim))
        self.pos_emb_h = nn.Parameter(torch.zeros(height, dim))
        self.pos_emb_w = nn.Parameter(torch.zeros(width, dim))
        self.dim = dim

    def forward(self, grid: Tensor) -> Tensor:
        """Grid int64 [L,3] -> [L,dim]."""
        p = self.pos_emb_t[grid[:, 0]] + self.pos_emb_h[grid[:, 1]] + self.pos_emb_w[grid[:, 2]]
        # The root of the summed squares, not torch.norm: its gradient at an all-zero row would be NaN.
        wide = p if p.dtype == torch.float64 else p.float()
        norm = (wide.square().sum(dim=-1, keepdim=True) + torch.finfo(torch.float32).tiny).sqrt()
        return (wide / (1e-6 + norm * self.dim**-0.5)).to(p.dtype)
