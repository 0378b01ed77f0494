"""One graph of a bundle: exported in the asked precision and held against PyTorch in fp32."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import torch
from onnx import ModelProto

from ..errors import BadInputError, WorldModelError
from ..export.check import session
from ..export.graphs import Graph
from ..export.onnx_model import store_as_bf16, to_onnx, write_model
from ..export.reweight import reweighted
from .parts import Part

#: Largest difference of a graph in ONNX Runtime from its module in fp32 PyTorch, relative to max(1, largest output).
#: The official code itself lies 7e-2 from its own fp64 when it runs as released, in bf16.
TOLERANCES = {"fp32": 1e-4, "fp16": 2e-2, "bf16": 7e-2}
#: Up to this many bytes a graph's structure is kept for the next control, which then is not exported anew.
_KEEP_UP_TO = 200_000_000

_Kept = dict[str, tuple[ModelProto, torch.nn.Module]]


def make_graph(part: Part, precision: str, out: Path, kept: _Kept, inline_up_to: int) -> dict[str, Any]:
    """Writes <name>.onnx (weights beyond the limit beside it as <name>.onnx.data); returns files, check and precision.

    fp32: as it is. fp16: weights and activations, with norms and angles in fp32. bf16: weights, computed with in fp32,
    as ONNX Runtime has no CPU kernels for more. The tokenizer stays in fp32, T5 (beyond fp16's range) takes bf16.
    """
    effective = _effective(part.name, precision)
    seed = int(hashlib.sha256(part.name.encode()).hexdigest()[:8], 16)
    torch.manual_seed(seed)
    graph = part.load()
    with torch.no_grad():
        expected = graph.module(*(example for _, example, _ in graph.inputs))
    expected = expected if isinstance(expected, tuple) else (expected,)
    if effective == "fp16":
        _to_fp16(graph, part)
    model = _export(part.name, graph, kept)
    if effective == "bf16":
        model = store_as_bf16(model)
    inputs = {name: example.numpy() for name, example, _ in graph.inputs}
    outputs = graph.outputs
    del graph
    written = write_model(out / f"{part.name}.onnx", model, inline_up_to)
    del model
    difference = _difference(written[-1], outputs, inputs, expected)
    tolerance = TOLERANCES[effective]
    if not difference <= tolerance:
        for path in written:
            path.unlink()
        raise WorldModelError(
            f"{part.name}: in {effective} ONNX Runtime differs from PyTorch in fp32 by {difference:.2e}, allowed "
            f"{tolerance:.0e} of the largest output" + (": take --precision bf16" if effective == "fp16" else "")
        )
    check = {"against": "PyTorch fp32, seeded inputs", "seed": seed, "difference": difference, "tolerance": tolerance}
    return {"written": written, "precision": effective, "check": check}


def _effective(name: str, precision: str) -> str:
    if name.startswith("tokenizer_"):
        return "fp32"
    return "bf16" if name == "text_encoder" and precision == "fp16" else precision


def _to_fp16(graph: Graph, part: Part) -> None:
    limit = torch.finfo(torch.float16).max
    for name, parameter in graph.module.named_parameters():
        if not bool((parameter.abs() <= limit).all()):
            raise BadInputError(part.sources[0], name, "values within fp16: take --precision bf16")
    graph.module.half()


def _export(name: str, graph: Graph, kept: _Kept) -> ModelProto:
    kind = name.split("_")[0]
    if kind not in ("hint", "control"):
        return to_onnx(graph)
    model = reweighted(*kept[kind], graph.module) if kind in kept else None
    if model is None:
        model = to_onnx(graph)
        if sum(p.numel() * 4 for p in graph.module.parameters()) <= _KEEP_UP_TO:
            copy = ModelProto()
            copy.CopyFrom(model)
            kept[kind] = (copy, graph.module)
    return model


def _difference(
    path: Path, outputs: list[str], inputs: dict[str, np.ndarray], expected: tuple[torch.Tensor, ...]
) -> float:
    try:
        got = session(str(path)).run(outputs, inputs)
    except Exception as error:
        raise WorldModelError(f"{path}: ONNX Runtime cannot run the graph ({error})") from error
    return max(
        float(np.abs(a - b.numpy()).max() / max(1.0, float(b.abs().max()))) for a, b in zip(got, expected, strict=True)
    )
