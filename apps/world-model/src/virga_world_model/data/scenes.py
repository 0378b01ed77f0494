"""Scenes of the simulated training set on disk: `<root>/<split>/<seed>/` with scene.json and .npy arrays.

Arrays are read as memory maps, so a scene costs nothing until its pixels are touched.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .looks import SOURCE_LOOK, split_look


class DataError(ValueError):
    """A broken training set: names the file, the field and what was expected."""

    def __init__(self, path: Path, field: str, expected: str) -> None:
        super().__init__(f"{path}: {field}: expected {expected}")
        self.path, self.field, self.expected = path, field, expected


@dataclass(frozen=True)
class Scene:
    """One simulated drive. Frames T = 8m+1, images uint8 [T,H,W,3], depth in metres along z (0 = sky), seg
    class ids."""

    path: Path
    seed: int
    frames: int
    width: int
    height: int
    fps: float
    seg_classes: tuple[str, ...]
    looks: tuple[str, ...]
    prompts: dict[str, tuple[str, ...]]
    surfaces: dict[str, str]

    def rgb(self, look: str) -> np.ndarray:
        """uint8 [T,H,W,3] of one look."""
        weather, lighting = split_look(look)
        return self._picture(f"rgb_{weather}_{lighting}.npy")

    def source(self) -> np.ndarray:
        """uint8 [T,H,W,3] of the source look."""
        return self.rgb(SOURCE_LOOK)

    def hdmap(self) -> np.ndarray:
        """uint8 [T,H,W,3], style hdmap-v1."""
        return self._picture("hdmap.npy")

    def depth(self) -> np.ndarray:
        """float16 [T,H,W] metres, 0 = sky."""
        return self._array("depth.npy", np.float16, (self.frames, self.height, self.width))

    def seg(self) -> np.ndarray:
        """uint8 [T,H,W] class ids."""
        return self._array("seg.npy", np.uint8, (self.frames, self.height, self.width))

    def lidar(self) -> np.ndarray:
        """uint8 [T,H,W,3], style lidar-v1, clear air."""
        return self._picture("lidar.npy")

    def control_depth(self) -> np.ndarray:
        """uint8 [T,H,W,3]: the depth control as the runtime draws it from labels and LiDAR."""
        return self._picture("control_depth.npy")

    def control_seg(self) -> np.ndarray:
        """uint8 [T,H,W,3]: the seg control as the runtime draws it from labels."""
        return self._picture("control_seg.npy")

    def label_depth(self) -> np.ndarray:
        """float16 [T,H,W] metres from labels and LiDAR, 0 = nothing known."""
        return self._array("label_depth.npy", np.float16, (self.frames, self.height, self.width))

    def label_seg(self) -> np.ndarray:
        """uint8 [T,H,W] class ids from labels."""
        return self._array("label_seg.npy", np.uint8, (self.frames, self.height, self.width))

    def label_up(self) -> np.ndarray:
        """uint8 [T,H,W], 255 = 1: height within the box or above ground."""
        return self._array("label_up.npy", np.uint8, (self.frames, self.height, self.width))

    def label_face(self) -> np.ndarray:
        """uint8 [T,H,W]: which side of a labelled box is seen."""
        return self._array("label_face.npy", np.uint8, (self.frames, self.height, self.width))

    def label_across(self) -> np.ndarray:
        """uint8 [T,H,W], 255 = 1: where along that side."""
        return self._array("label_across.npy", np.uint8, (self.frames, self.height, self.width))

    def _picture(self, name: str) -> np.ndarray:
        return self._array(name, np.uint8, (self.frames, self.height, self.width, 3))

    def _array(self, name: str, dtype: type, shape: tuple[int, ...]) -> np.ndarray:
        path = self.path / name
        try:
            array = np.load(path, mmap_mode="r", allow_pickle=False)
        except FileNotFoundError:
            raise DataError(path, "file", "to exist") from None
        except ValueError as error:
            raise DataError(path, "header", f"a readable .npy array ({error})") from error
        if array.dtype != dtype or array.shape != shape:
            raise DataError(path, "array", f"{np.dtype(dtype).name} {shape}, found {array.dtype.name} {array.shape}")
        return array


def open_scene(path: Path) -> Scene:
    """Reads scene.json. Raises DataError when a field is missing or T is not 8m+1."""
    meta_path = path / "scene.json"
    try:
        meta = json.loads(meta_path.read_text())
    except (OSError, json.JSONDecodeError) as error:
        raise DataError(meta_path, "file", f"readable JSON ({error})") from error
    for field in ("seed", "frames", "fps", "width", "height", "segClasses", "looks"):
        if field not in meta:
            raise DataError(meta_path, field, "to be present")
    if meta["frames"] % 8 != 1 or meta["width"] % 16 or meta["height"] % 16:
        raise DataError(meta_path, "frames, width, height", "8m+1 frames and multiples of 16 pixels")
    looks = meta["looks"]
    names = tuple(look["name"] for look in looks)
    if SOURCE_LOOK not in names:
        raise DataError(meta_path, "looks", f"the source look {SOURCE_LOOK}")
    return Scene(
        path=path,
        seed=int(meta["seed"]),
        frames=int(meta["frames"]),
        width=int(meta["width"]),
        height=int(meta["height"]),
        fps=float(meta["fps"]),
        seg_classes=tuple(meta["segClasses"]),
        looks=names,
        prompts={look["name"]: tuple(look.get("prompts") or (look["name"],)) for look in looks},
        surfaces={look["name"]: look.get("surface", "dry") for look in looks},
    )


def list_scenes(root: Path, split: str, limit: int | None = None) -> list[Scene]:
    """All complete scenes of a split, by seed. A scene still being written has another name and is not seen."""
    folder = Path(root) / split
    if not folder.is_dir():
        raise DataError(folder, "folder", "to exist")
    paths = sorted(p for p in folder.iterdir() if p.is_dir() and p.name.isdigit() and (p / "scene.json").exists())
    return [open_scene(path) for path in paths[:limit]]


def iter_looks(scenes: list[Scene]) -> Iterator[tuple[Scene, str]]:
    """Every (scene, look) pair."""
    for scene in scenes:
        for look in scene.looks:
            yield scene, look
