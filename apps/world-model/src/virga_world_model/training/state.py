"""What base, branches and student of a run share: sizes, scale, vocabulary, and how a trained network is put
together."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from ..checkpoint import load_checkpoint, load_strictly
from ..data.hints import CONTROLS
from ..data.latents import load_split
from ..errors import BadInputError
from ..text import Vocabulary
from .model import Trained
from .prior import load_priors
from .run import write_json
from .samples import Samples
from .sizes import SIZES
from .text import build_vocabulary


@dataclass(frozen=True)
class RunState:
    """`<out>/network.json`: size name, scale per channel, loss share per "kind look", vocabulary."""

    size: str
    scale: list[float]
    shares: dict[str, float]
    vocabulary: dict[str, int]

    def samples(self, data: Path, out: Path, split: str, limit: int | None = None) -> Samples:
        """The samples of a split."""
        scenes = load_split(data, out, split, limit)
        return Samples(scenes, load_priors(out / "prior.pt"), torch.tensor(self.scale), self.shares)

    def fresh(self, seed: int, controls: tuple[str, ...] = ()) -> Trained:
        """A freshly initialised model."""
        torch.manual_seed(seed)
        return Trained(SIZES[self.size], len(self.vocabulary), controls)

    def words(self) -> Vocabulary:
        """The vocabulary."""
        return Vocabulary(self.vocabulary)


def open_state(out: Path) -> RunState:
    """The state of a run whose base stage has begun. Raises BadInputError when there is none."""
    path = out / "network.json"
    if not path.exists():
        raise BadInputError(path, "file", "to exist (stage `base` writes it)")
    return RunState(**json.loads(path.read_text()))


def make_state(data: Path, out: Path, size: str, limit: int | None = None) -> RunState:
    """Opens a run's state, or measures it on the training set and writes it."""
    if (out / "network.json").exists():
        return open_state(out)
    scenes = load_split(data, out, "train", limit)
    samples = Samples(scenes, load_priors(out / "prior.pt"))
    vocabulary = build_vocabulary(sorted({p for s in scenes for ps in s.prompts.values() for p in ps}))
    state = RunState(size, samples.scale.tolist(), samples.shares, vocabulary.words)
    write_json(out / "network.json", vars(state))
    return state


def adopt(start: Path, out: Path) -> None:
    """Gives a run without a state that of a bundle's checkpoint/network.safetensors, so that it goes on with the same
    sizes, scale and words."""
    if not (out / "network.json").exists():
        known = load_checkpoint(start)[1]
        write_json(out / "network.json", {k: known[k] for k in ("size", "scale", "shares", "vocabulary")})


def load_part(module: nn.Module, start: Path, prefix: str) -> None:
    """Loads the tensors of a bundle's checkpoint whose names begin with `prefix` into the module of that name."""
    tensors = load_checkpoint(start)[0]
    load_strictly(module, {k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)}, start)


def load_averaged(module: nn.Module, path: Path) -> int:
    """Puts the averaged (EMA) weights of a loop's checkpoint into the module that it trained; returns its step."""
    if not path.exists():
        raise BadInputError(path, "checkpoint", "to exist (an earlier stage writes it)")
    saved = torch.load(path, map_location="cpu", weights_only=True)
    load_strictly(module, saved["model"], path)
    with torch.no_grad():
        for parameter, averaged in zip(module.parameters(), saved["ema"], strict=True):
            parameter.copy_(averaged)
    return int(saved["step"])


def load_network(
    out: Path, controls: tuple[str, ...] = CONTROLS, student: bool = False
) -> tuple[Trained, dict[str, int]]:
    """Base and branches with averaged weights, in eval mode, and the steps each was trained for.

    A branch that was not trained yet stays silent. student: the few-step network instead of its teacher.
    """
    model = open_state(out).fresh(0, controls)
    if student:
        return _load_student(model, out)
    bare = open_state(out).fresh(0)
    steps = {"base": load_averaged(bare, out / "base.pt")}
    model.network.base.load_state_dict(bare.network.base.state_dict())
    model.text.load_state_dict(bare.text.state_dict())
    for name in controls:
        path = out / f"branch-{name}.pt"
        if path.exists():
            steps[name] = load_averaged(model.network.controls[name], path)
    return model.eval(), steps


def _load_student(model: Trained, out: Path) -> tuple[Trained, dict[str, int]]:
    student = load_averaged(model, out / "student.pt")
    steps = {"base": steps_of(out / "base.pt")}
    steps |= {name: steps_of(path) for name in CONTROLS if (path := out / f"branch-{name}.pt").exists()}
    return model.eval(), {**steps, "student": student}


def steps_of(path: Path) -> int:
    """Steps of a checkpoint."""
    return int(torch.load(path, map_location="cpu", weights_only=True)["step"])


def freeze(module: nn.Module) -> list[Tensor]:
    """No gradients for a module; returns copies of its weights, for checks that they stay."""
    for parameter in module.parameters():
        parameter.requires_grad_(False)
    return [p.detach().clone() for p in module.parameters()]
