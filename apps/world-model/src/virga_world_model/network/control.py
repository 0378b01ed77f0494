"""A control branch: copies of the first blocks that read a hint and give residuals for the base."""

from __future__ import annotations

from itertools import pairwise

from torch import Tensor, nn

from .config import NetworkConfig
from .layers import PatchEmbed
from .trunk import Trunk


class ControlBranch(Trunk):
    """One modality's branch, official state-dict keys. Its RoPE uses time ratio 1 where the base uses 2."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__(config, config.control_blocks, config.control_time_ratio, final_layer=config.unused_layers)
        c = config
        self.x_embedder2 = PatchEmbed(c.hint_features, c.dim)
        layers: list[nn.Module] = []
        widths = (c.dim, *c.hint_widths, c.dim)
        for i, (a, b) in enumerate(pairwise(widths)):
            layers += [nn.Linear(a, b)] if i == len(widths) - 2 else [nn.Linear(a, b), nn.SiLU()]
        self.input_hint_block = nn.Sequential(*layers)
        self.zero_blocks = nn.ModuleDict({f"block{i}": nn.Linear(c.dim, c.dim) for i in range(c.control_blocks)})

    def hint(self, hint: Tensor) -> Tensor:
        """Hint tokens [B,L,64] (or the full width) -> g [B,L,dim]. Depends on the hint alone: once per clip."""
        return self.input_hint_block(self.x_embedder2(hint))

    def forward(
        self, x: Tensor, c_noise: Tensor, text: Tensor, g: Tensor, grid: Tensor, time_scale: Tensor
    ) -> tuple[Tensor, ...]:
        """Same x, c_noise, text and grid as the base, g from `hint` -> unweighted residuals, [B,L,dim] each.

        The hint enters once, after block 0, so block 0 does not see it.
        """
        emb, shared, rope, positions = self.prepare(c_noise, grid, time_scale)
        y = self.x_embedder(x)
        residuals = []
        for i, (name, block) in enumerate(self.blocks.items()):
            y = block(y, emb, shared, text, rope, positions)
            if i == 0:
                y = y + g
            residuals.append(self.zero_blocks[name](y))
        return tuple(residuals)
