"""Opens an Argoverse 2 log with the public `av2` package and checks that its classes agree with each other.

    python av2_package_check.py LOG [--json]

Needs `pip install av2`. Everything that the log has is opened through av2: poses, annotations, calibration, map, every sweep and every image.
Prints one line a part (or a JSON object) and exits with 1 at the first thing that av2 refuses or that contradicts itself.
"""

import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

import numpy as np
from av2.datasets.sensor.av2_sensor_dataloader import AV2SensorDataLoader
from av2.datasets.sensor.constants import RingCameras, StereoCameras
from av2.datasets.sensor.sensor_dataloader import SensorDataloader
from av2.geometry.camera.pinhole_camera import PinholeCamera
from av2.map.map_api import ArgoverseStaticMap
from av2.structures.cuboid import CuboidList
from av2.structures.sweep import Sweep
from av2.utils import io


def check(condition, message):
    """Unlike an assert, this also runs under python -O."""
    if not condition:
        raise SystemExit(f"av2 check failed: {message}")


def check_poses(log):
    poses = io.read_city_SE3_ego(log)
    stamps = list(poses)
    check(len(stamps) > 0, "no poses")
    check(all(a < b for a, b in zip(stamps, stamps[1:])), "pose stamps do not rise")
    for stamp in (stamps[0], stamps[-1]):
        rotation = poses[stamp].rotation
        check(np.allclose(rotation @ rotation.T, np.eye(3), atol=1e-9), f"pose {stamp} is not rigid")
    return poses, {"poses": len(poses), "first_ns": int(stamps[0]), "last_ns": int(stamps[-1])}


def check_annotations(log, poses):
    path = log / "annotations.feather"
    if not path.exists():
        return {}, {}
    cuboids = CuboidList.from_feather(path)
    by_stamp = {}
    for cuboid in cuboids:
        by_stamp.setdefault(int(cuboid.timestamp_ns), []).append(cuboid)
        check(min(cuboid.dims_lwh_m) > 0, "a box without size")
    check(set(by_stamp) <= set(poses), "a box has a stamp without a pose")
    return by_stamp, {"boxes": len(cuboids), "labelled": len(by_stamp), "categories": sorted({str(c.category) for c in cuboids})}


def check_calibration(log):
    if not (log / "calibration" / "intrinsics.feather").exists():
        return {}, {}
    names = list(io.read_feather(log / "calibration" / "intrinsics.feather").sensor_name)
    cameras = {name: PinholeCamera.from_feather(log_dir=log, cam_name=name) for name in names}
    for name, camera in cameras.items():
        # A point ten metres out along the optical axis lands on the principal point.
        ahead = camera.ego_SE3_cam.transform_point_cloud(np.array([[0.0, 0.0, 10.0]]))
        uv, _, _ = camera.project_ego_to_img(ahead)
        check(np.allclose(uv[0, :2], [camera.intrinsics.cx_px, camera.intrinsics.cy_px], atol=1e-6), f"{name} does not project its axis")
    return cameras, {"cameras": {name: [camera.width_px, camera.height_px] for name, camera in cameras.items()}}


def check_map(log):
    if not list((log / "map").glob("log_map_archive_*.json")):
        return {}
    static_map = ArgoverseStaticMap.from_map_dir(log / "map", build_raster=False)
    lanes = static_map.get_scenario_lane_segments()
    for lane in lanes:
        check(lane.polygon_boundary.shape[1] == 3, f"lane {lane.id} has no polygon")
        check(static_map.get_lane_segment_centerline(lane.id).shape[1] == 3, f"lane {lane.id} has no centre line")
    crossings = static_map.get_scenario_ped_crossings()
    check(all(crossing.polygon.shape == (5, 3) for crossing in crossings), "a crossing is no quadrilateral")
    areas = static_map.get_scenario_vector_drivable_areas()
    check(all(np.allclose(area.xyz[0], area.xyz[-1]) for area in areas), "a drivable area is not closed")
    marks = {}
    for lane in lanes:
        for mark in (lane.left_mark_type, lane.right_mark_type):
            marks[mark.value] = marks.get(mark.value, 0) + 1
    return {"lanes": len(lanes), "crossings": len(crossings), "drivable_areas": len(areas), "marks": dict(sorted(marks.items()))}


def check_sweeps(log, poses, by_stamp):
    """Counts the points inside each box with av2's own geometry: what the column num_interior_pts says where the log counts them."""
    paths = sorted((log / "sensors" / "lidar").glob("*.feather"))
    points = 0
    counted = agreeing = 0
    for path in paths:
        sweep = Sweep.from_feather(path)
        check(sweep.timestamp_ns in poses, f"sweep {sweep.timestamp_ns} has no pose")
        check(np.isfinite(sweep.xyz).all(), f"sweep {sweep.timestamp_ns} has points that are not finite")
        check(len(sweep.intensity) == len(sweep.xyz) == len(sweep.laser_number) == len(sweep.offset_ns), "columns differ in length")
        points += len(sweep)
        table = io.read_feather(log / "annotations.feather") if by_stamp else None
        for cuboid in by_stamp.get(sweep.timestamp_ns, []):
            _, inside = cuboid.compute_interior_points(sweep.xyz)
            rows = table[(table.timestamp_ns == sweep.timestamp_ns) & np.isclose(table.tx_m, cuboid.xyz_center_m[0])]
            counted += 1
            agreeing += int(inside.sum()) in set(rows.num_interior_pts)
    return {"sweeps": len(paths), "points": points, "boxes_counted": counted, "boxes_agreeing": agreeing}


def check_images(log, poses, cameras):
    """Every image is decoded; its stamp has a pose and its size is the calibrated one; the sensor loader finds it by its stamp."""
    count = 0
    synchronised = {camera.value for camera in (*RingCameras, *StereoCameras)}  # the package indexes its own rig's cameras only
    with tempfile.TemporaryDirectory() as scratch:
        (Path(scratch) / log.name).symlink_to(log.resolve())
        loader = AV2SensorDataLoader(data_dir=Path(scratch), labels_dir=Path(scratch))
        for name, camera in cameras.items():
            for path in sorted((log / "sensors" / "cameras" / name).glob("*.jpg")):
                stamp = int(path.stem)
                check(stamp in poses, f"image {path.name} of {name} has no pose")
                image = io.read_img(path)
                check(image.shape == (camera.height_px, camera.width_px, 3), f"{path} is {image.shape}")
                if name in synchronised:
                    check(loader.get_closest_img_fpath(log.name, name, stamp).name == path.name, f"{path} is not found by its stamp")
                count += 1
            loader.get_city_SE3_ego(log.name, next(iter(poses)))
    return {"images": count}


def copy_tree(source, target):
    """Hard links where the file system allows, so that a long log costs nothing."""

    def link(a, b):
        try:
            os.link(a, b)
        except OSError:
            shutil.copyfile(a, b)

    shutil.copytree(source, target, copy_function=link)


def check_dataloader(log, has_sweeps):
    """The sensor data set of av2, as a detector trains on it: <root>/<split>/<log>."""
    if not has_sweeps or not (log / "annotations.feather").exists():
        return {}
    with tempfile.TemporaryDirectory() as scratch:
        split = Path(scratch) / "val"
        split.mkdir()
        # A real folder: the loader's glob patterns do not follow links.
        copy_tree(log, split / log.name)
        data = SensorDataloader(Path(scratch), with_annotations=True, with_cache=False, cam_names=())
        boxes = [len(data[index].annotations) for index in range(len(data))]
    return {"dataloader_boxes_per_sweep": boxes}


def main(arguments):
    as_json = "--json" in arguments
    log = Path(next(argument for argument in arguments if not argument.startswith("--")))
    poses, report = check_poses(log)
    by_stamp, part = check_annotations(log, poses)
    report |= part
    cameras, part = check_calibration(log)
    report |= part
    report |= check_map(log)
    report |= check_sweeps(log, poses, by_stamp)
    report |= check_images(log, poses, cameras)
    report |= check_dataloader(log, report["sweeps"] > 0)
    print(json.dumps(report) if as_json else "\n".join(f"{key}: {value}" for key, value in report.items()))


if __name__ == "__main__":
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    main(sys.argv[1:])
