"""Ridge fit of the relight, one regression per look and class, in closed form.

For a look the whole-image regression is solved first, shrunk towards the mean colour; each class is then shrunk towards
that solution, so a class that is rare in a look falls back on the look's own global change instead of an unstable fit.
"""

from __future__ import annotations

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

    def add(self, look: int, classes: np.ndarray, x: np.ndarray, y: np.ndarray) -> None:
        """Adds n pixels: classes int [n], x float32 [n,K], y float32 [n,3] in 0..1."""
        for c in np.unique(classes):
            mask = classes == c
            xc, yc = x[mask], y[mask]
            self.xx[look, c] += xc.T @ xc
            self.xy[look, c] += xc.T @ yc
            self.count[look, c] += len(xc)


def ridge(xx: np.ndarray, xy: np.ndarray, penalty: np.ndarray, towards: np.ndarray) -> np.ndarray:
    """argmin |Xw - y|^2 + (w - towards)' diag(penalty) (w - towards), from the sums X'X and X'y."""
    return towards + np.linalg.solve(xx + np.diag(penalty), xy - xx @ towards)


def solve(table: GramTable, strength: float, class_pixels: float) -> np.ndarray:
    """Coefficients float32 [looks, classes, K, 3]. Term 0 is the constant and is not penalised in the global fit.

    strength: penalty per pixel and term in the global fit; class_pixels: how many pixels of a class weigh as
    much as the
    global solution does.
    """
    looks, classes, terms = table.looks, table.classes, table.terms
    out = np.zeros((looks, classes, terms, 3))
    for look in range(looks):
        xx, xy, n = table.xx[look].sum(0), table.xy[look].sum(0), table.count[look].sum()
        if n == 0:
            raise ValueError(f"look {look} has no pixels in the training set")
        penalty = np.full(terms, strength * n)
        penalty[0] = 1e-9 * n
        mean = np.zeros((terms, 3))
        mean[0] = xy[0] / n
        whole = ridge(xx, xy, penalty, mean)
        scale = np.maximum(np.diag(xx) / n, 1e-6)
        for c in range(classes):
            penalty = class_pixels * scale + strength * table.count[look, c]
            out[look, c] = ridge(table.xx[look, c], table.xy[look, c], penalty, whole)
    return out.astype(np.float32)
