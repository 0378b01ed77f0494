"""The manifest and the licence note of an imported bundle."""

from __future__ import annotations

from typing import Any

from ..data.looks import LOOKS, split_look
from .files import Download
from .sizes import Sizes

LICENCE = "NVIDIA Open Model License"
_STYLES = {
    "hdmap": {"style": "hdmap-v1"},
    "lidar": {"style": "lidar-v1"},
    "vis": {"preset": "medium"},
    "edge": {"preset": "medium"},
}
_WEATHER = {
    "clear": "under a clear sky, on a dry road",
    "overcast": "under an overcast sky, in soft, even light",
    "rain": "in steady rain, on a wet road that mirrors the lights, with spray behind the cars",
    "snow": "in falling snow, with snow lying on the road, the roofs and the parked cars",
    "fog": "in dense fog that hides everything far away",
}
_LIGHT = {
    "morning": "early in the morning, with a low sun and long shadows",
    "day": "in the middle of the day",
    "golden-hour": "shortly before sunset, in warm light",
    "night": "at night, lit by street lights and head lights",
}
_SURFACE = {"rain": "wet", "snow": "snow"}
_NEGATIVE = (
    "A blurred, noisy or flickering video of low quality, with washed-out or overexposed colours, warped vehicles, "
    "unreadable signs, jumps between frames, and the look of a computer game."
)


def look_prompt(look: str) -> str:
    """The description that a look stands for."""
    weather, light = split_look(look)
    return (
        f"A realistic video from a camera behind the windscreen of a car that drives through a city {_LIGHT[light]}, "
        f"{_WEATHER[weather]}. Traffic moves as in everyday life; the picture is sharp and steady."
    )


def make_manifest(
    download: Download, sizes: Sizes, precision: str, files: dict[str, Any], sources: dict[str, Any], key: str
) -> dict[str, Any]:
    """manifest.json (schema virga.bundle/1); `files` has graphs, vocabulary and licence with digests."""
    network = sizes.network
    looks = []
    for look in LOOKS:
        weather, light = split_look(look)
        entry = {"name": look, "weather": weather, "lighting": light, "surface": _SURFACE.get(weather, "dry")}
        looks.append({**entry, "prompt": look_prompt(look)})
    return {
        "schema": "virga.bundle/1",
        "name": download.model,
        "version": "1.0.0",
        "licence": LICENCE,
        "video": sizes.video,
        # The network diffuses unit-variance latents times sigma_data.
        "latent": {"channels": network.latent_channels, "temporal": 8, "spatial": 8}
        | {"scale": [0.5] * network.latent_channels},
        "network": {
            "patch": [1, network.patch, network.patch],
            "dim": network.dim,
            "heads": network.heads,
            "headDim": network.head_dim,
            "controlBlocks": network.control_blocks,
            "sigmaData": 0.5,
            "conditionMask": network.condition_mask,
            "textTokens": network.text_tokens,
            "textDim": network.text_dim,
            # The video-conditioned class rescales every x0; the AV-sample class does not.
            "mergeRescale": network.condition_mask,
        },
        "controls": {name: _STYLES.get(name, {}) for name in download.controls},
        "base": {"withVideo": "none", "withoutVideo": "none"},
        "looks": looks,
        "negativePrompt": _NEGATIVE,
        # The official command line's (cosmos-transfer1, transfer.py); guidance 5 means cond + 5 (cond - uncond).
        "defaults": {
            "steps": 35,
            "guidance": 5,
            "sigmaMax": 80,
            "controlWeights": dict.fromkeys(download.controls, 1),
        },
        "precision": precision,
        **files,
        "import": {"key": key, "sources": sources, "sizes": sizes.to_json()},
    }


def licence_note(download: Download) -> str:
    """What has to be known about the weights, and the licence files that came with them."""
    note = f"""The weights in this folder were made on this machine from files that its user downloaded.

Model ({download.model}) and video tokenizer: NVIDIA, {LICENCE}
https://www.nvidia.com/en-us/agreements/enterprise-software/nvidia-open-model-license/
Text encoder (T5-11B): Google, Apache License 2.0, https://huggingface.co/google-t5/t5-11b

Whoever downloaded them has accepted these licences; Virga grants no right to the weights and distributes none.
Products made with the model have to say "Built on NVIDIA Cosmos"; whoever passes the weights on has to pass on the
licence and the notice "Licensed by NVIDIA Corporation under the NVIDIA Open Model License". The licence ends for those
who switch the model's safety guardrails off without a substantially similar replacement.
"""
    for path in download.licences:
        name = path.relative_to(download.folder)
        note += f"\n--- {name}\n\n{path.read_text(encoding='utf-8', errors='replace')}"
    return note
