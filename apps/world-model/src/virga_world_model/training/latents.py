"""Stage `latents`: caches the latents of all scenes: looks, closed-form starts and the six controls.

    python -m virga_world_model.training.latents --data DIR --out RUN [--processes 2]

Needs `relight` and the tokenizer's encoder; goes on where it stopped, scene by scene. Several processes share the
scenes.
"""

from __future__ import annotations

import os
import time

import torch
from safetensors.numpy import load_file

from ..data.latents import START_MODES, cache_scene
from ..data.scenes import list_scenes
from .run import join_processes, prepare, stage_parser
from .tokenizer import load_encoder

SPLITS = ("val", "train")


def kinds_for(split: str, index: int) -> tuple[str, ...]:
    """Kinds of start of a scene: every second training scene is relit with exact geometry, the others from labels,
    which halves what relighting them takes; all scenes are painted."""
    return tuple(START_MODES) if split == "val" else (("truth", "labels")[index % 2], "paint")


def main() -> None:
    """Command line entry."""
    args = stage_parser(__doc__ or "").parse_args()
    if join_processes("virga_world_model.training.latents", args.processes):
        return
    shard, shards = int(os.environ.get("RANK", "0")), int(os.environ.get("WORLD_SIZE", "1"))
    prepare(args)
    encoder, relight = load_encoder(args.out), load_file(args.out / "relight.safetensors")
    start, reported, written = time.process_time(), time.monotonic(), 0
    for split in SPLITS:
        scenes = list_scenes(args.data, split, args.limit)
        for i, scene in enumerate(scenes[shard::shards]):
            path = args.out / "latents" / split / f"{scene.seed:06d}.safetensors"
            if not path.exists():
                with torch.no_grad():
                    cache_scene(scene, encoder, relight, path, kinds_for(split, shard + i * shards))
                written += 1
            if time.monotonic() - reported > 60:
                print(f"latents {shard + 1}/{shards}: {split} {i + 1} of {len(scenes[shard::shards])}", flush=True)
                reported = time.monotonic()
    print(f"latents {shard + 1}/{shards}: {written} scenes, {time.process_time() - start:.0f} CPU-s")


if __name__ == "__main__":
    main()
