"""Which file of a download folder is what, by the published names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ..errors import BadInputError

#: Model -> repository on Hugging Face, under nvidia/ (cosmos-transfer1, checkpoints.py).
REPOSITORIES = {
    "cosmos-transfer1-7b": "Cosmos-Transfer1-7B",
    "cosmos-transfer1-7b-sample-av": "Cosmos-Transfer1-7B-Sample-AV",
}
TOKENIZER = "Cosmos-Tokenize1-CV8x8x8-720p"
CONTROL_FILES = {
    "cosmos-transfer1-7b": {
        **{name: f"{name}_control.pt" for name in ("vis", "edge", "depth", "seg", "keypoint")},
        "upscale": "4kupscaler_control.pt",
    },
    "cosmos-transfer1-7b-sample-av": {name: f"{name}_control.pt" for name in ("hdmap", "lidar")},
}
#: Taken only when asked for by name: it is meant for patches of a larger picture.
_ON_REQUEST = {"upscale"}
_T5_WEIGHTS = ("model.safetensors", "model.safetensors.index.json", "pytorch_model.bin", "pytorch_model.bin.index.json")
_T5_PIECES = ("spiece.model", "tokenizer.json")


@dataclass(frozen=True)
class Download:
    """The files of one model."""

    folder: Path
    model: str
    base: Path
    controls: dict[str, Path]
    #: One file that holds both halves, or two.
    tokenizer: tuple[Path, ...]
    statistics: Path
    #: T5's weights (a file, or an index of several) and its pieces.
    text: Path
    pieces: Path
    #: Licence files that came with them.
    licences: tuple[Path, ...]


def find_files(folder: Path, model: str | None, controls: Iterable[str] | None) -> Download:
    """Finds a model's files anywhere below a folder; BadInputError lists every file that is missing and its source."""
    files = _list(folder)
    model = model or _guess(folder, files)
    if model not in REPOSITORIES:
        raise BadInputError(folder, "--model", f"one of {', '.join(REPOSITORIES)}; got {model}")
    repository, missing = REPOSITORIES[model], []

    def need(names: Iterable[str], home: str) -> Path:
        names = tuple(names)
        found = _pick(files, names, home)
        if found is None:
            missing.append(f"{home}/{' or '.join(names)}")
        return found or folder

    known = CONTROL_FILES[model]
    asked = list(controls) if controls else None
    if asked and (unknown := [name for name in asked if name not in known]):
        raise BadInputError(folder, "--controls", f"controls of {model}: {', '.join(known)}; got {', '.join(unknown)}")
    there = {name: _pick(files, (file,), f"nvidia/{repository}") for name, file in known.items()}
    names = asked or [name for name, path in there.items() if path and name not in _ON_REQUEST]
    base = need(("base_model.pt",), f"nvidia/{repository}")
    chosen = {name: need((known[name],), f"nvidia/{repository}") for name in names}
    if not names:
        missing.append(f"nvidia/{repository}/{' or '.join(known.values())}")
    home = f"nvidia/{TOKENIZER}"
    whole = _pick(files, ("autoencoder.jit", "autoencoder.pt"), home)
    halves = [_pick(files, (f"{half}.jit", f"{half}.pt"), home) for half in ("encoder", "decoder")]
    if whole is None or all(halves):
        tokenizer = tuple(need((f"{half}.jit", f"{half}.pt"), home) for half in ("encoder", "decoder"))
    else:
        tokenizer = (whole,)
    statistics = need(("mean_std.pt",), home)
    text, pieces = (need(names, "google-t5/t5-11b") for names in (_T5_WEIGHTS, _T5_PIECES))
    if missing:
        raise BadInputError(folder, "files", f"also these, from huggingface.co: {'; '.join(missing)}")
    licences = tuple(p for p in files if p.name.lower().startswith(("license", "licence", "notice")))
    return Download(folder, model, base, chosen, tokenizer, statistics, text, pieces, licences)


def guess_model(folder: Path) -> str:
    """The only model that a folder holds; BadInputError where there is none or more than one."""
    return _guess(folder, _list(folder))


def _list(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise BadInputError(folder, "folder", "a folder with downloaded checkpoints")
    return sorted(p for p in folder.rglob("*") if p.is_file() and ".cache" not in p.relative_to(folder).parts)


def _guess(folder: Path, files: list[Path]) -> str:
    """The only model that the folder holds; names of repository folders count first, then names of control files."""
    parents = {p.parent.name for p in files if p.name == "base_model.pt"}
    fitting = [model for model, repository in REPOSITORIES.items() if repository in parents]
    if not fitting:
        names = {p.name for p in files}
        fitting = [model for model, controls in CONTROL_FILES.items() if names & set(controls.values())]
    if len(fitting) != 1:
        held = " and ".join(fitting) or "neither, by the names of its files"
        raise BadInputError(folder, "--model", f"one of {', '.join(REPOSITORIES)}; the folder holds {held}")
    return fitting[0]


def _pick(files: list[Path], names: tuple[str, ...], home: str) -> Path | None:
    """The file of the first of these names: in its repository's folder, else in one that is no other repository's."""
    others = {*REPOSITORIES.values(), TOKENIZER, "t5-11b"} - {home.split("/")[1]}
    for name in names:
        same = [p for p in files if p.name == name and p.parent.name not in others]
        at_home = [p for p in same if p.parent.name == home.split("/")[1]]
        found = at_home or same
        if len(found) > 1:
            listed = ", ".join(str(p) for p in found)
            raise BadInputError(found[0], "file", f"one file of that name, not {listed}: put each into {home}")
        if found:
            return found[0]
    return None
