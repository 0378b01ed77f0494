"""Named sizes and time plans: the same recipe on two CPU cores, on one large GPU, and as a toy for tests."""

from __future__ import annotations

from dataclasses import dataclass

from ..network import NetworkConfig


def _config(dim: int, blocks: int, control_blocks: int, **more: object) -> NetworkConfig:
    shared = {"text_dim": 96, "text_tokens": 32, "adaln_rank": 32, "hint_widths": (256,)}
    return NetworkConfig(
        dim=dim, heads=max(2, dim // 64), blocks=blocks, control_blocks=control_blocks, condition_mask=True,
        start_channels=True, max_frames=16, max_height=22, max_width=40, **{**shared, **more},
    )  # fmt: skip


SIZES: dict[str, NetworkConfig] = {
    # 1.7M parameters in the base, about 3,300 training tokens a CPU second.
    "cpu": _config(128, 5, 1),
    # 30 minutes of one data-centre GPU: 12 blocks, six branches of 3.
    "gpu": _config(512, 12, 3, text_dim=128, adaln_rank=64, hint_widths=(512, 512)),
    "toy": NetworkConfig(
        dim=48, heads=2, blocks=2, control_blocks=1, text_dim=32, text_tokens=32, adaln_rank=8,
        condition_mask=True, start_channels=True, max_frames=16, max_height=22, max_width=40, hint_widths=(32,),
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Plan:
    """How the minutes are shared out, and how much a step holds.

    Shares are parts of the whole time; what is closed form takes what it takes. `tokens`: per step and process.
    """

    size: str
    tokens: int
    base: float
    branch: float
    """of all six together, per process side by side"""
    distill: float
    decoder: float
    lr: float
    teacher_steps: int
    """evaluations of the teacher per training example of the student"""
    samples: int
    """random picks for the tokenizer's closed forms"""


PLANS: dict[str, Plan] = {
    "cpu": Plan(
        "cpu", 1320, base=0.47, branch=0.34, distill=0.15, decoder=0.0, lr=1.5e-3, teacher_steps=4, samples=240
    ),
    "gpu": Plan(
        "gpu", 60_000, base=0.40, branch=0.20, distill=0.12, decoder=0.15, lr=6e-4, teacher_steps=9, samples=600
    ),
    "toy": Plan("toy", 440, base=0.30, branch=0.30, distill=0.10, decoder=0.0, lr=2e-3, teacher_steps=2, samples=8),
}
