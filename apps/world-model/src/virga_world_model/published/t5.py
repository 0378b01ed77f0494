"""T5's published files: weights of the encoder, and the pieces of its SentencePiece model."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from torch import Tensor

from ..errors import BadInputError
from ..importer import read_state_dict

#: Entries of a whole T5 that its encoder does not have; embed_tokens are further names of `shared`.
_FOREIGN = ("decoder.", "lm_head.", "encoder.embed_tokens.")


def read_t5(path: Path) -> dict[str, Tensor]:
    """Tensors of the encoder from one file, or from all the files that an index names."""
    if not path.name.endswith(".index.json"):
        return _encoder(read_state_dict(path))
    try:
        parts = sorted(set(json.loads(path.read_text())["weight_map"].values()))
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise BadInputError(path, "weight_map", f"names of tensors and files ({error})") from error
    return {k: v for part in parts for k, v in _encoder(read_state_dict(path.with_name(part))).items()}


def _encoder(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {k: v for k, v in tensors.items() if not k.startswith(_FOREIGN)}


def weight_files(path: Path) -> list[Path]:
    """Every file that `read_t5` reads."""
    if not path.name.endswith(".index.json"):
        return [path]
    names = json.loads(path.read_text()).get("weight_map", {}).values()
    return [path, *(path.with_name(name) for name in sorted(set(names)))]


def read_pieces(path: Path) -> dict[str, Any]:
    """The vocabulary file of a bundle: pieces with their log probabilities, T5's ids of padding, end and unknown."""
    try:
        if path.suffix == ".json":
            pieces = [(str(piece), float(score)) for piece, score in json.loads(path.read_text())["model"]["vocab"]]
        else:
            pieces = list(_sentencepiece(path.read_bytes()))
    except (ValueError, KeyError, TypeError, IndexError, struct.error) as error:
        raise BadInputError(path, "contents", f"a SentencePiece unigram model ({error})") from error
    if [piece for piece, _ in pieces[:3]] != ["<pad>", "</s>", "<unk>"]:
        raise BadInputError(path, "pieces", "T5's, which begin with <pad>, </s>, <unk>")
    rounded = [[piece, float(f"{score:.7g}")] for piece, score in pieces]
    return {"kind": "unigram", "pad": 0, "end": 1, "unknown": 2, "pieces": rounded}


def _sentencepiece(data: bytes) -> Iterator[tuple[str, float]]:
    """Pieces of a sentencepiece_model.proto: field 1 is repeated {1: piece, 2: score}."""
    for field, value in _fields(data):
        if field == 1 and isinstance(value, bytes):
            entry = dict(_fields(value))
            yield entry[1].decode(), struct.unpack("<f", entry.get(2, b"\0\0\0\0"))[0]


def _fields(data: bytes) -> Iterator[tuple[int, Any]]:
    at = 0
    while at < len(data):
        tag, at = _varint(data, at)
        if tag & 7 == 0:
            value, at = _varint(data, at)
        else:
            size, at = _varint(data, at) if tag & 7 == 2 else ({1: 8, 5: 4}[tag & 7], at)
            value, at = data[at : at + size], at + size
            if len(value) != size:
                raise ValueError("cut short")
        yield tag >> 3, value


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        value |= (data[at] & 127) << shift
        at, shift = at + 1, shift + 7
        if data[at - 1] < 128:
            return value, at
