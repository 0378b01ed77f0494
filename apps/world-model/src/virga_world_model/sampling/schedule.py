"""Noise levels of a run."""

from __future__ import annotations

from ..errors import BadConfigError

SIGMA_MIN = 0.002
SIGMA_MAX = 80.0
RHO = 7.0


def schedule(steps: int, sigma_max: float = SIGMA_MAX, sigma_min: float = SIGMA_MIN, rho: float = RHO) -> list[float]:
    """steps + 1 noise levels from sigma_max down to sigma_min (Karras et al. 2022, eq. 5; res_sampler.py)."""
    if steps < 1:
        raise BadConfigError("schedule", "steps", f"at least 1, got {steps}")
    if not sigma_max > sigma_min > 0:
        raise BadConfigError("schedule", "sigma_max", f"above sigma_min {sigma_min}, got {sigma_max}")
    top, bottom = sigma_max ** (1 / rho), sigma_min ** (1 / rho)
    return [(top + i / steps * (bottom - top)) ** rho for i in range(steps + 1)]
