"""Network that sees its start, frozen base, silent branches, student, resumed stages: all at toy size on made-up
latents."""

from __future__ import annotations

import argparse
import itertools
import json
from pathlib import Path

import numpy as np
import pytest
import torch

from virga_world_model.data.hints import CONTROLS
from virga_world_model.data.latents import LatentScene
from virga_world_model.export import graphs
from virga_world_model.export.check import check
from virga_world_model.export.onnx_model import store_as_int8, to_bytes, to_onnx
from virga_world_model.network import token_grid
from virga_world_model.sampling.euler import euler_step, few_levels, sample_euler
from virga_world_model.text import Vocabulary
from virga_world_model.training import branch, distill
from virga_world_model.training.bundle import write_weights
from virga_world_model.training.model import SIGMA_MAX, Trained, copy_first_blocks, normalised
from virga_world_model.training.objective import Objective, draw_sigma, draw_window, normal_like
from virga_world_model.training.prior import Priors, fit_priors, unexplained
from virga_world_model.training.samples import KINDS, Batch, Samples
from virga_world_model.training.sizes import PLANS, SIZES
from virga_world_model.training.state import RunState, adopt, freeze, load_network, open_state
from virga_world_model.training.text import build_vocabulary
from virga_world_model.training.trial import DECIDING, SAMPLERS, choose

LOOKS = ("clear-day", "rain-night")
H, W = 6, 8


def scenes(count: int = 3) -> list[LatentScene]:
    """Latents whose looks are linear in the seg control, and starts that miss what vis shows."""
    rng = np.random.default_rng(0)
    made = []
    for seed in range(count):
        arrays = {name: rng.normal(size=(4, 16, H, W)).astype(np.float16) for name in CONTROLS}
        for i, look in enumerate(LOOKS):
            arrays[f"look/{look}"] = (arrays["seg"] * (0.5 + 0.3 * i) + 0.2 * i + 0.4 * arrays["vis"]).astype(
                np.float16
            )
            for kind in ("truth", "labels", "paint"):
                arrays[f"{kind}/{look}"] = (arrays[f"look/{look}"] - 0.4 * arrays["vis"] - 0.2 * i).astype(np.float16)
        made.append(LatentScene(seed, LOOKS, {look: (look.replace("-", " "),) for look in LOOKS}, arrays))
    return made


def objective_of(controls: tuple[str, ...] = (), seed: int = 0) -> Objective:
    torch.manual_seed(seed)
    vocabulary = build_vocabulary(["clear day", "rain night"])
    return Objective(Trained(SIZES["toy"], len(vocabulary), controls), vocabulary, torch.ones(16), torch.device("cpu"))


def samples() -> Samples:
    return Samples(scenes(), Priors(height=H, width=W))


def test_priors_explain_what_is_linear_in_their_control() -> None:
    set_of = scenes(12)
    priors = fit_priors(set_of)
    alone = {name: unexplained(priors, set_of, (name,)) for name in CONTROLS}
    assert alone["seg"] < 0.6 * alone["hdmap"]
    assert alone["vis"] < alone["hdmap"]
    assert unexplained(priors, set_of, ()) <= 1.01
    # A hint that is what it usually is says nothing: the position bias is left.
    usual = priors["seg"].usual[None, :, None].expand(1, 16, 3, H, W)
    torch.testing.assert_close(priors.mean({"seg": usual}, "rain-night")[0, :, 1], priors.position[LOOK_NIGHT])


LOOK_NIGHT = 11  # rain-night in the table of looks


@pytest.mark.parametrize("kind", list(KINDS))
def test_a_sample_is_what_its_start_leaves(kind: str) -> None:
    drawn = samples()
    batch = drawn.draw(np.random.default_rng(3), 3, 2, ("vis", "seg"), kind=kind)
    assert batch.y.shape == batch.start.shape == batch.hints["vis"].shape == (2, 16, 3, H, W)
    z = batch.y / drawn.scale.view(1, -1, 1, 1, 1) + batch.start
    night = torch.tensor([float("night" in p or "dark" in p or "lit" in p or "light" in p) for p in batch.prompts])
    for row in range(2):
        seg, vis = batch.hints["seg"][row], batch.hints["vis"][row]
        errors = [float((z[row] - seg * (0.5 + 0.3 * i) - 0.2 * i - 0.4 * vis).abs().max()) for i in (0, 1)]
        assert min(errors) < 0.02, night


def test_given_frames_begin_with_the_drives_first_image() -> None:
    drawn = samples()
    batch = drawn.draw(np.random.default_rng(0), 3, 2, given=1.0)
    assert batch.given[:, 0, 0].all()
    assert not batch.given[:, :, 1:].any()
    assert int(batch.grid[0, 0]) == 0
    assert not drawn.draw(np.random.default_rng(0), 1, 2, given=1.0).given.any()


def test_given_frames_are_returned_and_do_not_count() -> None:
    objective, drawn = objective_of(), samples()
    batch = drawn.draw(np.random.default_rng(0), 3, 2, given=1.0)
    sigma = torch.full((2,), SIGMA_MAX)
    noise = torch.randn(batch.y.shape)
    made = objective.denoise(batch, batch.y + SIGMA_MAX * noise, sigma, {})
    assert torch.equal(made[:, :, 0], batch.y[:, :, 0])
    moved = made.clone()
    moved[:, :, 0] += 5
    assert objective.loss(batch, moved, batch.y, sigma) == objective.loss(batch, made, batch.y, sigma)


def test_the_network_sees_its_start_and_the_mask() -> None:
    objective, drawn = objective_of(), samples()
    for block in objective.model.network.base.blocks.values():
        for part in block.blocks:
            torch.nn.init.normal_(part.adaLN_modulation[2].weight, std=0.1)
    batch = drawn.draw(np.random.default_rng(0), 1, 2)
    sigma, noise = torch.full((2,), 1.0), torch.randn(batch.y.shape)
    first = objective.denoise(batch, batch.y + noise, sigma, {})
    other = Batch(batch.y, batch.start + 1, batch.hints, batch.prompts, batch.grid, batch.shares, batch.given)
    assert (objective.denoise(other, batch.y + noise, sigma, {}) - first).abs().max() > 1e-4


def test_a_fresh_branch_changes_nothing_and_training_it_leaves_the_base() -> None:
    objective, drawn = objective_of(("vis",)), samples()
    network = objective.model.network
    copy_first_blocks(network.controls["vis"], network.base)
    torch.testing.assert_close(
        network.controls["vis"].x_embedder.proj[1].weight, network.base.x_embedder.proj[1].weight
    )
    batch = drawn.draw(np.random.default_rng(0), 1, 4, ("vis",), kind="truth")
    sigma = torch.full((4,), SIGMA_MAX)
    noise = torch.randn(batch.y.shape)
    noisy = batch.y + SIGMA_MAX * noise
    assert torch.equal(
        objective.denoise(batch, noisy, sigma, {"vis": 1.0}), objective.denoise(batch, noisy, sigma, {"vis": 0.0})
    )
    before = freeze(network.base)
    optimizer = torch.optim.AdamW(network.controls["vis"].parameters(), lr=5e-3)
    losses = []
    for _ in range(60):
        loss = objective(batch, sigma, noise, {"vis": 1.0})
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach()))
    assert losses[-1] < 0.8 * losses[0]
    for parameter, was in zip(network.base.parameters(), before, strict=True):
        assert torch.equal(parameter, was)


def test_weights_are_normalised_as_at_run_time() -> None:
    assert normalised({"vis": 0.25}) == {"vis": 0.25}
    assert normalised(dict.fromkeys(CONTROLS, 1.0))["vis"] == pytest.approx(1 / 6)


def test_euler_is_exact_for_a_constant_prediction_and_one_step_is_one_prediction() -> None:
    target = torch.randn(2, 3)
    assert torch.equal(sample_euler(lambda x, s: target, torch.randn(2, 3) * 80, 1, 80.0), target)
    seen = []

    def denoise(x: torch.Tensor, sigma: float) -> torch.Tensor:
        seen.append(sigma)
        return target

    sample_euler(denoise, torch.randn(2, 3) * 80, 4, 80.0)
    assert seen == few_levels(4, 80.0)
    assert seen == pytest.approx([80, 17.5, 2.52, 0.17], rel=0.02)
    x = target + 8.0 * torch.ones(2, 3)
    torch.testing.assert_close(euler_step(x, target, 8.0, 2.0), target + 2.0)


def test_a_teachers_target_lands_where_the_teacher_does() -> None:
    teacher, drawn = objective_of(), samples()
    batch = drawn.draw(np.random.default_rng(0), 1, 2)
    noisy = batch.y + 17.5 * torch.randn(batch.y.shape)
    aim = distill.teacher_target(teacher, batch, noisy, (17.5, 2.5), 3, {})
    landed = euler_step(noisy, aim, 17.5, 2.5)
    x = noisy
    walk = distill.between(17.5, 2.5, 3)
    assert walk[0] == pytest.approx(17.5)
    assert walk[-1] == pytest.approx(2.5)
    with torch.no_grad():
        for a, b in itertools.pairwise(walk):
            x = euler_step(x, teacher.denoise(batch, x, torch.full((2,), a), {}), a, b)
    torch.testing.assert_close(landed, x, rtol=1e-4, atol=1e-4)


def test_a_student_learns_its_teachers_steps() -> None:
    teacher, student, drawn = objective_of(seed=1), objective_of(seed=2), samples()
    freeze(teacher.model)
    args = argparse.Namespace(student_steps=2, teacher_steps=2)
    batch = drawn.draw(np.random.default_rng(0), 1, 4)
    noise = torch.randn(batch.y.shape)
    optimizer = torch.optim.AdamW(student.model.parameters(), lr=5e-3)
    losses = []
    for step in range(60):
        loss = distill.distilled_loss(student, teacher, batch, noise, step % 2, args, {})
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach()))
    assert np.mean(losses[-4:]) < 0.5 * np.mean(losses[:4])


def test_draws_follow_the_curriculum() -> None:
    rng = np.random.default_rng(0)
    early = {draw_window(rng, 0.1, 1320)[0] for _ in range(200)}
    late = {draw_window(rng, 0.95, 1320)[0] for _ in range(200)}
    assert early == {1, 3}
    assert late == {1, 3, 5, 16}
    sigma = draw_sigma(rng, 4000, 0.7)
    assert 0.69 < float((sigma == SIGMA_MAX).float().mean()) < 0.73
    assert float(sigma.min()) < 0.1


def test_the_default_is_the_fewest_steps_that_are_as_good() -> None:
    def figures(**left: float) -> dict:
        return {
            name.replace("_", ", "): {request: {"unexplained": value, "change": 1.0} for request in DECIDING}
            for name, value in left.items()
        }

    assert choose(figures(teacher_1=0.9, student_4=0.9)) == "teacher, 1"
    assert choose(figures(teacher_1=0.9, student_4=0.8, teacher_35=0.5)) == "student, 4"
    assert all(steps <= 4 for name, (_, _, steps) in SAMPLERS.items() if name.startswith("student"))


def test_graphs_of_a_network_that_sees_its_start() -> None:
    network = objective_of(("vis",)).model.network
    for parameter in network.parameters():
        parameter.data += 0.02 * torch.randn_like(parameter)
    graph = graphs.base_graph(network.base.eval())
    assert graph.inputs[0][1].shape[-1] == 132
    exported = to_onnx(graph)
    data = to_bytes(exported)
    check("base", graph, data, 1e-4)
    narrow = to_bytes(store_as_int8(exported))
    assert len(narrow) < 0.6 * len(data)
    check("base, int8", graph, narrow, 8e-2)
    assert token_grid(1, 2, 2).shape == (4, 3)


def a_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> argparse.Namespace:
    """A run folder with a base that is as it was initialised, and samples that need no files."""
    state = RunState("toy", samples().scale.tolist(), samples().shares, build_vocabulary(["clear day"]).words)
    (tmp_path / "network.json").write_text(json.dumps(vars(state)))
    base = state.fresh(0)
    torch.save({"model": base.state_dict(), "ema": list(base.parameters()), "step": 1}, tmp_path / "base.pt")
    monkeypatch.setattr(RunState, "samples", lambda *_: samples())
    for stage in (branch, distill):
        monkeypatch.setattr(stage, "channel_weights", lambda *_: torch.ones(16))
    return argparse.Namespace(
        data=tmp_path, out=tmp_path, minutes=None, steps=4, limit=None, device="cpu", threads=1, seed=0, processes=1,
        control="vis", start=None, lr=1e-3, fast=3.0, tokens=24, at_max=0.7, validate_every=100,
        student_steps=2, teacher_steps=1,
    )  # fmt: skip


@pytest.mark.parametrize("stage", [branch, distill])
def test_a_stage_goes_on_where_it_was_stopped(stage: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    results = []
    for steps in ((8,), (3, 8)):
        folder = tmp_path / str(len(steps))
        folder.mkdir()
        for stop in steps:
            args = a_run(folder, monkeypatch)
            args.steps = 8
            monkeypatch.setattr(
                "virga_world_model.training.run.Budget.done", lambda self, step, stop=stop: step >= stop
            )
            loop = stage.run(args)
        assert loop.step == 8
        results.append([p.detach().clone() for p in loop.parameters])
    for a, b in zip(*results, strict=True):
        assert torch.equal(a, b)


def test_teacher_and_student_are_put_together_from_their_checkpoints(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    args = a_run(tmp_path, monkeypatch)
    trained = branch.run(args)
    model, steps = load_network(tmp_path)
    assert steps == {"base": 1, "vis": 4}
    for averaged, parameter in zip(trained.ema, model.network.controls["vis"].parameters(), strict=True):
        assert torch.equal(averaged, parameter)
    assert not model.network.controls["seg"].zero_blocks["block0"].weight.any()
    with pytest.raises(Exception, match=r"student\.pt"):
        load_network(tmp_path, student=True)
    assert open_state(tmp_path).words().words == Vocabulary(open_state(tmp_path).vocabulary).words
    assert normal_like(np.random.default_rng(0), torch.zeros(2, 3)).shape == (2, 3)


def test_a_branch_goes_on_from_the_weights_of_a_bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    args = a_run(tmp_path, monkeypatch)
    state = open_state(tmp_path)
    known = state.fresh(5, CONTROLS)
    write_weights(tmp_path / "network.safetensors", known, state, {"base": 1})
    (tmp_path / "network.json").unlink()
    adopt(tmp_path / "network.safetensors", tmp_path)
    assert open_state(tmp_path) == state
    args.start, args.steps = tmp_path / "network.safetensors", 0
    loop = branch.run(args)
    wanted = known.network.controls["vis"].input_hint_block[0].weight
    torch.testing.assert_close(loop.model.input_hint_block[0].weight, wanted, rtol=1e-3, atol=1e-4)


def test_plans_share_the_time() -> None:
    for plan in PLANS.values():
        assert plan.size in SIZES
        assert plan.base + plan.branch + plan.distill + plan.decoder <= 1
