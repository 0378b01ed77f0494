"""Overlapping patches: split, and merge by a weighted mean (inference_utils.py, MultiDiffusion style)."""

from __future__ import annotations

import torch
from torch import Tensor


def split_patches(canvas: Tensor, rows: int, columns: int, height: int, width: int) -> Tensor:
    """[1,C,T,H,W] -> [rows*columns,C,T,height,width], row-major; the corners are spread evenly over the canvas."""
    ys, xs = _corners(canvas.shape[-2], height, rows), _corners(canvas.shape[-1], width, columns)
    return torch.cat([canvas[..., y : y + height, x : x + width] for y in ys for x in xs])


def merge_patches(patches: Tensor, rows: int, columns: int, overlap_h: int, overlap_w: int) -> Tensor:
    """[rows*columns,C,T,h,w] -> [1,C,T,H,W]: mean weighted by `blend_mask`, with 1e-6 added to the weights' sum."""
    _, c, t, h, w = patches.shape
    step_y, step_x = h - overlap_h, w - overlap_w
    height, width = step_y * (rows - 1) + h, step_x * (columns - 1) + w
    total = patches.new_zeros(1, c, t, height, width)
    weight = patches.new_zeros(height, width)
    mask = blend_mask(h, w, overlap_h, overlap_w).to(patches)
    for index, patch in enumerate(patches):
        y, x = step_y * (index // columns), step_x * (index % columns)
        total[0, :, :, y : y + h, x : x + w] += patch * mask
        weight[y : y + h, x : x + w] += mask
    return total / (weight + 1e-6)


def blend_mask(height: int, width: int, overlap_h: int, overlap_w: int) -> Tensor:
    """[height,width] float64: product over both axes of clamp(min(i, n - i) / overlap, 0.01, 1).

    i starts at 0, so row 0 and column 0 get 0.01 and the last ones do not. An overlap of 0 counts as 1e-6.
    """

    def ramp(size: int, overlap: int) -> Tensor:
        i = torch.arange(size, dtype=torch.float64)
        return (torch.minimum(i, size - i) / max(overlap, 1e-6)).clamp(0.01, 1)

    return ramp(height, overlap_h)[:, None] * ramp(width, overlap_w)


def single_patch_factor(height: int, width: int) -> Tensor:
    """[height,width] float64: the factor the merge of one patch applies to x0 (video-conditioned class)."""
    mask = blend_mask(height, width, 0, 0)
    return mask / (mask + 1e-6)


def _corners(canvas: int, patch: int, count: int) -> list[int]:
    if count == 1:
        return [0]
    return [round(i * (canvas - patch) / (count - 1)) for i in range(count)]
