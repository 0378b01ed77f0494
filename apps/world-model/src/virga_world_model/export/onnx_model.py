"""From a graph's module to a clean ONNX model: no machine paths, deterministic bytes, weights as fp16 where asked."""

from __future__ import annotations

import logging
import os
import warnings
from pathlib import Path

import ml_dtypes
import numpy as np
import onnx
import torch
from onnx import ModelProto, TensorProto, helper, numpy_helper

from ..atomic import write_bytes_atomically
from .graphs import Graph

#: RMSNormalization, Attention and Gelu exist, and torch does not decompose them (it does for 24).
OPSET = 23
#: Smaller tensors (norms, position tables' rows of a tiny model, constants) gain nothing from fp16.
FP16_FROM = 1024
#: Bytes; smaller tensors stay inside the graph, where shape inference reads axes and shapes from them.
EXTERNAL_FROM = 1024


def to_onnx(graph: Graph) -> ModelProto:
    """Exports with dynamic axes through torch.export; weights inside the model."""
    names = [name for name, _, _ in graph.inputs]
    examples = tuple(example for _, example, _ in graph.inputs)
    dims = {axis: torch.export.Dim(axis) for _, _, axes in graph.inputs for axis in axes.values()}
    for axis, (multiple, offset) in graph.stepped.items():
        if axis in dims:
            dims[axis] = multiple * torch.export.Dim(f"{axis}_steps", min=1) + offset
    shapes = tuple({i: dims[axis] for i, axis in axes.items()} for _, _, axes in graph.inputs)
    residuals = [name for name in names if name.startswith("R") and name[1:].isdigit()]
    if residuals:
        # One tuple for the variadic argument.
        fixed = len(names) - len(residuals)
        shapes = (*shapes[:fixed], tuple(shapes[fixed:]))
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    module = graph.module.eval().requires_grad_(False)
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        program = torch.onnx.export(
            module,
            examples,
            dynamo=True,
            opset_version=OPSET,
            input_names=names,
            output_names=graph.outputs,
            dynamic_shapes=shapes,
            external_data=False,
            verbose=False,
        )
    return clean(program.model_proto)


def clean(model: ModelProto) -> ModelProto:
    """Removes stack traces, documentation and versions, which would leak paths and change bytes between machines."""
    model.ClearField("doc_string")
    model.producer_name, model.producer_version = "virga", ""
    del model.metadata_props[:]
    graph = model.graph
    graph.name = "virga"
    graph.ClearField("doc_string")
    del graph.metadata_props[:]
    del graph.value_info[:]
    for item in (*graph.node, *graph.initializer, *graph.input, *graph.output):
        item.ClearField("doc_string")
        del item.metadata_props[:]
    for index, node in enumerate(graph.node):
        node.name = f"{node.op_type}_{index}"
    for function in model.functions:
        function.ClearField("doc_string")
        del function.metadata_props[:]
    return model


def store_as_fp16(model: ModelProto) -> ModelProto:
    """Stores large fp32 weights as fp16 with a Cast behind each; computation stays in fp32."""
    casts = []
    for tensor in model.graph.initializer:
        if tensor.data_type != TensorProto.FLOAT or int(np.prod(tensor.dims)) < FP16_FROM:
            continue
        values = numpy_helper.to_array(tensor)
        with np.errstate(over="ignore"):
            half = values.astype(np.float16)
        if not np.isfinite(half).all():
            raise OverflowError(f"{tensor.name}: beyond the range of fp16")
        name = tensor.name
        tensor.CopyFrom(numpy_helper.from_array(half, f"{name}.fp16"))
        casts.append(helper.make_node("Cast", [f"{name}.fp16"], [name], name=f"Cast_{name}", to=TensorProto.FLOAT))
    for node in reversed(casts):
        model.graph.node.insert(0, node)
    return model


def store_as_int8(model: ModelProto) -> ModelProto:
    """Stores large fp32 matrices as int8 with a scale per output column and a DequantizeLinear behind each, the rest as
    fp16; computation stays in fp32.

    Symmetric, per channel of the last axis of a matrix (which MatMul multiplies into), where that rounds least.
    """
    nodes = []
    matrices = {name for node in model.graph.node if node.op_type in ("MatMul", "Gemm") for name in node.input}
    for tensor in list(model.graph.initializer):
        if tensor.data_type != TensorProto.FLOAT or len(tensor.dims) != 2 or tensor.name not in matrices:
            continue
        if int(np.prod(tensor.dims)) < FP16_FROM:
            continue
        name, values = tensor.name, numpy_helper.to_array(tensor)
        scale = np.maximum(np.abs(values).max(0), 1e-12).astype(np.float32) / 127
        rounded = np.clip(np.rint(values / scale), -127, 127).astype(np.int8)
        tensor.CopyFrom(numpy_helper.from_array(rounded, f"{name}.int8"))
        model.graph.initializer.append(numpy_helper.from_array(scale, f"{name}.scale"))
        inputs = [f"{name}.int8", f"{name}.scale"]
        nodes.append(helper.make_node("DequantizeLinear", inputs, [name], name=f"Dequantize_{name}", axis=1))
    for node in reversed(nodes):
        model.graph.node.insert(0, node)
    return store_as_fp16(model)


def store_as_bf16(model: ModelProto) -> ModelProto:
    """Stores large fp32 weights as bf16 with a Cast behind each; computation stays in fp32."""
    casts = []
    for tensor in model.graph.initializer:
        if tensor.data_type != TensorProto.FLOAT or int(np.prod(tensor.dims)) < FP16_FROM:
            continue
        name = tensor.name
        narrow = numpy_helper.to_array(tensor).astype(ml_dtypes.bfloat16)
        tensor.CopyFrom(numpy_helper.from_array(narrow, f"{name}.bf16"))
        casts.append(helper.make_node("Cast", [f"{name}.bf16"], [name], name=f"Cast_{name}", to=TensorProto.FLOAT))
    for node in reversed(casts):
        model.graph.node.insert(0, node)
    return model


def to_bytes(model: ModelProto) -> bytes:
    """The model's bytes, checked by the ONNX checker; the same for the same weights and package versions."""
    onnx.checker.check_model(model)
    return model.SerializeToString(deterministic=True)


def write_model(path: Path, model: ModelProto, inline_up_to: int = 1_500_000_000) -> list[Path]:
    """Writes a model under its final name only when complete; weights beyond the limit go to `<name>.onnx.data`.

    One protobuf message cannot pass 2 GB. Returns the files written, the graph last.
    """
    size = sum(len(tensor.raw_data) for tensor in model.graph.initializer)
    if size <= inline_up_to:
        write_bytes_atomically(path, to_bytes(model))
        return [path]
    data = path.with_name(f"{path.name}.data")
    part = data.with_name(f".{data.name}.part")
    path.parent.mkdir(parents=True, exist_ok=True)
    with part.open("wb") as file:
        for tensor in model.graph.initializer:
            raw = tensor.raw_data
            if len(raw) < EXTERNAL_FROM:
                continue
            entries = {"location": data.name, "offset": str(file.tell()), "length": str(len(raw))}
            file.write(raw)
            tensor.ClearField("raw_data")
            tensor.data_location = TensorProto.EXTERNAL
            tensor.external_data.extend(onnx.StringStringEntryProto(key=k, value=v) for k, v in entries.items())
        file.flush()
        os.fsync(file.fileno())
    part.replace(data)
    write_bytes_atomically(path, model.SerializeToString(deterministic=True))
    onnx.checker.check_model(str(path))
    return [data, path]
