"""Random pictures of all shapes with what OpenCV makes of them, for opencv-cases.ts; numpy and opencv-python-headless are needed:

    python libs/conditions/test/opencv_cases.py 1500 cases.bin [SEED]
    node tools/run.mjs libs/conditions/test/opencv-cases.ts cases.bin
"""

import struct
import sys

import cv2
import numpy as np

CANNY = [(20, 50), (50, 100), (100, 200), (200, 300), (300, 400)]
BILATERAL = [(15, 100, 50), (30, 150, 100), (50, 300, 150)]
SMALL = [(1, 1), (1, 57), (57, 1), (2, 2), (2, 91), (3, 3)]

rng = np.random.default_rng(int(sys.argv[3]) if len(sys.argv) > 3 else 1)


def noise(h, w, channels=3):
    return rng.integers(0, 256, (h, w, channels)).astype(np.uint8)


def strokes(h, w):
    picture = np.zeros((h, w, 3), np.uint8)
    for _ in range(8):
        a, b = (tuple(map(int, rng.integers(-10, 100, 2))) for _ in range(2))
        cv2.line(picture, a, b, tuple(map(int, rng.integers(0, 256, 3))), int(rng.integers(1, 6)))
    return picture


def smooth(picture):
    return cv2.GaussianBlur(picture, (0, 0), float(rng.uniform(0.5, 4)))


kinds = [
    noise,
    lambda h, w: np.repeat(noise(h, w, 1), 3, 2),
    lambda h, w: smooth(noise(h, w)),
    strokes,
    lambda h, w: np.repeat(smooth(noise(h, w, 1)[..., 0])[..., None], 3, 2),
    lambda h, w: (noise(h, w) > 127).astype(np.uint8) * 255,
]

with open(sys.argv[2], "wb") as out:
    for i in range(int(sys.argv[1])):
        w, h = SMALL[i // 50 % len(SMALL)] if i % 50 == 0 else map(int, rng.integers(1, 90, 2))
        picture = np.ascontiguousarray(kinds[i % len(kinds)](h, w))
        out.write(struct.pack("<ii", w, h) + picture.tobytes())
        for low, high in CANNY:
            out.write(struct.pack("<ii", low, high) + cv2.Canny(picture, low, high).tobytes())
        d, colour, space = BILATERAL[i % len(BILATERAL)]
        out.write(struct.pack("<iii", d, colour, space) + cv2.bilateralFilter(picture, d, colour, space).tobytes())
