"""Applying a relight in NumPy: the reference for the runtime's own implementation."""

from __future__ import annotations

import numpy as np

from .terms import TERMS, monomials, variables_of


def apply_relight(
    coefficients: np.ndarray,
    mode: str,
    rgb: np.ndarray,
    depth: np.ndarray | None = None,
    seg: np.ndarray | None = None,
) -> np.ndarray:
    """coefficients [classes, K, 3] of one look; rgb uint8 [H,W,3]; depth metres [H,W]; seg ids [H,W] ->
    float32 [H,W,3] in 0..1."""
    x = monomials(variables_of(rgb, mode, depth), TERMS[mode])
    if mode == "rgb":
        return np.clip(x @ coefficients[0], 0, 1)
    if seg is None:
        raise ValueError("mode rgb-depth-seg needs seg")
    out = np.zeros(rgb.shape, np.float32)
    for c in np.unique(seg):
        mask = seg == c
        out[mask] = x[mask] @ coefficients[c]
    return np.clip(out, 0, 1)
