import numpy as np
import pytest

from virga_world_model.evaluation.detail import inverse, transfer_detail
from virga_world_model.evaluation.metrics import edge_jump, flicker, psnr, ssim


def video(seed: int, frames: int = 9) -> np.ndarray:
    return np.random.default_rng(seed).integers(40, 200, (frames, 24, 32, 3), dtype=np.uint8)


def test_inverse_is_numpys() -> None:
    m = np.random.default_rng(0).normal(size=(50, 3, 3))
    m = m @ m.transpose(0, 2, 1) + 0.1 * np.eye(3)
    np.testing.assert_allclose(inverse(m), np.linalg.inv(m), rtol=1e-4, atol=1e-5)


def test_a_change_that_is_affine_in_the_source_is_kept_exactly() -> None:
    source = video(1)
    change = (source.astype(np.float32) / 255) @ np.array([[0.2, 0, 0], [0, -0.1, 0.05], [0, 0, 0.1]]) + 0.02
    relit = np.full_like(source, 90)
    made = transfer_detail(source, relit, change.astype(np.float32), radius=4, eps=1e-9, frames=5)
    assert np.abs(made - (relit + 255 * change)).max() <= 0.75


def test_no_change_leaves_the_relit_frames() -> None:
    source, relit = video(1), video(2)
    assert np.array_equal(transfer_detail(source, relit, np.zeros(source.shape, np.float32), 4, 1e-3, 5), relit)


def test_metrics_on_known_pictures() -> None:
    truth = video(3)
    off = truth + 10
    assert psnr(off, truth) == pytest.approx(20 * np.log10(255 / 10), abs=1e-4)
    assert ssim(truth, truth) == pytest.approx(1)
    assert ssim(video(4), truth) < 0.2
    assert flicker(truth, truth) == pytest.approx(1)
    assert flicker(np.repeat(truth[:1], 9, 0), truth) == 0
    # A jump between frame 0 and 1 alone is a jump at a latent edge.
    jumping = truth.copy()
    jumping[0] = 255 - jumping[0]
    assert edge_jump(jumping, truth) > 1.05
