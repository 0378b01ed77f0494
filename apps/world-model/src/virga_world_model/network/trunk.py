"""What base and control branches have in common: embeddings of tokens, noise level and position."""

from __future__ import annotations

from typing import NamedTuple

from torch import Tensor, nn

from .block import Block
from .config import NetworkConfig
from .layers import FinalLayer, PatchEmbed, RMSNorm, TimestepEmbedding, Timesteps
from .positions import LearnedPositions, RotaryPositions


class Prepared(NamedTuple):
    """Everything a block reads beside its input: emb [B,dim], shared [B,3*dim], rope (cos, sin), positions [L,dim]."""

    emb: Tensor
    shared: Tensor
    rope: tuple[Tensor, Tensor]
    positions: Tensor


class Trunk(nn.Module):
    """Patch embedding, timestep path, position tables and a number of blocks."""

    def __init__(self, config: NetworkConfig, blocks: int, time_ratio: float, final_layer: bool) -> None:
        super().__init__()
        c = config
        self.config = c
        self.x_embedder = PatchEmbed(c.input_features, c.dim)
        self.extra_pos_embedder = LearnedPositions(c.max_frames, c.max_height // c.patch, c.max_width // c.patch, c.dim)
        self.rotary = RotaryPositions(c.head_dim, time_ratio)
        self.t_embedder = nn.Sequential(Timesteps(c.dim), TimestepEmbedding(c.dim))
        self.affline_norm = RMSNorm(c.dim)
        self.blocks = nn.ModuleDict({f"block{i}": Block(c) for i in range(blocks)})
        if final_layer:
            self.final_layer = FinalLayer(c.dim, c.adaln_rank, c.output_features)

    def prepare(self, c_noise: Tensor, grid: Tensor, time_scale: Tensor) -> Prepared:
        """Embeddings for c_noise [B] and the token grid int64 [L,3] (time_scale [1] = 24 / fps)."""
        weight = self.x_embedder.proj[1].weight
        raw = self.t_embedder[0](c_noise).to(weight.dtype)
        angles = self.rotary(grid, time_scale)
        rope = (angles.cos().to(weight.dtype), angles.sin().to(weight.dtype))
        # The blocks see the normalised raw sinusoids; the MLP only feeds the shared AdaLN term.
        return Prepared(self.affline_norm(raw), self.t_embedder[1](raw), rope, self.extra_pos_embedder(grid))
