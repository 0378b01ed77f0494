"""Reuses an exported graph for a module of the same structure: only the weights change. Exporting takes far longer."""

from __future__ import annotations

from onnx import ModelProto, numpy_helper
from torch import nn


def reweighted(model: ModelProto, source: nn.Module, target: nn.Module) -> ModelProto | None:
    """A copy of source's model with target's weights, or None where an initializer cannot be told to be one weight.

    The exporter names initializers after parameters; every parameter that differs must be found under its own name.
    """
    old, new = dict(source.state_dict()), dict(target.state_dict())
    if {k: v.shape for k, v in old.items()} != {k: v.shape for k, v in new.items()}:
        return None
    copy = ModelProto()
    copy.CopyFrom(model)
    initializers = {tensor.name: tensor for tensor in copy.graph.initializer}
    for name, value in new.items():
        tensor = initializers.get(name)
        if tensor is None or tuple(tensor.dims) != tuple(value.shape):
            return None
        tensor.CopyFrom(numpy_helper.from_array(value.detach().cpu().numpy(), name))
    return copy
