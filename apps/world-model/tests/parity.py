"""Parity fixtures: discovery by what a case holds, and comparison within its own tolerances."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor

WORKSPACE = Path(__file__).resolve().parents[3]
FIXTURES = Path(os.environ.get("VIRGA_FIXTURES") or WORKSPACE.parent / "shared" / "fixtures")


@dataclass(frozen=True)
class Case:
    folder: Path

    @property
    def name(self) -> str:
        return self.folder.name

    @cached_property
    def description(self) -> dict[str, Any]:
        return json.loads((self.folder / "case.json").read_text())

    @property
    def scalars(self) -> dict[str, Any]:
        return self.description["scalars"]

    @cached_property
    def inputs(self) -> dict[str, Tensor]:
        return load_file(self.folder / "inputs.safetensors")

    @cached_property
    def expected(self) -> dict[str, Tensor]:
        return load_file(self.folder / "expected.safetensors")

    def sibling(self, reference: str) -> Case:
        """The case that a path such as `../net_v2w/weights_*.safetensors` points into."""
        return Case(self.folder.parent / reference.split("/")[1])

    def compare(self, name: str, got: Tensor) -> None:
        """Asserts |got - expected| <= atol of that tensor, per step where the case gives tolerances per step."""
        facts, expected = self.description["tensors"][f"expected/{name}"], self.expected[name]
        assert tuple(got.shape) == tuple(expected.shape), f"{name}: shape {tuple(got.shape)}"
        difference = (got.double() - expected.double()).abs()
        steps = facts.get("atol_per_step")
        for i, atol in enumerate(steps or [facts["atol"]]):
            worst = float(difference[i].max() if steps else difference.max())
            where = f"{self.name}: {name}" + (f"[{i}]" if steps else "")
            assert worst <= atol, f"{where} is {worst:.3g} off, allowed {atol:.3g}"


def cases(holds: Callable[[Case], bool]) -> list[Any]:
    """Every case that fits, as pytest parameters; one skipped parameter where there is none."""
    found = [Case(p.parent) for p in sorted(FIXTURES.glob("*/case.json"))]
    fitting = [pytest.param(case, id=case.name) for case in found if holds(case)]
    if not fitting and os.environ.get("VIRGA_REQUIRE_ALL"):
        raise FileNotFoundError(f"no such case in {FIXTURES}, and VIRGA_REQUIRE_ALL is set")
    reason = f"no such case in {FIXTURES}; set VIRGA_FIXTURES"
    return fitting or [pytest.param(None, marks=pytest.mark.skip(reason=reason), id="absent")]


def named(prefix: str) -> list[Any]:
    """Cases whose name starts so."""
    return cases(lambda case: case.name.startswith(prefix))


def close(got: Tensor | float, expected: Tensor | float, *, rtol: float = 1e-12, atol: float = 1e-15) -> None:
    """Float64 numbers that are equal but for rounding."""
    torch.testing.assert_close(
        torch.as_tensor(got, dtype=torch.float64),
        torch.as_tensor(expected, dtype=torch.float64),
        rtol=rtol,
        atol=atol,
    )
