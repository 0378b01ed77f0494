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
        flat = x.reshape(*x.shape[:2], -1)
        planes = [cv2.blur(flat[..., i], size, borderType=cv2.BORDER_REFLECT) for i in range(flat.shape[2])]
        return np.stack(planes, -1).reshape(x.shape)

    mean_g, mean_t = box(guide), box(target)
    gg = box(guide[..., :, None] * guide[..., None, :]) - mean_g[..., :, None] * mean_g[..., None, :]
    gt = box(guide[..., :, None] * target[..., None, :]) - mean_g[..., :, None] * mean_t[..., None, :]
    a = np.linalg.solve((gg + eps * np.eye(3, dtype=np.float32)).astype(np.float64), gt.astype(np.float64))
    b = mean_t - np.einsum("hwg,hwgt->hwt", mean_g, a)
    return box(a.astype(np.float32)), box(b.astype(np.float32))


def transfer_detail(
    source: np.ndarray, relit: np.ndarray, delta: np.ndarray, radius: int = 8, eps: float = 1e-4, frames: int = 5
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
