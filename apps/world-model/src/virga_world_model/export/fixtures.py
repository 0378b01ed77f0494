"""Graphs of the parity fixtures' tiny networks, so that the runtime can be held against the official numbers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from onnx import ModelProto
from safetensors.torch import load_file
from torch import Tensor

from ..atomic import write_bytes_atomically
from ..checkpoint import load_strictly
from ..errors import BadInputError
from ..importer import infer_config
from ..network import WorldModel
from ..text import T5Config, T5Encoder
from ..tokenizer import Autoencoder, LatentNormaliser, TokenizerConfig
from . import graphs
from .check import check
from .onnx_model import to_bytes, to_onnx
from .reweight import reweighted

#: fp32 against fp32: an order above what re-ordered sums cost on these sizes.
TOLERANCE = 1e-5

Report = Callable[[str], None]


def export_fixtures(fixtures: Path, out: Path, report: Report = print) -> None:
    """Writes out/<case>/{index.json, *.onnx} for every case that has a network, a tokenizer or a text encoder.

    A case is skipped when its index.json already carries the digest of the same inputs and exporter.
    """
    cases = sorted(path.parent for path in fixtures.glob("*/case.json"))
    if not cases:
        raise BadInputError(fixtures, "folder", "fixture cases, each a folder with case.json")
    scalars = {case: json.loads((case / "case.json").read_text())["scalars"] for case in cases}
    for case in cases:
        if (case / "weights_base.safetensors").is_file():
            _export(case, out, network_graphs, network_facts(case, scalars[case]), report)
        elif (case / "weights.safetensors").is_file() and "tiny_T5" in scalars[case]:
            _export(case, out, text_graphs, {"textTokens": scalars[case]["tiny_T5"]["max_length_here"]}, report)
        elif (case / "weights.safetensors").is_file():
            facts = {"channels": scalars[case]["z_channels"], "temporal": 8, "spatial": 8}
            _export(case, out, tokenizer_graphs, {**facts, "sigmaData": scalars[case]["sigma_data"]}, report)
    for case in cases:
        if "network_weights" in scalars[case]:
            _refer(case, out, scalars[case])


def read_network(case: Path) -> WorldModel:
    """The network of a net_* case, loaded strictly."""
    controls = {path.stem.removeprefix("weights_control_"): path for path in case.glob("weights_control_*.safetensors")}
    order = [name for name in json.loads((case / "case.json").read_text())["scalars"]["controls"] if name in controls]
    base = load_file(case / "weights_base.safetensors")
    parts = {name: load_file(controls[name]) for name in order}
    text_tokens = json.loads((case / "case.json").read_text())["scalars"]["text_length"]
    config = infer_config(base, parts[order[0]], text_tokens=text_tokens)
    model = WorldModel(config, order).eval()
    load_strictly(model.base, base, case / "weights_base.safetensors")
    for name, tensors in parts.items():
        load_strictly(model.controls[name], tensors, controls[name])
    return model


def read_tokenizer(case: Path) -> tuple[Autoencoder, LatentNormaliser]:
    """The tokenizer case's autoencoder and latent statistics."""
    scalars = json.loads((case / "case.json").read_text())["scalars"]
    config = TokenizerConfig(
        channels=scalars["channels"],
        multipliers=tuple(scalars["channels_mult"]),
        latent_channels=scalars["z_channels"],
        haar_levels={2: 1, 4: 2}[scalars["patch"]],
        unused_layers=True,
    )
    autoencoder = Autoencoder(config).eval()
    load_strictly(autoencoder, load_file(case / "weights.safetensors"), case / "weights.safetensors")
    inputs = load_file(case / "inputs.safetensors")
    return autoencoder, LatentNormaliser(inputs["mean"], inputs["std"])


def read_text_encoder(case: Path) -> tuple[T5Encoder, int]:
    """The text case's encoder and its maximum length."""
    sizes = json.loads((case / "case.json").read_text())["scalars"]["tiny_T5"]
    weights: dict[str, Tensor] = load_file(case / "weights.safetensors")
    config = T5Config(
        vocabulary=weights["shared.weight"].shape[0],
        dim=sizes["d_model"],
        heads=sizes["heads"],
        head_dim=sizes["d_kv"],
        hidden=sizes["d_ff"],
        layers=sizes["layers"],
        buckets=sizes["relative_buckets"],
        max_distance=sizes["relative_max_distance"],
    )
    encoder = T5Encoder(config).eval()
    load_strictly(encoder, weights, case / "weights.safetensors")
    return encoder, sizes["max_length_here"]


def network_graphs(case: Path) -> Iterator[tuple[str, graphs.Graph]]:
    """base, and hint_<c>, control_<c> of every control."""
    model = read_network(case)
    yield "base", graphs.base_graph(model.base)
    for name, branch in model.controls.items():
        yield f"hint_{name}", graphs.hint_graph(branch)
        yield f"control_{name}", graphs.control_graph(branch)


def tokenizer_graphs(case: Path) -> Iterator[tuple[str, graphs.Graph]]:
    """tokenizer_encoder and tokenizer_decoder on unit-variance latents."""
    autoencoder, normaliser = read_tokenizer(case)
    yield "tokenizer_encoder", graphs.encoder_graph(graphs.EncodeUnit(autoencoder, normaliser), 16, 40)
    yield "tokenizer_decoder", graphs.decoder_graph(graphs.DecodeUnit(autoencoder, normaliser), 2, 5)


def text_graphs(case: Path) -> Iterator[tuple[str, graphs.Graph]]:
    """text_encoder."""
    encoder, length = read_text_encoder(case)
    yield "text_encoder", graphs.text_graph(encoder, length)


def network_facts(case: Path, scalars: dict[str, Any]) -> dict[str, Any]:
    """The manifest's network entry for a net_* case, and its controls in order."""
    config = read_network(case).config
    network = {
        "patch": [1, config.patch, config.patch],
        "dim": config.dim,
        "heads": config.heads,
        "headDim": config.head_dim,
        "controlBlocks": config.control_blocks,
        "sigmaData": 0.5,
        "conditionMask": config.condition_mask,
        "textTokens": config.text_tokens,
        "textDim": config.text_dim,
        # The video-conditioned class rescales every x0; the AV-sample class does not.
        "mergeRescale": config.condition_mask,
    }
    return {"network": network, "controls": scalars["controls"]}


def _export(
    case: Path,
    out: Path,
    make: Callable[[Path], Iterator[tuple[str, graphs.Graph]]],
    facts: dict[str, Any],
    report: Report,
) -> None:
    folder, key = out / case.name, _key(case)
    index = folder / "index.json"
    if index.is_file() and json.loads(index.read_text()).get("key") == key:
        report(f"{case.name}: up to date")
        return
    files: dict[str, str] = {}
    made: dict[str, tuple[graphs.Graph, ModelProto]] = {}
    for name, graph in make(case):
        kind = name.split("_")[0]
        model = reweighted(made[kind][1], made[kind][0].module, graph.module) if kind in made else None
        if model is None:
            model = to_onnx(graph)
            made[kind] = (graph, model)
        data = to_bytes(model)
        difference = check(f"{case.name}/{name}", graph, data, TOLERANCE)
        write_bytes_atomically(folder / f"{name}.onnx", data)
        files[name] = f"{name}.onnx"
        report(f"{case.name}/{name}: {len(data)} bytes, {difference:.1e} from PyTorch")
    entry = {"case": case.name, "key": key, "graphs": files, **facts}
    write_bytes_atomically(index, (json.dumps(entry, indent=1) + "\n").encode())


def _refer(case: Path, out: Path, scalars: dict[str, Any]) -> None:
    """A case that runs another case's network: its index points at those graphs."""
    network_case = scalars["network_weights"].split("/")[1]
    network = json.loads((out / network_case / "index.json").read_text())
    files = {name: f"../{network_case}/{file}" for name, file in network["graphs"].items()}
    if "tokenizer_weights" in scalars:
        tokenizer_case = scalars["tokenizer_weights"].split("/")[1]
        tokenizer = json.loads((out / tokenizer_case / "index.json").read_text())
        files |= {name: f"../{tokenizer_case}/{file}" for name, file in tokenizer["graphs"].items()}
    controls = scalars.get("controls", [scalars["control"]] if "control" in scalars else network["controls"])
    entry = {"case": case.name, "graphs": files, "network": network["network"], "controls": controls}
    write_bytes_atomically(out / case.name / "index.json", (json.dumps(entry, indent=1) + "\n").encode())


def _key(case: Path) -> str:
    """Digest of the case's files and of the code that turns them into graphs."""
    digest = hashlib.sha256()
    package = Path(__file__).parents[1]
    code = [p for part in ("network", "text", "tokenizer") for p in sorted((package / part).glob("*.py"))]
    code += [package / "export" / f"{name}.py" for name in ("fixtures", "graphs", "onnx_model", "reweight")]
    for path in [*sorted(case.glob("*.safetensors")), case / "case.json", *code]:
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
