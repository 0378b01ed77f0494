"""The Cosmos-Transfer1 network: a diffusion transformer and its control branches, sizes by config."""

from .base import BaseNetwork
from .config import NetworkConfig, network_configs
from .control import ControlBranch
from .initialise import initialise
from .tokens import pack_latent, pack_network_input, patchify, token_grid, unpatchify
from .world_model import WorldModel

__all__ = [
    "BaseNetwork",
    "ControlBranch",
    "NetworkConfig",
    "WorldModel",
    "initialise",
    "network_configs",
    "pack_latent",
    "pack_network_input",
    "patchify",
    "token_grid",
    "unpatchify",
]
