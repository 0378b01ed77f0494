"""Weights to start training from."""

from __future__ import annotations

from torch import nn

from .base import BaseNetwork
from .control import ControlBranch
from .world_model import WorldModel


def initialise(model: WorldModel, *, zero_outputs: bool = True, position_std: float = 0.02) -> None:
    """Xavier-uniform linears, zero-initialised gates; seeded by torch's global generator.

    With zero_outputs, the last layer of every hint MLP, the zero blocks and the final linear start at zero, as the
    paper's control branches do; without, they start small, which learns faster when all is trained from scratch.
    """
    for module in model.modules():
        if isinstance(module, nn.Linear):
            nn.init.xavier_uniform_(module.weight)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
    for trunk in (model.base, *model.controls.values()):
        _start_trunk(trunk, zero_outputs, position_std)


def _start_trunk(trunk: BaseNetwork | ControlBranch, zero_outputs: bool, position_std: float) -> None:
    for table in trunk.extra_pos_embedder.parameters():
        nn.init.trunc_normal_(table, std=position_std)
    nn.init.normal_(trunk.t_embedder[1].linear_1.weight, std=0.02)
    nn.init.normal_(trunk.t_embedder[1].linear_2.weight, std=0.02)
    for block in trunk.blocks.values():
        for part in block.blocks:
            nn.init.zeros_(part.adaLN_modulation[2].weight)
    outputs = []
    if hasattr(trunk, "final_layer"):
        nn.init.zeros_(trunk.final_layer.adaLN_modulation[2].weight)
        outputs.append(trunk.final_layer.linear)
    if isinstance(trunk, ControlBranch):
        outputs += [trunk.input_hint_block[-1], *trunk.zero_blocks.values()]
    for linear in outputs:
        if zero_outputs:
            nn.init.zeros_(linear.weight)
        else:
            nn.init.normal_(linear.weight, std=0.02)
