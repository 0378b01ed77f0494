"""Frames of the training set as the judges see them, with what is true of them."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import torch
from torch import Tensor

from ..data.looks import LIGHTINGS, WEATHERS, split_look
from ..data.scenes import DataError, Scene
from .judge_networks import JUDGED

#: Metres; beyond this the simulator's pictures hold little depth to see.
FARTHEST = 120.0


@dataclass
class Batch:
    """rgb [N,3,H,W] in 0..1; weather, lighting [N]; classes [N,H,W] indices into JUDGED; depth [N,H,W] metres, 0 =
    unknown or beyond FARTHEST."""

    rgb: Tensor
    weather: Tensor
    lighting: Tensor
    classes: Tensor
    depth: Tensor


def class_table(scene: Scene) -> np.ndarray:
    """uint8 [256]: index into JUDGED of each class id of a scene, matched by name."""
    for name in JUDGED[1:]:
        if name not in scene.seg_classes:
            raise DataError(scene.path / "scene.json", "segClasses", f"a class {name}")
    table = np.zeros(256, np.uint8)
    for index, name in enumerate(scene.seg_classes):
        table[index] = JUDGED.index(name) if name in JUDGED else 0
    return table


def blemish(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Blur and noise at random, since a generated frame is softer or rougher than the simulator's."""
    if rng.random() < 0.3:
        image = cv2.GaussianBlur(image, (0, 0), rng.uniform(0.4, 1.1))
    if rng.random() < 0.2:
        noisy = image + rng.standard_normal(image.shape, np.float32) * rng.uniform(1, 5)
        image = np.clip(noisy, 0, 255).astype(np.uint8)
    return image


def batch_of(
    picks: list[tuple[Scene, str, int]],
    rng: np.random.Generator | None = None,
    crop: int | None = None,
    pixels: bool = True,
) -> Batch:
    """Frames (scene, look, index). With `rng`: mirrored, blurred and roughened at random, and cut to `crop` columns.
    Without `pixels` classes and depth are left empty."""
    images, classes, depths, weather, lighting = [], [], [], [], []
    for scene, look, index in picks:
        rgb = np.array(scene.rgb(look)[index])
        seg, depth = pixels_of(scene, index) if pixels else (rgb[:0], rgb[:0])
        if rng is not None:
            rgb = blemish(rgb, rng)
            if crop is not None:
                left = int(rng.integers(0, (rgb.shape[1] - crop) // 2 + 1)) * 2
                rgb, seg, depth = (a[:, left : left + crop] for a in (rgb, seg, depth))
            if rng.random() < 0.5:
                rgb, seg, depth = (a[:, ::-1] for a in (rgb, seg, depth))
        images.append(np.ascontiguousarray(rgb))
        classes.append(np.ascontiguousarray(seg))
        depths.append(np.ascontiguousarray(depth))
        weather.append(WEATHERS.index(split_look(look)[0]))
        lighting.append(LIGHTINGS.index(split_look(look)[1]))
    return Batch(
        rgb=torch.from_numpy(np.stack(images)).permute(0, 3, 1, 2).float() / 255,
        weather=torch.tensor(weather),
        lighting=torch.tensor(lighting),
        classes=torch.from_numpy(np.stack(classes)).long(),
        depth=torch.from_numpy(np.stack(depths)),
    )


def pixels_of(scene: Scene, index: int) -> tuple[np.ndarray, np.ndarray]:
    """Indices into JUDGED and metres (0 = unknown or beyond FARTHEST) of one frame, [H,W] each."""
    seg = class_table(scene)[np.asarray(scene.seg()[index])]
    depth = np.asarray(scene.depth()[index]).astype(np.float32)
    depth[depth > FARTHEST] = 0
    return seg, depth


def random_picks(scenes: list[Scene], rng: np.random.Generator, count: int) -> list[tuple[Scene, str, int]]:
    """(scene, look, frame), each drawn evenly."""
    picks = []
    for _ in range(count):
        scene = scenes[int(rng.integers(len(scenes)))]
        look = scene.looks[int(rng.integers(len(scene.looks)))]
        picks.append((scene, look, int(rng.integers(scene.frames))))
    return picks
