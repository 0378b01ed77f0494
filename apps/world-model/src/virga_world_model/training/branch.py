"""Stage `branch`: one control's branch on its own; the base is frozen, the branch's outputs start at zero.

    python -m virga_world_model.training.branch --control vis --data DIR --out RUN --minutes N

Needs `base`. A branch starts as a copy of the base's first blocks with a hint path of its own. Branches know nothing of
each other and may be trained side by side; at run time their residuals are weighted and added. Writes
<out>/branch-<control>.pt.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ..data.hints import CONTROLS
from .loop import Loop, LoopConfig
from .model import copy_first_blocks
from .objective import PROMPT_DROPOUT, Objective, channel_weights, draw_short_window, draw_sigma, normal_like, validate
from .run import Budget, join_processes, prepare, stage_parser
from .state import freeze, load_averaged, load_part, open_state

VALIDATED = ("labels", "paint", "prior")
#: Weights that a branch learns under: alone it has 1, in a mix less.
WEIGHTS, WEIGHT_SHARES = (1.0, 0.5, 0.25), (0.6, 0.25, 0.15)
#: What learns faster than the copied block: the outputs, which start at zero, and the hint path, which starts anew.
FAST = ("zero_blocks", "input_hint_block", "x_embedder2")


def run(args: argparse.Namespace) -> Loop:
    """Trains with parsed arguments."""
    device = prepare(args)
    state = open_state(args.out)
    samples = state.samples(args.data, args.out, "train", args.limit)
    checks = state.samples(args.data, args.out, "val", args.limit)
    model = state.fresh(args.seed, (args.control,))
    bare = state.fresh(args.seed)
    load_averaged(bare, args.out / "base.pt")
    model.network.base.load_state_dict(bare.network.base.state_dict())
    model.text.load_state_dict(bare.text.state_dict())
    branch = model.network.controls[args.control]
    copy_first_blocks(branch, model.network.base)
    if args.start:
        load_part(branch, args.start, f"network.controls.{args.control}.")
    model.to(device)
    freeze(model.network.base)
    freeze(model.text)
    weights = {args.control: 1.0}
    objective = Objective(model, state.words(), channel_weights(args.out, samples.scale), device)
    config = LoopConfig(
        lr=args.lr, decay_from=0.4, ema=0.99, weight_decay=0.02, warmup=40, fast=FAST, fast_factor=args.fast
    )
    name = f"branch-{args.control}"
    loop = Loop(branch, config, args.out, name, args.seed, list(VALIDATED))
    latest = dict.fromkeys(VALIDATED, float("nan"))

    def loss_fn(rng: np.random.Generator, fraction: float) -> tuple[Tensor, dict[str, float]]:
        frames, count, crop = draw_short_window(rng, fraction, args.tokens)
        batch = samples.draw(rng, frames, count, (args.control,), crop=crop, given=0.2)
        batch.prompts = ["" if rng.random() < PROMPT_DROPOUT else p for p in batch.prompts]
        drawn = {args.control: float(rng.choice(WEIGHTS, p=WEIGHT_SHARES))}
        loss = objective(batch, draw_sigma(rng, len(batch.y), args.at_max), normal_like(rng, batch.y), drawn)
        if loop.rank == 0 and (loop.step % args.validate_every == 0 or (fraction > 0.97 and not loop.step % 20)):
            with torch.no_grad():
                latest.update(validate(objective, checks, VALIDATED, weights))
        return loss, latest

    loop.run(loss_fn, Budget(args.steps, args.minutes))
    return loop


def main() -> None:
    """Command line entry."""
    parser = stage_parser(__doc__ or "")
    parser.add_argument("--control", choices=CONTROLS, required=True)
    parser.add_argument("--start", type=Path, help="a bundle's checkpoint/network.safetensors to go on from")
    parser.add_argument("--lr", type=float, default=1e-3)
    parser.add_argument("--fast", type=float, default=3.0, help="learning rate of outputs and hint path, times --lr")
    parser.add_argument("--tokens", type=int, default=1320, help="tokens per step and process")
    parser.add_argument("--at-max", type=float, default=0.7, help="share of the draws at sigma_max")
    parser.add_argument("--validate-every", type=int, default=150)
    args = parser.parse_args()
    if join_processes("virga_world_model.training.branch", args.processes):
        return
    loop = run(args)
    if loop.rank == 0:
        print(f"branch {args.control}: step {loop.step}, {loop.minutes:.1f} min")


if __name__ == "__main__":
    main()
