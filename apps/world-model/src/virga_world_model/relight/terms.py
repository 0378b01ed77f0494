"""Monomial features of the relight.

Variables of one pixel: r, g, b source colour 0..1 (8-bit value / 255), row = (y+0.5)/H, col = 2(x+0.5)/W - 1,
near = exp(-depth/30 m), 0 where nothing is known (sky), up = height on its box 0..1 or above the ground (20 m = 1),
across = place on the side of its box that is seen, -1..1, 0 elsewhere.
A term is the product of its variables; the empty term is the constant 1.
"""

from __future__ import annotations

import itertools

import numpy as np

NEAR_METRES = 30.0

_COLOUR = ["r", "g", "b"]
_COLOUR_SQUARES = [["r", "r"], ["g", "g"], ["b", "b"], ["r", "g"], ["g", "b"], ["r", "b"]]
_COLOUR_TERMS = [[c] for c in _COLOUR] + _COLOUR_SQUARES
#: What glows at night is told by its colour by day (lit panes are tinted), less from afar: for exact truth alone, since
#: the colours of real cameras say nothing of the kind.
_COLOUR_CUBES = [[a, b, c] for a, b, c in itertools.combinations_with_replacement(_COLOUR, 3)]
_FINE_COLOUR = [*_COLOUR_CUBES, *[[*square, "near"] for square in _COLOUR_SQUARES]]


def _products(text: str) -> list[list[str]]:
    """Terms written as `row near*near ...`."""
    return [term.split("*") for term in text.split()]


#: Where in the picture and how far: the pool of the headlights and the tyre tracks in snow lie where the camera looks.
_PLACE = _products(
    "row row*row row*row*row near near*near near*near*near row*near row*row*near "
    "col col*row col*near col*col col*col*row col*col*near col*col*row*row col*col*near*near col*col*col*col"
)
_COLOUR_BY_PLACE = [
    [c, *place] for place in (["row"], ["near"], ["near", "near"], ["row", "near"], ["col", "col"]) for c in _COLOUR
]
_UP = _products("up up*up up*near")
#: Lamps, windows, wheels: where on a side, how high, seen from how far.
_ON_BOX = _products(
    "up*up*up up*row up*up*near across across*across across*across*across*across across*up across*across*up "
    "across*across*up*up across*across*across*across*up across*near across*across*near"
)

VARIABLES: dict[str, list[str]] = {
    "rgb": ["r", "g", "b", "row"],
    "rgb-depth-seg": ["r", "g", "b", "row", "near", "col"],
    "rgb-labels": ["r", "g", "b", "row", "near", "col", "up"],
    "labels": ["row", "near", "col", "up", "across"],
}

TERMS: dict[str, list[list[str]]] = {
    "rgb": [[], *_COLOUR_TERMS]
    + [["row"], ["row", "row"], ["row", "row", "row"]]
    + [[c, "row"] for c in _COLOUR]
    + [[c, "row", "row"] for c in _COLOUR],
    "rgb-depth-seg": [[], *_COLOUR_TERMS, *_PLACE, *_COLOUR_BY_PLACE, *_FINE_COLOUR],
    "rgb-labels": [[], *_COLOUR_TERMS, *_PLACE, *_COLOUR_BY_PLACE, *_UP, *[[c, "up"] for c in _COLOUR]],
    "labels": [[], *_PLACE, *_UP, *_ON_BOX],
}


def variables_of(
    mode: str,
    shape: tuple[int, ...],
    rgb: np.ndarray | None = None,
    depth: np.ndarray | None = None,
    up: np.ndarray | None = None,
    across: np.ndarray | None = None,
) -> dict[str, np.ndarray]:
    """Float32 planes of a mode's variables by name, each of `shape` [..., H, W]; what the mode reads must be given.

    rgb uint8 [..., H, W, 3]; depth metres, up 0..1 and across -1..1 [..., H, W].
    """
    height, width = shape[-2:]
    planes: dict[str, np.ndarray] = {}
    for name in VARIABLES[mode]:
        if name == "row":
            row = ((np.arange(height, dtype=np.float32) + 0.5) / height)[:, None]
            planes[name] = np.broadcast_to(row, shape)
        elif name == "col":
            column = (2 * np.arange(width, dtype=np.float32) + 1) / width - 1
            planes[name] = np.broadcast_to(column, shape)
        elif name in _COLOUR and rgb is not None:
            planes[name] = rgb[..., _COLOUR.index(name)].astype(np.float32) / 255
        elif name == "near" and depth is not None:
            metres = np.asarray(depth, np.float32)
            planes[name] = np.where(metres > 0, np.exp(-metres / NEAR_METRES), 0).astype(np.float32)
        elif name == "up" and up is not None:
            planes[name] = np.asarray(up, np.float32)
        elif name == "across" and across is not None:
            planes[name] = np.asarray(across, np.float32)
        else:
            raise ValueError(f"mode {mode} needs {name}")
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


def monomial_rows(planes: dict[str, np.ndarray], terms: list[list[str]]) -> np.ndarray:
    """Products of flat planes [n], [len(terms), n] float32, a row per term."""
    out = np.empty((len(terms), len(next(iter(planes.values())))), np.float32)
    for row, term in zip(out, terms, strict=True):
        row[...] = planes[term[0]] if term else 1
        for name in term[1:]:
            row *= planes[name]
    return out


def spread_gram(mode: str, samples: int = 40_000) -> np.ndarray:
    """Mean of x x' over inputs spread evenly over all that a pixel may be, [K,K]: what a function is worth beyond
    the inputs that it was fitted to."""
    rng = np.random.default_rng(7)
    planes = {
        name: rng.uniform(-1 if name in ("col", "across") else 0, 1, samples).astype(np.float32)
        for name in VARIABLES[mode]
    }
    x = monomials(planes, TERMS[mode]).astype(np.float64)
    return x.T @ x / samples
