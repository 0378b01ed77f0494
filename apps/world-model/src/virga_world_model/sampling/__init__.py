"""Noise process and sampler: plain numerics over a denoiser."""

from .guidance import Conditioning, denoiser, guided
from .noise import numpy_noise
from .patches import blend_mask, merge_patches, single_patch_factor, split_patches
from .preconditioning import SIGMA_DATA, c_in, c_noise, c_out, c_skip
from .schedule import SIGMA_MAX, SIGMA_MIN, schedule
from .solver import coefficients, sample

__all__ = [
    "SIGMA_DATA",
    "SIGMA_MAX",
    "SIGMA_MIN",
    "Conditioning",
    "blend_mask",
    "c_in",
    "c_noise",
    "c_out",
    "c_skip",
    "coefficients",
    "denoiser",
    "guided",
    "merge_patches",
    "numpy_noise",
    "sample",
    "schedule",
    "single_patch_factor",
    "split_patches",
]
