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
from virga_world_model.relight.terms import TERMS, VARIABLES

folder = pathlib.Path(__file__).parent / "reference"
folder.mkdir(exist_ok=True)
rng = np.random.default_rng(11)
looks, classes = ["clear-day", "rain-night"], ["sky", "road", "building", "vehicle"]
tensors = {
    "rgb": rng.normal(0, 0.25, (2, 1, len(TERMS["rgb"]), 3)).astype(np.float32),
    "rgb-depth-seg": rng.normal(0, 0.25, (2, 4, len(TERMS["rgb-depth-seg"]), 3)).astype(np.float32),
}
for tensor in tensors.values():
    tensor[:, :, 0] += 0.3  # keep most of the values within 0..1, where an error shows
save_file(tensors, folder / "relight.safetensors")
data = (folder / "relight.safetensors").read_bytes()
modes = {m: {"variables": VARIABLES[m], "terms": TERMS[m], "classes": ["all"] if m == "rgb" else classes} for m in TERMS}
entry = {"file": "relight.safetensors", "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data), "modes": modes, "looks": looks}
(folder / "manifest.json").write_text(json.dumps({"relight": entry}, indent=1) + "\n")

W, H = 13, 11
rgb = rng.integers(0, 256, (H, W, 3), dtype=np.uint8)
depth = np.where(rng.random((H, W)) < 0.2, 0, rng.uniform(2, 90, (H, W))).astype(np.float32)
seg = rng.integers(0, 4, (H, W)).astype(np.uint8)
b64 = lambda a: base64.b64encode(np.ascontiguousarray(a).tobytes()).decode()
out = {"width": W, "height": H, "rgb": b64(rgb), "depth": b64(depth), "seg": b64(seg), "expected": []}
for i, look in enumerate(looks):
    for mode in TERMS:
        values = apply_relight(tensors[mode][i], mode, rgb, depth, seg)
        inside = float(((values > 0) & (values < 1)).mean())
        out["expected"].append({"look": look, "mode": mode, "inside": round(inside, 2), "values": b64(values.astype(np.float32))})
(folder / "expected.json").write_text(json.dumps(out) + "\n")
print({e["look"] + e["mode"]: e["inside"] for e in out["expected"]})
