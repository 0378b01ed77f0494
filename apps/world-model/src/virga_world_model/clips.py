"""How a long video is cut into clips (world_generation_pipeline.py of cosmos-transfer1)."""

from __future__ import annotations

from dataclasses import dataclass

from .errors import BadInputError

CLIP_FRAMES = 121
MAX_FRAMES = 5000


@dataclass(frozen=True)
class Clip:
    """Frames [first, last] of the video, then its last frame repeated; `given` frames come from the clip before."""

    index: int
    first: int
    last: int
    frames: int
    given: int
    seed: int


def plan_clips(total: int, seed: int, clip_frames: int = CLIP_FRAMES, overlap: int = 1) -> list[Clip]:
    """Clips that cover `total` frames (at most 5000 count); each later one starts on the last frame of the one before.

    One frame makes no clip: repeat it first.
    """
    if total < 2:
        raise BadInputError("video", "frames", f"at least 2, got {total}")
    total = min(total, MAX_FRAMES)
    step = clip_frames - overlap
    count = -(-max(total - overlap, 1) // step)
    return [
        Clip(k, k * step, min(k * step + clip_frames, total) - 1, clip_frames, overlap if k else 0, seed + k)
        for k in range(count)
    ]


def latent_frames(frames: int, temporal: int = 8) -> int:
    """Latent frames of 8m+1 frames: m + 1; also the number of given latent frames for given frames."""
    if frames < 1 or (frames - 1) % temporal:
        raise BadInputError("clip", "frames", f"{temporal}m + 1, got {frames}")
    return 1 + (frames - 1) // temporal


def map_frames(clip: Clip, map_length: int) -> list[int]:
    """Which frames of a weight map a clip reads: its own, then the last one for ever.

    The official code does the same where the video needs padding and fails where it does not; here it never fails.
    """
    return [min(clip.first + i, map_length - 1) for i in range(clip.frames)]
