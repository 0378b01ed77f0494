from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from virga_world_model.training.loop import Loop, LoopConfig, learning_rate
from virga_world_model.training.run import Budget


def train(out: Path, steps: int, horizon: int) -> Loop:
    """A regression whose batches come from the loop's generator; the schedule's horizon is `horizon`."""
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(6, 16), nn.SiLU(), nn.Linear(16, 2))
    loop = Loop(model, LoopConfig(lr=1e-2, warmup=5, save_minutes=1e9, log_every=2), out, "m", 3, ["half"])
    teacher = torch.from_numpy(np.random.default_rng(0).normal(size=(6, 2)).astype(np.float32))

    def loss_fn(rng: np.random.Generator, fraction: float) -> tuple[torch.Tensor, dict[str, float]]:
        x = torch.from_numpy(rng.normal(size=(32, 6)).astype(np.float32))
        return (model(x) - x @ teacher).square().mean(), {"half": fraction}

    budget = Budget(horizon, None)
    budget.done = lambda step: step >= steps
    loop.run(loss_fn, budget)
    return loop


def test_a_resumed_run_goes_the_same_way(tmp_path: Path) -> None:
    whole = train(tmp_path / "whole", 30, 30) if (tmp_path / "whole").mkdir() is None else None
    (tmp_path / "parts").mkdir()
    train(tmp_path / "parts", 13, 30)
    resumed = train(tmp_path / "parts", 30, 30)
    assert resumed.step == whole.step == 30
    for a, b in zip([*whole.parameters, *whole.ema], [*resumed.parameters, *resumed.ema], strict=True):
        assert torch.equal(a, b)
    # Rows written after the checkpoint that was resumed are not doubled.
    steps = [line.split(",")[0] for line in (tmp_path / "parts/m-loss.csv").read_text().splitlines()[1:]]
    assert steps == sorted(set(steps), key=int)


def test_training_lowers_the_loss(tmp_path: Path) -> None:
    train(tmp_path, 150, 150)
    rows = [float(line.split(",")[2]) for line in (tmp_path / "m-loss.csv").read_text().splitlines()[1:]]
    assert rows[-1] < rows[0] / 10


def test_learning_rate_warms_up_holds_and_decays() -> None:
    config = LoopConfig(lr=1.0, warmup=10, decay_from=0.5, final=0.1)
    assert learning_rate(config, 4, 0.0) == pytest.approx(0.5)
    assert learning_rate(config, 100, 0.4) == 1.0
    assert learning_rate(config, 100, 0.75) == pytest.approx(0.1 + 0.9 * 0.5)
    assert learning_rate(config, 100, 1.0) == pytest.approx(0.1)
