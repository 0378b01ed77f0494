"""Seeded noise that is the same on every machine."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor


def numpy_noise(seed: int, shape: Sequence[int]) -> Tensor:
    """Standard normals, float32, row-major: MT19937 and the legacy polar Gauss (utils/misc.py, arch_invariant_rand)."""
    # The legacy generator on purpose: its stream is frozen by NumPy's compatibility rules.
    values = np.random.RandomState(seed).standard_normal(tuple(shape))
    return torch.from_numpy(values.astype(np.float32))
