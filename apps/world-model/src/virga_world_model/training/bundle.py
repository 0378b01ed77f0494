"""Stage `bundle`: exports a run as a bundle folder, every graph checked against PyTorch, the folder swapped in
when complete.

python -m virga_world_model.training.bundle --data DIR --out RUN --bundle models/mini [--bundle-version 0.1.0]
"""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
from pathlib import Path

import torch

from ..checkpoint import save_checkpoint
from ..data.hints import PRESETS
from ..data.looks import LOOKS, split_look
from ..data.scenes import Scene, list_scenes
from ..export import graphs
from ..export.check import check
from ..export.onnx_model import store_as_fp16, to_bytes, to_onnx
from ..text import Vocabulary
from .prior import Prior, load_prior
from .residual import CONTROLS, SIGMA_MAX, SIZES, Trained
from .run import prepare, stage_parser
from .tokenizer import load_decoder, load_encoder

#: fp16 storage moves a weight by up to 2^-11 of itself; outputs are of order one.
TOLERANCE = 2e-2
#: Measured on held-out drives: a smaller window keeps tyre tracks that one of radius 8 smears (up to 0.3 dB in snow).
DETAIL = {"radius": 4, "eps": 1e-3, "frames": 5}


def load_trained(run: Path, device: str = "cpu") -> tuple[Trained, Vocabulary, dict]:
    """The averaged (EMA) network and text encoder of a run, its vocabulary, and residual.json."""
    meta = json.loads((run / "residual.json").read_text())
    vocabulary = Vocabulary(meta["vocabulary"])
    model = Trained(SIZES[meta["size"]], len(vocabulary))
    state = torch.load(run / "residual.pt", map_location="cpu", weights_only=True)
    model.load_state_dict(state["model"])
    for parameter, averaged in zip([p for p in model.parameters() if p.requires_grad], state["ema"], strict=True):
        parameter.data.copy_(averaged)
    meta["steps"] = int(state["step"])
    return model.eval().to(device), vocabulary, meta


def prior_graph(prior: Prior) -> graphs.Graph:
    """hint [1,16,T',h,w], look int64 [1] -> latent; h and w are fixed by the bias per position."""
    hint = torch.randn(1, 16, 3, prior.bias.shape[1], prior.bias.shape[2])
    return graphs.Graph(prior, [("hint", hint, {2: "latent_frames"}), ("look", torch.tensor([3]), {})], ["latent"])


def all_graphs(run: Path, model: Trained, width: int, height: int) -> dict[str, graphs.Graph]:
    """Every graph of the bundle by name."""
    network = model.network
    made = {
        "text_encoder": graphs.text_graph(model.text, network.config.text_tokens),
        "tokenizer_encoder": graphs.encoder_graph(load_encoder(run), height, width),
        "tokenizer_decoder": graphs.decoder_graph(load_decoder(run), height // 8, width // 8),
        "prior": prior_graph(load_prior(run / "prior.pt")),
        "base": graphs.base_graph(network.base),
    }
    for name, branch in network.controls.items():
        made[f"hint_{name}"] = graphs.hint_graph(branch)
        made[f"control_{name}"] = graphs.control_graph(branch)
    return made


def describe(path: Path) -> dict[str, object]:
    """File name, sha256 and size."""
    data = path.read_bytes()
    return {"file": path.name, "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}


def looks_of(scenes: list[Scene]) -> list[dict[str, str]]:
    """The looks table: weather, lighting, surface and the first prompt of each."""
    known = {look: scene for scene in scenes for look in scene.looks}
    rows = []
    for look in LOOKS:
        weather, lighting = split_look(look)
        scene = known[look]
        surface, prompt = scene.surfaces[look], scene.prompts[look][0]
        rows.append({"name": look, "weather": weather, "lighting": lighting, "surface": surface, "prompt": prompt})
    return rows


def last_loss(path: Path) -> float | None:
    """The loss in the last row of a loss log."""
    if not path.exists():
        return None
    rows = list(csv.DictReader(path.open()))
    return float(rows[-1]["loss"]) if rows else None


def manifest_of(
    run: Path, folder: Path, scenes: list[Scene], meta: dict, model: Trained, version: str, steps: int
) -> dict:
    """manifest.json for the files already in `folder`."""
    c = model.network.config
    relight = json.loads((run / "relight.json").read_text())
    names = sorted(p.stem for p in folder.glob("*.onnx"))
    return {
        "schema": "virga.bundle/1",
        "name": "mini",
        "version": version,
        "licence": "Apache-2.0",
        "video": {"width": scenes[0].width, "height": scenes[0].height, "fps": scenes[0].fps, "frames": 121},
        "latent": {"channels": 16, "temporal": 8, "spatial": 8, "scale": meta["scale"]},
        "network": {
            "patch": [1, c.patch, c.patch], "dim": c.dim, "heads": c.heads, "headDim": c.head_dim,
            "controlBlocks": c.control_blocks, "sigmaData": 0.5, "conditionMask": c.condition_mask,
            "textTokens": c.text_tokens, "textDim": c.text_dim, "mergeRescale": c.merge_rescale,
        },
        "controls": {"hdmap": {"style": "hdmap-v1"}, **{k: {"preset": v} for k, v in PRESETS.items()}},
        "base": {"withVideo": "relight", "withoutVideo": "prior"},
        "relight": {**describe(folder / "relight.safetensors"), "modes": relight["modes"], "looks": relight["looks"]},
        "detail": DETAIL,
        "prior": {"controls": ["hdmap"]},
        "looks": looks_of(scenes),
        "negativePrompt": "",
        "defaults": {"steps": steps, "guidance": 0, "sigmaMax": SIGMA_MAX, "controlWeights":
        dict.fromkeys(CONTROLS, 1)},
        "vocabulary": describe(folder / "vocabulary.json"),
        "graphs": {name: describe(folder / f"{name}.onnx") for name in names},
        "training": {
            "steps": meta["steps"], "scenes": len(scenes), "data": "simulated drives of this project",
            "loss": last_loss(run / "residual-loss.csv"), "decoderLoss": last_loss(run / "decoder-loss.csv"),
        },
    }  # fmt: skip


def main() -> None:
    """Command line entry."""
    parser = stage_parser(__doc__ or "")
    parser.add_argument("--bundle", type=Path, required=True, help="folder to write, for instance models/mini")
    parser.add_argument("--bundle-version", default="0.1.0")
    parser.add_argument("--default-steps", type=int, default=1)
    args = parser.parse_args()
    prepare(args)
    scenes = list_scenes(args.data, "train", args.limit)
    model, vocabulary, meta = load_trained(args.out)
    write_weights(args.bundle / "checkpoint" / "residual.safetensors", model, meta)
    folder = args.bundle.with_name(f".{args.bundle.name}.part")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, graph in all_graphs(args.out, model, scenes[0].width, scenes[0].height).items():
        data = to_bytes(store_as_fp16(to_onnx(graph)))
        print(f"{name}: {len(data)} bytes, differs from PyTorch by {check(name, graph, data, TOLERANCE):.1e}")
        (folder / f"{name}.onnx").write_bytes(data)
    shutil.copyfile(args.out / "relight.safetensors", folder / "relight.safetensors")
    (folder / "vocabulary.json").write_text(json.dumps(vocabulary.words, indent=0) + "\n")
    manifest = manifest_of(args.out, folder, scenes, meta, model, args.bundle_version, args.default_steps)
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")
    swap_in(folder, args.bundle)
    total = sum(p.stat().st_size for p in args.bundle.iterdir() if p.is_file())
    print(f"bundle: {total / 1e6:.2f} MB in {args.bundle}")


def write_weights(path: Path, model: Trained, meta: dict) -> None:
    """The averaged weights in fp16, from which another machine goes on training (`residual --start`)."""
    tensors = {k: v.half() for k, v in model.state_dict().items()}
    save_checkpoint(path, tensors, {k: meta[k] for k in ("size", "scale", "vocabulary", "steps")})


def swap_in(folder: Path, target: Path) -> None:
    """Moves the finished files into the target folder, the manifest last; files the run does not make (README) stay."""
    target.mkdir(parents=True, exist_ok=True)
    for path in sorted(folder.iterdir(), key=lambda p: p.name == "manifest.json"):
        path.replace(target / path.name)
    folder.rmdir()


if __name__ == "__main__":
    main()
