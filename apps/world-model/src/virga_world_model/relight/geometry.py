"""What each mode of the relight reads of a simulated scene beside its colours: exact or label-derived geometry."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..data.scenes import Scene

#: Order of the faces that the label geometry states (libs/rendering, boxFaces).
FACES = ("none", "front", "back", "left", "right", "top", "bottom", "carried-up")

#: Classes of the label modes beside the segmentation's: sides of vehicles, sky into which a thing may go on, and
#: what none of these is ("other": the function of the whole picture).
PARTS = ("vehicle-front", "vehicle-back", "vehicle-top", "carried-up", "other")

MODES = ("rgb", "rgb-depth-seg", "rgb-labels", "labels")


@dataclass(frozen=True)
class Geometry:
    """Planes [T,H,W] of a scene: class ids into `class_names`, metres, up 0..1, across -1..1."""

    classes: np.ndarray
    depth: np.ndarray | None = None
    up: np.ndarray | None = None
    across: np.ndarray | None = None

    def frame(self, t: int) -> dict[str, np.ndarray]:
        """Depth, up and across of a frame, those that there are."""
        planes = {"depth": self.depth, "up": self.up, "across": self.across}
        return {name: plane[t] for name, plane in planes.items() if plane is not None}


def class_names(mode: str, seg_classes: tuple[str, ...]) -> list[str]:
    """Names by class id of a mode."""
    if mode == "rgb":
        return ["all"]
    return list(seg_classes) if mode == "rgb-depth-seg" else [*seg_classes, *PARTS]


def geometry_of(scene: Scene, mode: str) -> Geometry:
    """What a mode reads of a scene."""
    if mode == "rgb":
        return Geometry(np.zeros((scene.frames, scene.height, scene.width), np.uint8))
    if mode == "rgb-depth-seg":
        return Geometry(scene.seg(), scene.depth())
    known = (scene.label_seg(), scene.label_face(), scene.label_depth(), scene.label_up(), scene.label_across())
    return label_geometry(*known, scene.seg_classes)


def label_geometry(
    seg: np.ndarray,
    face: np.ndarray,
    depth: np.ndarray,
    up: np.ndarray,
    across: np.ndarray,
    seg_classes: tuple[str, ...],
) -> Geometry:
    """Classes with the sides of vehicles and the sky above cut-off things told apart. That sky takes depth and height
    of the first pixel below it in its column that is known."""
    first = len(seg_classes)
    classes = seg.copy()
    vehicle = seg == seg_classes.index("vehicle")
    for part in ("front", "back", "top"):
        classes[vehicle & (face == FACES.index(part))] = first + PARTS.index(f"vehicle-{part}")
    carried = face == FACES.index("carried-up")
    classes[carried] = first + PARTS.index("carried-up")
    metres, height = depth.astype(np.float32), up.astype(np.float32) / 255
    for y in range(seg.shape[-2] - 2, -1, -1):
        here = carried[..., y, :]
        metres[..., y, :] = np.where(here, metres[..., y + 1, :], metres[..., y, :])
        height[..., y, :] = np.where(here, height[..., y + 1, :], height[..., y, :])
    on_box = (face > 0) & ~carried
    sideways = np.where(on_box, across.astype(np.float32) * (2 / 255) - 1, 0).astype(np.float32)
    return Geometry(classes, metres, height, sideways)
