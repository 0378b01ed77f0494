"""Applies a fitted relight to one frame."""

from __future__ import annotations

import numpy as np

from .terms import TERMS, monomial_rows, variables_of


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
    flat = np.asarray(classes).reshape(-1)
    # Pixels in the order of their classes: every class is then one product of contiguous rows.
    order = np.argsort(flat, kind="stable")
    planes = {k: v.reshape(-1)[order] for k, v in variables_of(mode, shape, rgb, depth, up, across).items()}
    x = monomial_rows(planes, TERMS[mode])
    made = np.empty((len(coefficients) * 3, len(flat)), np.float32)
    found, first = np.unique(flat[order], return_index=True)
    for c, a, b in zip(found, first, [*first[1:], len(flat)], strict=True):
        made[:, a:b] = coefficients[:, c].transpose(0, 2, 1).reshape(len(made), -1) @ x[:, a:b]
    out = np.empty_like(made)
    out[:, order] = np.clip(made, 0, 1, out=made)
    return out.reshape(len(coefficients), 3, *shape).transpose(0, 2, 3, 1)
