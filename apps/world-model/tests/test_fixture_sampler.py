"""Whole sampling trajectories, and the sampler's plain numbers."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from parity import Case, cases, close
from test_fixture_network import as_weights, network
from torch import Tensor

from virga_world_model.network import WorldModel
from virga_world_model.sampling import (
    Conditioning,
    c_in,
    c_noise,
    c_out,
    c_skip,
    coefficients,
    denoiser,
    merge_patches,
    numpy_noise,
    sample,
    schedule,
    single_patch_factor,
    split_patches,
)
from virga_world_model.sampling.guidance import Network


def _inputs(case: Case) -> dict[str, Tensor]:
    return case.inputs if (case.folder / "inputs.safetensors").is_file() else {}


TRAJECTORIES = cases(lambda c: c.name.startswith("sampler_") and "x_start" in _inputs(c))
PATCHES = cases(lambda c: "canvas_latent" in c.scalars)
NUMBERS = cases(lambda c: "coefficients_2ab" in c.scalars)


def as_network(
    model: WorldModel,
    text: dict[str, Tensor],
    hints: dict[str, Tensor],
    weights: dict[str, Tensor | float],
    condition_mask: Tensor | None = None,
    fps: float = 24.0,
) -> Network:
    """The model as the guidance module wants it; hints are latents."""
    g = {name: model.hint(name, hint) for name, hint in hints.items()}

    def run(x: Tensor, noise: float, positive: bool) -> Tensor:
        context = text["crossattn_emb" if positive else "crossattn_emb_negative"]
        level = torch.full((x.shape[0],), noise, dtype=x.dtype)
        return model(x, level, context, g, weights, condition_mask=condition_mask, fps=fps)

    return run


@torch.no_grad()
@pytest.mark.parametrize("case", TRAJECTORIES)
def test_trajectory(case: Case) -> None:
    run_trajectory(case, merge=True)


@torch.no_grad()
@pytest.mark.parametrize("case", cases(lambda c: c.name.startswith("sampler_") and "single_patch_merge" in c.scalars))
def test_trajectory_without_merge(case: Case) -> None:
    run_trajectory(case, merge=False)


def run_trajectory(case: Case, merge: bool) -> None:
    """Samples the case from its start; `merge` applies the x0 rescale of the classes that have one."""
    s, i, net_case = case.scalars, case.inputs, case.sibling(case.scalars["network_weights"])
    model = network(net_case)
    names = s["controls"]
    hints = {name: net_case.inputs[f"hint_{name}"] for name in names}
    given = mask = None
    if "condition_latent" in i:
        close(numpy_noise(s["seed"], i["condition_noise"].shape), i["condition_noise"])
        indicator = torch.zeros(1, 1, i["x_start"].shape[2], 1, 1)
        indicator[:, :, 0] = 1
        given, mask = (
            Conditioning(i["condition_latent"], indicator, i["condition_noise"]),
            indicator.expand(-1, -1, -1, *i["x_start"].shape[3:]),
        )
    if "clean_latent" in i:
        torch.testing.assert_close(i["clean_latent"] + s["sigma_max"] * i["start_noise"], i["x_start"])
    else:
        torch.testing.assert_close(s["sigma_max"] * numpy_noise(s["seed"], i["x_start"].shape), i["x_start"])
    factor = single_patch_factor(*i["x_start"].shape[3:]).float() if merge and "single_patch_merge" in s else None
    passes: list[tuple[Tensor, Tensor, Tensor | None]] = []
    denoise = denoiser(
        as_network(model, net_case.inputs, hints, as_weights(names, i["weight"]), mask, s["fps"]),
        s["guidance"],
        given=given,
        after=None if factor is None else lambda x0: x0 * factor,
        on_passes=lambda *values: passes.append(values),
    )
    sigmas = schedule(s["steps"], s["sigma_max"])
    close(sigmas, s["sigmas"])
    steps: list[tuple[Tensor, Tensor]] = []
    result = sample(denoise, i["x_start"], sigmas, lambda _i, x, x0: steps.append((x, x0)))
    suffix = "" if merge else "_without_merge"
    case.compare(f"x0{suffix}", torch.stack([x0 for _, x0 in steps]))
    case.compare(f"result{suffix}", result)
    if merge:
        case.compare("x_states", torch.stack([x for x, _ in steps]))
        seen = case.expected["x0_cond"].shape[0]
        case.compare("x0_cond", torch.stack([cond for _, cond, _ in passes[:seen]]))
        case.compare("x0_uncond", torch.stack([uncond for _, _, uncond in passes[:seen] if uncond is not None]))
        if "net_input_before_c_in" in case.expected:
            case.compare("net_input_before_c_in", torch.stack([x for x, _, _ in passes[:seen]]))


@torch.no_grad()
@pytest.mark.parametrize("case", PATCHES)
def test_overlapping_patches(case: Case) -> None:
    s, i, net_case = case.scalars, case.inputs, case.sibling(case.scalars["network_weights"])
    rows, columns = s["patches"]
    model, name = network(net_case), s["control"]
    runs = [as_network(model, i, {name: hint[None]}, {name: float(s["weight"])}) for hint in i["hint"]]
    merged: list[Tensor] = []
    before: list[Tensor] = []

    def after(x0: Tensor) -> Tensor:
        before.append(x0)
        merged.append(merge_patches(x0, rows, columns, *s["overlap"]))
        return split_patches(merged[-1], rows, columns, *s["patch_latent"])

    def each_patch(x: Tensor, noise: float, positive: bool) -> Tensor:
        return torch.cat([run(patch[None], noise, positive) for run, patch in zip(runs, x, strict=True)])

    steps: list[tuple[Tensor, Tensor]] = []
    start = i["clean_patches"] + s["sigma_max"] * i["noise"]
    sigmas = schedule(s["steps"], s["sigma_max"])
    result = sample(
        denoiser(each_patch, s["guidance"], after=after), start, sigmas, lambda _i, x, x0: steps.append((x, x0))
    )
    case.compare("x_states", torch.stack([x for x, _ in steps]))
    case.compare("x0", torch.stack([x0 for _, x0 in steps]))
    case.compare("x0_before_merge_first", before[0])
    case.compare("merged_first", merged[0])
    case.compare("result", result)


@pytest.mark.parametrize("case", NUMBERS)
def test_schedules_and_coefficients(case: Case) -> None:
    s = case.scalars
    for key, expected in s["schedules"].items():
        steps, sigma_max = (float(part.strip("stepmax")) for part in key.split("_"))
        sigmas = schedule(int(steps), sigma_max, s["sigma_min"], s["rho"])
        close(sigmas, expected)
        got = [coefficients(sigmas, i) for i in range(int(steps))]
        close(got, s["coefficients_2ab"][key], rtol=1e-10, atol=1e-13)
        close(torch.tensor(got, dtype=torch.float64).sum(1), torch.ones(int(steps), dtype=torch.float64))


@pytest.mark.parametrize("case", NUMBERS)
def test_preconditioning(case: Case) -> None:
    for sigma, expected in case.scalars["scaling"]["float64"].items():
        s = float(sigma)
        close([c_skip(s), c_out(s), c_in(s), c_noise(s)], expected)


@pytest.mark.parametrize("case", NUMBERS)
def test_solver_on_a_linear_denoiser(case: Case) -> None:
    analytic = case.scalars["analytic"]
    start = torch.tensor(analytic["x_start"], dtype=torch.float64)
    for key, expected in analytic["result_of_solver_plus_clean_step"].items():
        steps, sigma_max = (float(part.strip("stepmax")) for part in key.split("_"))
        got = sample(lambda x, s: x * 0.25 / (s * s + 0.25), start, schedule(int(steps), sigma_max))
        close(got, expected, rtol=1e-11)


@pytest.mark.parametrize("case", NUMBERS)
def test_noise_stream(case: Case) -> None:
    facts = case.scalars["arch_invariant_noise"]
    (key,) = (k for k in facts if k.startswith("first_"))
    for seed, expected in facts[key].items():
        got = numpy_noise(int(seed), facts["shape"]).flatten()[: len(expected)]
        assert np.array_equal(got.numpy(), np.array(expected, dtype=np.float32))
