"""Checkpoints: a safetensors file with its config in the header, written atomically, loaded strictly."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from .atomic import write_atomically
from .errors import BadInputError, CheckpointMismatchError

SCHEMA = "virga.checkpoint/1"


def save_checkpoint(path: str | Path, tensors: Mapping[str, Tensor], config: Mapping[str, Any]) -> None:
    """Writes tensors and a JSON config as one safetensors file, in one rename.

    Keys are free (use prefixes such as `base.`, `controls.vis.`, `ema.`, `optimizer.`); tensors are stored as they are,
    so convert to fp16 first where that is wanted.
    """
    ready = {k: v.detach().to("cpu").contiguous().clone() for k, v in sorted(tensors.items())}
    # One metadata entry: safetensors writes several in an order that changes from run to run.
    header = json.dumps({"schema": SCHEMA, "config": dict(config)}, sort_keys=True)
    write_atomically(path, lambda temporary: save_file(ready, temporary, metadata={"virga": header}))


def load_checkpoint(path: str | Path, device: str = "cpu") -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Tensors and config of `save_checkpoint`; BadInputError for anything that is not such a file."""
    path = Path(path)
    if not path.is_file():
        raise BadInputError(path, "file", "a checkpoint file that exists")
    try:
        with safe_open(path, framework="pt", device=device) as file:
            metadata = file.metadata() or {}
            tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118 - no mapping
    except SafetensorError as error:
        raise BadInputError(path, "contents", f"a complete safetensors file ({error})") from error
    try:
        header = json.loads(metadata.get("virga", "{}"))
        schema, config = header.get("schema"), header.get("config")
    except (AttributeError, json.JSONDecodeError) as error:
        raise BadInputError(path, "header", f"JSON ({error})") from error
    if schema != SCHEMA:
        raise BadInputError(path, "schema", f"{SCHEMA!r}, found {schema!r}")
    return tensors, config


def select(tensors: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    """The tensors below a prefix, without it."""
    return {k[len(prefix) :]: v for k, v in tensors.items() if k.startswith(prefix)}


def expect_tensors(module: nn.Module, tensors: Mapping[str, Tensor], where: object) -> None:
    """CheckpointMismatchError unless keys and shapes are exactly the module's own; reads no values."""
    own = module.state_dict()
    missing = sorted(set(own) - set(tensors))
    extra = sorted(set(tensors) - set(own))
    misshapen = [
        (k, tuple(tensors[k].shape), tuple(own[k].shape))
        for k in sorted(set(own) & set(tensors))
        if tensors[k].shape != own[k].shape
    ]
    if missing or extra or misshapen:
        raise CheckpointMismatchError(where, missing, extra, misshapen)


def load_strictly(module: nn.Module, tensors: Mapping[str, Tensor], where: object, *, assign: bool = False) -> None:
    """Copies tensors into a module; keys and shapes must be exactly its own, else CheckpointMismatchError.

    Values are converted to the module's type, so fp16 files load into fp32 modules. With assign, the module (made on
    the meta device, say) takes the tensors themselves, in fp32, instead of a copy.
    """
    expect_tensors(module, tensors, where)
    if assign:
        module.load_state_dict({k: v.float() for k, v in tensors.items()}, assign=True)
        return
    with torch.no_grad():
        for key, value in module.state_dict().items():
            value.copy_(tensors[key])
