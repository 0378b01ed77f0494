"""Weights of several controls: clamp, normalise, reduce to tokens (inference_utils.py of cosmos-transfer1)."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from .errors import BadInputError

#: A scalar, a numeric string, or a map [T,H,W] or [H,W].
Weight = float | int | str | Tensor


def prepare_weights(weights: Sequence[Weight], frames: int, height: int, width: int) -> Tensor:
    """Weights divided by max(1, their sum): [N] when all are scalars, else [N,1,1,T,H,W] per voxel.

    Maps are clamped at 0 and resized to T,H,W (trilinear). Next to a map, the official code reads "", "none" and a
    *numeric* 0 as 1 but the string "0" as 0; that is kept here, so pass "0" to switch a control off beside a map.
    """
    if not any(isinstance(w, Tensor) for w in weights):
        values = torch.tensor([_number(w) for w in weights], dtype=torch.float64)
        return (values / max(1.0, float(values.sum()))).float()
    maps = [_as_map(w, frames, height, width) for w in weights]
    stacked = torch.stack(maps)[:, None, None].clamp(min=0)
    return stacked / stacked.sum(dim=0, keepdim=True).clamp(min=1)


def resize_map(values: Tensor, frames: int, height: int, width: int) -> Tensor:
    """[...,T,H,W] -> [...,frames,height,width], trilinear, align_corners false, no antialias."""
    lead = values.shape[:-3]
    flat = values.reshape(1, -1, *values.shape[-3:])
    return F.interpolate(flat, size=(frames, height, width), mode="trilinear").reshape(*lead, frames, height, width)


def reduce_to_tokens(weights: Tensor, latent_frames: int, height: int, width: int) -> Tensor:
    """[N,B,1,T,H,W] -> [N,B,1,T',h,w] in tokens; the first frame on its own, the others in groups of 8.

    A map that has T' frames already is reduced in space only. At ratios 8 and 16 this is the mean of the central 2x2x2
    voxels of a cell, so lines thinner than that can vanish.
    """
    if weights.shape[-3] == latent_frames:
        return resize_map(weights, latent_frames, height, width)
    first = resize_map(weights[..., :1, :, :], 1, height, width)
    if latent_frames == 1:
        return first
    rest = resize_map(weights[..., 1:, :, :], latent_frames - 1, height, width)
    return torch.cat([first, rest], dim=-3)


def _as_map(weight: Weight, frames: int, height: int, width: int) -> Tensor:
    if isinstance(weight, Tensor):
        values = weight.float()
        if values.ndim == 2:
            values = values.expand(frames, *values.shape)
        if values.ndim != 3:
            raise BadInputError("control weight", "map", f"[T,H,W] or [H,W], got {list(weight.shape)}")
        return values if values.shape == (frames, height, width) else resize_map(values, frames, height, width)
    scalar = 1.0 if not weight or weight == "none" else _number(weight)
    return torch.full((frames, height, width), scalar)


def _number(weight: Weight) -> float:
    try:
        return float(weight)
    except ValueError as error:
        raise BadInputError("control weight", repr(weight), "a number") from error
