"""Client of the Virga services: `connect`, the messages of virga.v1, and what reads an error."""

from virga.client import Client, connect, has_ended
from virga.download import DigestMismatch
from virga.errors import error_info
from virga.v1.augmentations_pb2 import (
    Augmentation,
    CreateAugmentationRequest,
    GetAugmentationRequest,
    WatchAugmentationResponse,
)
from virga.v1.common_pb2 import Look
from virga.v1.scenarios_pb2 import CreateScenarioRequest, Scenario
from virga.v1.variants_pb2 import ListVariantsRequest, Variant

__all__ = [
    "Augmentation",
    "Client",
    "CreateAugmentationRequest",
    "CreateScenarioRequest",
    "DigestMismatch",
    "GetAugmentationRequest",
    "ListVariantsRequest",
    "Look",
    "Scenario",
    "Variant",
    "WatchAugmentationResponse",
    "connect",
    "error_info",
    "has_ended",
]
