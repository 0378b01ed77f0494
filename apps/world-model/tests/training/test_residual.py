import numpy as np
import torch

from virga_world_model.data.latents import LatentScene
from virga_world_model.text import Vocabulary
from virga_world_model.training.prior import Prior, fit_prior, unexplained
from virga_world_model.training.residual import SIGMA_MAX, SIZES, Objective, Trained
from virga_world_model.training.samples import Samples
from virga_world_model.training.text import WordEncoder, build_vocabulary, tokenize


def scenes(count: int = 2) -> list[LatentScene]:
    """Latents whose looks are linear in the hdmap, so that a prior can learn them and a network the rest."""
    rng = np.random.default_rng(0)
    made = []
    looks = ("clear-day", "rain-night")
    for seed in range(count):
        hints = {k: rng.normal(size=(3, 16, 22, 40)).astype(np.float16) for k in ("hdmap", "vis", "edge")}
        arrays = dict(hints)
        for i, look in enumerate(looks):
            arrays[f"look/{look}"] = (hints["hdmap"] * (0.5 + 0.3 * i) + 0.2 * i).astype(np.float16)
            arrays[f"relit/{look}"] = (arrays[f"look/{look}"] - 0.3 * hints["vis"] * (1 + i)).astype(np.float16)
        made.append(LatentScene(seed, looks, {look: (look.replace("-", " "),) for look in looks}, arrays))
    return made


def test_the_prior_explains_what_is_linear_in_the_hint() -> None:
    set_of = scenes(4)
    assert unexplained(fit_prior(set_of, emphasis=1), set_of) < 0.05
    assert abs(unexplained(Prior(), set_of) - 1) < 1e-6


def test_samples_are_the_scaled_residual_of_their_base() -> None:
    set_of = scenes()
    samples = Samples(set_of, Prior())
    batch = samples.draw(np.random.default_rng(0), 1, 3, ("vis",))
    unscaled = batch.y / samples.scale.view(1, -1, 1, 1, 1)
    # look - relit = 0.3 (1 + i) vis
    ratio = unscaled / batch.hints["vis"]
    nearest = torch.where(ratio.median() < 0.45, 0.3, 0.6)
    assert batch.y.shape == (3, 16, 1, 22, 40)
    assert ((ratio.flatten(1).median(1).values - nearest).abs() < 0.35).all()
    assert batch.grid[:, 0].unique().numel() == 1


def test_a_tiny_network_overfits_one_batch() -> None:
    torch.manual_seed(0)
    samples = Samples(scenes(), Prior())
    vocabulary = build_vocabulary(["clear day", "rain night"])
    model = Trained(SIZES["tiny"], len(vocabulary))
    objective = Objective(model, vocabulary, torch.ones(16), torch.device("cpu"))
    batch = samples.draw(np.random.default_rng(0), 1, 2, ("vis",))
    noise = torch.randn(batch.y.shape)
    sigma = torch.full((2,), SIGMA_MAX)
    optimizer = torch.optim.AdamW(model.parameters(), lr=4e-3)
    losses = []
    for _ in range(60):
        loss, _ = objective(batch, sigma, noise)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach()))
    assert losses[-1] < 0.5 * losses[0]


def test_text_rows_beyond_the_length_are_zero_and_the_words_matter() -> None:
    vocabulary = Vocabulary.of(["a rainy night", "clear day"])
    encoder = WordEncoder(len(vocabulary), 16)
    ids, mask = tokenize(["Rainy, NIGHT!", "clear day", ""], vocabulary, 6)
    text = encoder(ids, mask)
    assert text.shape == (3, 6, 16)
    assert not text[:2, 2:].any()
    assert not text[2].any()
    assert (text[0, 0] - text[1, 0]).abs().max() > 0.1
