"""Makes the sweeps of one reference frame with the fixture's own generator: sweeps.py FIXTURE SRC OUT FRAME...

Writes OUT/FRAME.f32 (xyz, float32) and OUT/sweeps.json: per frame lidar_to_world and the labelled boxes. Needs numpy.
"""

import io
import json
import sys

import numpy as np

fixture, src, out, *frames = sys.argv[1:]
sys.path.insert(0, fixture)
sys.dont_write_bytecode = True
import make_clip as clip  # noqa: E402

SEED, POINTS = 20250616, 100_000
poses = clip.read_tar(f"{src}/example/vehicle_pose/{clip.CLIP}.tar")
ego = np.stack([np.load(io.BytesIO(poses[f"{f:06d}.vehicle_pose.npy"])) for f in range(300)]).astype(np.float64)
objects = clip.make_objects(src, ego, SEED)
ground = clip.Ground(src, ego)
walls = np.concatenate([clip.resample(v, 0.5) for v in clip.vertices(clip.layer(src, "road_boundaries"))])
poles = np.concatenate([clip.resample(v, 0.2) for v in clip.vertices(clip.layer(src, "poles"))])
signs = np.concatenate(list(clip.vertices(clip.layer(src, "traffic_signs"))))

described = {}
for frame in map(int, frames):
    boxes = objects[frame]
    sweep = np.load(io.BytesIO(clip.make_sweep(frame, ego, boxes, ground, walls, poles, signs, POINTS, SEED)))
    sweep["xyz"].astype("<f4").tofile(f"{out}/{frame}.f32")
    described[frame] = {
        "lidar_to_world": sweep["lidar_to_world"].ravel().tolist(),
        "boxes": {
            # As the clip's files hold them: six decimals.
            track: {"pose": np.round(pose, 6).ravel().tolist(), "lwh": np.round(lwh, 6).tolist(), "moving": bool(moving)}
            for track, (pose, lwh, moving, _) in boxes.items()
        },
    }
with open(f"{out}/sweeps.json", "w") as file:
    json.dump(described, file)
