"""Controls computed from the source video, at the bundle's own size, with the published presets the runtime
uses too."""

from __future__ import annotations

import cv2
import numpy as np

from ..conditions import edge_control, vis_control

#: vis is the source itself (preset none): at 320x176 the stronger presets leave a 32x17 thumbnail, in which no
#: window or lamp is seen.
PRESETS = {"vis": "none", "edge": "medium"}


def hints_of(frames: np.ndarray) -> dict[str, np.ndarray]:
    """uint8 [T,H,W,3] source frames -> {"vis", "edge"} of the same shape."""
    cv2.setNumThreads(1)
    return {
        "vis": np.stack([vis_control(np.ascontiguousarray(f), PRESETS["vis"]) for f in frames]),
        "edge": np.stack([edge_control(np.ascontiguousarray(f), PRESETS["edge"]) for f in frames]),
    }
