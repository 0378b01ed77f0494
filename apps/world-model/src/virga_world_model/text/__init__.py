"""Text to cross-attention context: T5 encoder, word vocabulary, padding rules."""

from .t5 import T5Config, T5Encoder, t5_configs
from .vocabulary import Vocabulary, split_words

__all__ = ["T5Config", "T5Encoder", "Vocabulary", "split_words", "t5_configs"]
