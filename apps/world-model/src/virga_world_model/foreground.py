"""Weight maps from a labelled segmentation: foreground and background presets (spatial_temporal_weight.py)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from .errors import BadConfigError

#: Control -> weight in the foreground, weight in the background.
FOREGROUND_PRESETS: dict[str, dict[str, tuple[float, float]]] = {
    "fg_vis_edge_bg_seg": {"depth": (0, 0), "vis": (1, 0), "edge": (1, 0), "seg": (0, 1)},
    "fg_edge_bg_seg": {"depth": (0, 0), "vis": (0, 0), "edge": (1, 0), "seg": (0, 1)},
}

Colour = tuple[int, int, int]


def foreground_mask(
    frames: NDArray[np.uint8], labels: Mapping[Colour, str], keywords: Sequence[str]
) -> NDArray[np.bool_]:
    """Frames [T,H,W,3] -> [T,H,W]: pixels whose nearest label colour (Euclidean RGB) has a label with a keyword."""
    colours = np.array(list(labels), dtype=np.int64)
    wanted = np.array([any(word in label for word in keywords) for label in labels.values()])
    distance = ((frames[..., None, :].astype(np.int64) - colours) ** 2).sum(axis=-1)
    return wanted[distance.argmin(axis=-1)]


def foreground_weights(mask: NDArray[np.bool_], preset: str) -> dict[str, NDArray[np.float16]]:
    """A float16 map [T,H,W] for every control of the preset."""
    if preset not in FOREGROUND_PRESETS:
        raise BadConfigError("foreground", "preset", f"one of {', '.join(FOREGROUND_PRESETS)}, got {preset!r}")
    return {
        control: np.where(mask, inside, outside).astype(np.float16)
        for control, (inside, outside) in FOREGROUND_PRESETS[preset].items()
    }
