"""One base block and one control block as wide as the 7B, with random weights, to measure the runtime's scale on."""

from __future__ import annotations

import gc
import json
import resource
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import torch
from torch import nn

from ..atomic import write_bytes_atomically
from ..export import graphs
from ..export.onnx_model import to_onnx, write_model
from ..network import BaseNetwork, ControlBranch, network_configs
from .sizes import empty

_CONFIG = replace(network_configs["cosmos-transfer1-7b"], blocks=1, control_blocks=1)


class _Multiply(nn.Module):
    """The product that measures a machine's peak: as wide as the MLP of a block."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(_CONFIG.dim, 4 * _CONFIG.dim, bias=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.linear(x)


def export_full_width(out: Path, report: Callable[[str], None] = print) -> None:
    """Writes base, control_block, hint_block and peak (fp32, external data) and facts.json; each once only."""
    facts = {"dim": _CONFIG.dim, "textTokens": _CONFIG.text_tokens, "textDim": _CONFIG.text_dim}
    makers: dict[str, Callable[[], graphs.Graph]] = {
        "base": lambda: graphs.base_graph(_random(empty(BaseNetwork, _CONFIG))),
        "control_block": lambda: graphs.control_graph(_random(empty(ControlBranch, _CONFIG))),
        "hint_block": lambda: graphs.hint_graph(_random(empty(ControlBranch, _CONFIG))),
        "peak": _peak,
    }
    if (out / "facts.json").is_file():
        return
    for name, make in makers.items():
        if (out / f"{name}.onnx").is_file():
            continue
        started = time.monotonic()
        torch.manual_seed(7)
        graph = make()
        facts[f"{name}Parameters"] = sum(p.numel() for p in graph.module.parameters())
        write_model(out / f"{name}.onnx", to_onnx(graph), inline_up_to=1_000_000)
        del graph
        gc.collect()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        report(f"{name}: {time.monotonic() - started:.0f} s, peak memory so far {peak:.0f} MiB")
    facts["exportPeakMiB"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    write_bytes_atomically(out / "facts.json", (json.dumps(facts, indent=1) + "\n").encode())


def _peak() -> graphs.Graph:
    return graphs.Graph(_Multiply(), [("x", torch.randn(1, 12, _CONFIG.dim), {1: "tokens"})], ["y"])


def _random(module: BaseNetwork | ControlBranch) -> BaseNetwork | ControlBranch:
    """Weights of a variance that keeps activations of order one; assigned, so that positions keep their tables."""
    values = {}
    for key, shape in ((k, v.shape) for k, v in module.state_dict().items()):
        # Normal numbers cost a minute for a block of this width; uniform ones of the same variance do as well.
        bound = (3 / shape[-1]) ** 0.5
        values[key] = torch.ones(shape) if len(shape) == 1 else torch.empty(shape).uniform_(-bound, bound)
    module.load_state_dict(values, assign=True)
    return module.eval()
