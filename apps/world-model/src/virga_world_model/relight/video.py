"""Relit and painted videos of simulated scenes."""

from __future__ import annotations

import numpy as np

from ..data.looks import look_index
from ..data.scenes import Scene
from .apply import apply_relight
from .geometry import geometry_of
from .terms import VARIABLES


def relit_looks(scene: Scene, coefficients: np.ndarray, mode: str) -> dict[str, np.ndarray]:
    """A scene under each of its looks: uint8 [T,H,W,3] each; the source relit, or painted in mode `labels`.

    coefficients: the mode's tensor of relight.safetensors, [looks, classes, K, 3].
    """
    geometry = geometry_of(scene, mode)
    source = scene.source() if "r" in VARIABLES[mode] else None
    chosen = coefficients[[look_index(look) for look in scene.looks]]
    out = {look: np.empty((scene.frames, scene.height, scene.width, 3), np.uint8) for look in scene.looks}
    for t in range(scene.frames):
        rgb = None if source is None else source[t]
        made = apply_relight(chosen, mode, geometry.classes[t], rgb, **geometry.frame(t))
        for look, image in zip(scene.looks, (made * 255 + 0.5).astype(np.uint8), strict=True):
            out[look][t] = image
    return out
