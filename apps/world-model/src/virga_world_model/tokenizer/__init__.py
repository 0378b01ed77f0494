"""Causal continuous video tokenizer, 8x8x8 with 16 channels (Cosmos-Tokenize1-CV8x8x8)."""

from .autoencoder import Autoencoder, TokenizerConfig, tokenizer_configs
from .haar import haar_analysis, haar_synthesis, patch_video, unpatch_video
from .normalisation import LatentNormaliser

__all__ = [
    "Autoencoder",
    "LatentNormaliser",
    "TokenizerConfig",
    "haar_analysis",
    "haar_synthesis",
    "patch_video",
    "tokenizer_configs",
    "unpatch_video",
]
