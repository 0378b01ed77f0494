"""What every training stage shares: arguments, thread settings, a loss log, and files that appear only when
complete."""

from __future__ import annotations

import argparse
import contextlib
import csv
import ctypes
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import torch

from ..atomic import write_atomically


def stage_parser(description: str) -> argparse.ArgumentParser:
    """`--data DIR --out DIR --minutes N | --steps N [--device D] [--threads N] [--seed N]`."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--data", type=Path, required=True, help="training set: <split>/<scene>/")
    parser.add_argument("--out", type=Path, required=True, help="run folder; stages read each other's results here")
    parser.add_argument("--minutes", type=float, default=None, help="wall-clock budget, all calls together")
    parser.add_argument("--steps", type=int, default=None, help="stop at this total step")
    parser.add_argument("--limit", type=int, default=None, help="use at most this many scenes")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--processes", type=int, default=1, help="copies side by side, where the stage can use them")
    parser.add_argument("--seed", type=int, default=0)
    return parser


def prepare(args: argparse.Namespace) -> torch.device:
    """Threads, denormals (training slows several-fold with them on a CPU) and the output folder."""
    torch.set_num_threads(args.threads)
    torch.set_flush_denormal(True)
    torch.set_float32_matmul_precision("high")
    args.out.mkdir(parents=True, exist_ok=True)
    return torch.device(args.device)


def write_json(path: Path, value: object) -> None:
    """JSON with a final newline, atomically."""
    write_atomically(path, lambda p: p.write_text(json.dumps(value, indent=1) + "\n"))


class Budget:
    """Ends a loop at a step count or after some minutes of all calls together, whichever comes first."""

    def __init__(self, steps: int | None, minutes: float | None) -> None:
        if steps is None and minutes is None:
            raise SystemExit("give --steps or --minutes")
        self.steps, self.minutes, self.start = steps, minutes, time.monotonic()
        #: Minutes spent in earlier calls.
        self.before = 0.0

    def done(self, step: int) -> bool:
        """True once either limit is reached."""
        if self.steps is not None and step >= self.steps:
            return True
        return self.minutes is not None and self.minutes_spent() >= self.minutes

    def minutes_spent(self) -> float:
        """Wall-clock minutes of earlier calls and since the start of this one."""
        return self.before + (time.monotonic() - self.start) / 60


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


def join_processes(module: str, processes: int) -> bool:
    """Starts `processes` copies of this command that average their gradients, and waits; False in such a copy, and for
    one.

    Raises SystemExit with the first failing copy's code, after ending the others.
    """
    if processes < 2 or "RANK" in os.environ:
        return False
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    common = {**os.environ, "WORLD_SIZE": str(processes), "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port)}
    command = [sys.executable, "-m", module, *sys.argv[1:]]
    wait_for([start_child(command, env={**common, "RANK": str(rank)}) for rank in range(processes)])
    return True


def start_child(command: list[str], **options: Any) -> subprocess.Popen:
    """Popen of a process that ends when this one does, even when this one is killed: two runs must not share
    checkpoints."""
    return subprocess.Popen(command, preexec_fn=_end_with_parent, **options)


def _end_with_parent() -> None:
    # prctl(PR_SET_PDEATHSIG, SIGTERM); where there is no such call, children are ended by wait_for alone.
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def wait_for(running: list[subprocess.Popen]) -> None:
    """Waits for processes; when one fails, or on an interrupt, ends the others and raises SystemExit."""
    try:
        while any(process.poll() is None for process in running):
            if any(process.poll() for process in running):
                break
            time.sleep(0.2)
    finally:
        for process in running:
            if process.poll() is None:
                process.terminate()
        for process in running:
            process.wait()
    if failed := [process.returncode for process in running if process.returncode]:
        raise SystemExit(failed[0])
