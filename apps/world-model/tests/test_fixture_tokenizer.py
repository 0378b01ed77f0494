"""The causal tokenizer against the official one."""

from __future__ import annotations

import re

import pytest
import torch
from parity import Case, cases
from torch import Tensor

from virga_world_model.export.fixtures import read_tokenizer
from virga_world_model.tokenizer import patch_video, unpatch_video

TOKENIZERS = cases(lambda c: "channels_mult" in c.scalars)


def watch(module: torch.nn.Module, names: dict[str, str]) -> dict[str, Tensor]:
    """Outputs of the named sub-modules at the next run."""
    seen: dict[str, Tensor] = {}
    for label, path in names.items():

        def keep(_module: object, _args: object, out: Tensor, label: str = label) -> None:
            seen[label] = out

        module.get_submodule(path).register_forward_hook(keep)
    return seen


def module_path(side: str, label: str) -> str:
    """The sub-module that a fixture's label means: `down0.block1` -> `encoder.down.0.block.1`."""
    label = label.replace("mid.spatial_attention", "mid.attn_1.0").replace("mid.temporal_attention", "mid.attn_1.1")
    label = re.sub(r"^(down|up)(\d)", r"\1.\2", label)
    label = re.sub(r"block(\d)", r"block.\1", label)
    return f"{side}.{label}"


@torch.no_grad()
@pytest.mark.parametrize("case", TOKENIZERS)
def test_tokenizer(case: Case) -> None:
    autoencoder, normaliser = read_tokenizer(case.folder)
    sigma_data = case.scalars["sigma_data"]
    clips = sorted(name for name in case.inputs if re.fullmatch(r"clip\d+", name))
    assert clips
    for clip in clips:
        n, video = clip.removeprefix("clip"), case.inputs[clip]
        special = {"haar", "raw_latent", "latent", "first_frame_alone_raw", "video"}
        inner = {
            side: [k.split(".", 1)[1] for k in case.expected if k.startswith(f"{short}{n}.")]
            for side, short in (("encoder", "enc"), ("decoder", "dec"))
        }
        seen = {
            side: watch(autoencoder, {label: module_path(side, label) for label in labels if label not in special})
            for side, labels in inner.items()
        }
        raw = autoencoder.encode(video)
        latent = normaliser.normalise(raw)
        case.compare(f"enc{n}.raw_latent", raw)
        case.compare(f"enc{n}.latent", latent)
        case.compare(f"model_latent{n}", sigma_data * latent)
        case.compare(f"dec{n}.video", autoencoder.decode(normaliser.denormalise(case.expected[f"enc{n}.latent"])))
        for side, short in (("encoder", "enc"), ("decoder", "dec")):
            for label, value in seen[side].items():
                case.compare(f"{short}{n}.{label}", value)
        if "haar" in inner["encoder"]:
            case.compare(f"enc{n}.haar", patch_video(video))
        alone = autoencoder.encode(video[:, :, :1])
        case.compare(f"enc{n}.first_frame_alone_raw", alone)
        torch.testing.assert_close(alone, raw[:, :, :1], rtol=0, atol=1e-5)
        torch.testing.assert_close(unpatch_video(patch_video(video)), video, rtol=0, atol=1e-6)


@torch.no_grad()
@pytest.mark.parametrize("case", TOKENIZERS)
def test_one_latent_frame(case: Case) -> None:
    autoencoder, _ = read_tokenizer(case.folder)
    for name in (n for n in case.expected if n.startswith("dec.one_latent_frame_of_")):
        expected = case.expected[name]
        shape = (1, case.scalars["z_channels"], 1, expected.shape[3] // 8, expected.shape[4] // 8)
        case.compare(name, autoencoder.decode(torch.full(shape, float(name.rsplit("_", 1)[1]))))
