"""Control weights, vis and edge, clip arithmetic, foreground presets."""

from __future__ import annotations

import ast

import cv2
import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from parity import Case, cases

from virga_world_model.clips import map_frames, plan_clips
from virga_world_model.conditions import BUCKETS, EDGE_PRESETS, detect_aspect, edge_control, resize, vis_control
from virga_world_model.control_weights import prepare_weights, reduce_to_tokens
from virga_world_model.errors import BadInputError
from virga_world_model.foreground import FOREGROUND_PRESETS, foreground_mask, foreground_weights
from virga_world_model.sampling import merge_patches, split_patches

WEIGHTS = cases(lambda c: "scalar_lists_that_raise" in c.scalars)
CONDITIONS = cases(lambda c: "canny_thresholds" in c.scalars)
CLIPS = cases(lambda c: "runs" in c.scalars)
FOREGROUND = cases(lambda c: "keywords" in c.scalars)


@pytest.mark.parametrize("case", WEIGHTS)
def test_scalar_weights(case: Case) -> None:
    s = case.scalars
    for values, expected in s["scalars"].items():
        got = prepare_weights(ast.literal_eval(values), s["T"], s["H"], s["W"])
        torch.testing.assert_close(got, torch.tensor(expected["float32"]), rtol=1e-6, atol=1e-7)
    for values in s["scalar_lists_that_raise"]:
        with pytest.raises(BadInputError):
            prepare_weights(ast.literal_eval(values), s["T"], s["H"], s["W"])


@pytest.mark.parametrize("case", WEIGHTS)
def test_weight_maps(case: Case) -> None:
    s, i = case.scalars, case.inputs
    for name, parts in s["combinations"].items():
        weights = [i.get(part, part) if isinstance(part, str) else part for part in parts]
        pixels = prepare_weights(weights, s["T"], s["H"], s["W"])
        case.compare(f"{name}.tokens", reduce_to_tokens(pixels, *s["token_grid"]))
        if f"{name}.pixels_sub" in case.expected:
            document = case.description["tensors"][f"expected/{name}.pixels_sub"]["doc"]
            t, h, w = ast.literal_eval(document[document.index("[") : document.index("]") + 1])
            case.compare(f"{name}.pixels_sub", pixels[:, :, :, ::t, ::h, ::w])
    case.compare("latent_rate.tokens", reduce_to_tokens(i["latent_rate_maps"], *s["token_grid"]))
    frames, height, width = case.expected["map_121.tokens"].shape[3:]
    case.compare("map_121.tokens", reduce_to_tokens(i["map_121"].float(), frames, height, width))


@pytest.mark.parametrize("case", WEIGHTS)
def test_long_map_is_squeezed(case: Case) -> None:
    s = case.scalars
    name = "long_map_squeezed_per_frame"
    # Its document: frames of a longer map, 0 in the clip's first frames and 1 after.
    document = case.description["tensors"][f"expected/{name}"]["doc"]
    length = int(document.split(" frames")[0].split()[-1])
    ramp = (torch.arange(length) >= s["T"]).float()[:, None, None].expand(-1, s["H"], s["W"])
    got = prepare_weights([ramp], s["T"], s["H"], s["W"])
    case.compare(name, got[0, 0, 0, :, 0, 0])


@pytest.mark.parametrize("case", WEIGHTS)
def test_patch_merge(case: Case) -> None:
    facts, patches = case.scalars["patch_split"], case.inputs["merge_patches"]
    (height, width), (h, w) = facts["canvas"], facts["patch"]
    merged = case.expected["merge_patches"]
    assert list(merged.shape[-2:]) == [height, width]
    rows = columns = round(len(patches) ** 0.5)
    overlap = [(n * size - total) // (n - 1) for n, size, total in ((rows, h, height), (columns, w, width))]
    case.compare("merge_patches", merge_patches(patches, rows, columns, *overlap))
    ramp = (torch.arange(height)[:, None] * width + torch.arange(width)).float()[None, None, None]
    corners = split_patches(ramp, rows, columns, h, w)[:, 0, 0, 0, 0]
    assert corners.tolist() == facts["top_left_values"]


def strip(case: Case, name: str) -> NDArray[np.uint8]:
    image = cv2.cvtColor(cv2.imread(str(case.folder / name)), cv2.COLOR_BGR2RGB)
    return image.reshape(case.scalars["T"], case.scalars["H"], case.scalars["W"], 3)


@pytest.mark.parametrize("case", CONDITIONS)
def test_vis_and_edge(case: Case) -> None:
    s, frames = case.scalars, strip(case, "input.png")
    assert {k: list(v) for k, v in EDGE_PRESETS.items()} == s["canny_thresholds"]
    for preset in s["canny_thresholds"]:
        edges = np.stack([edge_control(frame, preset) for frame in frames])
        assert int((edges[..., 0] > 0).sum()) == s["edge_pixels"][preset]
        blurred = np.stack([vis_control(frame, preset) for frame in frames])
        if preset == "none":
            assert np.array_equal(blurred, frames)
            continue
        # Exact: the lock pins the OpenCV that made the expected frames.
        assert np.array_equal(edges, strip(case, f"edge_{preset}.png"))
        assert np.abs(blurred.astype(int) - strip(case, f"vis_{preset}.png")).max() <= 1


@pytest.mark.parametrize("case", CONDITIONS)
def test_resizes(case: Case) -> None:
    image = case.inputs["resize_in"][0, :, 0].permute(1, 2, 0).contiguous().numpy()
    for name, expected in case.expected.items():
        kind = name.split("_")[1]
        got = resize(image, expected.shape[-1], expected.shape[-2], kind)
        case.compare(name, torch.from_numpy(got).permute(2, 0, 1)[None, :, None])
    for size, facts in case.scalars["resize_rules"].items():
        aspect = detect_aspect(*(int(v) for v in size.split("x")))
        assert aspect == facts["aspect"]
        assert list(BUCKETS[aspect]) == facts["bucket_WxH"]


@pytest.mark.parametrize("case", CLIPS)
def test_clip_plan(case: Case) -> None:
    s = case.scalars
    for key, run in s["runs"].items():
        total = int(key[1:].split("_")[0])
        if total == 1:
            with pytest.raises(BadInputError):
                plan_clips(total, 0, s["clip_frames"], s["num_input_frames"])
        elif "clips" in run:
            seed = run["clips"][0]["seed"]
            plan = plan_clips(total, seed, s["clip_frames"], s["num_input_frames"])
            got = [(c.first, c.last, c.frames, c.given, c.seed) for c in plan]
            names = ("first_frame", "last_frame", "frames", "given_frames", "seed")
            assert got == [tuple(c[name] for name in names) for c in run["clips"]]
            assert run["output_frames"] == plan[-1].last + 1
        elif run["error"] is None:
            length = int(key.rsplit("_map", 1)[1])
            plan = plan_clips(total, 0, s["clip_frames"], s["num_input_frames"])
            chosen = [map_frames(clip, length) for clip in plan]
            assert [[f[0], f[-1], len(f)] for f in chosen] == run["map_frames_first_last_count_per_clip"]


@pytest.mark.parametrize("case", FOREGROUND)
def test_foreground_presets(case: Case) -> None:
    s = case.scalars
    labels = {ast.literal_eval(colour): label for colour, label in s["labels"].items()}
    mask = foreground_mask(case.inputs["frames"].numpy(), labels, s["keywords"])
    for preset, controls in s["settings"].items():
        assert {c: {"foreground": w[0], "background": w[1]} for c, w in FOREGROUND_PRESETS[preset].items()} == controls
        for control, weights in foreground_weights(mask, preset).items():
            case.compare(f"{preset}.{control}", torch.from_numpy(weights))
