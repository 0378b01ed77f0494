"""What every training stage shares: arguments, thread settings, a loss log, and files that appear only when
complete."""

from __future__ import annotations

import argparse
import csv
import json
import time
from pathlib import Path

import torch

from ..atomic import write_atomically


def stage_parser(description: str) -> argparse.ArgumentParser:
    """`--data DIR --out DIR --minutes N | --steps N [--device D] [--threads N] [--seed N]`."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--data", type=Path, required=True, help="training set: <split>/<scene>/")
    parser.add_argument("--out", type=Path, required=True, help="run folder; stages read each other's results here")
    parser.add_argument("--minutes", type=float, default=None, help="wall-clock budget of this call")
    parser.add_argument("--steps", type=int, default=None, help="stop at this total step")
    parser.add_argument("--limit", type=int, default=None, help="use at most this many scenes")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    return parser


def prepare(args: argparse.Namespace) -> torch.device:
    """Threads, denormals (training slows several-fold with them on a CPU) and the output folder."""
    torch.set_num_threads(args.threads)
    torch.set_flush_denormal(True)
    args.out.mkdir(parents=True, exist_ok=True)
    return torch.device(args.device)


def write_json(path: Path, value: object) -> None:
    """JSON with a final newline, atomically."""
    write_atomically(path, lambda p: p.write_text(json.dumps(value, indent=1) + "\n"))


class Budget:
    """Ends a loop at a step count or after some minutes, whichever is given; fraction() drives schedules."""

    def __init__(self, steps: int | None, minutes: float | None) -> None:
        if steps is None and minutes is None:
            raise SystemExit("give --steps or --minutes")
        self.steps, self.minutes, self.start = steps, minutes, time.monotonic()

    def done(self, step: int) -> bool:
        """True once either limit is reached."""
        if self.steps is not None and step >= self.steps:
            return True
        return self.minutes is not None and self.minutes_spent() >= self.minutes

    def minutes_spent(self) -> float:
        """Wall-clock minutes since the start of this call."""
        return (time.monotonic() - self.start) / 60


class LossLog:
    """Appends rows to a CSV; rows beyond `resume_step` (written after the checkpoint that is resumed) are dropped."""

    def __init__(self, path: Path, fields: list[str], resume_step: int) -> None:
        self.path, self.fields = path, fields
        rows: list[dict[str, str]] = []
        if path.exists():
            with path.open() as file:
                rows = [row for row in csv.DictReader(file) if int(row["step"]) <= resume_step]
        with path.open("w", newline="") as file:
            writer = csv.DictWriter(file, fields)
            writer.writeheader()
            writer.writerows(rows)

    def add(self, **row: object) -> None:
        """One row."""
        with self.path.open("a", newline="") as file:
            csv.DictWriter(file, self.fields).writerow(row)
