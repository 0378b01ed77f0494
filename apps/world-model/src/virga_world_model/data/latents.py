"""Cached latents of a scene, and the set of all of them in memory.

One file per scene: fp16 arrays [T',16,h,w] under `look/<name>` (the truth), `truth/<name>`, `labels/<name>` (the source
relit with exact and with label-derived depth and classes), `paint/<name>` (painted from labels alone), and one per
control.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import load_file, save_file

from ..atomic import write_atomically
from ..relight.video import relit_looks
from ..training.mini_tokenizer import PcaEncoder
from .hints import control_frames
from .scenes import DataError, Scene, list_scenes

#: Closed-form starts of a request and the relight mode that makes them.
START_MODES = {"truth": "rgb-depth-seg", "labels": "rgb-labels", "paint": "labels"}


def encode(encoder: PcaEncoder, frames: np.ndarray) -> np.ndarray:
    """uint8 [T,H,W,3], or float 0..1 -> fp16 [T',16,h,w]."""
    video = torch.from_numpy(np.array(frames)).permute(3, 0, 1, 2)[None].float()
    video = video / 127.5 - 1 if frames.dtype == np.uint8 else video * 2 - 1
    return encoder(video)[0].permute(1, 0, 2, 3).contiguous().numpy().astype(np.float16)


def cache_scene(
    scene: Scene,
    encoder: PcaEncoder,
    relight: dict[str, np.ndarray],
    path: Path,
    kinds: tuple[str, ...] = tuple(START_MODES),
) -> None:
    """Writes the latents of a scene: all controls, all looks, and the starts of those kinds."""
    arrays = {name: encode(encoder, frames) for name, frames in control_frames(scene)}
    for look in scene.looks:
        arrays[f"look/{look}"] = encode(encoder, scene.rgb(look))
    for kind in kinds:
        mode = START_MODES[kind]
        for look, frames in relit_looks(scene, relight[mode], mode).items():
            arrays[f"{kind}/{look}"] = encode(encoder, frames)
    write_atomically(path, lambda p: save_file(arrays, p))


@dataclass
class LatentScene:
    """The latents of one scene in memory, [T',16,h,w] fp16 each."""

    seed: int
    looks: tuple[str, ...]
    prompts: dict[str, tuple[str, ...]]
    arrays: dict[str, np.ndarray]

    @property
    def frames(self) -> int:
        """Latent frames."""
        return len(self.arrays["hdmap"])


def load_latents(scenes: list[Scene], folder: Path) -> list[LatentScene]:
    """The cached latents of those scenes that have a file."""
    loaded = []
    for scene in scenes:
        path = folder / f"{scene.seed:06d}.safetensors"
        if path.exists():
            loaded.append(LatentScene(scene.seed, scene.looks, scene.prompts, load_file(path)))
    return loaded


def load_split(data: Path, run: Path, split: str, limit: int | None = None) -> list[LatentScene]:
    """All cached latents of a split. Raises DataError when there are none."""
    loaded = load_latents(list_scenes(data, split, limit), run / "latents" / split)
    if not loaded:
        raise DataError(run / "latents" / split, "folder", "latents of at least one scene (stage `latents`)")
    return loaded
