"""Training samples of the residual network: windows of cached latents with their base, hints and prompts.

The target is what the base leaves: (z_look - base) * scale, with base = the relit source's latent when vis or
edge is among the controls (as at run time with camera video), else the prior of the hdmap latent (a drive
without video).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ..data.latents import LatentScene
from ..data.looks import SOURCE_LOOK, look_index
from ..network import token_grid
from .prior import Prior
from .text import composed_prompt

#: Control subsets and their shares per step: with camera video, then without.
SUBSETS: tuple[tuple[tuple[str, ...], float], ...] = (
    (("hdmap", "vis", "edge"), 0.52),
    (("vis", "edge"), 0.05),
    (("hdmap", "vis"), 0.05),
    (("vis",), 0.18),
    (("hdmap",), 0.20),
)
CLIP_FRAMES = 16
#: The mean of few scenes is shrunk as if this many scenes with a residual of zero were among them.
USUAL_SHRINK = 4


@dataclass
class Batch:
    """y, its mean over the set (`usual`), hints [B,16,n,h,w] float32; prompts; the token grid of the window
    inside a clip; loss share [B]."""

    y: Tensor
    usual: Tensor
    hints: dict[str, Tensor]
    prompts: list[str]
    grid: Tensor
    shares: Tensor


class Samples:
    """Draws batches. Prior predictions are made once per scene and look and kept in fp16."""

    def __init__(self, scenes: list[LatentScene], prior: Prior, scale: Tensor | None = None) -> None:
        self.scenes: list[LatentScene] = []
        self.prior = prior
        self.predicted: dict[tuple[int, str], np.ndarray] = {}
        self.add(scenes)
        self.scale = scale if scale is not None else self.measured_scale()
        self.usual = {video: self._usual_residuals(video) for video in (True, False)}
        self.shares = {video: self._look_shares(video) for video in (True, False)}

    def add(self, scenes: list[LatentScene]) -> None:
        """More scenes: a set that is still being rendered grows while training runs."""
        with torch.no_grad():
            for i, scene in enumerate(scenes, start=len(self.scenes)):
                hint = torch.from_numpy(scene.arrays["hdmap"]).float().transpose(0, 1)[None]
                for look in scene.looks:
                    made = self.prior(hint, torch.tensor([look_index(look)]))[0].transpose(0, 1)
                    self.predicted[i, look] = made.numpy().astype(np.float16)
        self.scenes.extend(scenes)

    def residual(self, i: int, look: str, video: bool, window: slice) -> np.ndarray:
        """z_look - base, float32 [n,16,h,w]."""
        arrays = self.scenes[i].arrays
        base = arrays[f"relit/{look}"] if video else self.predicted[i, look]
        return arrays[f"look/{look}"][window].astype(np.float32) - base[window].astype(np.float32)

    def _usual_residuals(self, video: bool) -> dict[str, np.ndarray]:
        """look -> [2,16,h,w]: the mean residual per position of the set, of first latent frames and of later
        ones, shrunk."""
        found: dict[str, list[np.ndarray]] = {}
        for i, scene in enumerate(self.scenes):
            for look in scene.looks:
                left = self.residual(i, look, video, slice(None))
                found.setdefault(look, []).append(np.stack([left[0], left[1:].mean(0)]))
        return {k: np.mean(v, 0) * (len(v) / (len(v) + USUAL_SHRINK)) for k, v in found.items()}

    def _look_shares(self, video: bool) -> dict[str, float]:
        """Loss share of a look: by the inverse root of its residual's energy, so that night does not drown
        snow by day."""
        energy: dict[str, list[float]] = {}
        for i, scene in enumerate(self.scenes):
            for look in scene.looks:
                energy.setdefault(look, []).append(
                    float(np.square(self.residual(i, look, video, slice(1, 2))[:, 0]).mean())
                )
        mean = float(np.mean([np.mean(v) for v in energy.values()]))
        return {look: float(np.clip((mean / max(np.mean(v), 1e-6)) ** 0.5, 0.5, 3)) for look, v in energy.items()}

    def measured_scale(self) -> Tensor:
        """Per channel 0.5 / deviation, so that y has the deviation the preconditioning assumes; mean of both bases."""
        total, count = np.zeros(16), 0
        for i, scene in enumerate(self.scenes):
            for look in scene.looks:
                for video in (True, False):
                    total += np.square(self.residual(i, look, video, slice(None))).mean((0, 2, 3))
                    count += 1
        return torch.from_numpy((0.5 / np.sqrt(total / count)).astype(np.float32))

    def draw(
        self, rng: np.random.Generator, frames: int, batch: int, controls: tuple[str, ...], crop: int = 0
    ) -> Batch:
        """`batch` windows of `frames` latent frames; crop > 0 keeps that many token columns.

        Latent frame 0 of a drive (one image) is only ever placed at t = 0.
        """
        video = "vis" in controls or "edge" in controls
        ys, usual, shares, prompts, hints = [], [], [], [], {name: [] for name in controls}
        first = rng.random() < (0.2 if frames < 4 else 0.5)
        for _ in range(batch):
            i = int(rng.integers(len(self.scenes)))
            scene = self.scenes[i]
            n = min(frames, scene.frames - (0 if first else 1))
            start = 0 if first else int(rng.integers(1, scene.frames - n + 1))
            window = slice(start, start + n)
            look = draw_look(rng, scene.looks, video)
            ys.append(self.residual(i, look, video, window))
            shares.append(self.shares[video][look])
            usual.append(self.usual[video][look][[min(t, 1) for t in range(start, start + n)]])
            for name in controls:
                hints[name].append(scene.arrays[name][window].astype(np.float32))
            own = scene.prompts[look]
            prompts.append(own[int(rng.integers(len(own)))] if rng.random() < 0.65 else composed_prompt(look, rng))
        n = min(len(y) for y in ys)
        offset = 0 if first else int(rng.integers(1, CLIP_FRAMES - n + 1))
        y, mean = (
            torch.from_numpy(np.stack([v[:n] for v in values])).transpose(1, 2).float()
            * self.scale.view(1, -1, 1, 1, 1)
            for values in (ys, usual)
        )
        made = {k: torch.from_numpy(np.stack([h[:n] for h in v])).transpose(1, 2) for k, v in hints.items()}
        width = y.shape[4] // 2
        left = int(rng.integers(width - crop + 1)) if crop else 0
        columns = slice(2 * left, 2 * (left + (crop or width)))
        grid = token_grid(n, y.shape[3] // 2, crop or width) + torch.tensor([offset, 0, left])
        return Batch(
            y[..., columns],
            mean[..., columns],
            {k: v[..., columns] for k, v in made.items()},
            prompts,
            grid,
            torch.tensor(shares),
        )


def draw_look(rng: np.random.Generator, looks: tuple[str, ...], video: bool) -> str:
    """A look: the source look rarely with video (the relight is exact there), night more often (it has most to
    learn)."""
    rare = 0.1 if video else 0.6

    def share(look: str) -> float:
        if look == SOURCE_LOOK:
            return rare
        return 2.0 if look.endswith("night") else 0.5 if look.startswith("fog") else 1.0

    shares = np.cumsum([share(look) for look in looks])
    return looks[int(np.searchsorted(shares, rng.random() * shares[-1]))]


def draw_controls(rng: np.random.Generator) -> tuple[str, ...]:
    """A control subset by its share."""
    shares = np.cumsum([share for _, share in SUBSETS])
    return SUBSETS[int(np.searchsorted(shares, rng.random() * shares[-1]))][0]
