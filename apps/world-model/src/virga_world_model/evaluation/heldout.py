"""Figures on drives that were not trained on, against the simulator's own render of the same drive in each look.

    python -m virga_world_model.evaluation.heldout --data DIR --out RUN [--split test] [--scenes 5]
    [--steps-list 1] [--strips DIR]

Per look: source unchanged, relight alone, relight + network as one latent picture, relight + network after
detail transfer, without
video the prior and prior + network, and the tokenizer's reconstruction of the truth (ceiling of all latent pictures).
Writes <out>/heldout.json and heldout.md.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import torch
from safetensors.numpy import load_file

from ..atomic import write_atomically
from ..data.hints import hints_of
from ..data.latents import relit_looks
from ..data.scenes import Scene, list_scenes
from ..training.bundle import DETAIL
from ..training.run import write_json
from .detail import transfer_detail
from .generate import Generator
from .metrics import edge_jump, flicker, psnr, ssim


def variants(
    generator: Generator, scene: Scene, look: str, relit: np.ndarray, hints: dict[str, torch.Tensor], steps: list[int]
) -> Iterator[tuple[str, np.ndarray]]:
    """Every way of making a look, by name, as uint8 [T,H,W,3]."""
    source = np.asarray(scene.source())[: len(relit)]
    prompt = scene.prompts[look][0]
    yield "source", source
    yield "relight", relit
    base = generator.encode(relit)
    recon = generator.decode(base)
    prior = generator.prior_latent(scene.hdmap()[: len(relit)], look)
    for n in steps:
        made = generator.decode(base + generator.residual(hints, prompt, n))
        yield f"relight + network, {n}", made
        delta = (made.astype(np.float32) - recon.astype(np.float32)) / 255
        yield f"with detail transfer, {n}", transfer_detail(source, relit, delta, **DETAIL)
    yield "prior (no video)", generator.decode(prior)
    for n in steps:
        hdmap = {"hdmap": hints["hdmap"]}
        yield f"prior + network, {n} (no video)", generator.decode(prior + generator.residual(hdmap, prompt, n))
    yield "tokenizer's reconstruction", generator.decode(generator.encode(scene.rgb(look)[: len(relit)]))


def strip(pictures: dict[str, np.ndarray], truth: np.ndarray, path: Path, at: tuple[float, ...] = (0.3, 0.8)) -> None:
    """A PNG: one row per variant with the truth first, a column per moment."""
    rows = [truth, *pictures.values()]
    names = ["truth", *pictures]
    moments = [int(a * (len(truth) - 1)) for a in at]
    lines = []
    for name, video in zip(names, rows, strict=True):
        line = np.concatenate([video[t] for t in moments], 1).copy()
        cv2.putText(line, name, (4, 12), cv2.FONT_HERSHEY_SIMPLEX, 0.4, (255, 255, 0), 1, cv2.LINE_AA)
        lines.append(line)
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), np.concatenate(lines)[..., ::-1])


def evaluate(
    generator: Generator,
    scenes: list[Scene],
    looks: list[str] | None,
    steps: list[int],
    frames: int,
    strips: Path | None,
) -> dict:
    """{variant: {look: {psnr, ssim, flicker, jump}}}, means over the scenes."""
    coefficients = load_file(generator.run / "relight.safetensors")["rgb-depth-seg"]
    rows: dict[str, dict[str, list[dict[str, float]]]] = {}
    for scene in scenes:
        relit = relit_looks(scene, coefficients)
        source = np.asarray(scene.source())[:frames]
        hints = {"hdmap": generator.encode(scene.hdmap()[:frames])}
        hints |= {k: generator.encode(v) for k, v in hints_of(source).items()}
        for look in looks or scene.looks:
            truth = np.asarray(scene.rgb(look))[:frames]
            pictures = dict(variants(generator, scene, look, relit[look][:frames], hints, steps))
            for name, video in pictures.items():
                figures = {
                    "psnr": psnr(video, truth),
                    "ssim": ssim(video, truth),
                    "flicker": flicker(video, truth),
                    "jump": edge_jump(video, truth),
                }
                rows.setdefault(name, {}).setdefault(look, []).append(figures)
            if strips:
                strip(pictures, truth, strips / f"{scene.seed:06d}-{look}.png")
    return {
        name: {look: {k: float(np.mean([r[k] for r in found])) for k in found[0]} for look, found in by_look.items()}
        for name, by_look in rows.items()
    }


def table(figures: dict) -> str:
    """Markdown: means over looks, then PSNR/SSIM per look."""
    names = list(figures)
    looks = list(next(iter(figures.values())))
    lines = ["| | PSNR | SSIM | flicker/truth | jump at latent edges/truth |", "|---|---|---|---|---|"]
    for name in names:
        mean = {k: np.mean([figures[name][look][k] for look in looks]) for k in ("psnr", "ssim", "flicker", "jump")}
        lines.append(
            f"| {name} | {mean['psnr']:.2f} | {mean['ssim']:.3f} | {mean['flicker']:.2f} | {mean['jump']:.2f} |"
        )
    shown = [n for n in names if n != "source"]
    lines += ["", "| look | " + " | ".join(shown) + " |", "|---|" + "---|" * len(shown)]
    for look in sorted(looks):
        cells = [f"{figures[n][look]['psnr']:.1f}/{figures[n][look]['ssim']:.2f}" for n in shown]
        lines.append(f"| {look} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Command line entry."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True, help="run folder")
    parser.add_argument("--split", default="test")
    parser.add_argument("--scenes", type=int, default=5)
    parser.add_argument("--looks", nargs="*", default=None)
    parser.add_argument("--steps-list", type=int, nargs="*", default=[1])
    parser.add_argument("--frames", type=int, default=33, help="frames of each drive, 8m+1")
    parser.add_argument("--strips", type=Path, default=None)
    parser.add_argument("--name", default="heldout", help="name of the files written")
    args = parser.parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    scenes = list_scenes(args.data, args.split, args.scenes)
    figures = evaluate(Generator(args.out), scenes, args.looks, args.steps_list, args.frames, args.strips)
    write_json(args.out / f"{args.name}.json", {"scenes": [s.seed for s in scenes], "figures": figures})
    text = table(figures)
    write_atomically(args.out / f"{args.name}.md", lambda p: p.write_text(text))
    print(text)


if __name__ == "__main__":
    main()
