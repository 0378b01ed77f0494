"""The two-step Adams-Bashforth exponential integrator "2ab" (res_sampler.py, multi_step.py)."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

Denoise = Callable[[Tensor, float], Tensor]


def _phi1(z: float) -> float:
    return math.expm1(z) / z


def _phi2(z: float) -> float:
    return (_phi1(z) - 1) / z


def coefficients(sigmas: Sequence[float], i: int) -> tuple[float, float, float]:
    """Factors of x_i, D_i and D_(i-1) for the step from sigmas[i] to sigmas[i+1]; they sum to 1. Step 0 is Euler."""
    s, t = sigmas[i], sigmas[i + 1]
    if i == 0:
        return t / s, (s - t) / s, 0.0
    dt = math.log(s / t)
    c2 = math.log(s / sigmas[i - 1]) / dt
    b2 = _phi2(-dt) / c2
    b1 = _phi1(-dt) - b2
    return t / s, dt * b1, dt * b2


def sample(
    denoise: Denoise,
    x: Tensor,
    sigmas: Sequence[float],
    on_step: Callable[[int, Tensor, Tensor], None] | None = None,
) -> Tensor:
    """Integrates from x at sigmas[0] and returns the x0 of one more evaluation at the last level.

    The state is kept in float64; denoise(x, sigma) gets it in x's own type and returns the guided x0. N + 1 levels take
    N + 1 evaluations. on_step(i, state, x0) sees every one.
    """
    dtype, state = x.dtype, x.double()
    previous: Tensor | None = None
    for i, sigma in enumerate(sigmas):
        x0 = denoise(state.to(dtype), sigma).double()
        if on_step is not None:
            on_step(i, state, x0)
        if i == len(sigmas) - 1:
            return x0.to(dtype)
        a, b, c = coefficients(sigmas, i)
        state = a * state + b * x0 + (c * previous if previous is not None else torch.zeros_like(x0))
        previous = x0
    raise AssertionError("a schedule has at least two levels")
