"""The whole recipe: every stage in order under one time plan, from a training set to a finished bundle.

    python -m virga_world_model.training.recipe --data DIR --out RUN --minutes 55 [--processes 2] [--plan cpu|gpu|toy]

Closed forms take what they take; base, branches, student and decoder get their shares of --minutes. Independent stages
run side by side in single-thread processes, the base averages gradients over them. Called again after any stop it goes
on: a finished stage is skipped, a begun one continues from its checkpoint with the minutes that it has left.
RUN/recipe.json says what is done and how long it took; with --bundle the bundle is exported, early once with the closed
forms, and in the end.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import torch

from ..data.hints import CONTROLS
from .run import start_child, write_json
from .sizes import PLANS, Plan

#: Branches in the order of what they are expected to bring, so that a run that is cut short has the best of them.
ORDER = ("vis", "seg", "depth", "hdmap", "lidar", "edge")


#: Drives that the relight is fitted on: about 16 of them show any one look, and more take minutes.
RELIGHT_SCENES = 64


@dataclass(frozen=True)
class Job:
    """One command of one stage."""

    stage: str
    options: tuple[str, ...] = ()
    log: str = ""

    @property
    def name(self) -> str:
        """Of its log file."""
        return self.log or self.stage


def jobs_of(
    plan: Plan, minutes: float, processes: int, bundle: Path | None, limit_scenes: int | None = None
) -> list[list[Job]]:
    """The stages in order; the jobs of one stage are independent of each other."""
    side = max(1, processes)
    each = plan.branch * minutes * side / len(CONTROLS)
    tokens = ("--tokens", str(plan.tokens))
    stages = [
        [
            Job("relight", ("--limit", str(min(limit_scenes or RELIGHT_SCENES, RELIGHT_SCENES)))),
            Job("tokenizer", ("--closed-form-only", "--samples", str(plan.samples))),
        ],
        [Job("latents", ("--processes", str(side)))],
        [Job("prior")],
    ]
    if bundle:
        stages.append([Job("bundle", (*_bundle(bundle, plan), "--no-weights"), "bundle-closed-forms")])
    base = (*tokens, "--size", plan.size, "--lr", f"{plan.lr}", "--minutes", f"{plan.base * minutes:.3f}")
    branches = [Job("branch", ("--control", c, *tokens, "--minutes", f"{each:.3f}"), f"branch-{c}") for c in ORDER]
    stages += [[Job("base", (*base, "--processes", str(side)))], branches]
    student = ("--tokens", str(max(220, plan.tokens // 2)), "--teacher-steps", str(plan.teacher_steps))
    last = [Job("distill", (*student, "--minutes", f"{plan.distill * minutes:.3f}", "--processes", str(side)))]
    if plan.decoder:
        stages.append([Job("tokenizer", ("--minutes", f"{plan.decoder * minutes:.3f}"), "decoder")])
    stages += [last, [Job("trial", ("--windows", "2" if minutes < 5 else "6"))]]
    if bundle:
        stages.append([Job("bundle", _bundle(bundle, plan))])
        stages.append([Job("card", ("--bundle", str(bundle)))])
    return stages


def _bundle(bundle: Path, plan: Plan) -> tuple[str, ...]:
    return ("--bundle", str(bundle), "--size", plan.size)


class Recipe:
    """Runs the stages of a plan."""

    def __init__(self, args: argparse.Namespace) -> None:
        self.args, self.path = args, args.out / "recipe.json"
        self.logs = args.out / "log"
        self.logs.mkdir(parents=True, exist_ok=True)
        self.done: dict[str, float] = json.loads(self.path.read_text()) if self.path.exists() else {}
        self.begin = time.monotonic()

    def say(self, text: str) -> None:
        """One line, with the minute of this call."""
        print(f"[{(time.monotonic() - self.begin) / 60:5.1f} min] {text}", flush=True)

    def run(self) -> None:
        """All stages."""
        plan = PLANS[self.args.plan]
        for stage in jobs_of(plan, self.args.minutes, self.args.processes, self.args.bundle, self.args.limit):
            waiting = [job for job in stage if job.name not in self.done]
            for job in (job for job in stage if job.name in self.done):
                self.say(f"{job.name}: done before")
            self.side_by_side(waiting)
        self.say("recipe: done")

    def side_by_side(self, waiting: list[Job]) -> None:
        """Runs independent jobs, as many at a time as there are processes; one at a time where a GPU is shared."""
        at_once = self.args.processes if self.args.device == "cpu" else 1
        running: list[tuple[Job, subprocess.Popen, float]] = []
        queue = list(waiting)
        reported = time.monotonic()
        try:
            while queue or running:
                while queue and len(running) < at_once:
                    job = queue.pop(0)
                    self.say(f"{job.name}: begins")
                    running.append((job, self.start(job), time.monotonic()))
                time.sleep(0.2)
                for entry in list(running):
                    job, process, since = entry
                    if process.poll() is None:
                        continue
                    running.remove(entry)
                    self.say(f"{job.name}: {self.last_line(job)}")
                    if process.returncode:
                        raise SystemExit(f"{job.name} failed ({process.returncode}): see {self.logs / job.name}.log")
                    self.done[job.name] = round((time.monotonic() - since) / 60, 2)
                    write_json(self.path, self.done)
                if time.monotonic() - reported > 60:
                    reported = time.monotonic()
                    for job, _, _ in running:
                        self.say(f"{job.name}: {self.last_line(job)}")
        finally:
            left = [process for _, process, _ in running if process.poll() is None]
            for process in left:
                process.terminate()
            for process in left:
                process.wait()

    def start(self, job: Job) -> subprocess.Popen:
        """A job's process; its output is added to its log."""
        where = ("--data", str(self.args.data), "--out", str(self.args.out), "--device", self.args.device)
        limit = ("--limit", str(self.args.limit)) if self.args.limit else ()
        command = [sys.executable, "-m", f"virga_world_model.training.{job.stage}", *where, *limit, *job.options]
        threads = {"OMP_NUM_THREADS": "1"} if self.args.device == "cpu" else {}
        with (self.logs / f"{job.name}.log").open("a") as log:
            return start_child(command, stdout=log, stderr=subprocess.STDOUT, env={**os.environ, **threads})

    def last_line(self, job: Job) -> str:
        """What a job said last."""
        text = (self.logs / f"{job.name}.log").read_text().strip()
        return text.rsplit("\n", 1)[-1][-300:] if text else "nothing said yet"


def main() -> None:
    """Command line entry."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True, help="run folder: checkpoints, logs, recipe.json")
    parser.add_argument("--minutes", type=float, required=True, help="for all gradient training together")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--plan", choices=sorted(PLANS), default="cpu")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--limit", type=int, default=None, help="use at most this many scenes of a split")
    parser.add_argument("--bundle", type=Path, default=None, help="folder of the bundle to write")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    Recipe(args).run()


if __name__ == "__main__":
    main()
