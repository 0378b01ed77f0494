"""Stage `relight`: fits the relight of every look from simulated pairs, in both modes.

    python -m virga_world_model.training.relight --data DIR --out DIR --steps 1

Writes <out>/relight.safetensors (tensors `rgb`, `rgb-depth-seg`: float32 [looks, classes, terms, 3]) and relight.json.
"""

from __future__ import annotations

import time

import numpy as np
from safetensors.numpy import save_file

from ..atomic import write_atomically
from ..data.looks import LOOKS, look_index
from ..data.scenes import Scene, list_scenes
from ..relight.fit import GramTable, solve
from ..relight.terms import TERMS, VARIABLES, monomials, variables_of
from .run import prepare, stage_parser, write_json

FRAME_STRIDE = 4
PIXEL_SHARE = 0.12
STRENGTH = {"rgb": 2e-3, "rgb-depth-seg": 1e-4}
CLASS_PIXELS = 2000.0


def exposure_jitter(rgb: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Real cameras differ from the simulated one in exposure, white balance and contrast; the colour-only mode
    is fitted
    under random ones (target unchanged), which shrinks it towards what all of them have in common. rgb [n,3]
    in 0..1."""
    gain = np.exp(rng.normal(0, 0.18)) * np.exp(rng.normal(0, 0.04, 3))
    gamma = np.exp(rng.normal(0, 0.18))
    lift = rng.uniform(0, 0.06)
    return np.clip(lift + (1 - lift) * np.clip(rgb * gain, 0, 1) ** gamma, 0, 1).astype(np.float32)


def add_scene(scene: Scene, tables: dict[str, GramTable], rng: np.random.Generator) -> None:
    """Adds a random share of every FRAME_STRIDE-th frame of a scene, the same pixels for every look."""
    source, depth, seg = scene.source(), scene.depth(), scene.seg()
    for t in range(int(rng.integers(FRAME_STRIDE)), scene.frames, FRAME_STRIDE):
        pick = np.flatnonzero(rng.random(scene.height * scene.width) < PIXEL_SHARE)
        planes = {
            k: np.ascontiguousarray(v).reshape(-1)[pick]
            for k, v in variables_of(source[t], "rgb-depth-seg", depth[t]).items()
        }
        classes = seg[t].reshape(-1)[pick]
        rich = monomials(planes, TERMS["rgb-depth-seg"])
        jittered = exposure_jitter(np.stack([planes["r"], planes["g"], planes["b"]], -1), rng)
        plain = monomials(
            {"r": jittered[:, 0], "g": jittered[:, 1], "b": jittered[:, 2], "row": planes["row"]},
            TERMS["rgb"],
        )
        for look in scene.looks:
            target = scene.rgb(look)[t].reshape(-1, 3)[pick].astype(np.float32) / 255
            tables["rgb-depth-seg"].add(look_index(look), classes, rich, target)
            tables["rgb"].add(look_index(look), np.zeros(len(pick), int), plain, target)


def main() -> None:
    """Command line entry."""
    args = stage_parser(__doc__ or "").parse_args()
    prepare(args)
    scenes = list_scenes(args.data, "train", args.limit)
    classes = list(scenes[0].seg_classes)
    tables = {
        "rgb": GramTable(len(LOOKS), 1, len(TERMS["rgb"])),
        "rgb-depth-seg": GramTable(len(LOOKS), len(classes), len(TERMS["rgb-depth-seg"])),
    }
    start = time.process_time()
    for scene in scenes:
        add_scene(scene, tables, np.random.default_rng([args.seed, scene.seed]))
    tensors = {mode: solve(table, STRENGTH[mode], CLASS_PIXELS) for mode, table in tables.items()}
    write_atomically(args.out / "relight.safetensors", lambda p: save_file(tensors, p))
    modes = {
        mode: {
            "variables": VARIABLES[mode],
            "terms": TERMS[mode],
            "classes": ["all"] if mode == "rgb" else classes,
        }
        for mode in tables
    }
    write_json(args.out / "relight.json", {"modes": modes, "looks": list(LOOKS), "scenes": len(scenes)})
    print(f"relight: {len(scenes)} scenes, {time.process_time() - start:.0f} CPU-s")


if __name__ == "__main__":
    main()
