"""The sizes that a download must have, and what a bundle of them needs on disk and in memory."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import nn

from ..errors import BadInputError
from ..network import BaseNetwork, ControlBranch, NetworkConfig, network_configs
from ..text import T5Config, T5Encoder
from ..text.t5 import t5_configs
from ..tokenizer import Autoencoder, TokenizerConfig, tokenizer_configs

BYTES = {"fp32": 4, "fp16": 2, "bf16": 2}


@dataclass(frozen=True)
class Sizes:
    """Every number that a bundle's files and manifest depend on."""

    network: NetworkConfig
    tokenizer: TokenizerConfig
    text: T5Config
    video: dict[str, Any] = field(default_factory=lambda: {"width": 1280, "height": 704, "fps": 24, "frames": 121})

    def to_json(self) -> dict[str, Any]:
        """Plain values; `read_sizes` reads them."""
        return {
            "network": self.network.to_json(),
            "tokenizer": self.tokenizer.to_json(),
            "text": asdict(self.text),
            "video": self.video,
        }


def published_sizes(model: str) -> Sizes:
    """Those of a published model."""
    return Sizes(network_configs[model], tokenizer_configs["cosmos-tokenize1-cv8x8x8"], t5_configs["t5-11b"])


def read_sizes(path: Path) -> Sizes:
    """Other sizes of the same definition, for trials with small networks: the JSON of `Sizes.to_json`."""
    try:
        values = json.loads(path.read_text())
        return Sizes(
            NetworkConfig.from_json(values["network"]),
            TokenizerConfig.from_json(values["tokenizer"]),
            T5Config(**values["text"]),
            values["video"],
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadInputError(path, "sizes", f"network, tokenizer, text and video ({error})") from error


def empty(make: type[nn.Module], *arguments: Any) -> Any:
    """A module whose tensors have shapes and no values."""
    with torch.device("meta"):
        return make(*arguments)


def graph_parameters(sizes: Sizes, controls: list[str]) -> dict[str, int]:
    """Number of weights of every graph, by name."""

    def count(*modules: nn.Module) -> int:
        return sum(p.numel() for module in modules for p in module.parameters())

    branch, autoencoder = empty(ControlBranch, sizes.network), empty(Autoencoder, sizes.tokenizer)
    hint = count(branch.x_embedder2, branch.input_hint_block)
    numbers = {}
    for name in controls:
        numbers |= {f"hint_{name}": hint, f"control_{name}": count(branch) - hint}
    return {
        **numbers,
        "base": count(empty(BaseNetwork, sizes.network)),
        "tokenizer_encoder": count(autoencoder.encoder, autoencoder.quant_conv),
        "tokenizer_decoder": count(autoencoder.decoder, autoencoder.post_quant_conv),
        "text_encoder": count(empty(T5Encoder, sizes.text)),
    }


def graph_bytes(numbers: dict[str, int], precision: str) -> dict[str, int]:
    """Bytes of every graph's file; the tokenizer is always fp32."""
    wide = ("tokenizer_encoder", "tokenizer_decoder")
    return {k: n * (4 if k in wide else BYTES[precision]) + 2_000_000 for k, n in numbers.items()}


def memory_needed(numbers: dict[str, int], precision: str) -> int:
    """Bytes of memory that an import takes at its peak, about.

    Exporting a block of the 7B's width in fp32 took 2.6 times its weights (module, copies, file); fp16 exports half of
    that, but its graph is checked with weights that the CPU provider widens again.
    """
    per_weight = 8 if precision == "fp16" else 11
    text = 11 * numbers.get("text_encoder", 0)
    return max(per_weight * max(numbers.values()), text) + 2_000_000_000
