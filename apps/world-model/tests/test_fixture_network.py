"""Base network and control branches against the official ones, output and inside."""

from __future__ import annotations

from functools import cache

import pytest
import torch
from parity import Case, cases
from torch import Tensor

from virga_world_model.export.fixtures import read_network
from virga_world_model.network import WorldModel, pack_network_input, patchify, token_grid
from virga_world_model.network.base import BaseNetwork
from virga_world_model.network.control import ControlBranch

NETWORKS = cases(lambda c: (c.folder / "weights_base.safetensors").is_file())


@cache
def network(case: Case) -> WorldModel:
    return read_network(case.folder)


def tokens(case: Case) -> tuple[Tensor, ...]:
    """x, c_noise, text, grid, time_scale."""
    config, i = network(case).config, case.inputs
    _, _, t, h, w = i["x"].shape
    grid = token_grid(t, h // config.patch, w // config.patch)
    x = pack_network_input(config, i["x"])
    return x, i["timesteps"], i["crossattn_emb"], grid, 24 / i["fps"]


def as_weights(names: list[str], weights: Tensor) -> dict[str, Tensor | float]:
    """[N] or [N,B,1,T,h,w] to what the model takes."""
    if weights.ndim == 1:
        return {name: float(w) for name, w in zip(names, weights, strict=True)}
    return {n: w.flatten(1)[..., None] for n, w in zip(names, weights, strict=True)}


@torch.no_grad()
@pytest.mark.parametrize("case", NETWORKS)
def test_base_outputs(case: Case) -> None:
    model, i = network(case), case.inputs
    x, c_noise, text = i["x"], i["timesteps"], i["crossattn_emb"]
    case.compare("base", model(x, c_noise, text, fps=i["fps"]))
    case.compare("base_fps2", model(x, c_noise, text, fps=case.scalars["fps_second"]))
    case.compare("base_padding_mask", model(x, c_noise, text, padding_mask=i["padding_mask_b"]))
    case.compare("base_negative_text", model(x, c_noise, i["crossattn_emb_negative"]))
    for name, sigma in (("base_sigma_70", 70.0), ("base_sigma_min", 0.002)):
        case.compare(name, model(x, 0.25 * torch.log(torch.tensor([sigma])), text))
    if "base_condition_mask" in case.expected:
        case.compare("base_condition_mask", model(x, c_noise, text, condition_mask=i["condition_mask_first"]))


@torch.no_grad()
@pytest.mark.parametrize("case", NETWORKS)
def test_base_inside(case: Case) -> None:
    base = network(case).base
    args = tokens(case)
    seen = record(base)
    final = base(*args)
    prepared = base.prepare(args[1], args[3], args[4])
    case.compare("base.rope_angles", base.rotary(args[3], args[4]))
    case.compare("base.pos_per_block", prepared.positions[None])
    case.compare("base.t_raw", base.t_embedder[0](args[1]))
    case.compare("base.t_emb", prepared.emb)
    case.compare("base.t_adaln_lora", prepared.shared)
    case.compare("base.tokens_in", base.x_embedder(args[0]))
    case.compare("base.final_tokens", final)
    compare_blocks(case, "base", seen)


@torch.no_grad()
@pytest.mark.parametrize("case", NETWORKS)
def test_control_branches(case: Case) -> None:
    model, i = network(case), case.inputs
    x, c_noise, text, grid, time_scale = tokens(case)
    for name, branch in model.controls.items():
        hint = patchify(i[f"hint_{name}"], model.config.patch)
        g = branch.hint(hint)
        case.compare(f"control_{name}.g", g)
        seen = record(branch)
        residuals = branch(x, c_noise, text, g, grid, time_scale)
        for j, residual in enumerate(residuals):
            case.compare(f"control_{name}.residual{j}", residual)
        compare_blocks(case, f"control_{name}", seen)
        if f"control_{name}.hint_tokens" in case.expected:
            case.compare(f"control_{name}.hint_tokens", branch.x_embedder2(hint))
            case.compare(f"control_{name}.tokens_in", branch.x_embedder(x))
            case.compare(f"control_{name}.rope_angles", branch.rotary(grid, time_scale))
            prepared = branch.prepare(c_noise, grid, time_scale)
            case.compare(f"control_{name}.t_emb", prepared.emb)
            case.compare(f"control_{name}.t_adaln_lora", prepared.shared)


@torch.no_grad()
@pytest.mark.parametrize("case", NETWORKS)
def test_controls_together(case: Case) -> None:
    model, i = network(case), case.inputs
    names = list(model.controls)
    args = (i["x"], i["timesteps"], i["crossattn_emb"])
    g = {name: model.hint(name, i[f"hint_{name}"]) for name in names}
    first = i.get("condition_mask_first")
    for name in names:
        case.compare(f"one_control_{name}", model(*args, {name: g[name]}))
    for key in sorted(k for k in i if k.startswith("weights_scalar_") and not k.endswith("_raw")):
        expected = key.replace("weights_scalar", "controls_scalar")
        case.compare(expected, model(*args, g, as_weights(names, i[key])))
    reverse = dict(reversed(g.items()))
    case.compare("controls_scalar_0_reordered", model(*args, reverse, as_weights(names, i["weights_scalar_0"])))

    seen = record(model.base)
    maps = as_weights(names, i["weight_map"])
    case.compare("controls_map", model(*args, g, maps, condition_mask=first))
    compare_blocks(case, "controls_map.base", {k: v for k, v in seen.items() if k.endswith("out")})
    raw = as_weights(names, i["weight_map_raw"])
    case.compare("controls_map_unclamped", model(*args, g, raw, condition_mask=first))
    one = i["weight_map_raw"][:1].clamp(min=0)
    case.compare("one_control_map", model(*args, {names[0]: g[names[0]]}, as_weights(names[:1], one)))


@torch.no_grad()
@pytest.mark.parametrize("case", NETWORKS)
def test_batch_of_two(case: Case) -> None:
    model, i = network(case), case.inputs
    names = list(model.controls)

    def pair(values: Tensor) -> Tensor:
        return torch.cat([values, values.flip(-1)])

    g = {name: model.hint(name, pair(i[f"hint_{name}"])) for name in names}
    maps = torch.stack([pair(w) for w in i["weight_map"]])
    sigma = torch.tensor([case.scalars["sigma"], 3 * case.scalars["sigma"]])
    masks = torch.cat([i["condition_mask"], i["condition_mask_first"]]) if "condition_mask" in i else None
    got = model(
        torch.cat([i["x"], i["x_2"]]),
        0.25 * sigma.log(),
        torch.cat([i["crossattn_emb"], i["crossattn_emb_negative"]]),
        g,
        as_weights(names, maps),
        condition_mask=masks,
    )
    case.compare("batch2_controls_map", got)


@torch.no_grad()
@pytest.mark.parametrize("case", NETWORKS)
def test_zero_text_rows_take_part(case: Case) -> None:
    model, i = network(case), case.inputs
    text = i["crossattn_emb"]
    real = case.scalars["text_real_tokens"]
    assert not text[:, real:].any(), "rows beyond the prompt are zero"
    change = (model(i["x"], i["timesteps"], text[:, :real]) - case.expected["base"]).abs().max()
    stated = case.scalars["padding_matters"]["max_abs_change_when_zero_text_rows_are_dropped"]
    assert float(change) == pytest.approx(stated, rel=1e-3)


def record(trunk: BaseNetwork | ControlBranch) -> dict[str, Tensor]:
    """Fills a dict with the inside of every block at the next run."""
    seen: dict[str, Tensor] = {}

    def keep(name: str):  # noqa: ANN202
        def hook(_module: object, _args: object, output: Tensor) -> None:
            seen[name] = output

        return hook

    for name, block in trunk.blocks.items():
        handles = [block.register_forward_hook(keep(f"{name}.out"))]
        for part, label in zip(block.blocks, ("self_attention", "cross_attention", "mlp"), strict=True):
            handles.append(part.register_forward_hook(keep(f"{name}.{label}")))
        attention = block.blocks[0].block.attn
        handles.append(attention.to_q[1].register_forward_hook(keep(f"{name}.self_attention.q_normed")))
        handles.append(attention.to_k[1].register_forward_hook(keep(f"{name}.self_attention.k_normed")))
        handles.append(
            attention.to_out.register_forward_pre_hook(
                lambda _module, args, name=name: seen.__setitem__(f"{name}.self_attention.heads_out", args[0])
            )
        )
    return seen


def compare_blocks(case: Case, prefix: str, seen: dict[str, Tensor]) -> None:
    """Every recorded value that the case has an expectation for; at least one."""
    wanted = [name for name in seen if f"{prefix}.{name}" in case.expected]
    assert wanted or prefix.startswith("control")
    for name in wanted:
        case.compare(f"{prefix}.{name}", seen[name])
