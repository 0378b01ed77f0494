"""Checkpoints on disk, the word vocabulary, configs."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from virga_world_model.checkpoint import load_checkpoint, save_checkpoint, select
from virga_world_model.clips import latent_frames
from virga_world_model.errors import BadConfigError, BadInputError
from virga_world_model.network import NetworkConfig, network_configs, patchify, unpatchify
from virga_world_model.sampling import schedule
from virga_world_model.text import Vocabulary


def test_round_trip_and_same_bytes(tmp_path: Path) -> None:
    tensors = {"base.w": torch.randn(3, 4), "ema.w": torch.randn(2).half()}
    config = {"network": network_configs["mini"].to_json(), "step": 7}
    save_checkpoint(tmp_path / "a.safetensors", tensors, config)
    save_checkpoint(tmp_path / "b.safetensors", dict(reversed(tensors.items())), config)
    assert (tmp_path / "a.safetensors").read_bytes() == (tmp_path / "b.safetensors").read_bytes()
    loaded, read = load_checkpoint(tmp_path / "a.safetensors")
    assert torch.equal(select(loaded, "base.")["w"], tensors["base.w"])
    assert NetworkConfig.from_json(read["network"]) == network_configs["mini"]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.safetensors", "b.safetensors"], (
        "nothing half-written stays"
    )


def test_damaged_files_are_named(tmp_path: Path) -> None:
    path = tmp_path / "x.safetensors"
    with pytest.raises(BadInputError, match=r"x\.safetensors: file"):
        load_checkpoint(path)
    save_checkpoint(path, {"w": torch.zeros(8)}, {})
    path.write_bytes(path.read_bytes()[:-5])
    with pytest.raises(BadInputError, match="complete safetensors"):
        load_checkpoint(path)


def test_a_failed_save_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "x.safetensors"
    save_checkpoint(path, {"w": torch.zeros(2)}, {})
    before = path.read_bytes()
    with pytest.raises(TypeError):
        save_checkpoint(path, {"w": torch.ones(2)}, {"bad": object()})
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_configs_that_do_not_fit_are_refused() -> None:
    with pytest.raises(BadConfigError, match="heads"):
        NetworkConfig.from_json({**network_configs["mini"].to_json(), "heads": 7})
    with pytest.raises(BadConfigError, match="depth"):
        NetworkConfig.from_json({**network_configs["mini"].to_json(), "depth": 7})
    with pytest.raises(BadConfigError, match="steps"):
        schedule(0)
    with pytest.raises(BadInputError, match="8m"):
        latent_frames(12)


def test_vocabulary() -> None:
    words = Vocabulary.of(["Rain at night, wet road.", "snow"])
    ids, mask = words.encode("RAIN - on a wet road!", 4)
    assert mask.tolist() == [[1, 1, 1, 1]]
    assert ids.tolist() == [[words.words["rain"], 1, 1, words.words["wet"]]]
    assert words.encode("", 3)[1].sum() == 0
    with pytest.raises(BadInputError):
        Vocabulary({"rain": 0})


def test_patch_orders_differ() -> None:
    latent = torch.arange(2 * 2 * 4, dtype=torch.float32).reshape(1, 2, 1, 2, 4)
    tokens = patchify(latent)
    assert tokens[0, 0].tolist() == [0, 1, 4, 5, 8, 9, 12, 13], "channel, then row, then column"
    spatial_first = tokens.reshape(1, 2, 2, 4).transpose(2, 3).reshape(1, 2, 8)
    assert torch.equal(unpatchify(spatial_first, (1, 1, 2)), latent)
