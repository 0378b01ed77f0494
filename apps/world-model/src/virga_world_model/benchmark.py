"""One evaluation of a bundle's network (base and all branches) in PyTorch, to hold the runtime against.

    python -m virga_world_model.benchmark --bundle models/mini --out DIR --threads 2

Builds a network of the bundle's sizes with seeded random weights (time does not depend on their values), exports it as
the bundle's graphs are exported, times PyTorch in fp32 on the same weights and writes what the TypeScript side
(libs/models/bench/against-pytorch.ts) needs to do the same: graphs, inputs and PyTorch's output as raw float32.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from pathlib import Path

import numpy as np
import onnx
import torch
from torch import Tensor

from .atomic import write_bytes_atomically
from .errors import BadConfigError
from .export import graphs
from .export.onnx_model import store_as_fp16, to_bytes, to_onnx
from .network import NetworkConfig, WorldModel, token_grid
from .network.initialise import initialise

SEED = 11


def config_of(bundle: Path) -> tuple[NetworkConfig, list[str]]:
    """The sizes of a bundle's network and its controls, from its manifest and the names of its base's weights."""
    manifest = json.loads((bundle / "manifest.json").read_text())
    n = manifest["network"]
    blocks, rank = set(), 0
    model = onnx.load(bundle / manifest["graphs"]["base"]["file"], load_external_data=False)
    for tensor in model.graph.initializer:
        if found := re.match(r"base\.blocks\.block(\d+)\.", tensor.name):
            blocks.add(int(found[1]))
        if re.search(r"blocks\.0\.adaLN_modulation\.1\.weight", tensor.name) and len(tensor.dims) == 2:
            rank = min(tensor.dims)
    if not blocks or rank == 0:
        raise BadConfigError("bundle", "graphs.base", "weights named base.blocks.block<i>.blocks.0.adaLN_modulation.1")
    config = NetworkConfig(
        dim=n["dim"],
        heads=n["heads"],
        blocks=len(blocks),
        control_blocks=n["controlBlocks"],
        text_dim=n["textDim"],
        text_tokens=n["textTokens"],
        adaln_rank=rank,
        condition_mask=n["conditionMask"],
        start_channels=n.get("startChannels", False),
    )
    return config, list(manifest["controls"])


def inputs_of(config: NetworkConfig, frames: int, height: int, width: int) -> dict[str, Tensor]:
    """Seeded inputs of one evaluation at `frames` latent frames of height x width tokens."""
    torch.manual_seed(SEED)
    tokens = frames * height * width
    return {
        "x": torch.randn(1, tokens, config.live_features),
        "c_noise": torch.tensor([0.3]),
        "text": torch.randn(1, config.text_tokens, config.text_dim),
        "g": torch.randn(1, tokens, config.dim),
    }


@torch.inference_mode()
def evaluate(model: WorldModel, controls: list[str], given: dict[str, Tensor], grid: Tensor) -> Tensor:
    """F of the base with the mean of all branches' residuals."""
    shared = (given["x"], given["c_noise"], given["text"])
    scale = torch.ones(1)
    total: list[Tensor] = []
    for name in controls:
        residuals = model.controls[name](*shared, given["g"], grid, scale)
        weighted = [r / len(controls) for r in residuals]
        total = [a + b for a, b in zip(total, weighted, strict=True)] if total else weighted
    return model.base(*shared, grid, scale, total)


def main() -> None:
    """Command line entry."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bundle", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--frames", type=int, default=16, help="latent frames")
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.set_flush_denormal(True)
    config, controls = config_of(args.bundle)
    manifest = json.loads((args.bundle / "manifest.json").read_text())
    rows, columns = manifest["video"]["height"] // 16, manifest["video"]["width"] // 16
    torch.manual_seed(SEED)
    model = WorldModel(config, controls).eval()
    initialise(model, zero_outputs=False)
    # The graphs store their weights as fp16: PyTorch shall have the same ones.
    model.load_state_dict({k: v.half().float() if v.ndim > 1 else v for k, v in model.state_dict().items()})
    args.out.mkdir(parents=True, exist_ok=True)
    named = {"base": graphs.base_graph(model.base)}
    named |= {f"control_{name}": graphs.control_graph(model.controls[name]) for name in controls}
    for name, graph in named.items():
        write_bytes_atomically(args.out / f"{name}.onnx", to_bytes(store_as_fp16(to_onnx(graph))))
    given = inputs_of(config, args.frames, rows, columns)
    grid = token_grid(args.frames, rows, columns)
    evaluate(model, controls, given, grid)
    best = {"seconds": float("inf"), "cpuSeconds": float("inf")}
    for _ in range(args.rounds):
        wall, cpu = time.perf_counter(), time.process_time()
        output = evaluate(model, controls, given, grid)
        seconds, spent = time.perf_counter() - wall, time.process_time() - cpu
        best = {"seconds": min(best["seconds"], seconds), "cpuSeconds": min(best["cpuSeconds"], spent)}
    for name, tensor in {**given, "F": output}.items():
        write_bytes_atomically(args.out / f"{name}.f32", tensor.numpy().astype(np.float32).tobytes())
    facts = {
        **best,
        "controls": controls,
        "config": config.to_json(),
        "grid": [args.frames, rows, columns],
        "torch": torch.__version__,
    }
    write_bytes_atomically(args.out / "facts.json", (json.dumps(facts, indent=1) + "\n").encode())


if __name__ == "__main__":
    main()
