"""Positions and the timestep table at the real head size; the text encoder."""

from __future__ import annotations

import pytest
import torch
from parity import Case, cases

from virga_world_model.export.fixtures import read_text_encoder
from virga_world_model.network import token_grid
from virga_world_model.network.layers import Timesteps
from virga_world_model.network.positions import LearnedPositions, RotaryPositions, rope_split

POSITIONS = cases(lambda c: "timestep_table" in c.scalars)
TEXT = cases(lambda c: "tiny_T5" in c.scalars)


@pytest.mark.parametrize("case", POSITIONS)
def test_rope_angles(case: Case) -> None:
    s = case.scalars
    assert rope_split(s["head_dim"]) == tuple(s["dims"][axis] for axis in "thw")
    for name in case.expected:
        if name.startswith("angles_ratio"):
            ratio, fps = (float(part.strip("ratiofps")) for part in name.removeprefix("angles_").split("_"))
            rope = RotaryPositions(s["head_dim"], ratio).double()
            scale = torch.tensor([s["base_fps"] / fps], dtype=torch.float64)
            case.compare(name, rope(token_grid(*s["grid"]), scale))
        if name.startswith("angles_720p_rows_ratio"):
            rope = RotaryPositions(s["head_dim"], float(name.removeprefix("angles_720p_rows_ratio"))).float()
            case.compare(name, rope(token_grid(16, 44, 80), torch.ones(1))[s["angles_720p_rows"]])


@pytest.mark.parametrize("case", POSITIONS)
def test_timestep_table(case: Case) -> None:
    sigmas = torch.tensor(case.scalars["timestep_table"]["sigmas"], dtype=torch.float64)
    table = Timesteps(4096).double()(0.25 * sigmas.log())
    case.compare("timestep_table_4096", table[:, ::64])


@pytest.mark.parametrize("case", POSITIONS)
def test_learned_positions(case: Case) -> None:
    tables = {axis: case.inputs[f"pos_emb_{axis}"] for axis in "thw"}
    positions = LearnedPositions(*(tables[a].shape[0] for a in "thw"), tables["t"].shape[1]).double()
    for axis, table in tables.items():
        getattr(positions, f"pos_emb_{axis}").data.copy_(table)
    case.compare("learned_pos", positions(token_grid(*case.scalars["grid"])).detach())


def test_tables_keep_their_precision_in_a_narrow_module() -> None:
    rope, times = RotaryPositions(64, 2.0), Timesteps(64)
    exact = rope.frequencies_t.clone()
    assert rope.to(torch.bfloat16).frequencies_t.dtype == torch.float32
    torch.testing.assert_close(rope.frequencies_t.double(), exact, rtol=1e-7, atol=0)
    assert times.to(torch.bfloat16).frequencies.dtype == torch.float32


@torch.no_grad()
@pytest.mark.parametrize("case", TEXT)
def test_text_encoder(case: Case) -> None:
    encoder, _ = read_text_encoder(case.folder)
    ids, mask = case.inputs["input_ids"], case.inputs["attention_mask"]
    case.compare("encoder_output_before_zeroing", encoder.hidden(ids, mask))
    got = encoder(ids, mask)
    case.compare("embedding", got)
    assert not got[mask == 0].any(), "rows beyond the length are zero"
