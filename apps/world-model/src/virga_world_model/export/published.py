"""Graphs of NVIDIA's published checkpoints (the user downloads them), strictly imported, in the bundle's cut."""

from __future__ import annotations

import gc
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

from ..atomic import write_bytes_atomically
from ..checkpoint import load_strictly
from ..errors import BadConfigError, BadInputError
from ..importer import read_state_dict
from ..network import BaseNetwork, ControlBranch, NetworkConfig
from ..tokenizer import Autoencoder, LatentNormaliser, TokenizerConfig
from . import graphs
from .check import check
from .onnx_model import store_as_fp16, to_onnx, write_model

#: Against PyTorch, relative to the largest output; fp16 storage moves a weight by up to 2^-11 of itself.
TOLERANCE, HALF_TOLERANCE = 1e-4, 2e-2


@dataclass(frozen=True)
class Sources:
    """Checkpoint files: base, one per control, and optionally the tokenizer (encoder, decoder, mean_std)."""

    base: Path
    controls: Mapping[str, Path]
    tokenizer: tuple[Path, Path, Path] | None = None
    inline_up_to: int = field(default=1_500_000_000)


def export_published(
    name: str, config: NetworkConfig, tokenizer: TokenizerConfig, sources: Sources, out: Path, *, half: bool = True
) -> dict[str, Any]:
    """Writes base.onnx, hint_<c>.onnx, control_<c>.onnx, tokenizer_*.onnx and graphs.json; returns the latter.

    One module is in memory at a time, and every graph is run against it. With half, weights are stored as fp16 and
    computed with in fp32; a weight beyond
    fp16's range stops the export. graphs.json lists sizes and digests; it is written last.
    """
    if not sources.controls:
        raise BadConfigError(name, "controls", "at least one control checkpoint")
    files: dict[str, Any] = {}
    for graph_name, graph in _graphs(config, tokenizer, sources):
        model = to_onnx(graph)
        written = write_model(out / f"{graph_name}.onnx", store_as_fp16(model) if half else model, sources.inline_up_to)
        check(graph_name, graph, str(written[-1]), HALF_TOLERANCE if half else TOLERANCE)
        files[graph_name] = {**_describe(written[-1]), **({"data": _describe(written[0])} if len(written) > 1 else {})}
        del model, graph
        gc.collect()
    listing = {
        "name": name,
        "network": config.to_json(),
        "tokenizer": tokenizer.to_json(),
        "controls": list(sources.controls),
        "graphs": files,
        "sources": {str(p.name): _digest(p) for p in (sources.base, *sources.controls.values())},
    }
    write_bytes_atomically(out / "graphs.json", (json.dumps(listing, indent=1) + "\n").encode())
    return listing


def _graphs(config: NetworkConfig, tokenizer: TokenizerConfig, sources: Sources) -> Iterator[tuple[str, graphs.Graph]]:
    for control, path in sources.controls.items():
        with torch.device("meta"):
            branch = ControlBranch(config)
        load_strictly(branch, read_state_dict(path), path, assign=True)
        yield f"hint_{control}", graphs.hint_graph(branch)
        yield f"control_{control}", graphs.control_graph(branch)
    with torch.device("meta"):
        base = BaseNetwork(config)
    load_strictly(base, read_state_dict(sources.base), sources.base, assign=True)
    yield "base", graphs.base_graph(base)
    if sources.tokenizer is not None:
        encoder_file, decoder_file, statistics = sources.tokenizer
        autoencoder = Autoencoder(tokenizer)
        # Either file may hold both halves; equal keys are the same tensors.
        weights = {**read_state_dict(encoder_file), **read_state_dict(decoder_file)}
        load_strictly(autoencoder, weights, encoder_file)
        mean, std = read_statistics(statistics, tokenizer.latent_channels)
        normaliser = LatentNormaliser(mean, std)
        yield "tokenizer_encoder", graphs.encoder_graph(graphs.EncodeUnit(autoencoder, normaliser), 64, 96)
        yield "tokenizer_decoder", graphs.decoder_graph(graphs.DecodeUnit(autoencoder, normaliser), 8, 12)


def read_statistics(path: Path, channels: int, frames: int = 16) -> tuple[torch.Tensor, torch.Tensor]:
    """mean_std.pt: two tensors viewed as [channels, frames]; the first 16 columns are one clip's."""
    try:
        mean, std = torch.load(path, map_location="cpu", weights_only=True)
        return tuple(t.float().reshape(channels, -1)[:, :frames] for t in (mean, std))
    except (OSError, RuntimeError, ValueError, TypeError) as error:
        raise BadInputError(path, "contents", f"two tensors of {channels} x n numbers ({error})") from error


def _describe(path: Path) -> dict[str, Any]:
    return {"file": path.name, "sha256": _digest(path), "bytes": path.stat().st_size}


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
