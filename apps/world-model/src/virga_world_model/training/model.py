"""Network and text encoder as they are trained: base, any number of control branches, EDM preconditioning around them.

The network diffuses y = (z - b) * scale: what the start b (relight, paint or prior of a request) leaves of the wanted
latent z. Base and branches read [y_noisy * c_in (16), mask of given frames (1), b * sigma_data (16)].
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from ..network import NetworkConfig, WorldModel, initialise, pack_network_input, patchify, unpatchify
from ..network.control import ControlBranch
from ..network.trunk import Trunk
from ..sampling.guidance import AUGMENT_SIGMA
from ..sampling.preconditioning import SIGMA_DATA
from ..sampling.preconditioning import c_in as c_in_of
from .text import WordEncoder

SIGMA_MAX = 80.0


class Trained(nn.Module):
    """Everything that gradients train; a fresh one has an open base and silent branches."""

    def __init__(self, config: NetworkConfig, vocabulary: int, controls: Sequence[str] = ()) -> None:
        super().__init__()
        self.network = WorldModel(config, list(controls))
        self.text = WordEncoder(vocabulary, config.text_dim)
        initialise(self.network, zero_outputs=False, position_std=1.0)
        open_base(self.network.base)
        for branch in self.network.controls.values():
            open_branch(branch)

    def forward(
        self,
        y: Tensor,
        sigma: Tensor,
        text: Tensor,
        start: Tensor,
        hints: Mapping[str, Tensor],
        grid: Tensor,
        weights: Mapping[str, float],
        given: tuple[Tensor, Tensor] | None = None,
    ) -> Tensor:
        """D(y, sigma), the clean residual [B,16,n,h,w].

        y: noisy residual; sigma [B]; start, hints: unit latents like y; grid int64 [L,3] of the window; given: mask
        [B,1,n,1,1] and the residual of given frames, which are fed almost clean and returned as they are.
        """
        s = sigma.view(-1, 1, 1, 1, 1)
        c_in = (s**2 + SIGMA_DATA**2).rsqrt()
        x, mask = y * c_in, None
        if given is not None:
            mask, clean = given
            x = torch.where(mask > 0, (clean + AUGMENT_SIGMA * torch.randn_like(clean)) * c_in_of(AUGMENT_SIGMA), x)
        tokens = pack_network_input(self.network.config, x, mask, start=start * SIGMA_DATA)
        c_noise, time_scale = 0.25 * sigma.log(), torch.ones(1, device=y.device)
        total: list[Tensor] = []
        for name, hint in hints.items():
            if weights[name] == 0:
                continue
            branch = self.network.controls[name]
            g = branch.hint(patchify(hint * SIGMA_DATA))
            residuals = [weights[name] * r for r in branch(tokens, c_noise, text, g, grid, time_scale)]
            total = [a + b for a, b in zip(total, residuals, strict=True)] if total else residuals
        f = self.network.base(tokens, c_noise, text, grid, time_scale, total)
        f = unpatchify(f, (y.shape[2], y.shape[3] // 2, y.shape[4] // 2))
        made = SIGMA_DATA**2 * c_in**2 * y + s * SIGMA_DATA * c_in * f
        return made if given is None else torch.where(given[0] > 0, given[1], made)


def normalised(weights: Mapping[str, float]) -> dict[str, float]:
    """Weights divided by max(1, their sum), as the runtime does."""
    total = max(1.0, sum(weights.values()))
    return {name: weight / total for name, weight in weights.items()}


def _quiet_noise(trunk: Trunk) -> None:
    """Noise level heard, noise itself quiet: most training is at sigma_max, where the noisy channels say nothing."""
    nn.init.normal_(trunk.t_embedder[1].linear_2.weight, std=0.2)
    c = trunk.config
    trunk.x_embedder.proj[1].weight.data[:, : c.latent_channels * c.patch_area] *= 0.1


def open_base(base: Trunk) -> None:
    """A start for training from scratch: gates half open. The published start (closed gates) costs thousands of
    steps."""
    _quiet_noise(base)


def open_branch(branch: ControlBranch) -> None:
    """Hints as loud as the positions that every block adds; the outputs silent (zero), as the paper's branches
    start."""
    _quiet_noise(branch)
    nn.init.xavier_uniform_(branch.input_hint_block[-1].weight, gain=4.0)
    for linear in branch.zero_blocks.values():
        nn.init.zeros_(linear.weight)
        nn.init.zeros_(linear.bias)


@torch.no_grad()
def copy_first_blocks(branch: ControlBranch, base: Trunk) -> None:
    """A branch begins as a copy of the base's first blocks (the paper's ControlNet way); its hint path stays its
    own."""
    own = branch.state_dict()
    for name, value in base.state_dict().items():
        if name in own and own[name].shape == value.shape:
            own[name].copy_(value)
