"""The optimisation loop of every gradient-trained stage: AdamW, EMA, schedule, checkpoints, optional data parallelism.

A step draws its batch from a generator seeded with (seed, step, rank), so a resumed run sees exactly the
batches an uninterrupted
one would have seen and no generator state needs saving. Run under `torchrun --nproc-per-node N` to average
gradients over N processes.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, distributed, nn

from ..atomic import write_atomically
from .run import Budget, LossLog


@dataclass(frozen=True)
class LoopConfig:
    """lr warms up over `warmup` steps, stays, then falls along a cosine from `decay_from` (fraction of the
    budget) to `final` of it."""

    lr: float
    warmup: int = 60
    decay_from: float = 0.5
    final: float = 0.02
    betas: tuple[float, float] = (0.9, 0.98)
    weight_decay: float = 0.01
    ema: float = 0.995
    clip: float = 1.0
    save_minutes: float = 2.0
    log_every: int = 20
    report_minutes: float = 1.0
    #: Parameters whose name contains one of these learn `fast_factor` times as fast.
    fast: tuple[str, ...] = ()
    fast_factor: float = 1.0


def learning_rate(config: LoopConfig, step: int, fraction: float) -> float:
    """Learning rate at a step and a fraction 0..1 of the whole budget."""
    warm = min(1.0, (step + 1) / config.warmup)
    if fraction <= config.decay_from:
        return config.lr * warm
    phase = min(1.0, (fraction - config.decay_from) / (1 - config.decay_from))
    return config.lr * warm * (config.final + (1 - config.final) * 0.5 * (1 + math.cos(math.pi * phase)))


class Loop:
    """Trains `model` with `loss_fn(rng, fraction) -> (loss, logged numbers)`; keeps `<out>/<name>.pt` and
    `<name>-loss.csv`."""

    def __init__(
        self, model: nn.Module, config: LoopConfig, out: Path, name: str, seed: int, log_fields: list[str]
    ) -> None:
        self.model, self.config, self.seed = model, config, seed
        self.path = out / f"{name}.pt"
        named = [(n, p) for n, p in model.named_parameters() if p.requires_grad]
        self.parameters = [p for _, p in named]
        groups = []
        for factor in sorted({1.0, config.fast_factor}):
            here = [p for n, p in named if factor == (config.fast_factor if any(f in n for f in config.fast) else 1.0)]
            for wide, decay in ((True, config.weight_decay), (False, 0.0)):
                chosen = [p for p in here if (p.ndim > 1) == wide]
                groups.append({"params": chosen, "weight_decay": decay, "factor": factor})
        self.optimizer = torch.optim.AdamW(groups, lr=config.lr, betas=config.betas, fused=False, foreach=True)
        self.ema = [p.detach().clone() for p in self.parameters]
        self.step = 0
        #: Wall-clock minutes of training, all calls together.
        self.minutes = 0.0
        self.name = name
        self.rank = int(os.environ.get("RANK", "0"))
        self.world = int(os.environ.get("WORLD_SIZE", "1"))
        if self.world > 1 and not distributed.is_initialized():
            distributed.init_process_group("nccl" if self.parameters[0].is_cuda else "gloo")
        if self.path.exists():
            self.load(self.path)
        fields = ["step", "minutes", "loss", "lr", *log_fields]
        self.log = LossLog(out / f"{name}-loss.csv", fields, self.step) if self.rank == 0 else None

    def load(self, path: Path) -> None:
        """Resumes model, EMA, optimiser and step."""
        state = torch.load(path, map_location=self.parameters[0].device, weights_only=True)
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        for mine, saved in zip(self.ema, state["ema"], strict=True):
            mine.copy_(saved)
        self.step, self.minutes = int(state["step"]), float(state.get("minutes", 0.0))

    def save(self) -> None:
        """Checkpoint under its final name only when complete."""
        if self.rank != 0:
            return
        state = {
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "ema": self.ema,
            "step": self.step,
            "minutes": self.minutes,
        }
        write_atomically(self.path, lambda p: torch.save(state, p))

    def run(
        self, loss_fn: Callable[[np.random.Generator, float], tuple[Tensor, dict[str, float]]], budget: Budget
    ) -> None:
        """Steps until the budget (of all calls together) is spent; saves on the way and at the end."""
        budget.before = self.minutes
        saved, window, extras = budget.minutes_spent(), [], {}
        reported, recent = saved, []
        if self._progress(budget)[1]:
            return
        while True:
            fraction, done = self._progress(budget)
            if done:
                break
            loss, extras = loss_fn(np.random.default_rng([self.seed, self.step, self.rank]), fraction)
            self.optimizer.zero_grad(set_to_none=True)
            loss.backward()
            self._average_gradients()
            lr = learning_rate(self.config, self.step, fraction)
            for group in self.optimizer.param_groups:
                group["lr"] = lr * group["factor"]
            torch.nn.utils.clip_grad_norm_(self.parameters, self.config.clip)
            self.optimizer.step()
            self.step += 1
            decay = min(self.config.ema, (1 + self.step) / (10 + self.step))
            torch._foreach_lerp_(self.ema, [p.detach() for p in self.parameters], 1 - decay)
            self.minutes = budget.minutes_spent()
            window.append(float(loss.detach()))
            recent.append(window[-1])
            if self.rank == 0 and self.minutes - reported > self.config.report_minutes:
                shown = "".join(f", {k} {v:.4f}" for k, v in extras.items())
                print(
                    f"{self.name}: {self.minutes:.1f} min, step {self.step}, loss {np.mean(recent):.4f}{shown}",
                    flush=True,
                )
                reported = self.minutes
                recent.clear()
            if self.log and self.step % self.config.log_every == 0:
                row = {
                    "step": self.step,
                    "minutes": round(budget.minutes_spent(), 2),
                    "loss": round(float(np.mean(window)), 5),
                }
                self.log.add(**row, lr=f"{lr:.2e}", **{k: round(v, 5) for k, v in extras.items()})
                window.clear()
            if budget.minutes_spent() - saved > self.config.save_minutes:
                self.save()
                saved = budget.minutes_spent()
        self.save()

    def use_ema(self) -> None:
        """Copies the averaged weights into the model (for export and evaluation)."""
        with torch.no_grad():
            for p, averaged in zip(self.parameters, self.ema, strict=True):
                p.copy_(averaged)

    def _progress(self, budget: Budget) -> tuple[float, bool]:
        fraction = self.step / budget.steps if budget.steps else budget.minutes_spent() / (budget.minutes or 1)
        state = torch.tensor([min(1.0, fraction), float(budget.done(self.step))], dtype=torch.float64)
        if self.world > 1:
            distributed.broadcast(state, 0)
        return float(state[0]), bool(state[1])

    def _average_gradients(self) -> None:
        if self.world == 1:
            return
        for p in self.parameters:
            if p.grad is None:
                p.grad = torch.zeros_like(p)
        flat = torch.cat([p.grad.reshape(-1) for p in self.parameters if p.grad is not None])
        distributed.all_reduce(flat)
        flat /= self.world
        offset = 0
        for p in self.parameters:
            if p.grad is not None:
                p.grad.copy_(flat[offset : offset + p.numel()].view_as(p))
                offset += p.numel()
