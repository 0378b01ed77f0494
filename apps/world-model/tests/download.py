"""A folder like a user's download, filled with the official code's tiny fixture weights under the published names."""

from __future__ import annotations

import json
import os
import struct
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from virga_world_model.export.fixtures import read_network, read_text_encoder, read_tokenizer
from virga_world_model.published.files import CONTROL_FILES, REPOSITORIES, TOKENIZER
from virga_world_model.published.sizes import Sizes

#: Model -> fixture case, and which of the case's controls stands behind which published name (its names are labels).
CASES = {
    "cosmos-transfer1-7b": ("net_v2w", {"edge": "hdmap", "vis": "lidar", "depth": "depth"}),
    "cosmos-transfer1-7b-sample-av": ("net_av", {"hdmap": "hdmap", "lidar": "lidar"}),
}


class _Half(nn.Module):
    """Encoder or decoder alone, with the official names, as encoder.jit and decoder.jit hold them."""

    def __init__(self, network: nn.Module, name: str, conv: nn.Module, conv_name: str) -> None:
        super().__init__()
        self.add_module(name, network)
        self.add_module(conv_name, conv)

    def forward(self, x: Tensor) -> Tensor:
        return x


def build_download(fixtures: Path, model: str, folder: Path) -> Path:
    """Fills the folder, prefixes and wrappers as published; returns the path of the sizes that fit it."""
    case, controls = CASES[model]
    home, tokenizer = folder / "nvidia" / REPOSITORIES[model], folder / "nvidia" / TOKENIZER
    text = folder / "google-t5" / "t5-11b"
    for made in (home, tokenizer, text):
        made.mkdir(parents=True, exist_ok=True)
    network = read_network(fixtures / case)
    _write_base(model, load_file(fixtures / case / "weights_base.safetensors"), home / "base_model.pt")
    for name, label in controls.items():
        tensors = load_file(fixtures / case / f"weights_control_{label}.safetensors")
        torch.save({f"net.{k}": v for k, v in tensors.items()}, home / CONTROL_FILES[model][name])
    autoencoder, normaliser = read_tokenizer(fixtures / "tokenizer")
    halves = {
        "encoder": _Half(autoencoder.encoder, "encoder", autoencoder.quant_conv, "quant_conv"),
        "decoder": _Half(autoencoder.decoder, "decoder", autoencoder.post_quant_conv, "post_quant_conv"),
    }
    for name, half in halves.items():
        torch.jit.save(torch.jit.trace(half, torch.zeros(1)), str(tokenizer / f"{name}.jit"))
    torch.save((normaliser.mean.flatten(), normaliser.std.flatten()), tokenizer / "mean_std.pt")
    encoder, length = read_text_encoder(fixtures / "text")
    whole = {**encoder.state_dict(), "encoder.embed_tokens.weight": encoder.shared.weight.data}
    torch.save({**whole, "decoder.final_layer_norm.weight": torch.ones(2)}, text / "pytorch_model.bin")
    (text / "spiece.model").write_bytes(pieces(encoder.config.vocabulary))
    video = {"width": 80, "height": 48, "fps": 24, "frames": 17}
    sizes = folder / "sizes.json"
    # The text graph is exported at the text case's length; the network itself takes any.
    config = replace(network.config, text_tokens=length)
    made_sizes = Sizes(config, autoencoder.config, encoder.config, video)
    sizes.write_text(json.dumps(made_sizes.to_json()))
    return sizes


def _write_base(model: str, tensors: dict[str, Tensor], path: Path) -> None:
    if model == "cosmos-transfer1-7b":
        inert = {"base_model.logvar.0.freqs": torch.ones(2), "base_model.net.pos_embedder.seq": torch.arange(128)}
        torch.save({**{f"base_model.net.{k}": v for k, v in tensors.items()}, **inert}, path)
    else:
        torch.save({"ema": {f"net.{k}".replace(".", "-"): v for k, v in tensors.items()}}, path)


def pieces(count: int) -> bytes:
    """A sentencepiece_model.proto with T5's first three pieces and words of one letter after them."""
    words = ["<pad>", "</s>", "<unk>", "\u2581", *(chr(ord("a") + i) for i in range(count - 4))]
    proto = b""
    for i, word in enumerate(words[:count]):
        name = word.encode()
        entry = b"\x0a" + bytes([len(name)]) + name + b"\x15" + struct.pack("<f", -float(i))
        proto += b"\x0a" + bytes([len(entry)]) + entry
    return proto


def point_at(fixtures: Path, model: str, bundle: Path, graphs: Path) -> None:
    """Writes index.json files by which the runtime's fixture tests read the bundle's graphs instead of their own."""
    case, controls = CASES[model]
    manifest = json.loads((bundle / "manifest.json").read_text())
    files = {name: os.path.relpath(bundle / entry["file"], graphs / case) for name, entry in manifest["graphs"].items()}
    labels = {label: name for name, label in controls.items()}
    network = {"base": files["base"]}
    for label, name in labels.items():
        network |= {f"hint_{label}": files[f"hint_{name}"], f"control_{label}": files[f"control_{name}"]}
    tokenizer = {name: files[name] for name in ("tokenizer_encoder", "tokenizer_decoder")}
    for path in sorted(fixtures.glob("*/case.json")):
        scalars = json.loads(path.read_text())["scalars"]
        entry: dict[str, Any] = {"network": manifest["network"]}
        if path.parent.name == case:
            entry |= {"graphs": network, "controls": scalars["controls"]}
        elif scalars.get("network_weights", "").startswith(f"../{case}/"):
            used = scalars.get("controls") or [scalars.get("control")]
            both = network | (tokenizer if "tokenizer_weights" in scalars else {})
            entry |= {"graphs": both, "controls": used}
        elif "z_channels" in scalars:
            entry = {"graphs": tokenizer}
        elif "tiny_T5" in scalars:
            entry = {"graphs": {"text_encoder": files["text_encoder"]}}
        else:
            continue
        folder = graphs / path.parent.name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "index.json").write_text(json.dumps({"case": path.parent.name, **entry}))


def main(arguments: list[str]) -> None:
    match arguments:
        case ["build", fixtures, model, folder]:
            build_download(Path(fixtures), model, Path(folder))
        case ["point", fixtures, model, bundle, graphs]:
            point_at(Path(fixtures), model, Path(bundle), Path(graphs))
        case _:
            sys.exit("download.py build FIXTURES MODEL FOLDER | point FIXTURES MODEL BUNDLE GRAPHS")


if __name__ == "__main__":
    main(sys.argv[1:])
