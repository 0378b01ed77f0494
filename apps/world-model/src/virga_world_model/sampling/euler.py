"""Euler steps for a few-step network: N evaluations, the last one's x0 is the result."""

from __future__ import annotations

from torch import Tensor

from .schedule import schedule
from .solver import Denoise


def few_levels(steps: int, sigma_max: float) -> list[float]:
    """The `steps` noise levels that are evaluated: the schedule without its last one."""
    return schedule(steps, sigma_max)[:-1]


def euler_step(x: Tensor, x0: Tensor, sigma: float, lower: float) -> Tensor:
    """The state at `lower` from the state and the prediction at `sigma`."""
    return x0 + (lower / sigma) * (x - x0)


def sample_euler(denoise: Denoise, x: Tensor, steps: int, sigma_max: float) -> Tensor:
    """From x at sigma_max to the x0 of the last evaluation; one step is one prediction at sigma_max."""
    levels = few_levels(steps, sigma_max)
    for i, sigma in enumerate(levels):
        x0 = denoise(x, sigma)
        if i + 1 < len(levels):
            x = euler_step(x, x0, sigma, levels[i + 1])
    return x0
