"""Stage `distill`: a student of the same form that needs few steps (4 at most) where its teacher takes many.

    python -m virga_world_model.training.distill --data DIR --out RUN --minutes N [--student-steps 4]

Progressive distillation (Salimans and Ho 2022) in one go: from the drive's own noisy residual at a student's level, the
teacher (base and branches, averaged weights) walks `--teacher-steps` evaluations down to the student's next level; the
student learns the one prediction that lands there in one Euler step. student-steps x teacher-steps is the teacher's
whole number of steps. A share of the draws is the plain loss at sigma_max, so that a single step stays as good as it
was. Writes <out>/student.pt.
"""

from __future__ import annotations

import argparse
import itertools

import numpy as np
import torch
from torch import Tensor

from ..data.hints import CONTROLS
from ..sampling.euler import euler_step, few_levels
from ..sampling.schedule import RHO, SIGMA_MIN
from .loop import Loop, LoopConfig
from .model import SIGMA_MAX, Trained, normalised
from .objective import PROMPT_DROPOUT, Objective, channel_weights, draw_short_window, normal_like
from .run import Budget, join_processes, prepare, stage_parser
from .samples import Batch, draw_subset
from .state import freeze, load_network, open_state

#: Share of the steps with the plain loss at sigma_max.
PLAIN = 0.35


def between(upper: float, lower: float, count: int) -> list[float]:
    """count + 1 levels from upper to lower on the schedule's curve."""
    top, bottom = upper ** (1 / RHO), lower ** (1 / RHO)
    return [(top + i / count * (bottom - top)) ** RHO for i in range(count + 1)]


@torch.no_grad()
def teacher_target(
    teacher: Objective, batch: Batch, noisy: Tensor, levels: tuple[float, float], steps: int, weights: dict[str, float]
) -> Tensor:
    """The x0 with which one Euler step over `levels` lands where the teacher does after `steps` of its own.

    A lower level of 0 is the end: the teacher's last prediction itself.
    """
    upper, lower = levels
    walk = between(upper, lower or SIGMA_MIN, steps)
    x = noisy
    for a, b in itertools.pairwise(walk):
        made = teacher.denoise(batch, x, torch.full((len(x),), a, device=x.device), weights)
        x = euler_step(x, made, a, b)
    if lower == 0:
        return made
    share = lower / upper
    return (x - share * noisy) / (1 - share)


def distilled_loss(
    student: Objective, teacher: Objective, batch: Batch, noise: Tensor, rung: int, args: argparse.Namespace,
    weights: dict[str, float],
) -> Tensor:  # fmt: skip
    """The student's loss at the rung-th of its levels; a rung of -1 is the plain loss at sigma_max."""
    batch = batch.to(student.device)
    levels = [*few_levels(args.student_steps, SIGMA_MAX), 0.0]
    upper = levels[max(rung, 0)]
    sigma = torch.full((len(batch.y),), upper, device=student.device)
    noisy = batch.y + upper * noise.to(student.device)
    aim = batch.y
    if rung >= 0:
        aim = teacher_target(teacher, batch, noisy, (upper, levels[rung + 1]), args.teacher_steps, weights)
    return student.loss(batch, student.denoise(batch, noisy, sigma, weights), aim, sigma)


def draw_rung(rng: np.random.Generator, steps: int) -> int:
    """Which of the student's levels a step trains."""
    return -1 if rng.random() < PLAIN else int(rng.integers(steps))


def run(args: argparse.Namespace) -> Loop:
    """Trains with parsed arguments."""
    device = prepare(args)
    state = open_state(args.out)
    samples = state.samples(args.data, args.out, "train", args.limit)
    objectives = []
    for _ in range(2):
        model: Trained = load_network(args.out)[0].to(device)
        objectives.append(Objective(model, state.words(), channel_weights(args.out, samples.scale), device))
    student, teacher = objectives
    freeze(teacher.model)
    config = LoopConfig(lr=args.lr, decay_from=0.3, ema=0.99, weight_decay=0.0, warmup=40)
    loop = Loop(student.model.train(), config, args.out, "student", args.seed, [])

    def loss_fn(rng: np.random.Generator, fraction: float) -> tuple[Tensor, dict[str, float]]:
        frames, count, crop = draw_short_window(rng, fraction, args.tokens)
        names = () if rng.random() < 0.2 else tuple(draw_subset(rng))
        batch = samples.draw(rng, frames, count, names, crop=crop, given=0.2)
        batch.prompts = ["" if rng.random() < PROMPT_DROPOUT else p for p in batch.prompts]
        weights = normalised(dict.fromkeys(names, 1.0))
        rung = draw_rung(rng, args.student_steps)
        return distilled_loss(student, teacher, batch, normal_like(rng, batch.y), rung, args, weights), {}

    loop.run(loss_fn, Budget(args.steps, args.minutes))
    return loop


def main() -> None:
    """Command line entry."""
    parser = stage_parser(__doc__ or "")
    parser.add_argument("--student-steps", type=int, default=4)
    parser.add_argument("--teacher-steps", type=int, default=9, help="of the teacher for one of the student's")
    parser.add_argument("--lr", type=float, default=3e-4)
    parser.add_argument("--tokens", type=int, default=660, help="tokens per step and process")
    args = parser.parse_args()
    if join_processes("virga_world_model.training.distill", args.processes):
        return
    loop = run(args)
    if loop.rank == 0:
        print(f"distill: step {loop.step}, {loop.minutes:.1f} min, controls {', '.join(CONTROLS)}")


if __name__ == "__main__":
    main()
