"""From a download folder to a bundle: checked first, made graph by graph, resumable, the manifest last."""

from __future__ import annotations

import fcntl
import gc
import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ..atomic import write_bytes_atomically
from ..errors import BadConfigError, BadInputError, CheckpointMismatchError, DiskFullError
from .files import Download
from .make import make_graph
from .manifest import licence_note, make_manifest
from .parts import expect_all, list_parts
from .sizes import BYTES, Sizes, graph_bytes, graph_parameters, memory_needed
from .t5 import read_pieces

Report = Callable[[str], None]
_NOTES = ".import"


def import_bundle(
    download: Download, sizes: Sizes, precision: str, out: Path, report: Report = print, inline_up_to: int = 500_000_000
) -> dict[str, Any]:
    """Writes a bundle folder and returns its manifest. Called again after a stop, it goes on where it was.

    A finished graph is known by a note beside it (digest of its sources, precision and this code); anything else is
    made anew. Without manifest.json, which comes last, the folder is no bundle.

    Raises CheckpointMismatchError (with every difference in <out>/mismatch.txt), BadInputError, DiskFullError before
    anything large is written; WorldModelError for a graph that lies too far from PyTorch.
    """
    if precision not in BYTES:
        raise BadConfigError("command line", "--precision", f"one of {', '.join(BYTES)}; got {precision}")
    _known_key(out / "manifest.json", download.model)
    parts = list_parts(download, sizes)
    _check_keys(download, sizes, out, report)
    numbers = graph_parameters(sizes, list(download.controls))
    expected_bytes = graph_bytes(numbers, precision)
    out.mkdir(parents=True, exist_ok=True)
    notes = out / _NOTES
    with _alone(notes):
        for stale in out.glob(".*.part"):
            stale.unlink()
        report("digests of the downloaded files")
        digests = _Digests(notes / "sources.json")
        keys = {part.name: _key(part.name, [digests.of(p) for p in part.sources], precision, sizes) for part in parts}
        key = hashlib.sha256(json.dumps([keys, digests.of(download.pieces)]).encode()).hexdigest()
        done = {part.name: note for part in parts if (note := _finished(out, part.name, keys[part.name]))}
        _expect_room(out, {k: v for k, v in expected_bytes.items() if k not in done}, numbers, precision, report)
        # A manifest of other files would name graphs that are about to change.
        manifest_file = out / "manifest.json"
        if key != _known_key(manifest_file, download.model):
            manifest_file.unlink(missing_ok=True)
        kept: dict[str, Any] = {}
        for number, part in enumerate(parts, 1):
            title = f"[{number}/{len(parts)}] {part.name}"
            if part.name in done:
                report(f"{title}: already there")
                continue
            report(f"{title}: about {_gigabytes(expected_bytes[part.name])}")
            started = time.monotonic()
            made = make_graph(part, precision, out, kept, inline_up_to)
            written = made.pop("written")
            entry = {**describe(written[-1]), **({"data": describe(written[0])} if len(written) > 1 else {}), **made}
            note = {"key": keys[part.name], "entry": entry}
            write_bytes_atomically(notes / f"{part.name}.json", _json(note))
            done[part.name] = note
            gc.collect()
            report(f"{title}: {made['check']['difference']:.1e} from PyTorch, {time.monotonic() - started:.0f} s")
        write_bytes_atomically(out / "vocabulary.json", _json(read_pieces(download.pieces)))
        write_bytes_atomically(out / "LICENCE.txt", licence_note(download).encode())
        files = {
            "graphs": {part.name: done[part.name]["entry"] for part in parts},
            "vocabulary": describe(out / "vocabulary.json"),
            "licenceText": describe(out / "LICENCE.txt"),
        }
        used = [p for part in parts for p in part.sources] + [download.pieces]
        sources = {str(p.relative_to(download.folder)): digests.of(p) for p in dict.fromkeys(used)}
        manifest = make_manifest(download, sizes, precision, files, sources, key)
        write_bytes_atomically(manifest_file, _json(manifest))
    return manifest


def describe(path: Path) -> dict[str, Any]:
    """A file's entry in a manifest."""
    return {"file": path.name, "sha256": _sha256(path), "bytes": path.stat().st_size}


def _check_keys(download: Download, sizes: Sizes, out: Path, report: Report) -> None:
    listing = out / "mismatch.txt"
    try:
        for path in expect_all(download, sizes):
            report(f"keys and shapes as expected: {path.relative_to(download.folder)}")
    except CheckpointMismatchError as error:
        write_bytes_atomically(listing, f"{error.where}\n{error.listing()}".encode())
        error.args = (f"{error.args[0]} (all of them in {listing}; were these files published as {download.model}?)",)
        raise
    listing.unlink(missing_ok=True)


def _known_key(manifest: Path, model: str) -> str | None:
    """The key of an earlier import into the folder; BadInputError where another bundle lies there."""
    if not manifest.is_file():
        return None
    try:
        values = json.loads(manifest.read_text())
        if values["name"] == model:
            return values["import"]["key"]
    except (ValueError, KeyError, TypeError):
        pass
    raise BadInputError(manifest, "--out", f"an empty folder or an earlier import of {model}, not another bundle")


def _expect_room(out: Path, wanted: dict[str, int], numbers: dict[str, int], precision: str, report: Report) -> None:
    need, free = int(sum(wanted.values()) * 1.02), shutil.disk_usage(out).free
    memory = memory_needed({k: n for k, n in numbers.items() if k in wanted}, precision) if wanted else 0
    report(f"needs {_gigabytes(need)} of disk ({_gigabytes(free)} free) and about {_gigabytes(memory)} of memory")
    if need > free:
        raise DiskFullError(f"{out}: the bundle needs {_gigabytes(need)} more, the disk has {_gigabytes(free)}")
    there = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    if memory > there:
        report(f"this machine has {_gigabytes(there)} of memory: without swap the import is likely to be killed")


@contextmanager
def _alone(notes: Path) -> Iterator[None]:
    """One import at a time into a folder; the system lifts the lock of a killed one."""
    notes.mkdir(parents=True, exist_ok=True)
    with (notes / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise BadInputError(notes.parent, "--out", "a folder that no other import is writing to") from error
        yield


def _finished(out: Path, name: str, key: str) -> dict[str, Any] | None:
    """A graph's note, if its sources are the same and its files are all there, whole."""
    try:
        note = json.loads((out / _NOTES / f"{name}.json").read_text())
    except (OSError, ValueError):
        return None
    files = [note["entry"], *([note["entry"]["data"]] if "data" in note["entry"] else [])]
    same = note["key"] == key and all((out / f["file"]).is_file() for f in files)
    return note if same and all(_sha256(out / f["file"]) == f["sha256"] for f in files) else None


def _key(name: str, sources: list[str], precision: str, sizes: Sizes) -> str:
    digest = hashlib.sha256(json.dumps([name, sources, precision, sizes.to_json()], sort_keys=True).encode())
    package = Path(__file__).parents[1]
    code = [p for part in ("network", "text", "tokenizer") for p in sorted((package / part).glob("*.py"))]
    code += [package / "export" / f"{module}.py" for module in ("graphs", "onnx_model", "reweight")]
    for path in [*code, package / "published" / "make.py", package / "published" / "parts.py"]:
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


class _Digests:
    """sha256 of the sources, remembered by size and time of change: a base file alone takes a minute to read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self.known: dict[str, Any] = json.loads(path.read_text())
        except (OSError, ValueError):
            self.known = {}

    def of(self, path: Path) -> str:
        facts = path.stat()
        stamp = [facts.st_size, facts.st_mtime_ns]
        entry = self.known.get(str(path))
        if entry is None or entry[:2] != stamp:
            entry = [*stamp, _sha256(path)]
            self.known[str(path)] = entry
            write_bytes_atomically(self.path, _json(self.known))
        return entry[2]


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _json(value: Any) -> bytes:
    return (json.dumps(value, indent=1, ensure_ascii=False) + "\n").encode()


def _gigabytes(count: int) -> str:
    return f"{count / 1e9:.1f} GB"
