"""Reuses an exported graph for a module of the same structure: only the weights change. Exporting takes far longer."""

from __future__ import annotations

import numpy as np
from onnx import ModelProto, numpy_helper
from torch import nn

_Key = tuple[tuple[int, ...], bytes]


def reweighted(model: ModelProto, source: nn.Module, target: nn.Module) -> ModelProto | None:
    """A copy of source's model with target's weights, or None where that cannot be done for certain.

    The exporter renames and transposes weights, so each is recognised by its value: every parameter of source must be
    found, as it is or transposed, and no two may be equal. Hold the result against target's outputs all the same.
    """
    old = {name: p.detach().cpu().numpy() for name, p in source.named_parameters()}
    new = {name: p.detach().cpu().numpy() for name, p in target.named_parameters()}
    if {k: v.shape for k, v in old.items()} != {k: v.shape for k, v in new.items()}:
        return None
    known: dict[_Key, tuple[str, bool]] = {}
    for name, value in old.items():
        for transposed in (False, True):
            array = value.T if transposed else value
            if known.setdefault(_key(array), (name, transposed))[0] != name:
                return None
    copy = ModelProto()
    copy.CopyFrom(model)
    found = set()
    for tensor in copy.graph.initializer:
        match = known.get(_key(numpy_helper.to_array(tensor)))
        if match is not None:
            name, transposed = match
            value = new[name].T if transposed else new[name]
            tensor.CopyFrom(numpy_helper.from_array(np.ascontiguousarray(value), tensor.name))
            found.add(name)
    return copy if found == set(old) else None


def _key(array: np.ndarray) -> _Key:
    return array.shape, np.ascontiguousarray(array).tobytes()
