"""Stage `trial`: what the bundle's default number of steps and solver should be, measured on the validation drives.

    python -m virga_world_model.training.trial --data DIR --out RUN [--windows 6]

For each kind of start and set of controls: the share of the residual's energy, in pixels, that a sampler leaves
unexplained (1 = no better than the start alone), and the change from latent frame to latent frame relative to the
truth's. Teacher with one prediction and with the 2ab solver at 4 to 35 steps, student with Euler at 1 to 4. Writes
<out>/trial.json and trial.md.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ..atomic import write_atomically
from ..data.hints import CONTROLS, FROM_VIDEO
from ..sampling.euler import sample_euler
from ..sampling.schedule import schedule
from ..sampling.solver import sample
from .model import SIGMA_MAX, normalised
from .objective import Objective, channel_weights, normal_like
from .run import prepare, stage_parser, write_json
from .samples import Batch, Samples
from .state import load_network, open_state

#: Requests as users make them: kind of start, controls.
WITHOUT_VIDEO = ("hdmap", "lidar", "depth", "seg")
REQUESTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "relight, no control": ("labels", ()),
    "relight, six controls": ("labels", CONTROLS),
    "exact relight, six controls": ("truth", CONTROLS),
    "paint, no control": ("paint", ()),
    "paint, hdmap + lidar + depth + seg": ("paint", WITHOUT_VIDEO),
    "prior, hdmap + lidar + depth + seg": ("prior", WITHOUT_VIDEO),
}
#: What decides: the requests that a user makes most.
DECIDING = ("relight, six controls", "paint, hdmap + lidar + depth + seg")
SAMPLERS: dict[str, tuple[str, str, int]] = {
    "teacher, 1": ("teacher", "euler", 1),
    "teacher, 4": ("teacher", "2ab", 4),
    "teacher, 8": ("teacher", "2ab", 8),
    "teacher, 16": ("teacher", "2ab", 16),
    "teacher, 35": ("teacher", "2ab", 35),
    "student, 1": ("student", "euler", 1),
    "student, 2": ("student", "euler", 2),
    "student, 4": ("student", "euler", 4),
}


@torch.no_grad()
def make(objective: Objective, batch: Batch, noise: Tensor, solver: str, steps: int, weights: Mapping) -> Tensor:
    """A sample of y for a batch."""

    def denoise(x: Tensor, sigma: float) -> Tensor:
        return objective.denoise(batch, x.float(), torch.full((len(x),), float(sigma), device=x.device), weights)

    x = noise * SIGMA_MAX
    if solver == "euler":
        return sample_euler(denoise, x, steps, SIGMA_MAX)
    return sample(denoise, x, schedule(steps, SIGMA_MAX))


def measure(
    objective: Objective, batches: list[tuple[Batch, Tensor]], solver: str, steps: int, weights: Mapping
) -> tuple[float, float, float]:
    """Unexplained share; change between latent frames relative to the truth's; seconds per window."""
    error = total = change = true_change = 0.0
    at = time.perf_counter()
    for batch, noise in batches:
        made = make(objective, batch, noise, solver, steps, weights)
        pixels = objective.weights.view(1, -1, 1, 1, 1)
        error += float(((made - batch.y).square() * pixels).mean())
        total += float((batch.y.square() * pixels).mean())
        start = batch.start * objective.scale
        change += float((made + start).diff(dim=2).abs().mean())
        true_change += float((batch.y + start).diff(dim=2).abs().mean())
    return error / total, change / max(true_change, 1e-9), (time.perf_counter() - at) / len(batches)


def choose(figures: dict[str, dict[str, dict[str, float]]], margin: float = 0.002) -> str:
    """The sampler that leaves least, over the deciding requests; fewer steps unless more are better by `margin`.

    Only samplers of at most 4 steps may become the default.
    """
    allowed = [name for name, (_, _, steps) in SAMPLERS.items() if name in figures and steps <= 4]
    left = {name: float(np.mean([figures[name][r]["unexplained"] for r in DECIDING])) for name in allowed}
    best = min(left.values())
    return min((n for n in allowed if left[n] <= best + margin), key=lambda n: (SAMPLERS[n][2], left[n]))


def measure_weights(out: Path, samples: Samples, windows: int, device: torch.device, default: dict, seed: int) -> dict:
    """Default weights of the controls: one for each, or each by what it gains alone, whichever leaves less in the mix.

    Gains are shares of the residual's energy that the control explains beyond the base, over the starts it goes with.
    """
    model, _ = load_network(out, student=default["network"] == "student")
    objective = Objective(model.to(device), open_state(out).words(), channel_weights(out, samples.scale), device)
    objective.scale = samples.scale.view(1, -1, 1, 1, 1).to(device)
    sampler = (default["solver"], default["steps"])

    def left(kind: str, weights: dict[str, float]) -> float:
        rng = np.random.default_rng([seed, 8])
        drawn = [samples.draw(rng, 3, 1, tuple(weights), kind=kind) for _ in range(windows)]
        batches = [(b.to(device), normal_like(rng, b.y).to(device)) for b in drawn]
        return measure(objective, batches, *sampler, normalised(weights))[0]

    kinds = {c: ("labels",) if c in FROM_VIDEO else ("labels", "paint") for c in CONTROLS}
    alone = {kind: left(kind, {}) for kind in ("labels", "paint")}
    gains = {c: float(np.mean([alone[k] - left(k, {c: 1.0}) for k in kinds[c]])) for c in CONTROLS}
    best = max(max(gains.values()), 1e-9)
    candidates = {
        "one each": dict.fromkeys(CONTROLS, 1.0),
        "by gain": {c: round(float(np.clip(gain / best, 0.1, 1)), 2) for c, gain in gains.items()},
    }
    mixes = {"labels": CONTROLS, "paint": WITHOUT_VIDEO}
    found = {
        name: {kind: left(kind, {c: weights[c] for c in names}) for kind, names in mixes.items()}
        for name, weights in candidates.items()
    }
    chosen = min(found, key=lambda name: sum(found[name].values()))
    return {"weights": candidates[chosen], "chosen": chosen, "no control": alone, "gains alone": gains, "mixes": found}


def table(figures: dict[str, dict[str, dict[str, float]]]) -> str:
    """Markdown: a row per request, a column per sampler, unexplained share / change of latent frames."""
    names = list(figures)
    lines = ["| request | " + " | ".join(names) + " |", "|---|" + "---|" * len(names)]
    for request in REQUESTS:
        found = [figures[n].get(request) for n in names]
        cells = [f"{f['unexplained']:.3f} / {f['change']:.2f}" if f else "" for f in found]
        lines.append(f"| {request} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def weights_table(controls: dict) -> str:
    """Markdown: gain of each control alone, default weights, and what the mixes leave."""
    names = list(controls["gains alone"])
    rows = [[f"{controls['gains alone'][n]:+.4f}" for n in names], [f"{controls['weights'][n]:g}" for n in names]]
    lines = ["| | " + " | ".join(names) + " |", "|---|" + "---|" * len(names)]
    lines += [
        f"| {t} | " + " | ".join(r) + " |" for t, r in zip(("explains more, alone", "default"), rows, strict=True)
    ]
    mixes = {"no control": controls["no control"], **controls["mixes"]}
    shown = "; ".join(f"{k}: relit {v['labels']:.4f}, painted {v['paint']:.4f}" for k, v in mixes.items())
    return "\n".join([*lines, "", f"Left unexplained by the mix of weights: {shown}."]) + "\n"


def run_trial(data: Path, out: Path, windows: int, device: torch.device, seed: int = 0) -> dict:
    """All samplers on all requests; goes on after a stop with what was measured (file trial-part.json)."""
    state = open_state(out)
    samples = state.samples(data, out, "val")
    part = out / "trial-part.json"
    figures = json.loads(part.read_text()) if part.exists() else {}
    whose = ["teacher", *(["student"] if (out / "student.pt").exists() else [])]
    for who in whose:
        model, _ = load_network(out, student=who == "student")
        objective = Objective(model.to(device), state.words(), channel_weights(out, samples.scale), device)
        objective.scale = samples.scale.view(1, -1, 1, 1, 1).to(device)
        for name, (owner, solver, steps) in SAMPLERS.items():
            if owner != who or name in figures:
                continue
            found = {}
            # Many-step samplers cost most and need least: their figures differ by far more than the windows do.
            many = steps > 4
            for request in DECIDING if many else REQUESTS:
                kind, controls = REQUESTS[request]
                rng = np.random.default_rng([seed, 7])
                count = max(2, windows // 3) if many else windows
                drawn = [samples.draw(rng, 3, 1, controls, kind=kind) for _ in range(count)]
                batches = [(b.to(device), normal_like(rng, b.y).to(device)) for b in drawn]
                weights = normalised(dict.fromkeys(controls, 1.0))
                left, change, seconds = measure(objective, batches, solver, steps, weights)
                found[request] = {"unexplained": left, "change": change, "seconds": seconds}
            figures[name] = found
            write_json(part, figures)
            print(f"trial: {name}: " + ", ".join(f"{k} {v['unexplained']:.3f}" for k, v in found.items()), flush=True)
    chosen = choose(figures)
    owner, solver, steps = SAMPLERS[chosen]
    return {"default": {"network": owner, "solver": solver, "steps": steps}, "figures": figures}


def main() -> None:
    """Command line entry."""
    parser = stage_parser(__doc__ or "")
    parser.add_argument("--windows", type=int, default=6, help="windows of three latent frames per request")
    args = parser.parse_args()
    device = prepare(args)
    result = run_trial(args.data, args.out, args.windows, device, args.seed)
    samples = open_state(args.out).samples(args.data, args.out, "val")
    result["controls"] = measure_weights(args.out, samples, args.windows, device, result["default"], args.seed)
    write_json(args.out / "trial.json", result)
    text = table(result["figures"]) + "\n" + weights_table(result["controls"])
    write_atomically(args.out / "trial.md", lambda p: p.write_text(text))
    print(f"trial: default {result['default']}, weights {result['controls']['weights']}")


if __name__ == "__main__":
    main()
