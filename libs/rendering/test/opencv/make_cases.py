"""Writes cases.json: what OpenCV draws and resizes, for the tests of the code that does the same.

    python make_cases.py    (numpy, opencv-python-headless 4.11 or 5.0)

Masks are given as the first 12 hex digits of the SHA-1 of their bytes (width x height, 0 or 1), images as base64.
"""

import base64
import hashlib
import json
import random
from pathlib import Path

import cv2
import numpy as np

WIDTH, HEIGHT = 96, 64


def digest(mask: np.ndarray) -> str:
    return hashlib.sha1(mask.tobytes()).hexdigest()[:12]


def line_case() -> list:
    def inside() -> tuple[int, int]:
        return random.randint(0, WIDTH - 1), random.randint(0, HEIGHT - 1)

    start = inside()
    kind = random.random()
    if kind < 0.5:
        end = (min(max(start[0] + random.randint(-8, 8), 0), WIDTH - 1), min(max(start[1] + random.randint(-8, 8), 0), HEIGHT - 1))
    else:
        end = inside()
    thickness = random.choice([2, 3, 4, 5, 8, 8, 8, 12])
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    cv2.line(mask, start, end, 1, thickness)
    return [*start, *end, thickness, digest(mask)]


def clip_case() -> list:
    reach = random.choice([100, 3000])
    ends = [random.randint(-reach, reach) for _ in range(4)]
    inside, a, b = cv2.clipLine((0, 0, WIDTH, HEIGHT), tuple(ends[:2]), tuple(ends[2:]))
    return [*ends, int(inside), *a, *b]


def polygon_case() -> list:
    while True:
        centre, size = (random.randint(0, WIDTH - 1), random.randint(0, HEIGHT - 1)), random.choice([3, 8, 60])
        points = [
            [min(max(c + random.randint(-size, size), 0), limit) for c, limit in zip(centre, (WIDTH - 1, HEIGHT - 1))]
            for _ in range(random.randint(3, 12))
        ]
        hull = cv2.convexHull(np.array(points, np.int32)).reshape(-1, 2)
        if len(hull) >= 3:
            break
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    cv2.fillPoly(mask, [hull], 1)
    return [hull.flatten().tolist(), digest(mask)]


def resize_case(width: int, height: int, to_width: int, to_height: int, rng: np.random.Generator) -> dict:
    image = rng.integers(0, 256, (height, width, 3), dtype=np.uint8)
    image[:, width // 3 :][rng.random((height, width - width // 3)) < 0.8] = 0
    resized = cv2.resize(image, (to_width, to_height), interpolation=cv2.INTER_LANCZOS4)
    encoded = [base64.b64encode(a.tobytes()).decode() for a in (image, resized)]
    return {"from": [width, height], "to": [to_width, to_height], "image": encoded[0], "resized": encoded[1]}


def main() -> None:
    random.seed(5)
    rng = np.random.default_rng(5)
    sizes = [(36, 45, 36, 44), (20, 16, 20, 13), (21, 9, 17, 9), (16, 12, 25, 19), (7, 3, 9, 5)]
    cases = {
        "opencv": cv2.__version__,
        "width": WIDTH,
        "height": HEIGHT,
        "lines": [line_case() for _ in range(600)],
        "clips": [clip_case() for _ in range(300)],
        "polygons": [polygon_case() for _ in range(300)],
        "resizes": [resize_case(*size, rng) for size in sizes],
    }
    Path(__file__).with_name("cases.json").write_text(json.dumps(cases, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
