"""Trains the judges of the held-out evaluation on simulator frames and exports them.

    python -m virga_world_model.evaluation.judges --data DIR --out test/heldout/judges --minutes 6 [--run DIR]

Trained on the split `train`, measured on the split `val`. Minutes are of one core. A fifth of them goes to `look.onnx`
(weather and light), the rest to `scene.onnx` (classes and depth). Checkpoints lie in --run (default:
.cache/heldout/judges of the workspace that OUT lies in): a killed call is called again with the minutes that are left.
Writes also judges.json: what the judges were trained on and how good they are.
"""

from __future__ import annotations

import hashlib
import json
import time
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..data.looks import LIGHTINGS, WEATHERS
from ..data.scenes import Scene, list_scenes
from ..export.graphs import Graph
from ..export.onnx_model import store_as_fp16, to_onnx, write_model
from ..training.loop import Loop, LoopConfig
from ..training.run import Budget, prepare, stage_parser, write_json
from .judge_networks import JUDGED, LookJudge, SceneJudge
from .judge_samples import Batch, batch_of, random_picks
from .judge_scores import look_scores, scene_scores

LOOK_SHARE = 0.2
#: Loss weight of each judged class: thin and rare ones count more.
CLASS_WEIGHTS = (0.6, 0.6, 2.5, 1.5, 1.5, 3.0)
LOOK_BATCH, SCENE_BATCH, SCENE_CROP = 24, 8, 160


class CoreBudget(Budget):
    """Counts the process's own processor time, so that a busy machine does not shorten the training."""

    def __init__(self, minutes: float) -> None:
        super().__init__(None, minutes)
        self.start = time.process_time()

    def minutes_spent(self) -> float:
        """Processor minutes since the start of this call."""
        return (time.process_time() - self.start) / 60


def look_loss(judge: nn.Module, batch: Batch) -> tuple[Tensor, dict[str, float]]:
    """Cross-entropy of weather and of light."""
    weather, lighting = judge(batch.rgb)
    right = (weather.argmax(1) == batch.weather) & (lighting.argmax(1) == batch.lighting)
    loss = F.cross_entropy(weather, batch.weather) + F.cross_entropy(lighting, batch.lighting)
    return loss, {"accuracy": float(right.float().mean())}


def scene_loss(judge: nn.Module, batch: Batch) -> tuple[Tensor, dict[str, float]]:
    """Weighted cross-entropy of the classes, and the mean error of ln depth where depth is known."""
    logits, log_depth = judge(batch.rgb)
    known = batch.depth > 0
    truth = batch.depth.clamp_min(0.5).log()
    depth = ((log_depth - truth).abs() * known).sum() / known.sum().clamp_min(1)
    classes = F.cross_entropy(logits, batch.classes, torch.tensor(CLASS_WEIGHTS, device=logits.device))
    return classes + 0.3 * depth, {"classes": float(classes.detach()), "depth": float(depth.detach())}


def train(name: str, scenes: list[Scene], run: Path, minutes: float, seed: int) -> nn.Module:
    """Trains one judge for some minutes and gives it with averaged weights."""
    torch.manual_seed(seed)
    is_look = name == "look"
    judge: nn.Module = LookJudge() if is_look else SceneJudge()
    judge.to(memory_format=torch.channels_last)
    fields = ["accuracy"] if is_look else ["classes", "depth"]
    loop = Loop(judge, LoopConfig(lr=3e-3, warmup=30, ema=0.98, final=0.01, log_every=50), run, name, seed, fields)

    def loss(rng: np.random.Generator, _fraction: float) -> tuple[Tensor, dict[str, float]]:
        picks = random_picks(scenes, rng, LOOK_BATCH if is_look else SCENE_BATCH)
        batch = batch_of(picks, rng, None if is_look else SCENE_CROP, pixels=not is_look)
        return (look_loss if is_look else scene_loss)(judge, batch)

    judge.train()
    loop.run(loss, CoreBudget(minutes))
    loop.use_ema()
    settle_statistics(judge, scenes, seed)
    return judge.eval()


@torch.no_grad()
def settle_statistics(judge: nn.Module, scenes: list[Scene], seed: int, batches: int = 20) -> None:
    """Batch norm's means and deviations for the averaged weights, over plain frames."""
    norms = [module for module in judge.modules() if isinstance(module, nn.BatchNorm2d)]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None
    judge.train()
    rng = np.random.default_rng([seed, 99])
    for _ in range(batches):
        judge(batch_of(random_picks(scenes, rng, 8)).rgb)


def export(name: str, judge: nn.Module, out: Path, height: int, width: int) -> dict:
    """Writes `<name>.onnx` with fp16 weights; gives its entry for judges.json."""
    outputs = ["weather", "lighting"] if name == "look" else ["classes", "log_depth"]
    graph = Graph(judge, [("rgb", torch.zeros(2, 3, height, width), {0: "frames"})], outputs)
    path = out / f"{name}.onnx"
    write_model(path, store_as_fp16(to_onnx(graph)))
    content = path.read_bytes()
    return {"file": path.name, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def main() -> None:
    """Command line entry."""
    parser = stage_parser(__doc__)
    parser.add_argument("--run", type=Path, default=None, help="folder of checkpoints")
    args = parser.parse_args()
    prepare(args)
    cv2.setNumThreads(1)
    run = args.run or args.out.resolve().parents[2] / ".cache" / "heldout" / "judges"
    run.mkdir(parents=True, exist_ok=True)
    scenes, held_out = list_scenes(args.data, "train", args.limit), list_scenes(args.data, "val")
    minutes = {"look": args.minutes * LOOK_SHARE, "scene": args.minutes * (1 - LOOK_SHARE)}
    judges = {name: train(name, scenes, run, minutes[name], args.seed) for name in minutes}
    first = scenes[0]
    report = {
        "schema": "virga.judges/1",
        "trainedOn": {
            "simulation": json.loads((first.path / "scene.json").read_text())["version"],
            "split": "train",
            "scenes": len(scenes),
            "videos": sum(len(scene.looks) for scene in scenes),
            "coreMinutes": args.minutes,
            "augmentation": "mirrored; 30 % blurred by sigma 0.4 to 1.1; 20 % with noise of 1 to 5 levels",
        },
        "size": [first.width, first.height],
        "classes": list(JUDGED),
        "weathers": list(WEATHERS),
        "lightings": list(LIGHTINGS),
        "heldOut": {"split": "val", **look_scores(judges["look"], held_out), **scene_scores(judges["scene"], held_out)},
        "files": {name: export(name, judge, args.out, first.height, first.width) for name, judge in judges.items()},
    }
    write_json(args.out / "judges.json", report)
    print(json.dumps(report["heldOut"], indent=1))


if __name__ == "__main__":
    main()
