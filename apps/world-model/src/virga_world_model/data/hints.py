"""Controls computed from the source video, at the bundle's own size, with the published presets the runtime uses too."""

from __future__ import annotations

import cv2
import numpy as np
import torch
from torch.nn import functional as F

PRESETS = {"vis": "medium", "edge": "medium"}


def _to_uint8(x: torch.Tensor) -> torch.Tensor:
    return x.clamp(0, 255).round()


def vis(frame: np.ndarray) -> np.ndarray:
    """vis, preset medium (cosmos-transfer1, blurs.py): area / 2, bilateral 30/150/100, linear up, bicubic down-up by 10."""
    height, width = frame.shape[:2]
    small = cv2.resize(frame, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    smooth = cv2.bilateralFilter(small, 30, 150, 100)
    full = cv2.resize(smooth, (width, height), interpolation=cv2.INTER_LINEAR)
    x = torch.from_numpy(full).permute(2, 0, 1)[None].float()
    for size in ((int(height / 10), int(width / 10)), (height, width)):
        x = _to_uint8(F.interpolate(x, size=size, mode="bicubic", align_corners=False, antialias=True))
    return x[0].permute(1, 2, 0).to(torch.uint8).numpy()


def edge(frame: np.ndarray) -> np.ndarray:
    """edge, preset medium: Canny 100/200 on RGB, 0/255 in three channels."""
    return np.repeat(cv2.Canny(frame, 100, 200)[..., None], 3, axis=-1)


def hints_of(frames: np.ndarray) -> dict[str, np.ndarray]:
    """uint8 [T,H,W,3] source frames -> {"vis", "edge"} of the same shape."""
    cv2.setNumThreads(1)
    return {
        "vis": np.stack([vis(np.ascontiguousarray(f)) for f in frames]),
        "edge": np.stack([edge(np.ascontiguousarray(f)) for f in frames]),
    }
