"""A training set of a few tiny drives, drawn in NumPy: a road with a moving box under a sky, in every look."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from virga_world_model.data.looks import LOOKS, SOURCE_LOOK, split_look

CLASSES = ("sky", "road", "vehicle", "lane-line", "crosswalk", "building")
HEIGHT, WIDTH, FRAMES = 48, 64, 17


def make_set(root: Path, train: int = 2, val: int = 1) -> Path:
    """Writes the set; the looks go round over the training drives, validation drives have four."""
    for split, count, first in (("train", train, 0), ("val", val, 800000)):
        for i in range(count):
            looks = LOOKS[i::train] if split == "train" else ("rain-night", "snow-day", "fog-morning", "clear-night")
            make_drive(root / split / f"{first + i:06d}", first + i, tuple(dict.fromkeys((SOURCE_LOOK, *looks))))
    return root


def make_drive(folder: Path, seed: int, looks: tuple[str, ...]) -> None:
    """One drive with all arrays."""
    folder.mkdir(parents=True)
    rng = np.random.default_rng(seed)
    seg = np.zeros((FRAMES, HEIGHT, WIDTH), np.uint8)
    seg[:, HEIGHT // 2 :] = 1
    at, step = int(rng.integers(4, 30)), int(rng.integers(0, 2))
    for t in range(FRAMES):
        seg[t, 20:34, at + step * t : at + step * t + 14] = 2
    depth = np.where(seg == 0, 0, np.where(seg == 1, 12, 8)).astype(np.float16)
    colours = rng.integers(60, 220, (3, 3))
    base = (colours[seg] + rng.integers(-6, 7, (HEIGHT, WIDTH, 3))).clip(0, 255)
    for look in looks:
        weather, lighting = split_look(look)
        gain = 0.3 if lighting == "night" else 1.0
        haze = 0.6 if weather == "fog" else 0.0
        picture = base * gain * (1 - haze) + 180 * gain * haze
        if lighting == "night":
            picture = np.where((seg == 2)[..., None], picture + 90, picture)
        np.save(folder / f"rgb_{weather}_{lighting}.npy", picture.clip(0, 255).astype(np.uint8))
    pictures = {
        "hdmap": np.where(seg == 2, 200, 0)[..., None] * np.array([0, 0, 1]),
        "lidar": np.where(rng.random(seg.shape) < 0.1, 150, 0)[..., None] * (seg > 0)[..., None] * np.array([1, 1, 0]),
        "control_depth": (depth.astype(np.float32) * 12)[..., None] * np.ones(3),
        "control_seg": seg[..., None] * np.array([60, 20, 90]),
    }
    for name, picture in pictures.items():
        np.save(folder / f"{name}.npy", picture.astype(np.uint8))
    np.save(folder / "depth.npy", depth)
    np.save(folder / "seg.npy", seg)
    np.save(folder / "label_depth.npy", depth)
    np.save(folder / "label_seg.npy", seg)
    for name in ("label_up", "label_face", "label_across"):
        np.save(folder / f"{name}.npy", np.where(seg == 2, 128, 0).astype(np.uint8))
    scene = {
        "version": 2, "seed": seed, "frames": FRAMES, "fps": 24, "width": WIDTH, "height": HEIGHT,
        "segClasses": list(CLASSES),
        "looks": [
            {"name": look, "weather": split_look(look)[0], "lighting": split_look(look)[1], "surface": "dry",
             "prompts": [f"a street, {look.replace('-', ' ')}"]}
            for look in looks
        ],
    }  # fmt: skip
    (folder / "scene.json").write_text(json.dumps(scene))
