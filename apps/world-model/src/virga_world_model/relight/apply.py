"""Applies a fitted relight to one frame."""

from __future__ import annotations

import numpy as np

from .terms import TERMS, monomials, variables_of


def apply_relight(
    coefficients: np.ndarray,
    mode: str,
    classes: np.ndarray,
    rgb: np.ndarray | None = None,
    depth: np.ndarray | None = None,
    up: np.ndarray | None = None,
    across: np.ndarray | None = None,
) -> np.ndarray:
    """Several looks at once: coefficients [looks, classes, K, 3]; class ids [H,W]; what the mode reads as
    `variables_of` says -> float32 [looks,H,W,3] in 0..1."""
    shape = classes.shape
    x = monomials(variables_of(mode, shape, rgb, depth, up, across), TERMS[mode]).reshape(-1, len(TERMS[mode]))
    flat = np.asarray(classes).reshape(-1)
    out = np.empty((len(x), len(coefficients) * 3), np.float32)
    for c in np.unique(flat):
        mask = flat == c
        out[mask] = x[mask] @ coefficients[:, c].transpose(1, 0, 2).reshape(x.shape[1], -1)
    return np.clip(out, 0, 1).reshape(*shape, len(coefficients), 3).transpose(2, 0, 1, 3)
