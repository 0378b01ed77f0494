"""Stage `prior`: per control a ridge regression from its latents to the RGB latents, for requests with controls alone.

    python -m virga_world_model.training.prior --data DIR --out RUN

A latent cell is predicted from the 5x5 hint cells around it plus a bias per cell position (what usually is
there: sky, road, facades). Priors of several controls are averaged by their weights. Writes <out>/prior.pt, prior.json.
"""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..atomic import write_atomically
from ..data.hints import CONTROLS
from ..data.latents import LatentScene, load_split
from ..data.looks import LOOKS, look_index
from .mini_tokenizer import CHANNELS
from .run import prepare, stage_parser, write_json

REACH = 2
FEATURES = CHANNELS * (2 * REACH + 1) ** 2
RIDGE = 3e-2
#: How many latent frames' worth of the mean over all looks a look's position bias is shrunk by.
BIAS_FRAMES = 2.0


def neighbours(hint: Tensor) -> Tensor:
    """[B,16,T,h,w] -> [B,T,h,w,16*25]: the hint cells around every cell, zeros beyond the border; order (dh, dw, c)."""
    padded = F.pad(hint, (REACH, REACH, REACH, REACH))
    height, width = hint.shape[3], hint.shape[4]
    side = range(2 * REACH + 1)
    shifted = [padded[:, :, :, i : i + height, j : j + width] for i in side for j in side]
    return torch.cat(shifted, 1).permute(0, 2, 3, 4, 1)


class Prior(nn.Module):
    """hint [1,16,T',h,w] (unit latent of one control), look int64 [1] -> latent, same shape."""

    def __init__(self, height: int = 22, width: int = 40, looks: int = len(LOOKS)) -> None:
        super().__init__()
        self.usual = nn.Parameter(torch.zeros(CHANNELS, height, width), requires_grad=False)
        self.weights = nn.Parameter(torch.zeros(looks, FEATURES, CHANNELS), requires_grad=False)
        self.position = nn.Parameter(torch.zeros(looks, CHANNELS, height, width), requires_grad=False)

    def forward(self, hint: Tensor, look: Tensor) -> Tensor:
        """See class."""
        moved = neighbours(hint - self.usual[None, :, None]) @ self.weights.index_select(0, look)[0]
        return moved.permute(0, 4, 1, 2, 3) + self.position.index_select(0, look)[:, :, None]


class PositionPrior(nn.Module):
    """hint [1,16,T',h,w] (its shape alone counts), look int64 [1] -> what usually is at a position, of that shape."""

    def __init__(self, position: Tensor) -> None:
        super().__init__()
        self.register_buffer("position", position)

    def forward(self, hint: Tensor, look: Tensor) -> Tensor:
        """See class."""
        return self.position.index_select(0, look)[:, :, None].expand_as(hint)


class Priors(nn.ModuleDict):
    """The prior of every control, by name, over one common position bias."""

    def __init__(self, names: tuple[str, ...] = CONTROLS, height: int = 22, width: int = 40) -> None:
        super().__init__({name: Prior(height, width) for name in names})

    @property
    def position(self) -> Tensor:
        """[looks,16,h,w]."""
        return next(iter(self.values())).position

    @torch.no_grad()
    def mean(self, hints: dict[str, Tensor], look: str) -> Tensor:
        """Mean of the priors of hints [1,16,T',h,w]; all the same weight."""
        index = torch.tensor([look_index(look)])
        return sum(self[name](hint, index) for name, hint in hints.items()) / len(hints)


def smooth(maps: np.ndarray) -> np.ndarray:
    """[...,h,w] averaged over 3x3 cells: few scenes leave the position mean noisy."""
    padded = np.pad(maps, [(0, 0)] * (maps.ndim - 2) + [(1, 1), (1, 1)], mode="edge")
    h, w = maps.shape[-2:]
    return sum(padded[..., i : i + h, j : j + w] for i in range(3) for j in range(3)) / 9


def position_means(scenes: list[LatentScene]) -> tuple[np.ndarray, np.ndarray]:
    """[looks,16,h,w] mean latent per look and position, shrunk to the mean of all looks; [looks] latent frames seen."""
    sums = np.zeros((len(LOOKS), *scenes[0].arrays["hdmap"].shape[1:]))
    count = np.zeros(len(LOOKS))
    for scene in scenes:
        for look in scene.looks:
            sums[look_index(look)] += scene.arrays[f"look/{look}"].astype(np.float64).sum(0)
            count[look_index(look)] += scene.frames
    overall = sums.sum(0) / count.sum()
    means = (sums + BIAS_FRAMES * overall) / (count + BIAS_FRAMES)[:, None, None, None]
    return 0.5 * means + 0.5 * smooth(means), count


def fit_prior(scenes: list[LatentScene], control: str, position: np.ndarray, count: np.ndarray) -> Prior:
    """One ridge per look from the control's cells to what the position mean leaves."""
    h, w = position.shape[-2:]
    usual = np.mean([s.arrays[control].astype(np.float64).mean(0) for s in scenes], 0)
    prior = Prior(h, w)
    prior.usual.copy_(torch.from_numpy(usual))
    prior.position.copy_(torch.from_numpy(position))
    gram, cross = np.zeros((len(LOOKS), FEATURES, FEATURES)), np.zeros((len(LOOKS), FEATURES, CHANNELS))
    for scene in scenes:
        hint = torch.from_numpy(scene.arrays[control]).float().transpose(0, 1)[None]
        x = neighbours(hint - prior.usual[None, :, None])[0].reshape(-1, FEATURES).numpy()
        own = x.T @ x
        for look in scene.looks:
            i = look_index(look)
            y = (scene.arrays[f"look/{look}"].astype(np.float32) - position[i].astype(np.float32)).transpose(0, 2, 3, 1)
            gram[i] += own
            cross[i] += x.T @ y.reshape(-1, CHANNELS)
    shared = np.linalg.solve(gram.sum(0) + RIDGE * count.sum() * h * w * np.eye(FEATURES), cross.sum(0))
    for i in range(len(LOOKS)):
        # Shrunk towards the regression of all looks together: layout is shared, colour is not.
        strength = RIDGE * max(count[i], 1) * h * w
        solved = shared + np.linalg.solve(gram[i] + strength * np.eye(FEATURES), cross[i] - gram[i] @ shared)
        prior.weights[i] = torch.from_numpy(solved.astype(np.float32))
    return prior


def fit_priors(scenes: list[LatentScene], names: tuple[str, ...] = CONTROLS) -> Priors:
    """The priors of all controls."""
    position, count = position_means(scenes)
    priors = Priors(names, *position.shape[-2:])
    for name in names:
        priors[name] = fit_prior(scenes, name, position, count)
    return priors


def load_priors(path: Path) -> Priors:
    """Fitted priors."""
    state = torch.load(path, weights_only=True)
    names = tuple(dict.fromkeys(key.split(".")[0] for key in state))
    priors = Priors(names, *state[f"{names[0]}.usual"].shape[1:])
    priors.load_state_dict(state)
    return priors.eval()


@torch.no_grad()
def unexplained(priors: Priors, scenes: list[LatentScene], names: tuple[str, ...]) -> float:
    """Squared error of the mean of those controls' priors (none: the position alone) over the variance of the
    latents."""
    error = total = 0.0
    for scene in scenes:
        hints = {n: torch.from_numpy(scene.arrays[n]).float().transpose(0, 1)[None] for n in names}
        for look in scene.looks:
            truth = torch.from_numpy(scene.arrays[f"look/{look}"]).float().transpose(0, 1)[None]
            made = priors.mean(hints, look) if names else priors.position[look_index(look)][None, :, None]
            error += float((made - truth).square().mean())
            total += float(truth.square().mean())
    return error / max(total, 1e-9)


def main() -> None:
    """Command line entry."""
    args = stage_parser(__doc__ or "").parse_args()
    prepare(args)
    if (args.out / "prior.json").exists():
        print("prior: done before")
        return
    start = time.process_time()
    priors = fit_priors(load_split(args.data, args.out, "train", args.limit))
    write_atomically(args.out / "prior.pt", lambda p: torch.save(priors.state_dict(), p))
    held = load_split(args.data, args.out, "val", args.limit)
    left = {"position": unexplained(priors, held, ()), "all": unexplained(priors, held, CONTROLS)}
    left |= {name: unexplained(priors, held, (name,)) for name in CONTROLS}
    write_json(args.out / "prior.json", {"unexplained on val": left})
    print(f"prior: {time.process_time() - start:.0f} CPU-s, unexplained on val {left}")


if __name__ == "__main__":
    main()
