"""How good the judges are on drives that they were not trained on."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from ..data.looks import LIGHTINGS, WEATHERS, split_look
from ..data.scenes import Scene, iter_looks
from .judge_networks import JUDGED
from .judge_samples import batch_of


def spread(frames: int, count: int) -> list[int]:
    """`count` frames of a video, evenly spread from the first to the last."""
    return sorted({round(i * (frames - 1) / (count - 1)) for i in range(count)})


@torch.no_grad()
def look_scores(judge: nn.Module, scenes: list[Scene]) -> dict:
    """Shares of videos whose weather, light and both are named right, by the mean logits of five frames, and of single
    frames; and what was named in place of what."""
    right = {"weather": [], "lighting": [], "look": []}
    frames_right: list[bool] = []
    confused: dict[str, int] = {}
    for scene, look in iter_looks(scenes):
        batch = batch_of([(scene, look, i) for i in spread(scene.frames, 5)], pixels=False)
        weather, lighting = judge(batch.rgb)
        both = (weather.argmax(1) == batch.weather) & (lighting.argmax(1) == batch.lighting)
        frames_right += both.tolist()
        named = (WEATHERS[int(weather.mean(0).argmax())], LIGHTINGS[int(lighting.mean(0).argmax())])
        asked = split_look(look)
        right["weather"].append(named[0] == asked[0])
        right["lighting"].append(named[1] == asked[1])
        right["look"].append(named == asked)
        if named != asked:
            key = f"{look} taken for {'-'.join(named)}"
            confused[key] = confused.get(key, 0) + 1
    shares = {name: float(np.mean(values)) for name, values in right.items()}
    return {
        "videos": len(right["look"]),
        "accuracy": {**shares, "lookOfOneFrame": float(np.mean(frames_right))},
        "confused": confused,
    }


@torch.no_grad()
def scene_scores(judge: nn.Module, scenes: list[Scene], frames: int = 3) -> dict:
    """IoU of each class over all pixels of the held-out frames, and the scale-invariant error of depth (deviation of
    ln predicted - ln true per frame, mean over frames)."""
    matrix = np.zeros((len(JUDGED), len(JUDGED)), np.int64)
    depth_errors = []
    for scene, look in iter_looks(scenes):
        batch = batch_of([(scene, look, i) for i in spread(scene.frames, frames)])
        logits, log_depth = judge(batch.rgb)
        pairs = batch.classes * len(JUDGED) + logits.argmax(1)
        matrix += np.bincount(pairs.flatten().numpy(), minlength=matrix.size).reshape(matrix.shape)
        for predicted, true in zip(log_depth, batch.depth, strict=True):
            known = true > 0
            depth_errors.append(float((predicted[known] - true[known].log()).std(correction=0)))
    hits = np.diag(matrix)
    iou = hits / np.maximum(matrix.sum(0) + matrix.sum(1) - hits, 1)
    return {
        "iou": {name: float(value) for name, value in zip(JUDGED, iou, strict=True)},
        "depthSiRmse": float(np.mean(depth_errors)),
    }
