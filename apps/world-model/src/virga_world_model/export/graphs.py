"""The cut: one module per graph, with the bundle's input and output names.

Inputs and outputs are fp32 whatever type the weights have: a network in fp16 casts at its edges.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from ..network import BaseNetwork, ControlBranch, NetworkConfig, token_grid
from ..network.layers import PatchEmbed
from ..text import T5Encoder
from ..tokenizer import Autoencoder, LatentNormaliser

Axes = dict[int, str]


@dataclass(frozen=True)
class Graph:
    """A module to export: names, example inputs and dynamic axes, in the order of forward's arguments.

    `inputs` holds (name, example, axes); an axis of size 1 in an example would be frozen, so examples have none.
    """

    module: nn.Module
    inputs: list[tuple[str, Tensor, Axes]]
    outputs: list[str]
    #: Axes whose size must be multiple * n + offset, by name.
    stepped: dict[str, tuple[int, int]] = field(default_factory=dict)


class _Control(nn.Module):
    def __init__(self, branch: ControlBranch) -> None:
        super().__init__()
        self.branch = branch

    def forward(self, x, c_noise, text, g, grid, time_scale):  # noqa: ANN001, ANN202 - the names are the graph's inputs
        kind = self.branch.x_embedder.proj[1].weight.dtype
        residuals = self.branch(x.to(kind), c_noise, text.to(kind), g.to(kind), grid, time_scale)
        return tuple(r.float() for r in residuals)


class _Hint(nn.Module):
    def __init__(self, branch: ControlBranch) -> None:
        super().__init__()
        self.embedder, self.mlp = branch.x_embedder2, branch.input_hint_block

    def forward(self, hint: Tensor) -> Tensor:
        return self.mlp(self.embedder(hint.to(self.embedder.proj[1].weight.dtype))).float()


class _Base(nn.Module):
    def __init__(self, base: BaseNetwork) -> None:
        super().__init__()
        self.base = base

    def forward(self, x, c_noise, text, grid, time_scale, *residuals):  # noqa: ANN001, ANN002, ANN202
        kind = self.base.x_embedder.proj[1].weight.dtype
        added = tuple(r.to(kind) for r in residuals)
        return self.base(x.to(kind), c_noise, text.to(kind), grid, time_scale, added).float()


class EncodeUnit(nn.Module):
    """Video to unit-variance latent: the autoencoder's encoder with the latent statistics folded in."""

    def __init__(self, autoencoder: Autoencoder, normaliser: LatentNormaliser) -> None:
        super().__init__()
        self.autoencoder, self.normaliser = autoencoder, normaliser

    def forward(self, video: Tensor) -> Tensor:
        """[1,3,8m+1,H,W] -> [1,16,m+1,H/8,W/8]."""
        return self.normaliser.normalise(self.autoencoder.encode(video))


class DecodeUnit(nn.Module):
    """Unit-variance latent to video."""

    def __init__(self, autoencoder: Autoencoder, normaliser: LatentNormaliser) -> None:
        super().__init__()
        self.autoencoder, self.normaliser = autoencoder, normaliser

    def forward(self, latent: Tensor) -> Tensor:
        """[1,16,m+1,h,w] -> [1,3,8m+1,8h,8w]."""
        return self.autoencoder.decode(self.normaliser.denormalise(latent))


def drop_idle_columns(embedder: PatchEmbed, width: int) -> None:
    """Cuts, in place, the columns of a patch embedding that only ever meet zeros: padding mask and spare channels."""
    linear = embedder.proj[1]
    if linear.weight.shape[1] > width:
        linear.weight = nn.Parameter(linear.weight[:, :width].detach().clone(), requires_grad=False)


_BATCH_TOKENS: Axes = {0: "batch", 1: "tokens"}


def hint_graph(branch: ControlBranch) -> Graph:
    """hint [B,L,64] -> g [B,L,D]; the columns of spare channels and padding mask are dropped."""
    c = branch.config
    drop_idle_columns(branch.x_embedder2, c.output_features)
    example = torch.randn(2, 12, c.output_features)
    return Graph(_Hint(branch), [("hint", example, _BATCH_TOKENS)], ["g"])


def control_graph(branch: ControlBranch) -> Graph:
    """x, c_noise, text, g, grid, time_scale -> r0..r(k-1), unweighted."""
    c = branch.config
    drop_idle_columns(branch.x_embedder, c.live_features)
    common = _common(c)
    g = ("g", torch.randn(2, 12, c.dim), _BATCH_TOKENS)
    return Graph(_Control(branch), [*common[:3], g, *common[3:]], [f"r{i}" for i in range(c.control_blocks)])


def base_graph(base: BaseNetwork) -> Graph:
    """x, c_noise, text, grid, time_scale, R0..R(k-1) -> F. With all R zero it is the network without control."""
    c = base.config
    drop_idle_columns(base.x_embedder, c.live_features)
    residuals = [(f"R{i}", torch.randn(2, 12, c.dim), _BATCH_TOKENS) for i in range(c.control_blocks)]
    return Graph(_Base(base), [*_common(c), *residuals], ["F"])


def text_graph(encoder: nn.Module, text_tokens: int) -> Graph:
    """ids, mask int64 [B,M] -> text [B,M,C]."""
    vocabulary = encoder.config.vocabulary if isinstance(encoder, T5Encoder) else 2
    ids = torch.arange(2 * text_tokens).reshape(2, -1) % vocabulary
    mask = torch.ones_like(ids)
    mask[1, text_tokens // 2 :] = 0
    axes: Axes = {0: "batch"}
    return Graph(encoder, [("ids", ids, axes), ("mask", mask, axes)], ["text"])


def encoder_graph(module: nn.Module, height: int, width: int, frames: int = 17) -> Graph:
    """video [1,3,T,H,W] in [-1,1] -> latent [1,16,T',H/8,W/8], unit variance."""
    video = torch.rand(1, 3, frames, height, width) * 2 - 1
    axes: Axes = {2: "frames", 3: "height", 4: "width"}
    return Graph(module, [("video", video, axes)], ["latent"], {"frames": (8, 1), "height": (8, 0), "width": (8, 0)})


def decoder_graph(module: nn.Module, height: int, width: int, frames: int = 3) -> Graph:
    """latent [1,16,T',h,w], unit variance -> video [1,3,T,8h,8w]; height, width and frames of the latent."""
    latent = torch.randn(1, 16, frames, height, width)
    return Graph(module, [("latent", latent, {2: "latent_frames", 3: "latent_height", 4: "latent_width"})], ["video"])


def _common(c: NetworkConfig) -> list[tuple[str, Tensor, Axes]]:
    return [
        ("x", torch.randn(2, 12, c.live_features), _BATCH_TOKENS),
        ("c_noise", torch.tensor([0.3, -0.7]), {0: "batch"}),
        ("text", torch.randn(2, c.text_tokens, c.text_dim), {0: "batch", 1: "text_tokens"}),
        ("grid", token_grid(2, 2, 3), {0: "tokens"}),
        ("time_scale", torch.ones(1), {}),
    ]
