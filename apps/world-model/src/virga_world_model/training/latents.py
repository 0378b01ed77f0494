"""Stage `latents`: caches the latents of all scenes (needs `relight` and the tokenizer's encoder); goes on
where it stopped.

python -m virga_world_model.training.latents --data DIR --out DIR --steps 1
"""

from __future__ import annotations

import time

import torch
from safetensors.numpy import load_file

from ..data.latents import cache_scene
from ..data.scenes import DataError, list_scenes
from .run import prepare, stage_parser
from .tokenizer import load_encoder


def main() -> None:
    """Command line entry."""
    parser = stage_parser(__doc__ or "")
    parser.add_argument("--shard", default="0/1", help="i/n: only every n-th scene, for n processes side by side")
    args = parser.parse_args()
    shard, shards = (int(part) for part in args.shard.split("/"))
    prepare(args)
    encoder = load_encoder(args.out)
    coefficients = load_file(args.out / "relight.safetensors")["rgb-depth-seg"]
    start, written = time.process_time(), 0
    for split in ("train", "val", "test"):
        try:
            scenes = list_scenes(args.data, split, args.limit)
        except DataError:
            continue
        for scene in scenes[shard::shards]:
            path = args.out / "latents" / split / f"{scene.seed:06d}.safetensors"
            if not path.exists():
                with torch.no_grad():
                    cache_scene(scene, encoder, coefficients, path)
                written += 1
    print(f"latents: {written} scenes, {time.process_time() - start:.0f} CPU-s")


if __name__ == "__main__":
    main()
