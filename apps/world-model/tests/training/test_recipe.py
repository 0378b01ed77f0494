"""The recipe end to end at toy size, on drives drawn in NumPy; stages run in this process, to save their start-up."""

from __future__ import annotations

import argparse
import importlib
import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from toy_set import make_set

from virga_world_model.data.hints import CONTROLS
from virga_world_model.training import recipe, trial
from virga_world_model.training.card import facts_of
from virga_world_model.training.recipe import Job, Recipe, jobs_of
from virga_world_model.training.run import start_child
from virga_world_model.training.sizes import PLANS


class _Ended:
    returncode = 0

    def poll(self) -> int:
        return 0


class InProcess(Recipe):
    """Runs a job's main() where the recipe would start a process; `stop_before` plays the machine that went down."""

    stop_before: str | None = None

    def start(self, job: Job) -> _Ended:
        if job.name == self.stop_before:
            raise KeyboardInterrupt
        command = [
            job.stage,
            "--data",
            str(self.args.data),
            "--out",
            str(self.args.out),
            "--device",
            "cpu",
            *job.options,
        ]
        sys.argv = command
        importlib.import_module(f"virga_world_model.training.{job.stage}").main()
        (self.logs / f"{job.name}.log").write_text("done\n")
        return _Ended()


def arguments(tmp_path: Path, minutes: float = 0.05) -> argparse.Namespace:
    out = tmp_path / "run"
    out.mkdir(exist_ok=True)
    return argparse.Namespace(
        data=tmp_path / "data", out=out, minutes=minutes, processes=1, plan="toy", device="cpu", limit=None, bundle=None
    )


def test_the_whole_recipe_and_going_on_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_set(tmp_path / "data")
    monkeypatch.setattr(sys, "argv", [])
    monkeypatch.setattr(trial, "SAMPLERS", {k: v for k, v in trial.SAMPLERS.items() if v[2] in (1, 4)})
    stopped = InProcess(arguments(tmp_path))
    stopped.stop_before = "branch-hdmap"
    with pytest.raises(KeyboardInterrupt):
        stopped.run()
    run = tmp_path / "run"
    assert (run / "base.pt").exists()
    base = (run / "base.pt").read_bytes()
    done = json.loads((run / "recipe.json").read_text())
    assert "branch-vis" in done
    assert "branch-hdmap" not in done

    again = InProcess(arguments(tmp_path))
    again.run()
    assert (run / "base.pt").read_bytes() == base, "a finished stage is not run again"
    result = json.loads((run / "trial.json").read_text())
    assert result["default"]["steps"] in (1, 2, 4)
    assert set(result["controls"]["weights"]) == set(CONTROLS)
    for control in CONTROLS:
        saved = torch.load(run / f"branch-{control}.pt", weights_only=True)
        assert saved["model"]["zero_blocks.block0.weight"].any()

    bundle = tmp_path / "bundle"
    (bundle / "evaluation").mkdir(parents=True)
    (bundle / "evaluation" / "truth.md").write_text("### Against the truth\n")
    manifest = {
        "version": "1", "network": {"dim": 48, "controlBlocks": 1},
        "training": {"steps": {"base": 3}, "network": "teacher"},
        "defaults": {"steps": 1, "solver": "euler", "guidance": 0},
    }  # fmt: skip
    (bundle / "manifest.json").write_text(json.dumps(manifest))
    facts = facts_of(tmp_path / "data", run, bundle)
    assert "2 train drives (34 frames" in facts["data"]
    assert "branch-vis" in facts["compute"]
    assert "student, 4" in facts["trial"]
    assert facts["evaluation"] == "### Against the truth"
    card = (Path(recipe.__file__).parent / "card.md").read_text()
    for name in facts:
        assert f"{{{{{name}}}}}" in card


def test_jobs_share_out_the_minutes(tmp_path: Path) -> None:
    stages = jobs_of(PLANS["cpu"], 40, 2, tmp_path)
    branches = next(stage for stage in stages if stage[0].stage == "branch")
    assert {job.options[1] for job in branches} == set(CONTROLS)
    minutes = [float(job.options[job.options.index("--minutes") + 1]) for job in branches]
    assert sum(minutes) / 2 == pytest.approx(PLANS["cpu"].branch * 40, rel=1e-3)
    assert [stage[0].stage for stage in stages][-1] == "card"


def test_a_child_ends_with_its_parent(tmp_path: Path) -> None:
    script = (
        "import subprocess, sys, time\n"
        "from virga_world_model.training.run import start_child\n"
        "child = start_child([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        parent.kill()
    for _ in range(50):
        state = Path(f"/proc/{pid}/stat")
        if not state.exists() or state.read_text().split()[2] == "Z":
            break
        subprocess.run(["sleep", "0.1"], check=True)
    else:
        pytest.fail("the child goes on")
    assert start_child([sys.executable, "-c", ""]).wait() == 0
