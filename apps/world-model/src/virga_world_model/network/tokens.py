"""Latents to tokens and back. The two orders differ on purpose (cosmos-transfer1, general_dit.py, blocks.py)."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from .config import NetworkConfig


def patchify(latent: Tensor, patch: int = 2) -> Tensor:
    """[B,C,T,H,W] -> tokens [B, T*(H/p)*(W/p), C*p*p]; tokens in t,h,w order, features channel-major (c, dh, dw)."""
    b, c, t, h, w = latent.shape
    cells = latent.reshape(b, c, t, h // patch, patch, w // patch, patch)
    return cells.permute(0, 2, 3, 5, 1, 4, 6).reshape(b, t * (h // patch) * (w // patch), c * patch * patch)


def unpatchify(tokens: Tensor, grid_size: tuple[int, int, int], patch: int = 2) -> Tensor:
    """Output tokens [B,L,p*p*C], features (dh, dw, c) with the channel last, -> [B,C,T,H,W]; grid_size in tokens."""
    t, h, w = grid_size
    b, _, features = tokens.shape
    c = features // (patch * patch)
    cells = tokens.reshape(b, t, h, w, patch, patch, c)
    return cells.permute(0, 6, 1, 2, 4, 3, 5).reshape(b, c, t, h * patch, w * patch)


def token_grid(frames: int, height: int, width: int, device: torch.device | str | None = None) -> Tensor:
    """Index (t, h, w) of every token, int64 [frames*height*width, 3], w fastest; sizes in tokens."""
    axes = [torch.arange(n, device=device) for n in (frames, height, width)]
    return torch.stack(torch.meshgrid(*axes, indexing="ij"), dim=-1).reshape(-1, 3)


def pack_network_input(
    config: NetworkConfig,
    x: Tensor,
    condition_mask: Tensor | None = None,
    padding_mask: Tensor | None = None,
    start: Tensor | None = None,
) -> Tensor:
    """Input tokens of base and control branches from the scaled latent [B,16,T,h,w].

    Channels are latent, condition mask (where the class has one; None means no frame is given), start (where the class
    sees it, [B,16,T,h,w] times sigma_data; None is zero), padding mask (where given, [1,1,H,W] in pixels, resized to
    the latent by nearest). A padding mask of None is zero and left out.
    """
    b, _, t, h, w = x.shape
    channels = [x]
    if config.condition_mask:
        mask = torch.zeros(b, 1, t, h, w) if condition_mask is None else condition_mask
        channels.append(mask.to(x).expand(b, 1, t, h, w))
    if config.start_channels:
        channels.append(torch.zeros_like(x) if start is None else start.to(x))
    if padding_mask is not None and config.padding_mask:
        resized = F.interpolate(padding_mask.to(x), size=(h, w), mode="nearest")
        channels.append(resized[:, :, None].expand(b, 1, t, h, w))
    return patchify(torch.cat(channels, dim=1), config.patch)


def pack_latent(latent: Tensor, patch: int = 2) -> Tensor:
    """Hint tokens from a hint latent [B,16,T,h,w]; the zero channels and masks behind it are left out."""
    return patchify(latent, patch)
