"""Writes opencv.json: what OpenCV answers for one small picture. Run once with opencv-python-headless 5.0.0 (4.11 answers the same):

    python make_opencv.py > opencv.json
"""

import base64
import json

import cv2
import numpy as np

W, H = 37, 29
rng = np.random.default_rng(7)
y, x = np.mgrid[0:H, 0:W]
smooth = np.stack([4 * x + 2 * y, 180 - 3 * x, 90 + 70 * np.sin(x / 5) * np.cos(y / 4)], -1)
picture = np.clip(smooth + rng.normal(0, 9, smooth.shape) + 110 * ((x + 2 * y) % 19 < 4)[..., None], 0, 255).astype(np.uint8)
b64 = lambda a: base64.b64encode(np.ascontiguousarray(a).tobytes()).decode()
out = {"opencv": cv2.__version__, "width": W, "height": H, "picture": b64(picture), "resize": [], "canny": [], "bilateral": []}
for kind, flag in dict(area=cv2.INTER_AREA, linear=cv2.INTER_LINEAR, nearest=cv2.INTER_NEAREST).items():
    for w, h in [(18, 14), (37, 29), (12, 9), (61, 11), (1, 1)] + ([(74, 58)] if kind == "linear" else []):
        out["resize"].append({"kind": kind, "width": w, "height": h, "data": b64(cv2.resize(picture, (w, h), interpolation=flag))})
even = picture[:28, :36]
for kind, flag in dict(area=cv2.INTER_AREA, linear=cv2.INTER_LINEAR).items():
    for w, h in [(18, 14), (9, 7), (12, 14)]:
        out["resize"].append({"kind": kind, "from": [36, 28], "width": w, "height": h, "data": b64(cv2.resize(even, (w, h), interpolation=flag))})
for low, high in [(20, 50), (100, 200), (300, 400)]:
    out["canny"].append({"low": low, "high": high, "data": b64(cv2.Canny(picture, low, high))})
for d, sc, ss in [(15, 100, 50), (50, 300, 150), (1, 20, 3), (90, 40, 20)]:
    out["bilateral"].append({"diameter": d, "sigmaColour": sc, "sigmaSpace": ss, "data": b64(cv2.bilateralFilter(picture, d, sc, ss))})
print(json.dumps(out))
