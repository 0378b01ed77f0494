"""Exported graphs: equal to PyTorch, clean, deterministic, re-weighted, stored as fp16, with data beside them."""

from __future__ import annotations

from pathlib import Path

import onnx
import pytest
import torch

from virga_world_model.checkpoint import load_strictly
from virga_world_model.errors import WorldModelError
from virga_world_model.export import graphs
from virga_world_model.export.__main__ import main
from virga_world_model.export.check import check, largest_difference
from virga_world_model.export.onnx_model import store_as_fp16, to_bytes, to_onnx
from virga_world_model.export.reweight import reweighted
from virga_world_model.network import ControlBranch, NetworkConfig, WorldModel, initialise

TINY = NetworkConfig(
    dim=16,
    heads=2,
    blocks=1,
    control_blocks=1,
    text_dim=8,
    text_tokens=4,
    adaln_rank=4,
    hint_channels=20,
    condition_mask=True,
    padding_mask=True,
    unused_layers=True,
    max_frames=4,
    max_height=8,
    max_width=8,
)


def model(seed: int) -> WorldModel:
    torch.manual_seed(seed)
    made = WorldModel(TINY, ["vis"])
    initialise(made, zero_outputs=False)
    for parameter in made.parameters():
        # No two weights alike, so that a graph with one of them in the wrong place cannot pass.
        parameter.data += 0.05 * torch.randn_like(parameter)
    return made.eval()


def test_hint_graph() -> None:
    first, second = model(1).controls["vis"], model(2).controls["vis"]
    graph, other = graphs.hint_graph(first), graphs.hint_graph(second)
    exported = to_onnx(graph)
    data = to_bytes(exported)
    assert check("hint", graph, data, 1e-5) <= 1e-5
    for leak in (b"world-model", b"site-packages", b".py", b"virga_world_model"):
        assert leak not in data

    swapped = reweighted(exported, graph.module, other.module)
    assert swapped is not None
    check("hint", other, to_bytes(swapped), 1e-5)
    with pytest.raises(WorldModelError, match="differs from PyTorch"):
        check("hint", other, data, 1e-5)

    again = to_bytes(to_onnx(other))
    assert again == to_bytes(swapped), "the same weights give the same bytes, whichever way they got in"

    half = to_bytes(store_as_fp16(swapped))
    assert len(half) < len(data)
    assert 1e-7 < largest_difference(other, half) < 1e-2


def test_weights_beyond_fp16_are_refused() -> None:
    tensor = onnx.numpy_helper.from_array(torch.full((64, 64), 1e6).numpy(), "w")
    exported = onnx.helper.make_model(onnx.helper.make_graph([], "g", [], [], [tensor]))
    with pytest.raises(OverflowError, match="w"):
        store_as_fp16(exported)


def test_assigning_keeps_the_position_tables() -> None:
    branch = model(4).controls["vis"]
    with torch.device("meta"):
        empty = ControlBranch(TINY)
    load_strictly(empty, branch.state_dict(), "memory", assign=True)
    torch.testing.assert_close(empty.rotary.frequencies_t, branch.rotary.frequencies_t.double(), rtol=1e-6, atol=0)
    assert not any(p.is_meta for p in empty.parameters())


def test_command_line_says_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fixtures", "--fixtures", str(tmp_path), "--out", str(tmp_path / "out")]) == 3
    assert "expected fixture cases" in capsys.readouterr().err
