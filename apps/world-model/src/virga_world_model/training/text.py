"""The mini bundle's text encoder: words, their mean, and a small MLP, trained together with the network."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..data.looks import split_look
from ..text import Vocabulary

#: Ways of saying a weather or a light; training mixes them with the data set's own prompts.
PHRASES: dict[str, tuple[str, ...]] = {
    "clear": ("clear", "sunny", "clear sky", "blue sky", "dry"),
    "overcast": ("overcast", "cloudy", "grey sky", "gray clouds"),
    "rain": ("rain", "rainy", "raining", "wet road", "heavy rain", "light rain", "downpour", "wet reflections"),
    "snow": ("snow", "snowy", "snowing", "snow cover", "winter", "snow covered road", "blizzard"),
    "fog": ("fog", "foggy", "mist", "misty", "haze", "dense fog"),
    "morning": ("morning", "sunrise", "early morning", "dawn"),
    "day": ("day", "daytime", "noon", "midday", "afternoon", "daylight"),
    "golden-hour": ("golden hour", "golden-hour", "sunset", "dusk", "evening", "low sun"),
    "night": ("night", "nighttime", "dark", "midnight", "at night", "street lights", "lit windows"),
}
PREFIXES = ("", "", "a drive", "driving", "a street", "a city street", "a road", "dash cam video", "view from a car")


def build_vocabulary(prompts: list[str]) -> Vocabulary:
    """The words of the data set's prompts and of the phrases above."""
    phrases = [phrase for group in PHRASES.values() for phrase in group]
    return Vocabulary.of([*prompts, *phrases, *PREFIXES, "in at and the with"])


def composed_prompt(look: str, rng: np.random.Generator) -> str:
    """A free wording of a look, in either order, with or without a lead-in."""
    weather, lighting = split_look(look)
    parts = [
        PHRASES[weather][int(rng.integers(len(PHRASES[weather])))],
        PHRASES[lighting][int(rng.integers(len(PHRASES[lighting])))],
    ]
    if rng.random() < 0.5:
        parts.reverse()
    joined = (" ", ", ", " and ")[int(rng.integers(3))].join(parts)
    return f"{PREFIXES[int(rng.integers(len(PREFIXES)))]} {joined}".strip()


def tokenize(prompts: list[str], vocabulary: Vocabulary, length: int) -> tuple[Tensor, Tensor]:
    """Prompts -> ids int64 [B,M] and mask int64 [B,M], padded or cut to `length`."""
    rows = [vocabulary.encode(prompt, length) for prompt in prompts]
    return torch.cat([ids for ids, _ in rows]), torch.cat([mask for _, mask in rows])


class WordEncoder(nn.Module):
    """ids int64 [B,M], mask int64 [B,M] -> text [B,M,C]: each word plus an MLP of the mean word; zero rows
    beyond the length."""

    def __init__(self, vocabulary: int, dim: int) -> None:
        super().__init__()
        self.words = nn.Embedding(vocabulary, dim)
        self.hidden = nn.Linear(dim, 2 * dim)
        self.out = nn.Linear(2 * dim, dim)
        self.dim = dim
        nn.init.normal_(self.words.weight, std=1.0)

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """See class."""
        present = mask.to(self.words.weight.dtype)[..., None]
        words = self.words(ids) * present
        mean = words.sum(1, keepdim=True) / present.sum(1, keepdim=True).clamp(min=1)
        pooled = self.out(F.silu(self.hidden(mean * 2)))
        return F.layer_norm(0.5 * words + pooled, (self.dim,)) * present
