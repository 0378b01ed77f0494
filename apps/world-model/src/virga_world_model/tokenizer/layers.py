"""Causal layers with the official parameter names (cosmos-transfer1, tokenizer/modules/layers3d.py)."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn


def fold_time(x: Tensor) -> Tensor:
    """[B,C,T,H,W] -> [B*T,C,H,W]."""
    return x.transpose(1, 2).flatten(0, 1)


def unfold_time(x: Tensor, batch: int) -> Tensor:
    """[B*T,C,H,W] -> [B,C,T,H,W]."""
    return x.unflatten(0, (batch, -1)).transpose(1, 2)


def repeat_first(x: Tensor, count: int) -> Tensor:
    """Puts `count` copies of the first frame in front."""
    return torch.cat([x[:, :, :1]] * count + [x], dim=2) if count else x


class CausalConv(nn.Module):
    """Convolution over space (kt = 1) or over time (kh = kw = 1); key `conv3d`.

    Time is padded in front only, by copies of the first frame (kt - stride_t of them), space by zeros.
    """

    def __init__(
        self, inputs: int, outputs: int, kernel: tuple[int, int, int], stride: int = 1, padding: int = 0
    ) -> None:
        super().__init__()
        self.conv3d = nn.Conv3d(inputs, outputs, kernel)
        self.kernel, self.stride, self.padding = kernel, stride, padding

    def forward(self, x: Tensor) -> Tensor:
        """[B,inputs,T,H,W] -> [B,outputs,T',H',W']."""
        weight, bias = self.conv3d.weight, self.conv3d.bias
        if self.kernel[0] == 1:
            # Frame by frame: a 2D convolution is far faster than a 3D one of depth 1 in every runtime.
            y = F.conv2d(fold_time(x), weight[:, :, 0], bias, stride=self.stride, padding=self.padding)
            return unfold_time(y, x.shape[0])
        x = repeat_first(x, self.kernel[0] - self.stride)
        return F.conv3d(x, weight, bias, stride=(self.stride, 1, 1))


def factorised(inputs: int, outputs: int) -> nn.Sequential:
    """(1,3,3) over space, then causal (3,1,1) over time."""
    return nn.Sequential(CausalConv(inputs, outputs, (1, 3, 3), padding=1), CausalConv(outputs, outputs, (3, 1, 1)))


def pointwise(inputs: int, outputs: int) -> CausalConv:
    """1x1x1."""
    return CausalConv(inputs, outputs, (1, 1, 1))


class FrameNorm(nn.Module):
    """GroupNorm with one group over each frame on its own, so that no frame sees a later one; key `norm`."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.norm = nn.GroupNorm(1, channels, eps=1e-6)

    def forward(self, x: Tensor) -> Tensor:
        """Same shape as x."""
        return unfold_time(self.norm(fold_time(x)), x.shape[0])


class ResBlock(nn.Module):
    """Norm, SiLU, convolution, twice, plus the shortcut."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.norm1, self.conv1 = FrameNorm(inputs), factorised(inputs, outputs)
        self.norm2, self.conv2 = FrameNorm(outputs), factorised(outputs, outputs)
        self.nin_shortcut = pointwise(inputs, outputs) if inputs != outputs else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        """[B,inputs,T,H,W] -> [B,outputs,T,H,W]."""
        y = self.conv1(F.silu(self.norm1(x)))
        return self.nin_shortcut(x) + self.conv2(F.silu(self.norm2(y)))


class MiddleAttention(nn.Module):
    """Single-head attention: over the positions of each frame, or causally over the frames of each position."""

    def __init__(self, channels: int, temporal: bool) -> None:
        super().__init__()
        self.norm = FrameNorm(channels)
        self.q, self.k, self.v, self.proj_out = (pointwise(channels, channels) for _ in range(4))
        self.temporal = temporal

    def forward(self, x: Tensor) -> Tensor:
        """Same shape as x, residual included."""
        b, c, t, h, w = x.shape
        y = self.norm(x)
        q, k, v = (self._rows(conv(y)) for conv in (self.q, self.k, self.v))
        if self.temporal:
            # A comparison of ranges instead of a causal flag or tril: it exports with a dynamic number of frames.
            steps = torch.arange(t, device=x.device)
            out = F.scaled_dot_product_attention(q, k, v, attn_mask=steps[:, None] >= steps[None])
            out = out.reshape(b, h, w, t, c).permute(0, 4, 3, 1, 2)
        else:
            out = F.scaled_dot_product_attention(q, k, v).reshape(b, t, h, w, c).permute(0, 4, 1, 2, 3)
        return x + self.proj_out(out)

    def _rows(self, x: Tensor) -> Tensor:
        order = (0, 3, 4, 2, 1) if self.temporal else (0, 2, 3, 4, 1)
        y = x.permute(order)
        y = y.flatten(0, 2) if self.temporal else y.flatten(0, 1).flatten(1, 2)
        return y[:, None]  # one head: ONNX's Attention takes four axes


class Downsample(nn.Module):
    """Halves space (convolution plus average pool), then time, then mixes channels."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv1 = CausalConv(channels, channels, (1, 3, 3), stride=2)
        self.conv2 = CausalConv(channels, channels, (3, 1, 1), stride=2)
        self.conv3 = pointwise(channels, channels)

    def forward(self, x: Tensor) -> Tensor:
        """[B,C,T,H,W] -> [B,C,(T+1)/2,H/2,W/2] for odd T."""
        x = F.pad(x, (0, 1, 0, 1))
        x = self.conv1(x) + F.avg_pool3d(x, (1, 2, 2), (1, 2, 2))
        x = repeat_first(x, 1)
        x = self.conv2(x) + F.avg_pool3d(x, (2, 1, 1), (2, 1, 1))
        return self.conv3(x)


class Upsample(nn.Module):
    """Doubles time (minus the first copy), then space, each with a residual convolution, then mixes channels."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv1 = CausalConv(channels, channels, (3, 1, 1))
        self.conv2 = CausalConv(channels, channels, (1, 3, 3), padding=1)
        self.conv3 = pointwise(channels, channels)

    def forward(self, x: Tensor) -> Tensor:
        """[B,C,T,H,W] -> [B,C,2T-1,2H,2W]."""
        b, c, t, h, w = x.shape
        x = x[:, :, :, None].expand(b, c, t, 2, h, w).reshape(b, c, 2 * t, h, w)[:, :, 1:]
        x = x + self.conv1(x)
        t = x.shape[2]
        x = x[:, :, :, :, None, :, None].expand(b, c, t, h, 2, w, 2).reshape(b, c, t, 2 * h, 2 * w)
        x = x + self.conv2(x)
        return self.conv3(x)
