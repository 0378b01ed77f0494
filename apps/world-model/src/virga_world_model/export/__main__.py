"""`python -m virga_world_model.export`: ONNX graphs of fixtures, of a trained checkpoint."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

import torch

from ..errors import WorldModelError
from .fixtures import export_fixtures

_workspace = Path(__file__).resolve().parents[5]


def main(arguments: list[str] | None = None) -> int:
    """Runs the command; returns its exit code."""
    parser = argparse.ArgumentParser(prog="python -m virga_world_model.export", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    fixtures = commands.add_parser("fixtures", help="graphs of the parity fixtures' tiny networks")
    default = os.environ.get("VIRGA_FIXTURES") or _workspace.parent / "shared" / "fixtures"
    fixtures.add_argument(
        "--fixtures", type=Path, default=default, help="default: $VIRGA_FIXTURES or ../shared/fixtures"
    )
    fixtures.add_argument("--out", type=Path, default=_workspace / ".cache" / "fixture-graphs")
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    try:
        if options.command == "fixtures":
            export_fixtures(Path(options.fixtures), options.out)
    except WorldModelError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
