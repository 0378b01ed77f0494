"""Draws seeded random primitives with OpenCV and writes the corners and a CRC-32 of each picture: what the primitives here must reproduce.

  pip install opencv-python-headless==4.11.0.86 && python make-cases.py > cases.json
"""
import json
import sys
import zlib

import cv2
import numpy as np

WIDTH, HEIGHT, COUNT = 96, 64, 600
rng = np.random.default_rng(20261123)


def case(i):
    image = np.zeros((HEIGHT, WIDTH), np.uint8)
    size = [WIDTH, HEIGHT]
    if i % 4 < 2:
        thickness = [8, 5][i % 4]
        a = rng.integers([-60, -60], [WIDTH + 60, HEIGHT + 60], 2) if rng.random() < 0.3 else rng.integers(0, size, 2)
        b = a + rng.integers(-6, 7, 2) if rng.random() < 0.3 else rng.integers(0, size, 2)
        cv2.line(image, a.tolist(), b.tolist(), 255, thickness, cv2.LINE_8)
        return {"kind": "line", "thickness": thickness, "points": [a.tolist(), b.tolist()], "crc": zlib.crc32(image.tobytes())}
    outside = i % 4 == 2 and rng.random() < 0.3
    count = int(rng.integers(3, 10))
    points = rng.integers([-40, -40], [WIDTH + 40, HEIGHT + 40], (count, 2)) if outside else rng.integers(0, size, (count, 2))
    if rng.random() < 0.3:
        points = np.clip(points[:1] + rng.integers(-5, 6, (count, 2)), 0, [WIDTH - 1, HEIGHT - 1])
    hull = cv2.convexHull(points.astype(np.int32)).reshape(-1, 2)
    kind = "convex" if i % 4 == 2 else "polygon"
    cv2.fillConvexPoly(image, hull, 255) if kind == "convex" else cv2.fillPoly(image, [hull], 255)
    return {"kind": kind, "points": hull.tolist(), "crc": zlib.crc32(image.tobytes())}


def lanczos():
    image = rng.integers(0, 256, (90, 8, 3), dtype=np.uint8)
    out = cv2.resize(image, (8, 88), interpolation=cv2.INTER_LANCZOS4)
    return {"image": image.ravel().tolist(), "crc": zlib.crc32(out.tobytes())}


json.dump({"opencv": cv2.__version__, "width": WIDTH, "height": HEIGHT, "cases": [case(i) for i in range(COUNT)], "lanczos": lanczos()}, sys.stdout)
