"""The two judges: small networks that tell what a frame shows, trained on frames of the simulator.

Both take RGB frames float32 [N,3,H,W] in 0..1, H and W multiples of 16.
"""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..data.looks import LIGHTINGS, WEATHERS

#: What the scene judge tells apart; every class of the simulator that is not named here is `other`.
JUDGED = ("other", "road", "lane-line", "crosswalk", "vehicle", "pedestrian")


def _conv(inputs: int, outputs: int, stride: int = 1) -> nn.Sequential:
    """3x3 convolution with batch norm and ReLU."""
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU(inplace=True)
    )


class SceneJudge(nn.Module):
    """Classes and depth of every pixel: a U-Net whose outermost level works on 2x2 pixel blocks."""

    def __init__(self, widths: tuple[int, ...] = (24, 48, 72, 96)) -> None:
        super().__init__()
        self.stem = nn.Sequential(_conv(12, widths[0]), _conv(widths[0], widths[0]))
        pairs = list(pairwise(widths))
        self.down = nn.ModuleList(nn.Sequential(_conv(a, b, 2), _conv(b, b)) for a, b in pairs)
        self.lift = nn.ModuleList(nn.Conv2d(b, a, 1) for a, b in pairs)
        self.up = nn.ModuleList(_conv(a, a) for a, _ in pairs)
        self.head = nn.Conv2d(widths[0], 4 * (len(JUDGED) + 1), 3, padding=1)

    def forward(self, rgb: Tensor) -> tuple[Tensor, Tensor]:
        """[N,3,H,W] -> class logits [N,6,H,W], ln(depth in metres) [N,H,W]."""
        levels = [self.stem(F.pixel_unshuffle(rgb - 0.45, 2))]
        for down in self.down:
            levels.append(down(levels[-1]))
        x = levels.pop()
        for lift, up in zip(reversed(self.lift), reversed(self.up), strict=True):
            x = up(F.interpolate(lift(x), scale_factor=2.0, mode="nearest") + levels.pop())
        out = F.pixel_shuffle(self.head(x), 2)
        return out[:, :-1], out[:, -1] + 3.0


class LookJudge(nn.Module):
    """Weather and light of a frame."""

    def __init__(self, widths: tuple[int, ...] = (24, 32, 48, 64)) -> None:
        super().__init__()
        self.body = nn.Sequential(*(_conv(a, b, 2) for a, b in pairwise((12, *widths))))
        self.head = nn.Linear(2 * widths[-1], len(WEATHERS) + len(LIGHTINGS))

    def forward(self, rgb: Tensor) -> tuple[Tensor, Tensor]:
        """[N,3,H,W] -> logits of WEATHERS [N,5] and of LIGHTINGS [N,4]."""
        x = self.body(F.pixel_unshuffle(rgb - 0.45, 2))
        out = self.head(torch.cat([x.mean((2, 3)), x.amax((2, 3))], 1))
        return out[:, : len(WEATHERS)], out[:, len(WEATHERS) :]
