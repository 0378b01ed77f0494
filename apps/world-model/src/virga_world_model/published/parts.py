"""The graphs of a download, one after another, each with the files that it comes from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from ..checkpoint import expect_tensors, load_strictly
from ..errors import BadInputError
from ..export import graphs
from ..importer import read_state_dict
from ..network import BaseNetwork, ControlBranch
from ..text import T5Encoder
from ..tokenizer import Autoencoder, LatentNormaliser
from .files import Download
from .sizes import Sizes, empty
from .t5 import read_t5, weight_files


@dataclass(frozen=True)
class Part:
    """A graph of the bundle: its name, its sources, and what loads them (strictly) into a graph in fp32."""

    name: str
    sources: list[Path]
    load: Callable[[], graphs.Graph]


def list_parts(download: Download, sizes: Sizes) -> list[Part]:
    """hint_<c> and control_<c> of every control, base, tokenizer and text encoder."""
    parts = []
    for name, path in download.controls.items():
        parts.append(Part(f"hint_{name}", [path], lambda path=path: graphs.hint_graph(_control(path, sizes))))
        parts.append(Part(f"control_{name}", [path], lambda path=path: graphs.control_graph(_control(path, sizes))))
    parts.append(Part("base", [download.base], lambda: graphs.base_graph(_base(download.base, sizes))))
    tokenizer = [*download.tokenizer, download.statistics]
    parts.append(Part("tokenizer_encoder", tokenizer, lambda: _tokenizer(download, sizes, decoder=False)))
    parts.append(Part("tokenizer_decoder", tokenizer, lambda: _tokenizer(download, sizes, decoder=True)))
    parts.append(Part("text_encoder", weight_files(download.text), lambda: _text(download, sizes)))
    return parts


def expect_all(download: Download, sizes: Sizes) -> Iterator[Path]:
    """Holds keys and shapes of every file against the definition, before any work is done; yields what was read."""
    control = empty(ControlBranch, sizes.network)
    for path in download.controls.values():
        expect_tensors(control, read_state_dict(path), path)
        yield path
    expect_tensors(empty(BaseNetwork, sizes.network), read_state_dict(download.base), download.base)
    yield download.base
    expect_tensors(empty(Autoencoder, sizes.tokenizer), _tokenizer_tensors(download), download.tokenizer[0])
    read_statistics(download.statistics, sizes.tokenizer.latent_channels)
    yield download.tokenizer[0]
    expect_tensors(empty(T5Encoder, sizes.text), read_t5(download.text), download.text)
    yield download.text


def _control(path: Path, sizes: Sizes) -> ControlBranch:
    branch = empty(ControlBranch, sizes.network)
    load_strictly(branch, read_state_dict(path), path, assign=True)
    return branch.eval()


def _base(path: Path, sizes: Sizes) -> BaseNetwork:
    base = empty(BaseNetwork, sizes.network)
    load_strictly(base, read_state_dict(path), path, assign=True)
    return base.eval()


def _tokenizer_tensors(download: Download) -> dict[str, Tensor]:
    # Either file may hold both halves; equal keys are the same tensors.
    return {k: v for path in download.tokenizer for k, v in read_state_dict(path).items()}


def _tokenizer(download: Download, sizes: Sizes, *, decoder: bool) -> graphs.Graph:
    autoencoder = Autoencoder(sizes.tokenizer).eval()
    load_strictly(autoencoder, _tokenizer_tensors(download), download.tokenizer[0])
    normaliser = LatentNormaliser(*read_statistics(download.statistics, sizes.tokenizer.latent_channels))
    if decoder:
        return graphs.decoder_graph(graphs.DecodeUnit(autoencoder, normaliser), 4, 6)
    return graphs.encoder_graph(graphs.EncodeUnit(autoencoder, normaliser), 32, 48)


def _text(download: Download, sizes: Sizes) -> graphs.Graph:
    encoder = empty(T5Encoder, sizes.text)
    load_strictly(encoder, read_t5(download.text), download.text, assign=True)
    return graphs.text_graph(encoder.eval(), sizes.network.text_tokens)


def read_statistics(path: Path, channels: int, frames: int = 16) -> tuple[Tensor, Tensor]:
    """mean_std.pt: two tensors viewed as [channels, frames]; the first 16 columns are one clip's."""
    try:
        mean, std = torch.load(path, map_location="cpu", weights_only=True)
        return tuple(t.float().reshape(channels, -1)[:, :frames] for t in (mean, std))
    except Exception as error:
        raise BadInputError(path, "contents", f"two tensors of {channels} x n numbers ({error})") from error
