"""Stage `relight`: fits the relight of every look from simulated pairs, in all modes.

    python -m virga_world_model.training.relight --data DIR --out DIR --steps 1

Writes <out>/relight.safetensors (a tensor per mode: float32 [looks, classes, terms, 3]) and relight.json.
"""

from __future__ import annotations

import time

import numpy as np
from safetensors.numpy import save_file

from ..atomic import write_atomically
from ..data.looks import LOOKS, look_index
from ..data.scenes import Scene, list_scenes
from ..relight.fit import GramTable, solve
from ..relight.geometry import MODES, class_names, geometry_of
from ..relight.terms import TERMS, VARIABLES, monomials, spread_gram, variables_of
from .run import prepare, stage_parser, write_json

FRAME_STRIDE = 4
PIXEL_SHARE = 0.12
#: Pixels that the simpler function weighs, over all inputs: of the whole picture, of a class. Modes that meet real
#: cameras are held more firmly.
WHOLE_PIXELS = {"rgb": 20_000.0, "rgb-depth-seg": 200.0, "rgb-labels": 2_000.0, "labels": 2_000.0}
CLASS_PIXELS = {"rgb": 2_000.0, "rgb-depth-seg": 300.0, "rgb-labels": 2_000.0, "labels": 3_000.0}
#: Modes of cameras whose exposure nobody knows; modes of logs whose camera stands otherwise than the simulated one.
JITTERED = ("rgb", "rgb-labels")
TILTED = ("rgb-labels", "labels")


def exposure_jitter(rgb: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Real cameras differ from the simulated one in exposure, white balance and contrast; modes for real video are
    fitted under random ones (target unchanged), which shrinks them towards what all of them have in common. rgb [n,3]
    in 0..1."""
    gain = np.exp(rng.normal(0, 0.18)) * np.exp(rng.normal(0, 0.04, 3))
    gamma = np.exp(rng.normal(0, 0.18))
    lift = rng.uniform(0, 0.06)
    return np.clip(lift + (1 - lift) * np.clip(rgb * gain, 0, 1) ** gamma, 0, 1).astype(np.float32)


def geometry_jitter(planes: dict[str, np.ndarray], rng: np.random.Generator) -> dict[str, np.ndarray]:
    """On the simulated ground row and distance are tied by one camera's height and pitch; a fit that relies on it
    paints real ground white. Shifts rows, scales distances and heights by chance, and makes heights uncertain.
    Planes [n]."""
    row, near, up = rng.normal(0, 0.03), np.exp(rng.normal(0, 0.06)), np.exp(rng.normal(0, 0.06))
    height = planes["up"] * up + rng.normal(0, 0.01, planes["up"].shape)
    return planes | {
        "row": (planes["row"] + row).astype(np.float32),
        "near": np.clip(planes["near"] * near, 0, 1).astype(np.float32),
        "up": np.clip(height, 0, 1).astype(np.float32),
    }


def add_scene(scene: Scene, tables: dict[str, GramTable], rng: np.random.Generator) -> None:
    """Adds a random share of every FRAME_STRIDE-th frame of a scene, the same pixels for every look and mode."""
    source = scene.source()
    geometry = {mode: geometry_of(scene, mode) for mode in tables}
    looks = [look_index(look) for look in scene.looks]
    pictures = [scene.rgb(look) for look in scene.looks]
    shape = (scene.height, scene.width)
    for t in range(int(rng.integers(FRAME_STRIDE)), scene.frames, FRAME_STRIDE):
        pick = np.flatnonzero(rng.random(scene.height * scene.width) < PIXEL_SHARE)
        targets = [picture[t].reshape(-1, 3)[pick].astype(np.float32) / 255 for picture in pictures]
        colour = source[t].reshape(-1, 3)[pick].astype(np.float32) / 255
        jittered = exposure_jitter(colour, rng)
        for mode, table in tables.items():
            planes = {
                name: np.ascontiguousarray(plane).reshape(-1)[pick]
                for name, plane in variables_of(mode, shape, source[t], **geometry[mode].frame(t)).items()
            }
            if mode in JITTERED:
                planes |= {name: jittered[:, i] for i, name in enumerate("rgb")}
            if mode in TILTED:
                planes = geometry_jitter(planes, rng)
            classes = geometry[mode].classes[t].reshape(-1)[pick]
            table.add(looks, classes, monomials(planes, TERMS[mode]), targets)


def main() -> None:
    """Command line entry."""
    parser = stage_parser(__doc__ or "")
    parser.add_argument("--modes", nargs="+", choices=MODES, default=MODES, help="default: all")
    args = parser.parse_args()
    prepare(args)
    scenes = list_scenes(args.data, "train", args.limit)
    classes = {mode: class_names(mode, scenes[0].seg_classes) for mode in args.modes}
    tables = {mode: GramTable(len(LOOKS), len(classes[mode]), len(TERMS[mode])) for mode in args.modes}
    start = time.process_time()
    for scene in scenes:
        add_scene(scene, tables, np.random.default_rng([args.seed, scene.seed]))
    tensors = {
        mode: solve(
            table,
            spread_gram(mode),
            np.array([len(term) <= 1 for term in TERMS[mode]]),
            WHOLE_PIXELS[mode],
            CLASS_PIXELS[mode],
        )
        for mode, table in tables.items()
    }
    write_atomically(args.out / "relight.safetensors", lambda p: save_file(tensors, p))
    modes = {
        mode: {"variables": VARIABLES[mode], "terms": TERMS[mode], "classes": classes[mode]} for mode in args.modes
    }
    write_json(args.out / "relight.json", {"modes": modes, "looks": list(LOOKS), "scenes": len(scenes)})
    print(f"relight: {len(scenes)} scenes, {time.process_time() - start:.0f} CPU-s")


if __name__ == "__main__":
    main()
