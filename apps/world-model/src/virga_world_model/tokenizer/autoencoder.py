"""Encoder and decoder (cosmos-transfer1, tokenizer/networks/continuous_video.py)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import torch.nn.functional as F
from torch import Tensor, nn

from .haar import patch_video, unpatch_video
from .layers import Downsample, FrameNorm, MiddleAttention, ResBlock, Upsample, factorised, pointwise


@dataclass(frozen=True)
class TokenizerConfig:
    """Widths of the autoencoder. Two Haar levels and one down-sampler give 8x8x8.

    `unused_layers` creates the samplers that the published files hold and never run.
    """

    channels: int = 128
    multipliers: tuple[int, ...] = (2, 4, 4)
    latent_channels: int = 16
    res_blocks: int = 2
    haar_levels: int = 2
    unused_layers: bool = False

    def to_json(self) -> dict[str, Any]:
        """Plain values, for a checkpoint or manifest."""
        return {**asdict(self), "multipliers": list(self.multipliers)}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> TokenizerConfig:
        """The config from `to_json`'s values."""
        return cls(**{**values, "multipliers": tuple(values["multipliers"])})


tokenizer_configs: dict[str, TokenizerConfig] = {
    "mini": TokenizerConfig(channels=32),
    "cosmos-tokenize1-cv8x8x8": TokenizerConfig(unused_layers=True),
}


class _Level(nn.Module):
    """Residual blocks and, where there is one, a sampler under the official name."""

    def __init__(self, blocks: list[ResBlock]) -> None:
        super().__init__()
        self.block = nn.ModuleList(blocks)


class _Middle(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.block_1 = ResBlock(channels, channels)
        self.attn_1 = nn.Sequential(MiddleAttention(channels, temporal=False), MiddleAttention(channels, temporal=True))
        self.block_2 = ResBlock(channels, channels)

    def forward(self, x: Tensor) -> Tensor:
        return self.block_2(self.attn_1(self.block_1(x)))


class Encoder(nn.Module):
    """Video [B,3,8m+1,H,W] -> [B,16,m+1,H/8,W/8]."""

    def __init__(self, config: TokenizerConfig) -> None:
        super().__init__()
        c = config
        self.haar_levels = c.haar_levels
        self.conv_in = factorised(3 * 8**c.haar_levels, c.channels)
        widths = [c.channels, *(c.channels * m for m in c.multipliers)]
        self.down = nn.ModuleList()
        for i, width in enumerate(widths[1:]):
            level = _Level([ResBlock(widths[i] if j == 0 else width, width) for j in range(c.res_blocks)])
            if i == 0 or (c.unused_layers and i < len(c.multipliers) - 1):
                level.downsample = Downsample(width)
            self.down.append(level)
        self.mid = _Middle(widths[-1])
        self.norm_out = FrameNorm(widths[-1])
        self.conv_out = factorised(widths[-1], c.latent_channels)

    def forward(self, video: Tensor) -> Tensor:
        """Raw latent, before quant_conv."""
        x = self.conv_in(patch_video(video, self.haar_levels))
        for i, level in enumerate(self.down):
            for block in level.block:
                x = block(x)
            if i == 0:
                x = level.downsample(x)
        return self.conv_out(F.silu(self.norm_out(self.mid(x))))


class Decoder(nn.Module):
    """Latent [B,16,m+1,h,w] -> video [B,3,8m+1,8h,8w]."""

    def __init__(self, config: TokenizerConfig) -> None:
        super().__init__()
        c = config
        self.haar_levels = c.haar_levels
        widths = [c.channels * m for m in c.multipliers]
        self.conv_in = factorised(c.latent_channels, widths[-1])
        self.mid = _Middle(widths[-1])
        levels, inputs = [], widths[-1]
        for i in reversed(range(len(widths))):
            level = _Level([ResBlock(inputs if j == 0 else widths[i], widths[i]) for j in range(c.res_blocks + 1)])
            if i == 1 or (c.unused_layers and i > 1):
                level.upsample = Upsample(widths[i])
            levels.append(level)
            inputs = widths[i]
        self.up = nn.ModuleList(reversed(levels))
        self.norm_out = FrameNorm(inputs)
        self.conv_out = factorised(inputs, 3 * 8**c.haar_levels)

    def forward(self, latent: Tensor) -> Tensor:
        """Video from a latent that has passed post_quant_conv."""
        x = self.mid(self.conv_in(latent))
        for i in reversed(range(len(self.up))):
            for block in self.up[i].block:
                x = block(x)
            if i == 1:
                x = self.up[i].upsample(x)
        return unpatch_video(self.conv_out(F.silu(self.norm_out(x))), self.haar_levels)


class Autoencoder(nn.Module):
    """Encoder, decoder and the pointwise layers around the latent, official state-dict keys."""

    def __init__(self, config: TokenizerConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder = Encoder(config)
        self.decoder = Decoder(config)
        self.quant_conv = pointwise(config.latent_channels, config.latent_channels)
        self.post_quant_conv = pointwise(config.latent_channels, config.latent_channels)

    def encode(self, video: Tensor) -> Tensor:
        """Video [B,3,8m+1,H,W] in [-1,1], H and W multiples of 8 -> raw latent [B,16,m+1,H/8,W/8].

        Causal: latent frame 0 depends on the first frame alone.
        """
        return self.quant_conv(self.encoder(video))

    def decode(self, latent: Tensor) -> Tensor:
        """Raw latent -> video, not clamped."""
        return self.decoder(self.post_quant_conv(latent))
