"""Cached latents of a scene, and the set of all of them in memory.

One file per scene: fp16 arrays [T',16,h,w] under `look/<name>` (the truth), `relit/<name>` (the relit source),
`hdmap`, `vis`, `edge`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import load_file, save_file

from ..atomic import write_atomically
from ..relight.terms import TERMS, monomials, variables_of
from ..training.mini_tokenizer import PcaEncoder
from .hints import PRESETS, hints_of
from .looks import SOURCE_LOOK, look_index
from .scenes import Scene


def encode(encoder: PcaEncoder, frames: np.ndarray) -> np.ndarray:
    """uint8 [T,H,W,3], or float 0..1 -> fp16 [T',16,h,w]."""
    video = torch.from_numpy(np.array(frames)).permute(3, 0, 1, 2)[None].float()
    video = video / 127.5 - 1 if frames.dtype == np.uint8 else video * 2 - 1
    return encoder(video)[0].permute(1, 0, 2, 3).contiguous().numpy().astype(np.float16)


def relit_looks(scene: Scene, coefficients: np.ndarray) -> dict[str, np.ndarray]:
    """The source under every look's relight (mode rgb-depth-seg): uint8 [T,H,W,3] each; the terms are made
    once per frame."""
    source, depth, seg = scene.source(), scene.depth(), scene.seg()
    chosen = np.stack([coefficients[look_index(look)] for look in scene.looks])
    out = {look: np.empty(source.shape, np.uint8) for look in scene.looks}
    for t in range(scene.frames):
        x = monomials(variables_of(source[t], "rgb-depth-seg", depth[t]), TERMS["rgb-depth-seg"]).reshape(
            -1, chosen.shape[2]
        )
        classes = np.asarray(seg[t]).reshape(-1)
        made = np.empty((len(x), 3 * len(chosen)), np.float32)
        for c in np.unique(classes):
            mask = classes == c
            made[mask] = x[mask] @ chosen[:, c].transpose(1, 0, 2).reshape(x.shape[1], -1)
        images = (np.clip(made, 0, 1) * 255 + 0.5).astype(np.uint8).reshape(scene.height, scene.width, len(chosen), 3)
        for i, look in enumerate(scene.looks):
            out[look][t] = images[:, :, i]
    return out


def cache_scene(scene: Scene, encoder: PcaEncoder, coefficients: np.ndarray, path: Path) -> None:
    """Writes the latents of a scene."""
    arrays = {"hdmap": encode(encoder, scene.hdmap())}
    arrays |= {name: encode(encoder, frames) for name, frames in hints_of(scene.source()).items()}
    for look, frames in relit_looks(scene, coefficients).items():
        arrays[f"relit/{look}"] = encode(encoder, frames)
        arrays[f"look/{look}"] = encode(encoder, scene.rgb(look))
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
            arrays = load_file(path)
            if PRESETS["vis"] == "none":
                arrays["vis"] = arrays[f"look/{SOURCE_LOOK}"]
            loaded.append(LatentScene(scene.seed, scene.looks, scene.prompts, arrays))
    return loaded
