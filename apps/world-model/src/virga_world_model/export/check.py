"""Runs an exported graph in ONNX Runtime and compares it with PyTorch."""

from __future__ import annotations

import numpy as np
import onnxruntime
import torch

from ..errors import WorldModelError
from .graphs import Graph


def session(model: bytes | str) -> onnxruntime.InferenceSession:
    """A single-threaded CPU session of a model or of the file it is in."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def largest_difference(graph: Graph, model: bytes | str) -> float:
    """Largest absolute difference of any output at the example inputs, relative to max(1, largest value)."""
    inputs = {name: example.numpy() for name, example, _ in graph.inputs}
    with torch.no_grad():
        expected = graph.module(*(example for _, example, _ in graph.inputs))
    expected = expected if isinstance(expected, tuple) else (expected,)
    got = session(model).run(graph.outputs, inputs)
    return max(
        float(np.abs(a - b.numpy()).max() / max(1.0, float(b.abs().max()))) for a, b in zip(got, expected, strict=True)
    )


def check(name: str, graph: Graph, model: bytes | str, tolerance: float) -> float:
    """Raises when a graph lies further from PyTorch than the tolerance; returns how far it lies."""
    difference = largest_difference(graph, model)
    if not difference <= tolerance:
        raise WorldModelError(f"{name}: ONNX Runtime differs from PyTorch by {difference:.2e}, allowed {tolerance:.2e}")
    return difference
