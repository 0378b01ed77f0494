"""3D Haar wavelets as one 8x8 matrix per level (cosmos-transfer1, tokenizer/modules/patching.py)."""

from __future__ import annotations

import torch
from torch import Tensor


def _signs(like: Tensor) -> Tensor:
    """[8,8] of +-1: row = band (LLL, LLH, ... HHH; letters t,h,w), column = voxel of a 2x2x2 cell. Symmetric."""
    pair = torch.tensor([[1.0, 1.0], [1.0, -1.0]], dtype=like.dtype, device=like.device)
    return torch.kron(torch.kron(pair, pair), pair)


def haar_analysis(x: Tensor) -> Tensor:
    """[B,C,T,H,W] -> [B,8C,T/2,H/2,W/2], band-major; LLL is the mean of a cell, the others are signed sums / 8."""
    b, c, t, h, w = x.shape
    cells = x.reshape(b, c, t // 2, 2, h // 2, 2, w // 2, 2).permute(0, 2, 4, 6, 3, 5, 7, 1)
    cells = cells.reshape(b, t // 2, h // 2, w // 2, 8, c)
    bands = torch.matmul(_signs(x) / 8, cells)
    return bands.reshape(b, t // 2, h // 2, w // 2, 8 * c).permute(0, 4, 1, 2, 3)


def haar_synthesis(bands: Tensor) -> Tensor:
    """The inverse: [B,8C,T,H,W] -> [B,C,2T,2H,2W]."""
    b, c, t, h, w = bands.shape
    c = c // 8
    cells = torch.matmul(_signs(bands), bands.permute(0, 2, 3, 4, 1).reshape(b, t, h, w, 8, c))
    cells = cells.reshape(b, t, h, w, 2, 2, 2, c).permute(0, 7, 1, 4, 2, 5, 3, 6)
    return cells.reshape(b, c, 2 * t, 2 * h, 2 * w)


def patch_video(video: Tensor, levels: int = 2) -> Tensor:
    """[B,3,T,H,W], T = 8m+1 -> [B,3*8^levels,...]; the first frame is repeated so that it fills a whole cell."""
    x = torch.cat([video[:, :, :1].repeat(1, 1, 2**levels - 1, 1, 1), video], dim=2)
    for _ in range(levels):
        x = haar_analysis(x)
    return x


def unpatch_video(bands: Tensor, levels: int = 2) -> Tensor:
    """The inverse of `patch_video`: the repeated first frames are dropped again."""
    x = bands
    for _ in range(levels):
        x = haar_synthesis(x)
    return x[:, :, 2**levels - 1 :]
