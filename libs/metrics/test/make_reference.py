"""Writes reference.json: scikit-image's PSNR and SSIM of a few picture pairs that both sides make from the same integers.

    python make_reference.py > reference.json        (scikit-image 0.26.0)
"""

import json

import numpy as np
import skimage
from skimage.metrics import peak_signal_noise_ratio, structural_similarity


def noise(count: int, seed: int) -> np.ndarray:
    """Top bytes of a 32-bit linear congruential generator."""
    out, state = np.empty(count, np.int64), seed
    for i in range(count):
        state = (state * 1664525 + 1013904223) % 2**32
        out[i] = state >> 24
    return out


def pair(width: int, height: int, seed: int, strength: int) -> tuple[np.ndarray, np.ndarray]:
    """Diagonal stripes with noise; the same with `strength` percent more noise, 10 darker."""
    y, x, c = np.mgrid[0:height, 0:width, 0:3]
    a = (x * 3 + y * 2 + c * 40) % 160 + noise(a_count := width * height * 3, seed).reshape(height, width, 3) // 8
    b = np.clip(a + (noise(a_count, seed + 1).reshape(a.shape) - 128) * strength // 100 - 10, 0, 255)
    return a.astype(np.uint8), b.astype(np.uint8)


cases = []
for width, height, seed, strength in [(64, 48, 1, 0), (64, 48, 1, 20), (37, 23, 7, 60), (11, 11, 3, 10), (120, 90, 5, 100)]:
    a, b = pair(width, height, seed, strength)
    ssim = structural_similarity(a, b, gaussian_weights=True, sigma=1.5, use_sample_covariance=False, data_range=255, channel_axis=-1)
    psnr = peak_signal_noise_ratio(a, b, data_range=255)
    cases.append({"width": width, "height": height, "seed": seed, "strength": strength, "psnr": float(psnr), "ssim": float(ssim)})
print(json.dumps({"scikit-image": skimage.__version__, "cases": cases}, indent=2))
