"""Sizes of the network. `mini` and the published 7B models are configs of one definition."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any

from ..errors import BadConfigError

#: Widths of the hint MLP between the model's dim at both ends (cosmos-transfer1, general_dit_ctrl_enc.py).
HINT_WIDTHS = (16, 16, 32, 32, 96, 96, 256)


@dataclass(frozen=True)
class NetworkConfig:
    """Every number that shapes a base network and its control branches (cosmos-transfer1, config/base/net.py).

    `condition_mask` adds the channel that marks given latent frames (video-conditioned class); `padding_mask` adds
    the channel that the published weights carry and that is zero at inference. `start_channels` adds the latent that
    the sampling starts from (Virga's own; the published networks see no start). `unused_layers` creates the layers that
    published control files hold and never run, so that such a file loads strictly.
    """

    dim: int
    heads: int
    blocks: int
    control_blocks: int
    text_dim: int
    text_tokens: int
    adaln_rank: int
    mlp_ratio: float = 4.0
    latent_channels: int = 16
    hint_channels: int = 16
    patch: int = 2
    condition_mask: bool = False
    start_channels: bool = False
    padding_mask: bool = False
    unused_layers: bool = False
    max_frames: int = 128
    max_height: int = 240
    max_width: int = 240
    base_time_ratio: float = 2.0
    control_time_ratio: float = 1.0
    merge_rescale: bool = False
    hint_widths: tuple[int, ...] = HINT_WIDTHS

    def __post_init__(self) -> None:
        if self.dim % self.heads or (self.dim // self.heads) % 2:
            raise BadConfigError("network", "dim", f"a multiple of 2 x heads ({self.heads}), got {self.dim}")
        if self.head_dim < 6:
            raise BadConfigError("network", "heads", f"at least 6 channels a head, got {self.head_dim}")
        if self.control_blocks > self.blocks:
            raise BadConfigError("network", "control_blocks", f"at most blocks ({self.blocks})")
        if self.hint_channels < self.latent_channels:
            raise BadConfigError("network", "hint_channels", f"at least {self.latent_channels}")

    @property
    def head_dim(self) -> int:
        """Channels of one attention head."""
        return self.dim // self.heads

    @property
    def patch_area(self) -> int:
        """Latent pixels in one token."""
        return self.patch * self.patch

    @property
    def input_features(self) -> int:
        """Columns of the patch embedding: latent, condition mask, start, padding mask, each times the patch area."""
        return self.live_features + self.padding_mask * self.patch_area

    @property
    def live_features(self) -> int:
        """The columns that act at inference, where the padding mask is zero: the width of the exported input `x`."""
        start = self.latent_channels if self.start_channels else 0
        return (self.latent_channels + self.condition_mask + start) * self.patch_area

    @property
    def hint_features(self) -> int:
        """Columns of the hint's patch embedding."""
        return (self.hint_channels + self.padding_mask) * self.patch_area

    @property
    def output_features(self) -> int:
        """Features of one output token."""
        return self.latent_channels * self.patch_area

    def to_json(self) -> dict[str, Any]:
        """Plain values, for a checkpoint or manifest."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> NetworkConfig:
        """The config from `to_json`'s values; an unknown or missing field is a BadConfigError."""
        known = {f.name for f in fields(cls)}
        if unknown := sorted(set(values) - known):
            raise BadConfigError("network", ", ".join(unknown), f"one of {sorted(known)}")
        try:
            widths = {"hint_widths": tuple(values["hint_widths"])} if "hint_widths" in values else {}
            return cls(**{**values, **widths})
        except TypeError as error:
            raise BadConfigError("network", "sizes", str(error)) from error


_transfer1 = NetworkConfig(
    dim=4096,
    heads=32,
    blocks=28,
    control_blocks=3,
    text_dim=1024,
    text_tokens=512,
    adaln_rank=256,
    hint_channels=128,
    condition_mask=True,
    padding_mask=True,
    unused_layers=True,
    merge_rescale=True,
)

#: Named sizes. `mini` is Virga's own small model; the others are NVIDIA's published ones.
network_configs: dict[str, NetworkConfig] = {
    "mini": NetworkConfig(
        dim=256,
        heads=4,
        blocks=8,
        control_blocks=2,
        text_dim=128,
        text_tokens=32,
        adaln_rank=32,
        max_frames=32,
        max_height=64,
        max_width=64,
    ),
    "cosmos-transfer1-7b": _transfer1,
    "cosmos-transfer1-7b-sample-av": NetworkConfig(
        **{**asdict(_transfer1), "condition_mask": False, "hint_channels": 16, "merge_rescale": False}
    ),
}
