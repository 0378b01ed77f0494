"""Training samples: windows of cached latents with a start of some kind, hints, prompts and given frames.

The target is what the start leaves: y = (z_look - b) * scale. Kinds of start are those of a request: the source relit
with exact or label-derived geometry, painted from labels, the mean of some controls' priors, or the position bias
alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ..data.hints import CONTROLS, FROM_VIDEO
from ..data.latents import LatentScene
from ..data.looks import SOURCE_LOOK, look_index
from ..network import token_grid
from .prior import Priors
from .text import composed_prompt

#: Kinds of start and their shares. The bundle is used most with video, then with map and LiDAR.
KINDS: dict[str, float] = {"truth": 0.25, "labels": 0.22, "paint": 0.28, "prior": 0.18, "position": 0.07}
CLIP_FRAMES = 16
OWN_PROMPT = 0.65


@dataclass
class Batch:
    """y, start and hints [B,16,n,h,w] float32; prompts; token grid of the window inside a clip; loss share [B];
    `given` [B,1,n,1,1], 1 where a frame is given."""

    y: Tensor
    start: Tensor
    hints: dict[str, Tensor]
    prompts: list[str]
    grid: Tensor
    shares: Tensor
    given: Tensor

    def to(self, device: torch.device) -> Batch:
        """The batch on a device."""
        moved = {name: hint.to(device) for name, hint in self.hints.items()}
        tensors = [t.to(device) for t in (self.y, self.start, self.grid, self.shares, self.given)]
        return Batch(tensors[0], tensors[1], moved, self.prompts, *tensors[2:])


class Samples:
    """Draws batches; everything random comes from the generator that is passed in."""

    def __init__(
        self, scenes: list[LatentScene], priors: Priors, scale: Tensor | None = None, shares: dict | None = None
    ) -> None:
        self.scenes, self.priors = scenes, priors
        energy = self._energy() if scale is None or shares is None else None
        self.scale = scale if scale is not None else measured_scale(energy)
        self.shares = shares if shares is not None else look_shares(energy)

    def start(self, scene: LatentScene, look: str, kind: str, window: slice, rng: np.random.Generator) -> np.ndarray:
        """b, float32 [n,16,h,w]."""
        if kind == "position":
            position = self.priors.position[look_index(look)].numpy()
            return np.broadcast_to(position, (len(range(*window.indices(scene.frames))), *position.shape))
        if kind == "prior":
            names = draw_subset(rng)
            hints = {n: torch.from_numpy(scene.arrays[n][window]).float().transpose(0, 1)[None] for n in names}
            return self.priors.mean(hints, look)[0].transpose(0, 1).numpy()
        return scene.arrays[f"{kind}/{look}"][window].astype(np.float32)

    def _energy(self) -> dict[tuple[str, str], np.ndarray]:
        """(kind, look) -> mean square of what the start leaves per channel [16]."""
        found: dict[tuple[str, str], list[np.ndarray]] = {}
        rng = np.random.default_rng(0)
        for scene in self.scenes:
            for look in scene.looks:
                window = slice(1, 2)
                truth = scene.arrays[f"look/{look}"][window].astype(np.float32)
                for kind in kinds_of(scene):
                    left = truth - self.start(scene, look, kind, window, rng)
                    found.setdefault((kind, look), []).append(np.square(left).mean((0, 2, 3)))
        return {key: np.mean(values, 0) for key, values in found.items()}

    def _able(self, frames: int, kind: str | None) -> list[LatentScene]:
        """The scenes that have a start of that kind and, for a window longer than most, the longest of them."""
        able = [s for s in self.scenes if kind is None or kind in kinds_of(s)]
        longest = max(s.frames for s in able)
        return [s for s in able if s.frames >= min(frames, longest)] if frames > 5 else able

    def draw(
        self,
        rng: np.random.Generator,
        frames: int,
        batch: int,
        controls: tuple[str, ...] = (),
        *,
        crop: int = 0,
        kind: str | None = None,
        given: float = 0.0,
    ) -> Batch:
        """`batch` windows of `frames` latent frames; crop > 0 keeps that many token columns; kind None draws one each.

        Latent frame 0 of a drive (one image) is only ever placed at t = 0. `given`: probability that a window of
        several frames begins with given ones (it then begins with such an image).
        """
        is_given = frames > 1 and rng.random() < given
        first = is_given or rng.random() < (0.2 if frames < 4 else 0.5)
        rows: dict[str, list[np.ndarray]] = {name: [] for name in ("y", "start", *controls)}
        shares, prompts = [], []
        able = self._able(frames, kind)
        for _ in range(batch):
            scene = able[int(rng.integers(len(able)))]
            n = min(frames, scene.frames - (0 if first else 1))
            at = 0 if first else int(rng.integers(1, scene.frames - n + 1))
            window = slice(at, at + n)
            chosen = kind or draw_kind(rng, kinds_of(scene), controls)
            look = draw_look(rng, scene.looks, chosen in ("truth", "labels"))
            start = self.start(scene, look, chosen, window, rng)
            rows["start"].append(start)
            rows["y"].append(scene.arrays[f"look/{look}"][window].astype(np.float32) - start)
            for name in controls:
                rows[name].append(scene.arrays[name][window].astype(np.float32))
            shares.append(self.shares.get(f"{chosen} {look}", 1.0))
            own = scene.prompts[look]
            known = rng.random() < OWN_PROMPT
            prompts.append(own[int(rng.integers(len(own)))] if known else composed_prompt(look, rng))
        n = min(len(y) for y in rows["y"])
        width = rows["y"][0].shape[3] // 2
        crop = crop if crop < width else 0
        left = int(rng.integers(width - crop + 1)) if crop else 0
        columns = slice(2 * left, 2 * (left + (crop or width)))
        made = {
            k: torch.from_numpy(np.stack([v[:n, :, :, columns] for v in values])).transpose(1, 2).contiguous()
            for k, values in rows.items()
        }
        offset = 0 if first else int(rng.integers(1, CLIP_FRAMES - n + 1))
        grid = token_grid(n, made["y"].shape[3] // 2, crop or width) + torch.tensor([offset, 0, left])
        mask = torch.zeros(batch, 1, n, 1, 1)
        if is_given:
            mask[:, :, : 1 if n < 5 or rng.random() < 0.8 else 2] = 1
        y = made.pop("y") * self.scale.view(1, -1, 1, 1, 1)
        return Batch(y, made.pop("start"), made, prompts, grid, torch.tensor(shares), mask)


def measured_scale(energy: dict[tuple[str, str], np.ndarray]) -> Tensor:
    """Per channel 0.5 / deviation of what the starts leave, so that y has the deviation the preconditioning assumes."""
    mean = sum(KINDS[kind] * np.mean([v for (k, _), v in energy.items() if k == kind], 0) for kind in KINDS)
    return torch.from_numpy((0.5 / np.sqrt(mean)).astype(np.float32))


def look_shares(energy: dict[tuple[str, str], np.ndarray]) -> dict[str, float]:
    """Loss share of "kind look": by the inverse root of what is left there, so that night does not drown snow by
    day."""
    total = {key: float(value.mean()) for key, value in energy.items()}
    mean = float(np.mean(list(total.values())))
    return {f"{k} {look}": float(np.clip((mean / max(v, 1e-6)) ** 0.5, 0.5, 4)) for (k, look), v in total.items()}


def kinds_of(scene: LatentScene) -> list[str]:
    """Kinds of start that a scene has latents of; priors need none."""
    return [k for k in KINDS if k in ("prior", "position") or f"{k}/{scene.looks[0]}" in scene.arrays]


def draw_kind(rng: np.random.Generator, known: list[str], controls: tuple[str, ...] = ()) -> str:
    """A kind of start. Controls that only a drive with video has go with its starts, or with controls alone."""
    with_video = any(name in FROM_VIDEO for name in controls)
    kinds = [k for k in known if not (with_video and k == "paint")]
    return _draw(rng, kinds, [KINDS[k] for k in kinds])


def draw_subset(rng: np.random.Generator) -> list[str]:
    """Controls that a prior is the mean of: one of them, or any number."""
    if rng.random() < 0.5:
        return [CONTROLS[int(rng.integers(len(CONTROLS)))]]
    picked = [name for name in CONTROLS if rng.random() < 0.5]
    return picked or [CONTROLS[int(rng.integers(len(CONTROLS)))]]


def draw_look(rng: np.random.Generator, looks: tuple[str, ...], video: bool) -> str:
    """A look: the source look rarely with video (the relight is exact there), night more often (it has most to
    learn)."""

    def share(look: str) -> float:
        if look == SOURCE_LOOK:
            return 0.1 if video else 0.6
        return 2.0 if look.endswith("night") else 0.5 if look.startswith("fog") else 1.0

    return _draw(rng, looks, [share(look) for look in looks])


def _draw(rng: np.random.Generator, names: list[str] | tuple[str, ...], shares: list[float]) -> str:
    edges = np.cumsum(shares)
    return names[int(np.searchsorted(edges, rng.random() * edges[-1], side="right"))]
