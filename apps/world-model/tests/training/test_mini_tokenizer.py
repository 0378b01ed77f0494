import numpy as np
import torch

from virga_world_model.training.mini_tokenizer import (
    CHANNELS,
    VOXELS,
    MiniDecoder,
    PcaEncoder,
    from_blocks,
    to_blocks,
)
from virga_world_model.training.tokenizer import neighbourhood, pca_basis


def test_blocks_are_causal_groups_and_come_back() -> None:
    video = torch.rand(2, 3, 17, 16, 24)
    blocks = to_blocks(video)
    assert blocks.shape == (2, 3, 2, 3, VOXELS)
    # The first group is the first image, eight times.
    first = blocks[:, 0].reshape(2, 2, 3, 3, 8, 8, 8)
    assert torch.equal(first, first[:, :, :, :, :1].expand_as(first))
    assert torch.equal(from_blocks(blocks), video)


def test_pca_reconstructs_what_lies_in_its_span_and_latents_have_unit_variance() -> None:
    rng = np.random.default_rng(0)
    directions = np.linalg.qr(rng.normal(size=(VOXELS, CHANNELS)))[0]
    deviation = np.linspace(3, 0.5, CHANNELS)
    covariance = directions * deviation**2 @ directions.T
    basis = pca_basis(covariance, covariance)
    rows = rng.normal(size=(4000, CHANNELS)) * deviation @ directions.T
    latent = rows @ basis
    np.testing.assert_allclose(latent.std(0), 1, atol=0.05)
    # The basis is orthogonal, so its pseudo-inverse is its transpose, rescaled.
    back = latent @ (basis / np.square(basis).sum(0)).T
    np.testing.assert_allclose(back, rows, atol=1e-4)


def test_the_encoder_is_causal() -> None:
    encoder = PcaEncoder()
    encoder.basis.copy_(torch.randn(VOXELS, CHANNELS))
    video = torch.rand(1, 3, 17, 16, 16)
    changed = video.clone()
    changed[:, :, 9:] = 0
    a, b = encoder(video), encoder(changed)
    assert torch.equal(a[:, :, :2], b[:, :, :2])
    assert not torch.equal(a[:, :, 2], b[:, :, 2])


def test_the_closed_form_decoder_is_its_regression_rows() -> None:
    torch.manual_seed(0)
    decoder = MiniDecoder(width=8, blocks=1)
    latent = torch.randn(1, CHANNELS, 3, 4, 5)
    made = decoder.linear_blocks(latent)
    for temporal, layer, groups in ((True, decoder.linear, slice(1, None)), (False, decoder.first, slice(0, 1))):
        rows = neighbourhood(latent, temporal)
        weights = torch.cat([layer.weight.reshape(VOXELS, -1), layer.bias[:, None]], 1)
        expected = (rows @ weights.T).reshape(1, -1, 4, 5, VOXELS).permute(0, 4, 1, 2, 3)
        torch.testing.assert_close(made[:, :, groups], expected, atol=1e-5, rtol=1e-4)
    # The residual network starts at zero: the video is the closed form.
    torch.testing.assert_close(decoder(latent), from_blocks(made.permute(0, 2, 3, 4, 1)))
