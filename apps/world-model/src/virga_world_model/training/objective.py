"""The loss that all gradient-trained stages share, and how noise levels, windows and validation are drawn."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ..sampling.preconditioning import SIGMA_DATA
from ..text import Vocabulary
from .model import SIGMA_MAX, Trained
from .samples import Batch, Samples
from .text import tokenize
from .tokenizer import load_encoder

#: Log-normal noise levels (Karras et al. 2022).
P_MEAN, P_STD = -0.6, 1.3
PROMPT_DROPOUT = 0.08
GIVEN = 0.4
#: Tokens of a latent frame, columns of a half-width crop, and the share of single frames that are cut so.
ROWS, COLUMNS, CROP, CROP_SHARE = 11, 20, 10, 0.7


def channel_weights(out: Path, scale: Tensor) -> Tensor:
    """[16] mean 1: how far a unit of y moves the pixels. A latent unit along a PCA direction is its deviation
    in pixels."""
    basis = load_encoder(out).basis
    weights = 1 / (basis.norm(dim=0) * scale)
    return weights / weights.mean()


def draw_sigma(rng: np.random.Generator, batch: int, at_max: float) -> Tensor:
    """A share of the draws at sigma_max (the only level that one step sees); the rest log-normal, or log-uniform above
    1."""
    drawn = np.exp(rng.normal(P_MEAN, P_STD, batch))
    drawn = np.where(rng.random(batch) < 0.3, np.exp(rng.uniform(np.log(1.0), np.log(SIGMA_MAX), batch)), drawn)
    drawn = np.where(rng.random(batch) < at_max, SIGMA_MAX, drawn)
    return torch.from_numpy(np.minimum(drawn, SIGMA_MAX).astype(np.float32))


def normal_like(rng: np.random.Generator, like: Tensor) -> Tensor:
    """Standard normals from a NumPy generator."""
    return torch.from_numpy(rng.standard_normal(tuple(like.shape), dtype=np.float32))


class Objective:
    """Weighted EDM loss of one batch."""

    def __init__(self, model: Trained, vocabulary: Vocabulary, weights: Tensor, device: torch.device) -> None:
        self.model, self.vocabulary, self.weights, self.device = model, vocabulary, weights.to(device), device
        self.length = model.network.config.text_tokens

    def text(self, prompts: list[str]) -> Tensor:
        """Prompts -> [B,M,C]."""
        ids, mask = tokenize(prompts, self.vocabulary, self.length)
        return self.model.text(ids.to(self.device), mask.to(self.device))

    def denoise(self, batch: Batch, noisy: Tensor, sigma: Tensor, weights: Mapping[str, float]) -> Tensor:
        """D for a batch that is on the device."""
        given = (batch.given, batch.y) if bool(batch.given.any()) else None
        text = self.text(batch.prompts)
        return self.model(noisy, sigma, text, batch.start, batch.hints, batch.grid, weights, given)

    def loss(self, batch: Batch, made: Tensor, aim: Tensor, sigma: Tensor) -> Tensor:
        """Squared error over c_out^2, by channel and look shares; given frames do not count."""
        s = sigma.view(-1, 1, 1, 1, 1)
        c_out = s * SIGMA_DATA * (s**2 + SIGMA_DATA**2).rsqrt()
        share = batch.shares.view(-1, 1, 1, 1, 1) * (1 - batch.given)
        return (share * ((made - aim) / c_out).square() * self.weights.view(1, -1, 1, 1, 1)).mean()

    def __call__(self, batch: Batch, sigma: Tensor, noise: Tensor, weights: Mapping[str, float]) -> Tensor:
        """The loss for the batch's own residual."""
        batch, sigma = batch.to(self.device), sigma.to(self.device)
        noisy = batch.y + sigma.view(-1, 1, 1, 1, 1) * noise.to(self.device)
        return self.loss(batch, self.denoise(batch, noisy, sigma, weights), batch.y, sigma)


def draw_window(rng: np.random.Generator, fraction: float, tokens: int) -> tuple[int, int, int]:
    """Curriculum: latent frames, batch and crop of a step. Images first, then windows, a few whole clips in the end."""
    r = rng.random()
    if fraction < 0.5:
        frames = 1 if r < 0.85 else 3
    elif fraction < 0.85:
        frames = 1 if r < 0.5 else 3 if r < 0.8 else 5
    else:
        frames = 1 if r < 0.3 else 3 if r < 0.6 else 5 if r < 0.85 else 16
    return fill_step(rng, frames, tokens)


def draw_short_window(rng: np.random.Generator, fraction: float, tokens: int) -> tuple[int, int, int]:
    """For branches and student: mostly images; many drives and looks matter more than long windows, but a whole clip
    now and then keeps attention used to its many tokens."""
    r = rng.random()
    return fill_step(rng, 1 if r < 0.75 else 16 if fraction > 0.5 and r > 0.95 else 3, tokens)


def fill_step(rng: np.random.Generator, frames: int, tokens: int) -> tuple[int, int, int]:
    """Latent frames, batch, crop: half-width crops of images are twice as many scenes and looks at the same cost."""
    crop = CROP if frames == 1 and rng.random() < CROP_SHARE else 0
    return frames, max(1, round(tokens / (ROWS * (crop or COLUMNS) * frames))), crop


@torch.no_grad()
def validate(
    objective: Objective, samples: Samples, kinds: tuple[str, ...], weights: Mapping[str, float], count: int = 4
) -> dict[str, float]:
    """Unexplained share of y at sigma_max on fixed windows by kind of start: 1 = the network adds nothing to it."""
    out = {}
    for kind in kinds:
        rng = np.random.default_rng(5)
        error = total = 0.0
        for _ in range(count):
            batch = samples.draw(rng, 1, 6, tuple(weights), kind=kind)
            noise = normal_like(rng, batch.y)
            batch = batch.to(objective.device)
            sigma = torch.full((len(batch.y),), SIGMA_MAX, device=objective.device)
            error += float(objective(batch, sigma, noise, weights))
            total += float(objective.loss(batch, torch.zeros_like(batch.y), batch.y, sigma))
        out[kind] = error / total
    return out
