"""Mean and standard deviation of latents, per channel and latent frame (cosmos-transfer1, pretrained_vae.py)."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class LatentNormaliser(nn.Module):
    """(raw - mean) / std and back; mean, std [channels, frames], of which the first T' columns are used."""

    def __init__(self, mean: Tensor, std: Tensor) -> None:
        super().__init__()
        self.register_buffer("mean", mean.clone())
        self.register_buffer("std", std.clone())

    def _columns(self, table: Tensor, latent: Tensor) -> Tensor:
        # Frames beyond the table (a longer clip than the statistics were taken from) use its last column.
        at = torch.arange(latent.shape[2], device=table.device).clamp(max=table.shape[1] - 1)
        return table[:, at][None, :, :, None, None].to(latent.dtype)

    def normalise(self, raw: Tensor) -> Tensor:
        """Raw latent [B,C,T',h,w] -> unit variance."""
        return (raw - self._columns(self.mean, raw)) / self._columns(self.std, raw)

    def denormalise(self, latent: Tensor) -> Tensor:
        """Unit-variance latent -> raw latent."""
        return latent * self._columns(self.std, latent) + self._columns(self.mean, latent)
