"""Reads one clip of an RDS-HQ data set by the format's own rules and says what is wrong with it.

Independent of the TypeScript code: tarfile, json and NumPy only, written from the format's description (folders, member names, keys, types, shapes, 30 Hz and
10 Hz indices, frames of reference). Usage: rds-hq-check.py ROOT [CLIP]. Prints one JSON object: "errors", and under "clip" what was read, for
comparison with the source. Exit code 1 if there are errors.
"""
import io
import json
import os
import re
import sys
import tarfile

import numpy as np

LAYERS = {  # folder: member, key of the geometry, vertices at least
    "3d_lanelines": ("lanelines.json", "polyline3d", 2),
    "3d_lanes": ("lanes.json", "polylines3d", 2),
    "3d_road_boundaries": ("road_boundaries.json", "polyline3d", 2),
    "3d_wait_lines": ("wait_lines.json", "polyline3d", 2),
    "3d_crosswalks": ("crosswalks.json", "surface", 3),
    "3d_road_markings": ("road_markings.json", "surface", 3),
    "3d_poles": ("poles.json", "polyline3d", 2),
    "3d_traffic_lights": ("traffic_lights.json", "cuboid3d", 8),
    "3d_traffic_signs": ("traffic_signs.json", "cuboid3d", 8),
}
TYPES = {  # object_type: which box colour it gets
    "Automobile": "Car", "Heavy_truck": "Truck", "Bus": "Truck", "Train_or_tram_car": "Truck", "Trolley_bus": "Truck", "Other_vehicle": "Car",
    "Trailer": "Truck", "Person": "Pedestrian", "Stroller": "Others", "Rider": "Cyclist", "Animal": "Others", "Protruding_object": "Others",
    "Car": "Car", "Vehicle": "Car", "Truck": "Truck", "Pedestrian": "Pedestrian", "Cyclist": "Cyclist",
}
errors = []


def check(holds, message):
    if not holds:
        errors.append(message)
    return holds


def members(root, folder, clip):
    """{name after "<clip>.": bytes}, in the order of the file."""
    path = os.path.join(root, folder, clip + ".tar")
    if not os.path.exists(path):
        return None
    found = {}
    with tarfile.open(path) as tar:
        for member in tar:
            if check(member.isfile() and member.name.startswith(clip + "."), f"{folder}: member {member.name}"):
                found[member.name[len(clip) + 1:]] = tar.extractfile(member).read()
    return found


def array(data, what, shape, kinds):
    value = np.load(io.BytesIO(data), allow_pickle=False)
    check(value.dtype.str in kinds, f"{what}: dtype {value.dtype.str}")
    check(len(value.shape) == len(shape) and all(b in (None, a) for a, b in zip(value.shape, shape)), f"{what}: shape {value.shape}")
    check(bool(np.isfinite(value).all()) if value.dtype.kind == "f" else True, f"{what}: not finite")
    return value


def rigid(m, what):
    m = np.asarray(m, float)
    if not check(m.shape == (4, 4), f"{what}: shape {m.shape}"):
        return np.eye(4)
    check(np.array_equal(m[3], [0, 0, 0, 1]), f"{what}: last row {m[3]}")
    r = m[:3, :3]
    check(np.abs(r @ r.T - np.eye(3)).max() < 1e-5 and np.linalg.det(r) > 0, f"{what}: no rotation")
    return m


def frame_series(found, pattern, step, what):
    """{group: {frame: bytes}}; each group must have the frames 0, step, 2 step, ..."""
    groups = {}
    for name, data in found.items():
        match = re.fullmatch(r"(\d{6})\." + pattern, name)
        if check(match, f"{what}: member {name}"):
            groups.setdefault(match[2] if match.lastindex > 1 else "", {})[int(match[1])] = data
    for group, frames in groups.items():
        check(all(frame % step == 0 for frame in frames), f"{what} {group}: frames that are no multiples of {step}")
    return groups


def contiguous(frames, step, count, what):
    check(sorted(frames) == list(range(0, count, step)), f"{what}: {len(frames)} frames {min(frames)}..{max(frames)} of {count}")


def read_poses(root, clip, report):
    vehicle = members(root, "vehicle_pose", clip)
    if not check(vehicle, "vehicle_pose is missing"):
        return 0
    series = frame_series(vehicle, r"vehicle_pose\.npy", 1, "vehicle_pose").get("", {})
    count = len(series)
    contiguous(series, 1, count, "vehicle_pose")
    poses = [rigid(array(series[f], f"vehicle_pose {f}", (4, 4), ("<f4", "<f8")), f"vehicle_pose {f}") for f in sorted(series)]
    check(np.abs(poses[0] - np.eye(4)).max() < 1e-6, "vehicle_pose 0 is not the identity")
    report["frames"] = count
    report["vehicle_pose"] = [p.tolist() for p in poses]
    report["pose"] = {}
    for camera, frames in frame_series(members(root, "pose", clip) or {}, r"pose\.([\w-]+)\.npy", 1, "pose").items():
        contiguous(frames, 1, count, f"pose {camera}")
        # The LiDAR renderer multiplies these with float64 points.
        cam = [rigid(array(frames[f], f"pose {camera} {f}", (4, 4), ("<f8",)), f"pose {camera} {f}") for f in sorted(frames)]
        report["pose"][camera] = [p.tolist() for p in cam]
    stamps = frame_series(members(root, "timestamp", clip) or {}, r"timestamp_micros\.txt", 1, "timestamp").get("")
    if stamps is not None:
        contiguous(stamps, 1, count, "timestamp")
        start = int(clip.split("_")[1])
        for f, text in stamps.items():
            check(int(text) == start + int(f * 1e6 / 30 + 0.5), f"timestamp {f}: {text}")
    return count


def read_intrinsics(root, clip, report):
    report["ftheta"], report["pinhole"] = {}, {}
    for name, data in (members(root, "ftheta_intrinsic", clip) or {}).items():
        match = re.fullmatch(r"ftheta_intrinsic\.([\w-]+)\.npy", name)
        if not check(match, f"ftheta_intrinsic: member {name}"):
            continue
        v = array(data, name, (None,), ("<f8",))
        if not check(len(v) in (11, 14), f"{name}: {len(v)} values"):
            continue
        cx, cy, w, h = v[:4]
        poly, backward = v[4:10], v[10]
        c, d, e = v[11:] if len(v) == 14 else (1, 0, 0)
        check(w > 0 and h > 0 and poly[0] == 0 and backward in (0, 1), f"{name}: {v}")
        radii = np.linspace(0, np.hypot(max(cx, w - cx), max(cy, h - cy)), 500)
        if backward == 1:  # angle of a radius; the other direction is fitted to it, as every reader does
            angles = np.polyval(poly[::-1], radii)
            fitted = np.linalg.lstsq(np.stack([angles**k for k in range(1, 6)], 1), radii, rcond=None)[0]
            forward = np.concatenate([[0], fitted])
            corner = angles[-1]
        else:
            forward = poly
            grid = np.linspace(0, np.pi, 2001)
            growing = np.polyval(forward[::-1], grid)
            reached = np.flatnonzero(growing > radii[-1] - 1)
            corner = grid[reached[0]] if check(len(reached) > 0, f"{name}: never reaches the image corner") else 1.0
        slope = np.polyval(np.polyder(forward[::-1]), np.linspace(0, corner, 500))
        check((slope > 0).all(), f"{name}: does not grow over the image")
        report["ftheta"][match[1]] = {"centre": [cx, cy], "size": [w, h], "forward": forward.tolist(), "linear": [c, d, e], "angle": float(corner)}
    for name, data in (members(root, "pinhole_intrinsic", clip) or {}).items():
        match = re.fullmatch(r"pinhole_intrinsic\.([\w-]+)\.npy", name)
        if check(match, f"pinhole_intrinsic: member {name}"):
            report["pinhole"][match[1]] = array(data, name, (6,), ("<f8",)).tolist()
    cameras = set(report["pose"])
    check(set(report["ftheta"]) <= cameras and set(report["pinhole"]) == cameras, "intrinsics and poses are of different cameras")


def attribute(shape, name):
    for entry in shape["attributes"]:
        if entry["name"] == name:
            value = next(v for k, v in entry.items() if k != "name")
            return next(iter(value.values()), []) if isinstance(value, dict) else value
    return None


def read_map(root, clip, report):
    report["map"] = {}
    for folder, (member, kind, least) in LAYERS.items():
        found = members(root, folder, clip)
        if not check(found is not None and list(found) == [member], f"{folder}: {None if found is None else list(found)}"):
            continue
        labels = json.loads(found[member])["labels"]
        check(len(labels) > 0, f"{folder}: no label at all")
        elements = []
        for label in labels:
            check({"labelClassKey", "labelId", "timestampMicroseconds", "labelData"} <= set(label), f"{folder}: keys {sorted(label)}")
            check(label["timestampMicroseconds"] == clip.split("_")[1], f"{folder}: time {label['timestampMicroseconds']}")
            if label["labelData"].get("emptyLabel") is True:
                check(len(labels) == 1 and "shape3d" not in label["labelData"], f"{folder}: an empty label among others")
                continue
            shape = label["labelData"]["shape3d"]
            check(shape["unit"] == "METRIC" and kind in shape, f"{folder}: shape {sorted(shape)}")
            check(attribute(shape, "coordinate_frame") == "rig" and isinstance(attribute(shape, "feature_id"), str), f"{folder}: attributes")
            lines = [p["vertices"] for p in shape[kind]["polylines"]] if kind == "polylines3d" else [shape[kind]["vertices"]]
            check(len(lines) == (2 if kind == "polylines3d" else 1), f"{folder}: {len(lines)} lines")
            for line in lines:
                v = np.asarray(line, float)
                good = v.ndim == 2 and v.shape[1] == 3 and len(v) >= least and bool(np.isfinite(v).all())
                check(good and (kind != "cuboid3d" or len(v) == 8), f"{folder}: vertices {v.shape}")
            element = {"id": attribute(shape, "feature_id"), "lines": lines}
            if folder == "3d_lanelines":
                element["paint"] = sorted(set(zip(attribute(shape, "colors"), attribute(shape, "styles"))))
                check(len(attribute(shape, "colors")) == len(attribute(shape, "styles")) == len(lines[0]), f"{folder}: words per vertex")
            if folder == "3d_lanes":
                check(all(len(attribute(shape, f"{side}_edge_styles")) == len(lines[i]) for i, side in enumerate(("left", "right"))), f"{folder}: edges")
                element["next"] = attribute(shape, "next_lane_ids")
            if folder == "3d_poles":
                element["type"] = attribute(shape, "pole_type")
            elements.append(element)
        report["map"][folder] = elements


def read_objects(root, clip, count, report):
    found = members(root, "all_object_info", clip)
    if found is None:
        return
    frames = frame_series(found, r"all_object_info\.json", 3, "all_object_info").get("", {})
    contiguous(frames, 3, count, "all_object_info")
    report["objects"] = {}
    for frame, data in sorted(frames.items()):
        boxes = json.loads(data)
        for track, box in boxes.items():
            what = f"all_object_info {frame} {track}"
            check(set(box) == {"object_to_world", "object_lwh", "object_is_moving", "object_type"}, f"{what}: keys {sorted(box)}")
            rigid(box["object_to_world"], what)
            check(len(box["object_lwh"]) == 3 and min(box["object_lwh"]) > 0, f"{what}: size {box['object_lwh']}")
            check(isinstance(box["object_is_moving"], bool) and box["object_type"] in TYPES, f"{what}: {box['object_type']}")
        report["objects"][frame] = boxes


def read_lidar(root, clip, count, report):
    found = members(root, "lidar_raw", clip)
    if found is None:
        return
    report["lidar"] = {}
    for frame, data in frame_series(found, r"lidar_raw\.npz", 3, "lidar_raw").get("", {}).items():
        what = f"lidar_raw {frame}"
        check(frame < count, f"{what}: beyond the {count} poses")
        with np.load(io.BytesIO(data), allow_pickle=False) as z:
            check(set(z.files) == {"xyz", "intensity", "row", "column", "starting_timestamp", "lidar_to_world"}, f"{what}: {z.files}")
            xyz, row, column = z["xyz"], z["row"], z["column"]
            n = len(xyz)
            check(xyz.shape == (n, 3) and xyz.dtype.kind == "f" and bool(np.isfinite(xyz).all()), f"{what}: xyz {xyz.shape} {xyz.dtype}")
            check(row.dtype == np.uint8 and row.shape == (n,) and column.dtype == np.uint16 and column.shape == (n,), f"{what}: row, column")
            check(n == 0 or (row.max() < 128 and column.max() < 3600), f"{what}: row up to {row.max()}, column up to {column.max()}")
            check(z["intensity"].shape == (n,) and z["starting_timestamp"].size == 1, f"{what}: intensity, starting_timestamp")
            to_world = rigid(z["lidar_to_world"], what)
            check(z["lidar_to_world"].dtype == np.float64, f"{what}: lidar_to_world {z['lidar_to_world'].dtype}")
            world = xyz.astype(float) @ to_world[:3, :3].T + to_world[:3, 3]
            report["lidar"][frame] = {"points": n, "time": int(z["starting_timestamp"].ravel()[0]), "mean": world.mean(0).tolist() if n else None,
                                      "intensity": int(z["intensity"].astype(int).sum()), "columns": [int(column.min()), int(column.max())] if n else []}


def main():
    root = sys.argv[1]
    clips = sorted(name[:-4] for name in os.listdir(os.path.join(root, "vehicle_pose")))
    clip = sys.argv[2] if len(sys.argv) > 2 else clips[0]
    check(re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}_\d+_\d+", clip), f"clip id {clip}")
    report = {"id": clip, "clips": clips}
    count = read_poses(root, clip, report)
    read_intrinsics(root, clip, report)
    read_map(root, clip, report)
    read_objects(root, clip, count, report)
    read_lidar(root, clip, count, report)
    print(json.dumps({"errors": errors, "clip": report}))
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
