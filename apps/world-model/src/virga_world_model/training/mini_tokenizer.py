"""The mini bundle's video tokenizer: 8x8x8 causal, 16 channels.

Encoder: the Haar patcher carried to its third level (8x8x8 voxels x 3 colours = 1536 bands) followed by one
linear map to 16 channels. Haar is orthogonal up to scale, so the composition is any linear map of the raw
8x8x8 block; here it
is the PCA of
the blocks, stored directly on pixels. Latents have zero mean and unit variance (folded in).
Causal grouping: the first frame alone (repeated 8 times), then groups of 8: T' = 1 + (T-1)/8.

Decoder: a linear map from the latents around a block (3x3 in space, this and the previous latent frame) to the
block, fitted
in closed form, plus a residual network of causal 3D convolutions on the latent grid.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

BLOCK = 8
CHANNELS = 16
VOXELS = 3 * BLOCK**3


def to_blocks(video: Tensor) -> Tensor:
    """[B,3,T,H,W] with T = 8m+1 -> blocks [B,T',H/8,W/8,1536]; voxel order (c, t, h, w), the first frame
    repeated 8 times."""
    b, c, t, h, w = video.shape
    padded = torch.cat([video[:, :, :1].expand(b, c, BLOCK - 1, h, w), video], 2)
    cells = padded.reshape(b, c, (t + 7) // BLOCK, BLOCK, h // BLOCK, BLOCK, w // BLOCK, BLOCK)
    return cells.permute(0, 2, 4, 6, 1, 3, 5, 7).reshape(b, (t + 7) // BLOCK, h // BLOCK, w // BLOCK, VOXELS)


def from_blocks(blocks: Tensor) -> Tensor:
    """Inverse of to_blocks: [B,T',h,w,1536] -> [B,3,8T'-7,8h,8w]; of the first group its last frame is kept."""
    b, t, h, w, _ = blocks.shape
    cells = blocks.reshape(b, t, h, w, 3, BLOCK, BLOCK, BLOCK).permute(0, 4, 1, 5, 2, 6, 3, 7)
    return cells.reshape(b, 3, t * BLOCK, h * BLOCK, w * BLOCK)[:, :, BLOCK - 1 :]


class PcaEncoder(nn.Module):
    """video [B,3,T,H,W] in [-1,1] -> latent [B,16,T',H/8,W/8]: (block - mean) @ basis, basis already divided
    by the std."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(VOXELS))
        self.register_buffer("basis", torch.zeros(VOXELS, CHANNELS))

    def forward(self, video: Tensor) -> Tensor:
        """See class."""
        return ((to_blocks(video) - self.mean) @ self.basis).permute(0, 4, 1, 2, 3)


class CausalConv(nn.Module):
    """Convolution over (time, height, width), kernel (kt, k, k): time padded in front by repeating the first
    frame, space by zeros."""

    def __init__(self, inner: int, outer: int, kt: int, k: int) -> None:
        super().__init__()
        self.kt = kt
        self.conv3d = nn.Conv3d(inner, outer, (kt, k, k), padding=(0, k // 2, k // 2))

    def forward(self, x: Tensor) -> Tensor:
        """[B,inner,T,H,W] -> [B,outer,T,H,W]."""
        if self.kt > 1:
            x = torch.cat([x[:, :, :1]] * (self.kt - 1) + [x], 2)
        return self.conv3d(x)


class ResBlock(nn.Module):
    """Two factorised causal convolutions (space, then time) with a residual connection."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.space1, self.time = CausalConv(width, width, 1, 3), CausalConv(width, width, 2, 1)
        self.space2 = CausalConv(width, width, 1, 3)
        nn.init.zeros_(self.space2.conv3d.weight)
        nn.init.zeros_(self.space2.conv3d.bias)

    def forward(self, x: Tensor) -> Tensor:
        """[B,C,T,H,W], same shape out."""
        return x + self.space2(F.silu(self.time(F.silu(self.space1(x)))))


class DecoderResidual(nn.Module):
    """latent [B,16,T',h,w] -> correction of the blocks [B,1536,T',h,w]; zero at the start."""

    def __init__(self, width: int, blocks: int) -> None:
        super().__init__()
        self.conv_in = CausalConv(CHANNELS, width, 2, 3)
        self.blocks = nn.ModuleList(ResBlock(width) for _ in range(blocks))
        self.conv_out = nn.Conv3d(width, VOXELS, 1)
        nn.init.zeros_(self.conv_out.weight)
        nn.init.zeros_(self.conv_out.bias)

    def forward(self, latent: Tensor) -> Tensor:
        """See class."""
        hidden = self.conv_in(latent)
        for block in self.blocks:
            hidden = block(hidden)
        return self.conv_out(F.silu(hidden))


class MiniDecoder(nn.Module):
    """latent [B,16,T',h,w] -> video [B,3,T,8h,8w]: closed-form linear part plus a residual network on the
    latent grid."""

    def __init__(self, width: int = 160, blocks: int = 3) -> None:
        super().__init__()
        self.linear = nn.Conv3d(CHANNELS, VOXELS, (2, 3, 3))
        self.first = nn.Conv3d(CHANNELS, VOXELS, (1, 3, 3))
        self.residual = DecoderResidual(width, blocks) if width else None

    def linear_blocks(self, latent: Tensor) -> Tensor:
        """Only the closed-form part, as blocks [B,1536,T',h,w]."""
        padded = F.pad(latent, (1, 1, 1, 1, 0, 0), mode="replicate")
        return torch.cat([self.first(padded[:, :, :1]), self.linear(padded)], 2)

    def forward(self, latent: Tensor) -> Tensor:
        """See class."""
        blocks = self.linear_blocks(latent)
        if self.residual is not None:
            blocks = blocks + self.residual(latent)
        return from_blocks(blocks.permute(0, 2, 3, 4, 1))
