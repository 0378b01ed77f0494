"""The vis and edge controls of a camera frame, and the resize rules, with exactly the published presets.

Constants and order of operations: cosmos-transfer1, datasets/augmentors/control_input.py, config/transfer/blurs.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

from .errors import BadConfigError

Image = NDArray[np.uint8]
Interpolation = Literal["area", "linear", "nearest"]


@dataclass(frozen=True)
class VisPreset:
    """Bilateral filter (diameter, sigmas), the area shrink before it, and the factor of the bicubic round trip."""

    diameter: int
    sigma_color: float
    sigma_space: float
    shrink: int
    down_up: int


VIS_PRESETS: dict[str, VisPreset] = {
    "none": VisPreset(1, 1, 1, 1, 1),
    "very_low": VisPreset(15, 100, 50, 1, 4),
    "low": VisPreset(15, 100, 50, 4, 4),
    "medium": VisPreset(30, 150, 100, 2, 10),
    "high": VisPreset(50, 300, 150, 1, 16),
    "very_high": VisPreset(50, 300, 150, 4, 16),
}

#: Lower and upper Canny thresholds.
EDGE_PRESETS: dict[str, tuple[int, int]] = {
    "none": (20, 50),
    "very_low": (20, 50),
    "low": (50, 100),
    "medium": (100, 200),
    "high": (200, 300),
    "very_high": (300, 400),
}

#: Bucket sizes (width, height) by aspect ratio (inference_utils.py, VIDEO_RES_SIZE_INFO).
BUCKETS: dict[str, tuple[int, int]] = {
    "16,9": (1280, 704),
    "4,3": (960, 704),
    "1,1": (960, 960),
    "3,4": (704, 960),
    "9,16": (704, 1280),
}

_interpolations = {"area": cv2.INTER_AREA, "linear": cv2.INTER_LINEAR, "nearest": cv2.INTER_NEAREST}


def resize(image: Image, width: int, height: int, interpolation: Interpolation) -> Image:
    """OpenCV's uint8 resize: area for camera video, linear for controls, nearest for segmentation."""
    return cv2.resize(image, (width, height), interpolation=_interpolations[interpolation])


def edge_control(image: Image, preset: str = "medium") -> Image:
    """Canny edges of an RGB frame, 0 or 255 in three channels (aperture 3, L1, strongest of the channels)."""
    low, high = _preset(EDGE_PRESETS, preset, "edge")
    edges = cv2.Canny(np.ascontiguousarray(image), low, high)
    return np.repeat(edges[..., None], 3, axis=2)


def vis_control(image: Image, preset: str = "medium") -> Image:
    """Blurred RGB frame: area shrink, bilateral filter, linear growth, antialiased bicubic down and up."""
    p = _preset(VIS_PRESETS, preset, "vis")
    if preset == "none":
        return image.copy()
    h, w = image.shape[:2]
    small = image if p.shrink == 1 else resize(image, w // p.shrink, h // p.shrink, "area")
    small = cv2.bilateralFilter(np.ascontiguousarray(small), p.diameter, p.sigma_color, p.sigma_space)
    blurred = small if p.shrink == 1 else resize(small, w, h, "linear")
    return _bicubic(_bicubic(blurred, int(w / p.down_up), int(h / p.down_up)), w, h)


def detect_aspect(width: int, height: int) -> str:
    """The bucket whose ratio is nearest, by squared difference of width / height."""
    ratio = width / height

    def distance(name: str) -> float:
        a, b = (int(v) for v in name.split(","))
        return (a / b - ratio) ** 2

    return min(BUCKETS, key=distance)


def _bicubic(image: Image, width: int, height: int) -> Image:
    tensor = torch.from_numpy(image).permute(2, 0, 1)[None].float()
    out = F.interpolate(tensor, size=(height, width), mode="bicubic", antialias=True, align_corners=False)
    return out[0].clamp(0, 255).round().to(torch.uint8).permute(1, 2, 0).contiguous().numpy()


def _preset(table: dict, name: str, control: str) -> VisPreset | tuple[int, int]:
    if name not in table:
        raise BadConfigError(control, "preset", f"one of {', '.join(table)}, got {name!r}")
    return table[name]
