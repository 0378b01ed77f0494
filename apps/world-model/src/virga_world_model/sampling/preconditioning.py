"""EDM preconditioning (Karras et al. 2022, table 1): x0 = c_skip x + c_out F(c_in x, c_noise)."""

from __future__ import annotations

import math

#: Standard deviation of the data that the network sees; the tokenizer's unit latents are multiplied by it.
SIGMA_DATA = 0.5


def c_skip(sigma: float, sigma_data: float = SIGMA_DATA) -> float:
    """Weight of the noisy state in x0."""
    return sigma_data**2 / (sigma**2 + sigma_data**2)


def c_out(sigma: float, sigma_data: float = SIGMA_DATA) -> float:
    """Weight of the network's output in x0."""
    return sigma * sigma_data / math.sqrt(sigma**2 + sigma_data**2)


def c_in(sigma: float, sigma_data: float = SIGMA_DATA) -> float:
    """Scale of the network's input."""
    return 1 / math.sqrt(sigma**2 + sigma_data**2)


def c_noise(sigma: float) -> float:
    """The noise level as the network reads it; not multiplied by 1000."""
    return 0.25 * math.log(sigma)
