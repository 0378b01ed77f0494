"""Key names and shapes of the published networks, and the strict importer."""

from __future__ import annotations

import json

import pytest
import torch
from parity import Case, cases

from virga_world_model.checkpoint import load_strictly
from virga_world_model.errors import CheckpointMismatchError
from virga_world_model.importer import clean_keys, infer_config, is_inert
from virga_world_model.network import BaseNetwork, ControlBranch, network_configs
from virga_world_model.tokenizer import Autoencoder, tokenizer_configs

KEYS = cases(lambda c: "prefixes" in c.scalars and "ignore" in c.scalars)
NAMES = {"transfer1_7b": "cosmos-transfer1-7b", "transfer1_7b_sample_av": "cosmos-transfer1-7b-sample-av"}


def shapes(module: torch.nn.Module) -> dict[str, list[int]]:
    return {key: list(value.shape) for key, value in module.state_dict().items()}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("case", KEYS)
def test_network_keys(case: Case, name: str) -> None:
    facts = case.scalars[name]
    listing = json.loads((case.folder / facts["file"]).read_text())
    config = network_configs[NAMES[name]]
    with torch.device("meta"):
        base, control = BaseNetwork(config), ControlBranch(config)
        official = {
            part: {k: torch.empty(v) for k, v in listing[part]["parameters"].items()} for part in ("base", "control")
        }
    assert shapes(base) == listing["base"]["parameters"]
    assert shapes(control) == listing["control"]["parameters"]
    assert sum(p.numel() for p in base.parameters()) == facts["base"]
    assert sum(p.numel() for p in control.parameters()) == facts["control"]
    found = infer_config(official["base"], official["control"], text_tokens=config.text_tokens)
    # merge_rescale belongs to the sampling class, not to the weights.
    assert {**found.to_json(), "merge_rescale": config.merge_rescale} == config.to_json()


@pytest.mark.parametrize("case", KEYS)
def test_tokenizer_keys(case: Case) -> None:
    listing = json.loads((case.folder / case.scalars["tokenizer"]["file"]).read_text())
    with torch.device("meta"):
        autoencoder = Autoencoder(tokenizer_configs["cosmos-tokenize1-cv8x8x8"])
    own = shapes(autoencoder)
    assert own == {**listing["encoder.jit"], **listing["decoder.jit"]}
    assert set(listing["unused_parameters"]) <= set(own)


@pytest.mark.parametrize("case", KEYS)
def test_prefixes_are_stripped_and_inert_entries_dropped(case: Case) -> None:
    assert all(is_inert(key) for key in ("a.b._extra_state", "logvar.0.freqs", "pos_embedder.seq", "conditioner.x"))
    value = torch.zeros(1)
    prefixes = [p for text in case.scalars["prefixes"].values() for p in text.split() if p.endswith("net.")]
    prefixes += ["net.net_ctrl."]
    assert len(prefixes) >= 4
    for prefix in prefixes:
        raw = {f"{prefix}affline_norm.weight": value, f"{prefix}pos_embedder.seq": value}
        assert list(clean_keys(raw, "file")) == ["affline_norm.weight"]
        assert list(clean_keys({"model": raw}, "file")) == ["affline_norm.weight"]
    ema = {"ema": {"net-blocks-block0-blocks-0-block-attn-to_q-1-weight": value}}
    assert list(clean_keys(ema, "file")) == ["blocks.block0.blocks.0.block.attn.to_q.1.weight"]


def test_strict_loading_lists_every_difference() -> None:
    layer = torch.nn.Linear(2, 3)
    with pytest.raises(CheckpointMismatchError) as caught:
        load_strictly(layer, {"weight": torch.zeros(3, 4), "gain": torch.zeros(1)}, "x.pt")
    error = caught.value
    assert (error.missing, error.extra) == (["bias"], ["gain"])
    assert error.misshapen == [("weight", (3, 4), (3, 2))]
    assert "x.pt" in str(error)
    assert "weight [3, 4] instead of [3, 2]" in str(error)
