"""Ridge fit of the relight, one regression per look and class, in closed form.

For a look the whole-image regression is solved first, shrunk towards one that is linear in its variables; each class is
then shrunk towards that solution, so a class that is rare in a look falls back on the look's own global change instead
of an unstable fit. What is penalised is the difference of the functions over inputs spread over all that a pixel may
be, not of their coefficients: where no training pixel lies (the colours of real cameras), the simpler function holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np


@dataclass
class GramTable:
    """Sums of X'X, X'Y and counts per (look, class) in float64. X [n, K], Y [n, 3]."""

    looks: int
    classes: int
    terms: int
    xx: np.ndarray = field(init=False)
    xy: np.ndarray = field(init=False)
    count: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        shape = (self.looks, self.classes)
        self.xx = np.zeros((*shape, self.terms, self.terms))
        self.xy = np.zeros((*shape, self.terms, 3))
        self.count = np.zeros(shape)

    def add(self, looks: Sequence[int], classes: np.ndarray, x: np.ndarray, targets: Sequence[np.ndarray]) -> None:
        """Adds n pixels under some looks: classes int [n], x float32 [n,K], a target float32 [n,3] in 0..1 per look."""
        for c in np.unique(classes):
            mask = classes == c
            # In double precision: where a class has hardly any spread of colours, X'X is all but singular.
            xc = x[mask].astype(np.float64)
            xx = xc.T @ xc
            for look, y in zip(looks, targets, strict=True):
                self.xx[look, c] += xx
                self.xy[look, c] += xc.T @ y[mask]
                self.count[look, c] += len(xc)


def ridge(xx: np.ndarray, xy: np.ndarray, penalty: np.ndarray, towards: np.ndarray) -> np.ndarray:
    """argmin |Xw - y|^2 + (w - towards)' penalty (w - towards), from the sums X'X and X'y; penalty [K,K]."""
    return towards + np.linalg.solve(xx + penalty, xy - xx @ towards)


def solve(
    table: GramTable, spread: np.ndarray, linear: np.ndarray, whole_pixels: float, class_pixels: float
) -> np.ndarray:
    """Coefficients float32 [looks, classes, K, 3].

    spread [K,K]: mean of x x' over evenly spread inputs; linear bool [K]: the terms of the simplest function, the
    constant first. whole_pixels, class_pixels: how many pixels all over the input space the simpler function weighs.
    """
    looks, classes, terms = table.looks, table.classes, table.terms
    out = np.zeros((looks, classes, terms, 3))
    tiny = 1e-6 * np.eye(terms)
    for look in range(looks):
        xx, xy, n = table.xx[look].sum(0), table.xy[look].sum(0), table.count[look].sum()
        if n == 0:
            raise ValueError(f"look {look} has no pixels in the training set")
        simple = np.zeros((terms, 3))
        few = np.ix_(linear, linear)
        mean = np.zeros((int(linear.sum()), 3))
        mean[0] = xy[0] / n
        simple[linear] = ridge(xx[few], xy[linear], whole_pixels * spread[few] + n * tiny[few], mean)
        whole = ridge(xx, xy, whole_pixels * spread + n * tiny, simple)
        for c in range(classes):
            penalty = class_pixels * (spread + tiny) + table.count[look, c] * tiny
            out[look, c] = ridge(table.xx[look, c], table.xy[look, c], penalty, whole)
    return out.astype(np.float32)
