"""Files from streams of bytes."""

import hashlib
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from virga.v1.variants_pb2 import DownloadVariantResponse


class DigestMismatch(Exception):
    """What came does not have the digest that the server named: nothing was kept."""


def write_checked(parts: Iterable[DownloadVariantResponse], to: str | os.PathLike[str]) -> Path:
    """Writes a stream of parts to a file, which has its name only when it is whole and has the digest that the first part names.

    Raises DigestMismatch, OSError, and what the stream raises.
    """
    target = Path(to)
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        expected, actual, size = None, hashlib.sha256(), 0
        with os.fdopen(handle, "wb") as file:
            for part in parts:
                expected = part.blob if expected is None else expected
                actual.update(part.chunk)
                size += file.write(part.chunk)
            file.flush()
            os.fsync(file.fileno())
        if expected is None or (expected.sha256, expected.size_bytes) != (actual.hexdigest(), size):
            raise DigestMismatch(f"{target}: {size} bytes with digest {actual.hexdigest()} came, expected {expected or 'any'}")
        os.chmod(name, 0o644)
        os.replace(name, target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return target
