"""Classifier-free guidance on the text, given latent frames, and the denoiser the solver calls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor

from .preconditioning import c_in, c_noise, c_out, c_skip
from .solver import Denoise

#: Noise level of given frames (model_v2w.py, DEFAULT_AUGMENT_SIGMA).
AUGMENT_SIGMA = 0.001

#: network(x, c_noise, positive) -> F; `positive` picks the prompt or the negative prompt.
Network = Callable[[Tensor, float, bool], Tensor]


@dataclass(frozen=True)
class Conditioning:
    """Given latent frames: `latent` [B,16,T,h,w], `indicator` [1,1,T,1,1] (1 = given), `noise` like latent."""

    latent: Tensor
    indicator: Tensor
    noise: Tensor

    def replace(self, x: Tensor, sigma: float) -> Tensor:
        """The state with the given frames put in, scaled so that c_in(sigma) turns them into c_in(s_a) (z + s_a n)."""
        if sigma <= AUGMENT_SIGMA:
            return x
        given = (self.latent + AUGMENT_SIGMA * self.noise) * (c_in(AUGMENT_SIGMA) / c_in(sigma))
        return self.indicator * given + (1 - self.indicator) * x


def guided(cond: Tensor, uncond: Tensor | None, guidance: float) -> Tensor:
    """x0_cond + guidance (x0_cond - x0_uncond): 0 is the prompt alone; "1 + g" in the usual convention."""
    return cond if uncond is None else cond + guidance * (cond - uncond)


def denoiser(
    network: Network,
    guidance: float,
    *,
    given: Conditioning | None = None,
    after: Callable[[Tensor], Tensor] | None = None,
    on_passes: Callable[[Tensor, Tensor, Tensor | None], None] | None = None,
) -> Denoise:
    """D(x, sigma), the guided x0. `after` is applied last (the merge of overlapping patches).

    on_passes(net_input_before_c_in, x0_cond, x0_uncond) sees every evaluation. Guidance 0 skips the second pass.
    """

    def one(x: Tensor, sigma: float, positive: bool) -> Tensor:
        f = network(x * c_in(sigma), c_noise(sigma), positive)
        x0 = c_skip(sigma) * x + c_out(sigma) * f
        return x0 if given is None else given.indicator * given.latent + (1 - given.indicator) * x0

    def denoise(x: Tensor, sigma: float) -> Tensor:
        x = x if given is None else given.replace(x, sigma)
        cond = one(x, sigma, True)
        uncond = one(x, sigma, False) if guidance != 0 else None
        if on_passes is not None:
            on_passes(x, cond, uncond)
        x0 = guided(cond, uncond, guidance)
        return x0 if after is None else after(x0)

    return denoise
