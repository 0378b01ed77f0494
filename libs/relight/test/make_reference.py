"""Writes reference/relight.safetensors, manifest.json and expected.json: a small relight with random coefficients, applied by the
Python side's own `apply_relight`. Run once, with numpy and safetensors:

    PYTHONPATH=../../../apps/world-model/src python make_reference.py
"""

import base64
import hashlib
import json
import pathlib

import numpy as np
from safetensors.numpy import save_file
from virga_world_model.relight.apply import apply_relight
from virga_world_model.relight.geometry import MODES, class_names
from virga_world_model.relight.terms import TERMS, VARIABLES

folder = pathlib.Path(__file__).parent / "reference"
folder.mkdir(exist_ok=True)
rng = np.random.default_rng(11)
looks, seg_classes = ["clear-day", "rain-night"], ("sky", "road", "building", "vehicle")
classes = {mode: class_names(mode, seg_classes) for mode in MODES}
tensors = {mode: rng.normal(0, 0.25, (2, len(classes[mode]), len(TERMS[mode]), 3)).astype(np.float32) for mode in MODES}
for tensor in tensors.values():
    tensor[:, :, 0] += 0.3  # keep most of the values within 0..1, where an error shows
save_file(tensors, folder / "relight.safetensors")
data = (folder / "relight.safetensors").read_bytes()
modes = {m: {"variables": VARIABLES[m], "terms": TERMS[m], "classes": classes[m]} for m in MODES}
entry = {"file": "relight.safetensors", "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data), "modes": modes, "looks": looks}
(folder / "manifest.json").write_text(json.dumps({"relight": entry}, indent=1) + "\n")

W, H = 13, 11
rgb = rng.integers(0, 256, (H, W, 3), dtype=np.uint8)
depth = np.where(rng.random((H, W)) < 0.2, 0, rng.uniform(2, 90, (H, W))).astype(np.float32)
seg = rng.integers(0, 4, (H, W)).astype(np.uint8)
up = rng.uniform(0, 1, (H, W)).astype(np.float32)
across = rng.uniform(-1, 1, (H, W)).astype(np.float32)
parts = rng.integers(0, len(classes["labels"]), (H, W)).astype(np.uint8)
b64 = lambda a: base64.b64encode(np.ascontiguousarray(a).tobytes()).decode()
arrays = {"rgb": rgb, "depth": depth, "seg": seg, "up": up, "across": across, "parts": parts}
out = {"width": W, "height": H, **{name: b64(array) for name, array in arrays.items()}, "expected": []}
for mode in MODES:
    ids = {"rgb": np.zeros_like(seg), "rgb-depth-seg": seg}.get(mode, parts)
    made = apply_relight(tensors[mode], mode, ids, rgb, depth, up, across)
    for look, values in zip(looks, made, strict=True):
        inside = float(((values > 0) & (values < 1)).mean())
        out["expected"].append({"look": look, "mode": mode, "inside": round(inside, 2), "values": b64(values.astype(np.float32))})
(folder / "expected.json").write_text(json.dumps(out) + "\n")
print({e["look"] + e["mode"]: e["inside"] for e in out["expected"]})
