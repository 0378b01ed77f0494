"""The base diffusion transformer: predicts F from noisy tokens, text and the control residuals."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor

from .config import NetworkConfig
from .trunk import Trunk


class BaseNetwork(Trunk):
    """Base DiT with the official state-dict keys (cosmos-transfer1, general_dit.py and its video-conditioned class)."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__(config, config.blocks, config.base_time_ratio, final_layer=True)

    def forward(
        self,
        x: Tensor,
        c_noise: Tensor,
        text: Tensor,
        grid: Tensor,
        time_scale: Tensor,
        residuals: Sequence[Tensor] = (),
    ) -> Tensor:
        """x [B,L,features] (already times c_in), c_noise [B], text [B,M,C], residuals: [B,L,dim] each -> F [B,L,64].

        Residual j is added after block j. Output features are (dh, dw, c): see `unpatchify`.
        """
        emb, shared, rope, positions = self.prepare(c_noise, grid, time_scale)
        y = self.x_embedder(x)
        for i, block in enumerate(self.blocks.values()):
            y = block(y, emb, shared, text, rope, positions)
            if i < len(residuals):
                y = y + residuals[i]
        return self.final_layer(y, emb, shared)
