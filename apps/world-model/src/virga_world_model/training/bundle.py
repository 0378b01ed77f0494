"""Stage `bundle`: exports a run as a bundle folder, every graph checked against PyTorch, the folder swapped in
when complete.

    python -m virga_world_model.training.bundle --data DIR --out RUN --bundle models/mini [--bundle-version 1.0.0]

Which network (teacher or student), solver and number of steps: `trial.json`, where the run has one. Closed forms alone
make a bundle too: a network that was not trained yet is exported as it is initialised, with 0 default steps.
"""

from __future__ import annotations

import copy
import csv
import hashlib
import json
import shutil
from dataclasses import replace
from pathlib import Path

import torch
from onnx import ModelProto

from ..checkpoint import save_checkpoint
from ..data.hints import CONTROLS, PRESETS, STYLES
from ..data.looks import LOOKS, split_look
from ..data.scenes import Scene, list_scenes
from ..errors import BadInputError
from ..export import graphs
from ..export.check import check
from ..export.onnx_model import store_as_fp16, store_as_int8, to_bytes, to_onnx
from ..export.reweight import reweighted
from ..text import Vocabulary
from .mini_tokenizer import CHANNELS
from .model import SIGMA_MAX, Trained
from .prior import PositionPrior, Prior, load_priors
from .run import prepare, stage_parser
from .state import RunState, load_network, make_state, open_state
from .tokenizer import load_decoder, load_encoder

#: Stored weights move by up to 2^-11 (fp16) or 2^-8 of a column's largest (int8); outputs are of order one.
TOLERANCE = {"fp16": 2e-2, "int8": 8e-2}
#: Measured on held-out drives: a smaller window keeps tyre tracks that one of radius 8 smears (up to 0.3 dB in snow).
DETAIL = {"radius": 4, "eps": 1e-3, "frames": 5}
#: Graphs whose weights may be int8: the network's. The closed forms would lose what they are exact in.
NETWORK = ("base", "control_", "hint_")


def network_of(run: Path, student: bool) -> tuple[Trained, dict[str, int]]:
    """Averaged weights of a run as far as it was trained."""
    if (run / "base.pt").exists():
        return load_network(run, student=student)
    return open_state(run).fresh(0, CONTROLS).eval(), {}


def prior_graph(prior: Prior | PositionPrior) -> graphs.Graph:
    """hint [1,16,T',h,w], look int64 [1] -> latent; h and w are fixed by the bias per position."""
    hint = torch.randn(1, CHANNELS, 3, *prior.position.shape[2:])
    return graphs.Graph(prior, [("hint", hint, {2: "latent_frames"}), ("look", torch.tensor([3]), {})], ["latent"])


def all_graphs(run: Path, model: Trained, width: int, height: int) -> dict[str, graphs.Graph]:
    """Every graph of the bundle by name."""
    network, priors = model.network, load_priors(run / "prior.pt")
    made = {
        "text_encoder": graphs.text_graph(model.text, network.config.text_tokens),
        "tokenizer_encoder": graphs.encoder_graph(load_encoder(run), height, width),
        "tokenizer_decoder": graphs.decoder_graph(load_decoder(run), height // 8, width // 8),
        "prior_position": prior_graph(PositionPrior(priors.position)),
        "base": graphs.base_graph(network.base),
    }
    for name, branch in network.controls.items():
        made[f"prior_{name}"] = prior_graph(priors[name])
        made[f"hint_{name}"] = graphs.hint_graph(branch)
        made[f"control_{name}"] = graphs.control_graph(branch)
    return made


def write_graphs(folder: Path, made: dict[str, graphs.Graph], precision: str) -> None:
    """Exports graphs into a folder, each held against PyTorch. Graphs of one kind differ in their weights alone."""
    templates: dict[str, tuple[torch.nn.Module, ModelProto]] = {}
    for name, graph in made.items():
        narrow = precision == "int8" and name.startswith(NETWORK)
        kind = name.split("_")[0]
        model = None
        if kind in ("hint", "control", "prior") and name != "prior_position":
            if kind not in templates:
                templates[kind] = template_of(graph)
            model = reweighted(templates[kind][1], templates[kind][0], graph.module)
        if model is None:
            model = to_onnx(graph)
        data = to_bytes(store_as_int8(model) if narrow else store_as_fp16(model))
        difference = check(name, graph, data, TOLERANCE["int8" if narrow else "fp16"])
        print(f"{name}: {len(data)} bytes, differs from PyTorch by {difference:.1e}", flush=True)
        (folder / f"{name}.onnx").write_bytes(data)


def template_of(graph: graphs.Graph) -> tuple[torch.nn.Module, ModelProto]:
    """A graph with random weights, no two alike, for others of its kind to be put into: an export takes far longer."""
    module = copy.deepcopy(graph.module)
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.add_(0.1 * torch.randn_like(parameter))
    return module, to_onnx(replace(graph, module=module))


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
        if look not in known:
            raise BadInputError("training set", "looks", f"{look} in at least one training drive")
        surface, prompt = known[look].surfaces[look], known[look].prompts[look][0]
        rows.append({"name": look, "weather": weather, "lighting": lighting, "surface": surface, "prompt": prompt})
    return rows


def last_loss(path: Path) -> float | None:
    """The loss in the last row of a loss log."""
    rows = list(csv.DictReader(path.open())) if path.exists() else []
    return float(rows[-1]["loss"]) if rows else None


def defaults_of(run: Path, trained: bool) -> dict[str, object]:
    """Which network, solver and steps the trial chose; without a trial one step, without training none."""
    path = run / "trial.json"
    if path.exists():
        trial = json.loads(path.read_text())
        return {**trial["default"], "weights": trial["controls"]["weights"]}
    return {"network": "teacher", "solver": "euler", "steps": int(trained), "weights": dict.fromkeys(CONTROLS, 1)}


def manifest_of(
    run: Path, folder: Path, scenes: list[Scene], state: RunState, model: Trained, steps: dict[str, int], version: str
) -> dict:
    """manifest.json for the files already in `folder`."""
    c = model.network.config
    relight = json.loads((run / "relight.json").read_text())
    names = sorted(p.stem for p in folder.glob("*.onnx"))
    default = defaults_of(run, bool(steps))
    controls = {
        n: {"style": STYLES[n]} if n in STYLES else {"preset": PRESETS[n]} if n in PRESETS else {} for n in CONTROLS
    }
    return {
        "schema": "virga.bundle/1",
        "name": "mini",
        "version": version,
        "licence": "Apache-2.0",
        "video": {"width": scenes[0].width, "height": scenes[0].height, "fps": scenes[0].fps, "frames": 121},
        "latent": {"channels": CHANNELS, "temporal": 8, "spatial": 8, "scale": state.scale},
        "network": {
            "patch": [1, c.patch, c.patch], "dim": c.dim, "heads": c.heads, "headDim": c.head_dim,
            "controlBlocks": c.control_blocks, "sigmaData": 0.5, "conditionMask": c.condition_mask,
            "startChannels": c.start_channels, "textTokens": c.text_tokens, "textDim": c.text_dim,
            "mergeRescale": c.merge_rescale,
        },
        "controls": controls,
        "base": {"withVideo": "relight", "withoutVideo": "paint" if "labels" in relight["modes"] else "prior"},
        "relight": {**describe(folder / "relight.safetensors"), "modes": relight["modes"], "looks": relight["looks"]},
        "detail": DETAIL,
        "prior": {"controls": list(CONTROLS)},
        "looks": looks_of(scenes),
        "negativePrompt": "",
        "defaults": {
            "steps": default["steps"], "solver": default["solver"], "guidance": 0, "sigmaMax": SIGMA_MAX,
            "controlWeights": default["weights"],
        },
        "vocabulary": describe(folder / "vocabulary.json"),
        "graphs": {name: describe(folder / f"{name}.onnx") for name in names},
        "training": {
            "network": default["network"], "steps": steps, "scenes": len(scenes),
            "data": "simulated drives of this project", "loss": last_loss(run / "base-loss.csv"),
        },
    }  # fmt: skip


def export_bundle(
    data: Path, run: Path, bundle: Path, version: str, precision: str, *, size: str, limit: int | None, weights: bool
) -> dict:
    """Writes the whole bundle; returns its manifest."""
    scenes = list_scenes(data, "train", limit)
    state = make_state(data, run, size, limit)
    student = defaults_of(run, True)["network"] == "student"
    model, steps = network_of(run, student)
    if weights:
        write_weights(bundle / "checkpoint" / "network.safetensors", model, state, steps)
        for log in sorted(run.glob("*-loss.csv")):
            shutil.copyfile(log, bundle / "checkpoint" / log.name)
    folder = bundle.with_name(f".{bundle.name}.part")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    write_graphs(folder, all_graphs(run, model, scenes[0].width, scenes[0].height), precision)
    shutil.copyfile(run / "relight.safetensors", folder / "relight.safetensors")
    (folder / "vocabulary.json").write_text(json.dumps(Vocabulary(state.vocabulary).words, indent=0) + "\n")
    manifest = manifest_of(run, folder, scenes, state, model, steps, version)
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")
    swap_in(folder, bundle)
    return manifest


def write_weights(path: Path, model: Trained, state: RunState, steps: dict[str, int]) -> None:
    """The averaged weights in fp16, from which another machine goes on training (`base --start`, `branch --start`)."""
    tensors = {k: v.half() for k, v in model.state_dict().items()}
    save_checkpoint(path, tensors, {**vars(state), "steps": steps})


def swap_in(folder: Path, target: Path) -> None:
    """Moves the finished files into the target folder, the manifest last; graphs that the run does not make any more
    go, other files (README, evaluation) stay."""
    target.mkdir(parents=True, exist_ok=True)
    new = {path.name for path in folder.iterdir()}
    for path in sorted(folder.iterdir(), key=lambda p: p.name == "manifest.json"):
        path.replace(target / path.name)
    folder.rmdir()
    for path in target.glob("*.onnx"):
        if path.name not in new:
            path.unlink()


def main() -> None:
    """Command line entry."""
    parser = stage_parser(__doc__ or "")
    parser.add_argument("--bundle", type=Path, required=True, help="folder to write, for instance models/mini")
    parser.add_argument("--bundle-version", default="1.0.0")
    parser.add_argument(
        "--precision", choices=sorted(TOLERANCE), default="fp16", help="of the network's stored weights"
    )
    parser.add_argument("--size", default="cpu", help="of the network, when none was trained yet")
    parser.add_argument("--no-weights", action="store_true", help="no checkpoint/ to go on training from")
    args = parser.parse_args()
    prepare(args)
    export_bundle(
        args.data, args.out, args.bundle, args.bundle_version, args.precision,
        size=args.size, limit=args.limit, weights=not args.no_weights,
    )  # fmt: skip
    total = sum(p.stat().st_size for p in args.bundle.iterdir() if p.is_file())
    print(f"bundle: {total / 1e6:.2f} MB in {args.bundle}")


if __name__ == "__main__":
    main()
