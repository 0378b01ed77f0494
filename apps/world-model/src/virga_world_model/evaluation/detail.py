"""Detail transfer in NumPy: the reference for the runtime's streaming filter.

The generated change is fitted as a local affine function of the source frame (colour guided filter, He et al.
2010), and the
coefficients are averaged over a window of frames, so that nothing pulses at the borders of latent frames.
"""

from __future__ import annotations

import cv2
import numpy as np


def guided_coefficients(
    guide: np.ndarray, target: np.ndarray, radius: int, eps: float
) -> tuple[np.ndarray, np.ndarray]:
    """guide, target float32 [H,W,3] -> smoothed a [H,W,3 (guide),3 (target)] and b [H,W,3]: target ~ guide @ a + b."""
    size = (2 * radius + 1, 2 * radius + 1)

    def box(x: np.ndarray) -> np.ndarray:
        flat = np.ascontiguousarray(x.reshape(*x.shape[:2], -1))
        return cv2.blur(flat, size, borderType=cv2.BORDER_REFLECT).reshape(x.shape)

    mean_g, mean_t = box(guide), box(target)
    gg = box(guide[..., :, None] * guide[..., None, :]) - mean_g[..., :, None] * mean_g[..., None, :]
    gt = box(guide[..., :, None] * target[..., None, :]) - mean_g[..., :, None] * mean_t[..., None, :]
    a = inverse(gg + eps * np.eye(3, dtype=np.float32)) @ gt
    b = mean_t - np.einsum("hwg,hwgt->hwt", mean_g, a)
    return box(a), box(b)


def inverse(m: np.ndarray) -> np.ndarray:
    """Inverse of symmetric positive 3x3 matrices [...,3,3] by cofactors, in double precision; float32 out."""
    m = m.astype(np.float64)
    a, b, c, d, e, f = (m[..., i, j] for i, j in ((0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2)))
    rows = [d * f - e * e, c * e - b * f, b * e - c * d, a * f - c * c, b * c - a * e, a * d - b * b]
    det = a * rows[0] + b * rows[1] + c * rows[2]
    full = np.stack([rows[k] for k in (0, 1, 2, 1, 3, 4, 2, 4, 5)], -1) / det[..., None]
    return full.reshape(m.shape).astype(np.float32)


def transfer_detail(
    source: np.ndarray, relit: np.ndarray, delta: np.ndarray, radius: int, eps: float, frames: int
) -> np.ndarray:
    """source, relit uint8 [T,H,W,3], delta float32 [T,H,W,3] in 0..1 units -> uint8: relit + time-averaged
    guided delta."""
    fits = [guided_coefficients(g.astype(np.float32) / 255, d, radius, eps) for g, d in zip(source, delta, strict=True)]
    half, out = frames // 2, np.empty_like(relit)
    for t in range(len(source)):
        window = fits[max(0, t - half) : t + half + 1]
        a = np.mean([w[0] for w in window], 0)
        b = np.mean([w[1] for w in window], 0)
        change = np.einsum("hwg,hwgt->hwt", source[t].astype(np.float32) / 255, a) + b
        out[t] = (np.clip(relit[t] / 255 + change, 0, 1) * 255 + 0.5).astype(np.uint8)
    return out
