"""Errors that name the file, the field and what was expected. Every one ends a command with its exit code."""

from __future__ import annotations


class WorldModelError(Exception):
    """Base of all errors a user can cause; `exit_code` follows the workspace's command-line contract."""

    exit_code = 5
    #: The same in the workspace's closed list of error codes.
    code = "VIRGA_INTERNAL"


class BadInputError(WorldModelError):
    """A file or value that cannot be used: `where` (file), `field` and what was expected."""

    exit_code = 3
    code = "VIRGA_BAD_INPUT"

    def __init__(self, where: object, field: str, expected: str) -> None:
        super().__init__(f"{where}: {field}: expected {expected}")
        self.where, self.field, self.expected = str(where), field, expected


class BadConfigError(BadInputError):
    """A config whose numbers do not fit together."""


class CheckpointMismatchError(BadInputError):
    """A checkpoint whose keys or shapes are not those of the network; lists all of them."""

    def __init__(
        self, where: object, missing: list[str], extra: list[str], misshapen: list[tuple[str, tuple, tuple]]
    ) -> None:
        self.missing, self.extra, self.misshapen = missing, extra, misshapen
        parts = []
        if missing:
            parts.append(f"missing {_some(missing)}")
        if extra:
            parts.append(f"unexpected {_some(extra)}")
        if misshapen:
            parts.append(
                "wrong shape " + _some([f"{k} {list(got)} instead of {list(want)}" for k, got, want in misshapen])
            )
        super().__init__(where, "tensors", "the network's own keys and shapes; " + "; ".join(parts))

    def listing(self) -> str:
        """Every difference, one per line."""
        lines = [f"missing {k}" for k in self.missing] + [f"unexpected {k}" for k in self.extra]
        lines += [f"wrong shape {k} {list(got)} instead of {list(want)}" for k, got, want in self.misshapen]
        return "\n".join(lines) + "\n"


class DiskFullError(WorldModelError):
    """The disk has less room than the work needs; raised before it begins."""

    exit_code = 4
    code = "VIRGA_DISK_FULL"


def _some(names: list[str], most: int = 12) -> str:
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"
