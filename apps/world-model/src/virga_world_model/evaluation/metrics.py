"""Picture metrics on uint8 videos [T,H,W,3]."""

from __future__ import annotations

import cv2
import numpy as np


def psnr(made: np.ndarray, truth: np.ndarray) -> float:
    """Mean over frames of 10 log10(255^2 / MSE), dB; a perfect frame counts as 60."""
    error = np.square(made.astype(np.float32) - truth.astype(np.float32)).mean((1, 2, 3))
    return float(np.mean(10 * np.log10(255**2 / np.maximum(error, 255**2 * 1e-6))))


def ssim(made: np.ndarray, truth: np.ndarray) -> float:
    """Structural similarity (Wang et al. 2004): Gaussian window of 11 pixels, sigma 1.5, per colour, mean over all."""
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    values = []
    for a, b in zip(made.astype(np.float32), truth.astype(np.float32), strict=True):
        blur = [cv2.GaussianBlur(x, (11, 11), 1.5) for x in (a, b, a * a, b * b, a * b)]
        ma, mb, aa, bb, ab = blur
        va, vb, cov = aa - ma * ma, bb - mb * mb, ab - ma * mb
        values.append(((2 * ma * mb + c1) * (2 * cov + c2) / ((ma * ma + mb * mb + c1) * (va + vb + c2))).mean())
    return float(np.mean(values))


def flicker(video: np.ndarray, truth: np.ndarray) -> float:
    """Mean absolute frame difference relative to the truth's: below 1 is smoother (blurred), above 1 is flicker."""
    return _change(video).mean() / max(_change(truth).mean(), 1e-6)


def edge_jump(video: np.ndarray, truth: np.ndarray) -> float:
    """Frame difference at the borders of latent frames (0|1, 8|9, 16|17, ...) over that inside, relative to
    the truth's ratio."""
    border = np.arange(len(video) - 1) % 8 == 0
    own, true = _change(video), _change(truth)
    ratio = own[border].mean() / max(own[~border].mean(), 1e-6)
    return ratio / max(true[border].mean() / max(true[~border].mean(), 1e-6), 1e-6)


def _change(video: np.ndarray) -> np.ndarray:
    return np.abs(np.diff(video.astype(np.float32), axis=0)).mean((1, 2, 3))
