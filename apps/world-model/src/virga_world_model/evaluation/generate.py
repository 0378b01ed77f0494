"""Generating with a run's PyTorch modules, as the runtime does with the bundle's graphs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ..data.looks import look_index
from ..network import token_grid
from ..sampling.schedule import schedule
from ..sampling.solver import sample
from ..training.bundle import load_trained
from ..training.prior import load_prior
from ..training.residual import SIGMA_MAX
from ..training.text import tokenize
from ..training.tokenizer import as_video, load_decoder, load_encoder


def to_frames(video: Tensor) -> np.ndarray:
    """[1,3,T,H,W] in [-1,1] -> uint8 [T,H,W,3]."""
    return ((video[0].permute(1, 2, 3, 0).clamp(-1, 1) + 1) * 127.5 + 0.5).to(torch.uint8).numpy()


@dataclass
class Generator:
    """Everything of a run that makes pictures."""

    run: Path

    def __post_init__(self) -> None:
        self.encoder, self.decoder = load_encoder(self.run), load_decoder(self.run)
        self.prior = load_prior(self.run / "prior.pt")
        self.model, self.vocabulary, self.meta = load_trained(self.run)
        self.scale = torch.tensor(self.meta["scale"]).view(1, -1, 1, 1, 1)

    @torch.no_grad()
    def encode(self, frames: np.ndarray) -> Tensor:
        """uint8 [T,H,W,3] -> [1,16,T',h,w]."""
        return self.encoder(as_video(frames))

    @torch.no_grad()
    def decode(self, latent: Tensor) -> np.ndarray:
        """[1,16,T',h,w] -> uint8 [T,H,W,3]."""
        return to_frames(self.decoder(latent))

    @torch.no_grad()
    def prior_latent(self, hdmap: np.ndarray, look: str) -> Tensor:
        """The base of a drive without video."""
        return self.prior(self.encode(hdmap), torch.tensor([look_index(look)]))

    @torch.no_grad()
    def residual(self, hints: dict[str, Tensor], prompt: str, steps: int, seed: int = 0) -> Tensor:
        """y / scale for hint latents and a prompt: steps 0 -> zero, 1 -> one evaluation at sigma_max, else the
        2ab solver."""
        like = next(iter(hints.values()))
        if steps == 0:
            return torch.zeros_like(like)
        ids, mask = tokenize([prompt], self.vocabulary, self.model.network.config.text_tokens)
        text = self.model.text(ids, mask)
        grid = token_grid(like.shape[2], like.shape[3] // 2, like.shape[4] // 2)
        weights = dict.fromkeys(hints, 1 / len(hints))

        def denoise(x: Tensor, sigma: float) -> Tensor:
            return self.model(x.float(), torch.tensor([float(sigma)]), text, hints, grid, weights)

        noise = np.random.RandomState(seed).standard_normal(tuple(like.shape)).astype(np.float32)
        x = torch.from_numpy(noise) * SIGMA_MAX
        y = denoise(x, SIGMA_MAX) if steps == 1 else sample(denoise, x, schedule(steps, SIGMA_MAX))
        return y / self.scale
