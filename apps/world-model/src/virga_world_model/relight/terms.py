"""Monomial features of the relight.

Variables of one pixel: r, g, b source colour 0..1 (8-bit value / 255), row = (y+0.5)/H,
col = 2(x+0.5)/W - 1, near = exp(-depth/30 m), 0 for sky. The richer mode reads the column too:
the pool of the headlights and the tyre tracks in snow lie where the camera looks.
A term is the product of its variables; the empty term is the constant 1.
"""

from __future__ import annotations

import numpy as np

NEAR_METRES = 30.0

_COLOUR = ["r", "g", "b"]
_COLOUR_SQUARES = [["r", "r"], ["g", "g"], ["b", "b"], ["r", "g"], ["g", "b"], ["r", "b"]]

VARIABLES: dict[str, list[str]] = {
    "rgb": ["r", "g", "b", "row"],
    "rgb-depth-seg": ["r", "g", "b", "row", "near", "col"],
}

TERMS: dict[str, list[list[str]]] = {
    "rgb": [[], *[[c] for c in _COLOUR], *_COLOUR_SQUARES]
    + [["row"], ["row", "row"], ["row", "row", "row"]]
    + [[c, "row"] for c in _COLOUR]
    + [[c, "row", "row"] for c in _COLOUR],
    "rgb-depth-seg": [[], *[[c] for c in _COLOUR], *_COLOUR_SQUARES]
    + [["row"], ["row", "row"], ["row", "row", "row"], ["near"], ["near", "near"], ["near", "near", "near"]]
    + [["row", "near"], ["row", "row", "near"], ["col"], ["col", "row"], ["col", "near"], ["col", "col"]]
    + [["col", "col", "row"], ["col", "col", "near"], ["col", "col", "row", "row"], ["col", "col", "near", "near"]]
    + [["col", "col", "col", "col"]]
    + [[c, "row"] for c in _COLOUR]
    + [[c, "near"] for c in _COLOUR]
    + [[c, "near", "near"] for c in _COLOUR]
    + [[c, "row", "near"] for c in _COLOUR]
    + [[c, "col", "col"] for c in _COLOUR],
}


def variables_of(
    rgb: np.ndarray, mode: str, depth: np.ndarray | None = None, height: int | None = None
) -> dict[str, np.ndarray]:
    """rgb uint8 [..., H, W, 3] (and depth metres [..., H, W]) -> float32 planes by variable name, each [..., H, W]."""
    h = height or rgb.shape[-3]
    row = ((np.arange(rgb.shape[-3], dtype=np.float32) + 0.5) / h)[:, None]
    planes = {name: rgb[..., i].astype(np.float32) / 255 for i, name in enumerate(_COLOUR)}
    planes["row"] = np.broadcast_to(row, rgb.shape[:-1])
    if "col" in VARIABLES[mode]:
        width = rgb.shape[-2]
        planes["col"] = np.broadcast_to((2 * np.arange(width, dtype=np.float32) + 1) / width - 1, rgb.shape[:-1])
    if "near" in VARIABLES[mode]:
        if depth is None:
            raise ValueError("mode rgb-depth-seg needs depth")
        metres = depth.astype(np.float32)
        planes["near"] = np.where(metres > 0, np.exp(-metres / NEAR_METRES), 0).astype(np.float32)
    return planes


def monomials(planes: dict[str, np.ndarray], terms: list[list[str]]) -> np.ndarray:
    """Products of the planes, [..., len(terms)] float32."""
    first = next(iter(planes.values()))
    out = np.empty((*first.shape, len(terms)), np.float32)
    for i, term in enumerate(terms):
        column = out[..., i]
        column[...] = 1
        for name in term:
            column *= planes[name]
    return out
