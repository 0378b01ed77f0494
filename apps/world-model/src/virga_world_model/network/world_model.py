"""Base and control branches together, on latents: what training and sampling call."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from .base import BaseNetwork
from .config import NetworkConfig
from .control import ControlBranch
from .tokens import pack_network_input, patchify, token_grid, unpatchify


class WorldModel(nn.Module):
    """`base` and `controls[name]`; several controls are summed, each with a scalar weight or a weight per token."""

    def __init__(self, config: NetworkConfig, controls: list[str]) -> None:
        super().__init__()
        self.config = config
        self.base = BaseNetwork(config)
        self.controls = nn.ModuleDict({name: ControlBranch(config) for name in controls})

    def hint(self, name: str, hint_latent: Tensor) -> Tensor:
        """Hint latent [B,16,T,h,w] (times sigma_data) -> g [B,L,dim]; reuse it for all evaluations of a clip."""
        return self.controls[name].hint(patchify(hint_latent, self.config.patch))

    def forward(
        self,
        x: Tensor,
        c_noise: Tensor,
        text: Tensor,
        hints: Mapping[str, Tensor] | None = None,
        weights: Mapping[str, float | Tensor] | None = None,
        *,
        condition_mask: Tensor | None = None,
        padding_mask: Tensor | None = None,
        start: Tensor | None = None,
        fps: float | Tensor = 24.0,
    ) -> Tensor:
        """F for the scaled latent x [B,16,T,h,w].

        hints: name -> g [B,L,dim] of `hint`. weights: name -> scalar, or tensor [B or 1, L, 1] of token weights
        (default 1); they are taken as given, neither clamped nor normalised, and a scalar 0 skips its branch.
        """
        c = self.config
        tokens = pack_network_input(c, x, condition_mask, padding_mask, start)
        size = (x.shape[2], x.shape[3] // c.patch, x.shape[4] // c.patch)
        grid = token_grid(*size, device=x.device)
        time_scale = 24.0 / torch.as_tensor(fps, dtype=x.dtype, device=x.device).reshape(1)
        total: list[Tensor] = []
        for name, g in (hints or {}).items():
            weight = 1.0 if weights is None else weights[name]
            if isinstance(weight, float | int) and weight == 0:
                continue
            residuals = self.controls[name](tokens, c_noise, text, g, grid, time_scale)
            weighted = [weight * r for r in residuals]
            total = [a + b for a, b in zip(total, weighted, strict=True)] if total else weighted
        return unpatchify(self.base(tokens, c_noise, text, grid, time_scale, total), size, c.patch)
