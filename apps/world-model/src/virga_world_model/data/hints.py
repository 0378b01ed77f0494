"""The six controls of the bundle as videos at its own size: drawn ones from disk, vis and edge from the source video
with the published presets that the runtime uses too."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np

from ..conditions import edge_control, vis_control
from .scenes import Scene

#: In the manifest's order, which is the order in which the runtime adds residuals.
CONTROLS = ("hdmap", "lidar", "depth", "seg", "edge", "vis")
#: What only a drive with camera video has.
FROM_VIDEO = ("edge", "vis")
#: vis is the source itself (preset none): at 320x176 the stronger presets leave a 32x17 thumbnail, in which no
#: window or lamp is seen.
PRESETS = {"edge": "medium", "vis": "none"}
STYLES = {"hdmap": "hdmap-v1", "lidar": "lidar-v1"}


def edges(frames: np.ndarray) -> np.ndarray:
    """uint8 [T,H,W,3] source frames -> the edge control, same shape."""
    cv2.setNumThreads(1)
    return np.stack([edge_control(np.ascontiguousarray(f), PRESETS["edge"]) for f in frames])


def vis(frames: np.ndarray) -> np.ndarray:
    """uint8 [T,H,W,3] source frames -> the vis control, same shape."""
    cv2.setNumThreads(1)
    return np.stack([vis_control(np.ascontiguousarray(f), PRESETS["vis"]) for f in frames])


def control_frames(scene: Scene, window: slice = slice(None)) -> Iterator[tuple[str, np.ndarray]]:
    """Every control of a scene, uint8 [T,H,W,3] each, one at a time."""
    yield "hdmap", scene.hdmap()[window]
    yield "lidar", scene.lidar()[window]
    yield "depth", scene.control_depth()[window]
    yield "seg", scene.control_seg()[window]
    yield "edge", edges(np.asarray(scene.source()[window]))
    yield "vis", vis(np.asarray(scene.source()[window]))
