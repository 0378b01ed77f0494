"""The mini model's word vocabulary, and the padding rule all text follows."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path

import torch
from torch import Tensor

from ..errors import BadInputError

PAD, UNKNOWN = "<pad>", "<unk>"


def split_words(text: str) -> list[str]:
    """Lower case, split at everything that is not a letter a-z or a digit."""
    return [word for word in re.split(r"[^a-z0-9]+", text.lower()) if word]


class Vocabulary:
    """Words to ids; `<pad>` is 0 and `<unk>` is 1."""

    def __init__(self, words: dict[str, int]) -> None:
        if words.get(PAD) != 0 or words.get(UNKNOWN) != 1 or sorted(words.values()) != list(range(len(words))):
            raise BadInputError("vocabulary", "ids", "0..n-1 with <pad> 0 and <unk> 1")
        self.words = words

    @classmethod
    def of(cls, texts: Iterable[str]) -> Vocabulary:
        """All words of the texts, in alphabetical order."""
        words = sorted({word for text in texts for word in split_words(text)})
        return cls({word: i for i, word in enumerate([PAD, UNKNOWN, *words])})

    @classmethod
    def load(cls, path: str | Path) -> Vocabulary:
        """From `vocabulary.json`."""
        try:
            return cls(json.loads(Path(path).read_text()))
        except (OSError, json.JSONDecodeError, AttributeError, TypeError) as error:
            raise BadInputError(path, "vocabulary", f"a JSON object of words to ids ({error})") from error

    def __len__(self) -> int:
        return len(self.words)

    def encode(self, text: str, length: int) -> tuple[Tensor, Tensor]:
        """Ids and mask, int64 [1,length] each: cut or padded to the length; an empty text has an empty mask."""
        ids = [self.words.get(word, 1) for word in split_words(text)][:length]
        padding = [0] * (length - len(ids))
        return torch.tensor([ids + padding]), torch.tensor([[1] * len(ids) + padding])
