"""The clip loop end to end: control videos, tokenizer, sampling, decoding, chained by the last frame."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
import torch
from parity import Case, cases
from test_fixture_network import as_weights, network
from test_fixture_sampler import as_network
from torch import Tensor

from virga_world_model.clips import Clip, map_frames, plan_clips
from virga_world_model.control_weights import prepare_weights, reduce_to_tokens
from virga_world_model.export.fixtures import read_tokenizer
from virga_world_model.sampling import Conditioning, denoiser, numpy_noise, sample, schedule, single_patch_factor

CLIPS = cases(lambda c: "tokenizer_weights" in c.scalars)


def read_strip(case: Case, name: str) -> Tensor:
    """A PNG of frames stacked vertically -> uint8 [3,T,H,W]."""
    height, width = case.scalars["size_hw"]
    rgb = cv2.cvtColor(cv2.imread(str(case.folder / name)), cv2.COLOR_BGR2RGB)
    return torch.from_numpy(rgb.reshape(-1, height, width, 3).transpose(3, 0, 1, 2).copy())


def to_pixels(video: Tensor) -> Tensor:
    """[-1,1] -> uint8, truncated."""
    return (((video + 1) / 2).clamp(0, 1) * 255).to(torch.uint8)


@torch.no_grad()
@pytest.mark.parametrize("case", CLIPS)
def test_clip_loop(case: Case) -> None:
    s = case.scalars
    net_case = case.sibling(s["network_weights"])
    model = network(net_case)
    autoencoder, normaliser = read_tokenizer(case.sibling(s["tokenizer_weights"]).folder)
    frames, (height, width) = s["clip_frames"], s["size_hw"]

    def encode(pixels: Tensor) -> Tensor:
        return 0.5 * normaliser.normalise(autoencoder.encode(pixels[None].float() / 255 * 2 - 1))

    weights = [case.inputs[w.split("/")[1]] if w.startswith("inputs/") else w for w in s["weights"]]
    prepared = prepare_weights(weights, frames, height, width)
    videos = {name: read_strip(case, f"control_{name}.png") for name in s["controls"]}
    plan = plan_clips(s["total_frames"], s["seed"], frames, s["num_input_frames"])
    assert [c.seed for c in plan] == s["seeds_per_clip"]
    assert [c.given for c in plan] == s["given_frames_per_clip"]
    output: list[Tensor] = []
    for clip in plan:
        hints = {name: encode(cut(video, clip)) for name, video in videos.items()}
        case.compare(f"clip{clip.index}.latent_hint", torch.stack(list(hints.values()), dim=1))
        latent_shape = next(iter(hints.values())).shape
        tokens = prepared
        if prepared.ndim > 1:
            chosen = prepared[:, :, :, map_frames(clip, prepared.shape[3])]
            tokens = reduce_to_tokens(chosen, latent_shape[2], latent_shape[3] // 2, latent_shape[4] // 2)
        case.compare(f"clip{clip.index}.control_weight", tokens)

        noise = numpy_noise(clip.seed, latent_shape)
        given = mask = None
        if clip.given:
            # The stored output of the clip before, so that a rounded pixel there does not count here.
            before = case.expected[f"clip{clip.index - 1}.frames"][0]
            context = torch.zeros(3, frames, height, width, dtype=torch.uint8)
            context[:, : clip.given] = before[:, -clip.given :]
            latent = encode(context)
            case.compare(f"clip{clip.index}.condition_latent", latent)
            indicator = torch.zeros(1, 1, latent_shape[2], 1, 1)
            indicator[:, :, : 1 + (clip.given - 1) // 8] = 1
            given, mask = Conditioning(latent, indicator, noise), indicator.expand(-1, -1, -1, *latent_shape[3:])
        # Only the video-conditioned class rescales x0.
        merges = model.config.condition_mask
        factor = single_patch_factor(*latent_shape[3:]).float() if merges else torch.ones(latent_shape[3:])
        network_run = as_network(model, case.inputs, hints, as_weights(s["controls"], tokens), mask, s["fps"])
        denoise = denoiser(network_run, s["guidance"], given=given, after=lambda x0, f=factor: x0 * f)
        start = s["sigma_max"] * noise
        case.compare(f"clip{clip.index}.x_start", start)
        result = sample(denoise, start, schedule(s["steps"], s["sigma_max"]))
        case.compare(f"clip{clip.index}.result", result)
        pixels = to_pixels(autoencoder.decode(normaliser.denormalise(result / 0.5)))
        case.compare(f"clip{clip.index}.frames", pixels)
        output.append(pixels[:, :, clip.given :])
    video = torch.cat(output, dim=2)[:, :, : s["total_frames"]]
    assert [video.shape[0], *video.shape[2:], 3] == s["video_shape"]


def cut(video: Tensor, clip: Clip) -> Tensor:
    """The clip's frames of a control video; past its end the last frame is repeated."""
    at = np.minimum(np.arange(clip.first, clip.first + clip.frames), video.shape[1] - 1)
    return video[:, torch.from_numpy(at)]
