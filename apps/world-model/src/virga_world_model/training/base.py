"""Stage `base`: text, start and given first frames; images first, then video windows. No control is seen.

    python -m virga_world_model.training.base --data DIR --out RUN --minutes N [--size cpu] [--processes 2]

Needs `latents` and `prior`. Writes <out>/network.json, <out>/base.pt (checkpoint) and base-loss.csv; the same command
goes on from them.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from torch import Tensor

from .loop import Loop, LoopConfig
from .objective import (
    GIVEN,
    PROMPT_DROPOUT,
    Objective,
    channel_weights,
    draw_sigma,
    draw_window,
    normal_like,
    validate,
)
from .run import Budget, join_processes, prepare, stage_parser
from .sizes import SIZES
from .state import adopt, load_part, make_state

VALIDATED = ("truth", "labels", "paint", "prior")


def run(args: argparse.Namespace) -> Loop:
    """Trains with parsed arguments."""
    device = prepare(args)
    if args.start:
        adopt(args.start, args.out)
    state = make_state(args.data, args.out, args.size, args.limit)
    samples = state.samples(args.data, args.out, "train", args.limit)
    checks = state.samples(args.data, args.out, "val", args.limit)
    model = state.fresh(args.seed)
    if args.start:
        load_part(model.network.base, args.start, "network.base.")
        load_part(model.text, args.start, "text.")
    model.to(device)
    objective = Objective(model, state.words(), channel_weights(args.out, samples.scale), device)
    config = LoopConfig(lr=args.lr, decay_from=args.decay_from, ema=0.998, weight_decay=0.02, warmup=100, log_every=50)
    loop = Loop(model, config, args.out, "base", args.seed, list(VALIDATED))
    latest = dict.fromkeys(VALIDATED, float("nan"))

    def loss_fn(rng: np.random.Generator, fraction: float) -> tuple[Tensor, dict[str, float]]:
        frames, count, crop = draw_window(rng, fraction, args.tokens)
        batch = samples.draw(rng, frames, count, crop=crop, given=GIVEN)
        batch.prompts = ["" if rng.random() < PROMPT_DROPOUT else p for p in batch.prompts]
        sigma = draw_sigma(rng, len(batch.y), args.at_max)
        loss = objective(batch, sigma, normal_like(rng, batch.y), {})
        if loop.rank == 0 and loop.step % args.validate_every == 0 and loop.step > 0:
            latest.update(validate(objective, checks, VALIDATED, {}))
        return loss, latest

    loop.run(loss_fn, Budget(args.steps, args.minutes))
    return loop


def main() -> None:
    """Command line entry."""
    parser = stage_parser(__doc__ or "")
    parser.add_argument("--size", choices=sorted(SIZES), default="cpu")
    parser.add_argument("--start", type=Path, help="a bundle's checkpoint/network.safetensors to go on from")
    parser.add_argument("--lr", type=float, default=1.5e-3)
    parser.add_argument("--decay-from", type=float, default=0.5)
    parser.add_argument("--tokens", type=int, default=1320, help="tokens per step and process")
    parser.add_argument("--at-max", type=float, default=0.7, help="share of the draws at sigma_max")
    parser.add_argument("--validate-every", type=int, default=300)
    args = parser.parse_args()
    if join_processes("virga_world_model.training.base", args.processes):
        return
    loop = run(args)
    if loop.rank == 0:
        print(f"base: step {loop.step}, {loop.minutes:.1f} min")


if __name__ == "__main__":
    main()
