"""Reads published checkpoints: unwraps and strips their prefixes, then loads strictly."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch import Tensor

from .errors import BadInputError
from .network import NetworkConfig

#: Longest first, since they nest (cosmos-transfer1, inference_utils.py; the loading code, not a file, defines them).
PREFIXES = ("net.base_model.net.", "base_model.net.", "net.net_ctrl.", "net.")
_WRAPPERS = ("state_dict", "model", "ema")


def read_state_dict(path: str | Path) -> dict[str, Tensor]:
    """Tensors of a .safetensors, .pt or TorchScript (.jit) file, unwrapped, without prefixes and inert entries."""
    path = Path(path)
    if not path.is_file():
        raise BadInputError(path, "file", "a checkpoint file that exists")
    try:
        if path.suffix == ".safetensors":
            values: Any = load_file(path)
        elif _is_torchscript(path):
            values = torch.jit.load(str(path), map_location="cpu").state_dict()
        else:
            # Files of torch < 1.6 are no archives and cannot be mapped: those are read into memory whole.
            mapped = zipfile.is_zipfile(path)
            values = torch.load(path, map_location="cpu", weights_only=True, mmap=mapped)
    except Exception as error:
        raise BadInputError(path, "contents", f"a checkpoint that can be read ({error})") from error
    return clean_keys(values, path)


def _is_torchscript(path: Path) -> bool:
    """TorchScript archives also come as .pt; torch.load refuses them under weights_only."""
    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as archive:
        return any(name.endswith("/constants.pkl") for name in archive.namelist())


def clean_keys(values: Mapping[str, Any], where: object) -> dict[str, Tensor]:
    """Official keys from what a file holds: wrappers opened, ema's '-' read as '.', prefixes and inert keys dropped.

    A file that holds base and control (the distilled pair) is ambiguous: pick a part with `read_part`.
    """
    for wrapper in _WRAPPERS:
        inner = values.get(wrapper)
        if isinstance(inner, Mapping):
            values = {k.replace("-", "."): v for k, v in inner.items()} if wrapper == "ema" else inner
    cleaned: dict[str, Tensor] = {}
    for key, value in values.items():
        name = strip_prefix(key)
        if is_inert(name):
            continue
        if not isinstance(value, Tensor):
            raise BadInputError(where, key, f"a tensor, found {type(value).__name__}")
        if name in cleaned:
            raise BadInputError(where, key, f"one tensor named {name!r} once prefixes are gone; select a part first")
        cleaned[name] = value
    return cleaned


def strip_prefix(key: str) -> str:
    """The key without the one prefix it carries."""
    return next((key[len(prefix) :] for prefix in PREFIXES if key.startswith(prefix)), key)


def is_inert(key: str) -> bool:
    """Entries that hold no weight: TransformerEngine state, training-only and derived tensors, tokenizer buffers."""
    last = key.rsplit(".", 1)[-1]
    return (
        "_extra_state" in key
        or key.startswith(("logvar.", "conditioner.", "base_model.logvar.", "base_model.conditioner."))
        or key == "pos_embedder.seq"
        or last in ("wavelets", "_arange", "patch_size_buffer")
    )


def infer_config(
    base: Mapping[str, Tensor], control: Mapping[str, Tensor] | None = None, *, text_tokens: int = 512
) -> NetworkConfig:
    """The sizes that a base (and one of its controls) with official keys was built with.

    Published networks always have the padding mask's channel; the condition mask is there where 18 channels enter.
    """
    try:
        dim, columns = base["x_embedder.proj.1.weight"].shape
        head_dim = base["blocks.block0.blocks.0.block.attn.to_q.1.weight"].shape[0]
        rank = base["blocks.block0.blocks.0.adaLN_modulation.1.weight"].shape[0]
        text_dim = base["blocks.block0.blocks.1.block.attn.to_k.0.weight"].shape[1]
        hidden = base["blocks.block0.blocks.2.block.layer1.weight"].shape[0]
        outputs = base["final_layer.linear.weight"].shape[0]
        frames, height, width = (base[f"extra_pos_embedder.pos_emb_{axis}"].shape[0] for axis in "thw")
    except KeyError as error:
        raise BadInputError("base", str(error.args[0]), "a tensor of that name") from error
    sizes: dict[str, Any] = {}
    latent_channels = outputs // 4
    if control is not None:
        layers = sorted(int(k.split(".")[1]) for k in control if k.startswith("input_hint_block.") and "weight" in k)
        sizes = {
            "control_blocks": sum(k.startswith("zero_blocks.") and k.endswith("weight") for k in control),
            "hint_channels": control["x_embedder2.proj.1.weight"].shape[1] // 4 - 1,
            "hint_widths": tuple(control[f"input_hint_block.{i}.weight"].shape[0] for i in layers[:-1]),
            "unused_layers": "final_layer.linear.weight" in control,
        }
    return NetworkConfig(
        dim=dim,
        heads=dim // head_dim,
        blocks=len({k.split(".")[1] for k in base if k.startswith("blocks.")}),
        text_dim=text_dim,
        text_tokens=text_tokens,
        adaln_rank=rank,
        mlp_ratio=hidden / dim,
        latent_channels=latent_channels,
        condition_mask=columns // 4 - latent_channels == 2,
        padding_mask=True,
        max_frames=frames,
        max_height=height * 2,
        max_width=width * 2,
        **{"control_blocks": 0, "hint_channels": latent_channels, **sizes},
    )
