"""Stage `prior`: a ridge regression per look from the hdmap latents to the RGB latents, for drives without video.

    python -m virga_world_model.training.prior --data DIR --out DIR --steps 1

A latent cell is predicted from the 5x5 hint cells around it plus a bias per cell position (what usually is
there: sky, road,
facades). Writes <out>/prior.pt.
"""

from __future__ import annotations

import time

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..atomic import write_atomically
from ..data.latents import LatentScene, load_latents
from ..data.looks import LOOKS, look_index
from ..data.scenes import list_scenes
from .mini_tokenizer import CHANNELS
from .run import prepare, stage_parser

REACH = 2
FEATURES = CHANNELS * (2 * REACH + 1) ** 2
RIDGE = 3e-2
#: How many latent frames' worth of the mean over all looks a look's position bias is shrunk by.
BIAS_FRAMES = 2.0
#: A regression to the mean draws lane lines and vehicles fainter than they are. What the map contributes is
#: drawn this much
#: stronger than the best fit, which costs 0.1 dB on held-out drives and makes the layout readable.
EMPHASIS = 1.4


def neighbours(hint: Tensor) -> Tensor:
    """[B,16,T,h,w] -> [B,T,h,w,16*25]: the hint cells around every cell, zeros beyond the border; order (dh, dw, c)."""
    padded = F.pad(hint, (REACH, REACH, REACH, REACH))
    height, width = hint.shape[3], hint.shape[4]
    side = range(2 * REACH + 1)
    shifted = [padded[:, :, :, i : i + height, j : j + width] for i in side for j in side]
    return torch.cat(shifted, 1).permute(0, 2, 3, 4, 1)


class Prior(nn.Module):
    """hint [B,16,T',h,w] (hdmap latent), look int64 [1] -> latent, same shape."""

    def __init__(self, height: int = 22, width: int = 40, looks: int = len(LOOKS)) -> None:
        super().__init__()
        self.register_buffer("weights", torch.zeros(looks, FEATURES, CHANNELS))
        self.register_buffer("bias", torch.zeros(looks, height, width, CHANNELS))

    def forward(self, hint: Tensor, look: Tensor) -> Tensor:
        """See class."""
        weights = self.weights.index_select(0, look)[0]
        bias = self.bias.index_select(0, look)[0]
        return (neighbours(hint) @ weights + bias).permute(0, 4, 1, 2, 3)


def smooth(maps: np.ndarray) -> np.ndarray:
    """[looks,h,w,C] averaged over 3x3 cells: few scenes leave the position mean noisy."""
    padded = np.pad(maps, ((0, 0), (1, 1), (1, 1), (0, 0)), mode="edge")
    h, w = maps.shape[1:3]
    return sum(padded[:, i : i + h, j : j + w] for i in range(3) for j in range(3)) / 9


def fit_prior(scenes: list[LatentScene], emphasis: float = EMPHASIS) -> Prior:
    """Position means first, then one ridge per look on what is left."""
    h, w = scenes[0].arrays["hdmap"].shape[2:]
    count = np.zeros(len(LOOKS))
    target_mean, gram = np.zeros((len(LOOKS), h, w, CHANNELS)), np.zeros((len(LOOKS), FEATURES, FEATURES))
    feature_mean = np.zeros((h, w, FEATURES))
    cross = np.zeros((len(LOOKS), FEATURES, CHANNELS))
    features = [
        neighbours(torch.from_numpy(s.arrays["hdmap"]).float().transpose(0, 1)[None])[0].numpy() for s in scenes
    ]
    for scene, x in zip(scenes, features, strict=True):
        feature_mean += x.mean(0) / len(scenes)
        for look in scene.looks:
            target_mean[look_index(look)] += scene.arrays[f"look/{look}"].astype(np.float64).sum(0).transpose(1, 2, 0)
            count[look_index(look)] += scene.frames
    overall = target_mean.sum(0) / count.sum()
    target_mean = (target_mean + BIAS_FRAMES * overall) / (count + BIAS_FRAMES)[:, None, None, None]
    target_mean = 0.5 * target_mean + 0.5 * smooth(target_mean)
    for scene, x in zip(scenes, features, strict=True):
        centred = (x - feature_mean).astype(np.float32).reshape(-1, FEATURES)
        own = centred.T @ centred
        for look in scene.looks:
            i = look_index(look)
            y = scene.arrays[f"look/{look}"].astype(np.float32).transpose(0, 2, 3, 1) - target_mean[i]
            gram[i] += own
            cross[i] += centred.T @ y.reshape(-1, CHANNELS)
    prior = Prior(h, w)
    pooled_gram, pooled_cross = gram.sum(0), cross.sum(0)
    shared = np.linalg.solve(pooled_gram + RIDGE * count.sum() * h * w * np.eye(FEATURES), pooled_cross)
    for i in range(len(LOOKS)):
        # Shrunk towards the regression of all looks together: layout is shared, colour is not.
        strength = RIDGE * max(count[i], 1) * h * w
        solved = shared + np.linalg.solve(gram[i] + strength * np.eye(FEATURES), cross[i] - gram[i] @ shared)
        solved *= emphasis
        prior.weights[i] = torch.from_numpy(solved.astype(np.float32))
        prior.bias[i] = torch.from_numpy((target_mean[i] - feature_mean @ solved).astype(np.float32))
    return prior


def load_prior(path: object) -> Prior:
    """A fitted prior."""
    state = torch.load(path, weights_only=True)
    prior = Prior(state["bias"].shape[1], state["bias"].shape[2])
    prior.load_state_dict(state)
    return prior.eval()


@torch.no_grad()
def unexplained(prior: Prior, scenes: list[LatentScene]) -> float:
    """Mean squared error over the variance of the RGB latents (1 = the overall mean)."""
    error = total = 0.0
    for scene in scenes:
        hint = torch.from_numpy(scene.arrays["hdmap"]).float().transpose(0, 1)[None]
        for look in scene.looks:
            truth = torch.from_numpy(scene.arrays[f"look/{look}"]).float().transpose(0, 1)[None]
            error += float((prior(hint, torch.tensor([look_index(look)])) - truth).square().mean())
            total += float(truth.square().mean())
    return error / max(total, 1e-9)


def main() -> None:
    """Command line entry."""
    args = stage_parser(__doc__ or "").parse_args()
    prepare(args)
    start = time.process_time()
    scenes = load_latents(list_scenes(args.data, "train", args.limit), args.out / "latents" / "train")
    prior = fit_prior(scenes)
    write_atomically(args.out / "prior.pt", lambda p: torch.save(prior.state_dict(), p))
    seconds, left = time.process_time() - start, unexplained(prior, scenes[:8])
    print(f"prior: {len(scenes)} scenes, {seconds:.0f} CPU-s, unexplained on training scenes {left:.3f}")
    held = args.data / "val"
    if held.is_dir():
        scenes = load_latents(list_scenes(args.data, "val"), args.out / "latents" / "val")
        print(f"prior: unexplained on val {unexplained(prior, scenes):.3f}")


if __name__ == "__main__":
    main()
