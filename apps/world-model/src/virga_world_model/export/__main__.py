"""`python -m virga_world_model.export`: ONNX graphs of parity fixtures, a trained run or published checkpoints."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

import torch

from ..errors import BadConfigError, WorldModelError
from ..network import network_configs
from ..tokenizer import tokenizer_configs
from .fixtures import export_fixtures
from .published import Sources, export_published

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
    commands.add_parser("bundle", help="a trained run as a bundle folder (options: training.bundle --help)")
    _add_published(commands.add_parser("published", help="graphs of downloaded Cosmos-Transfer1 checkpoints"))
    arguments = sys.argv[1:] if arguments is None else arguments
    if arguments[:1] == ["bundle"]:
        # Its options begin with dashes, which argparse would read as ours.
        return subprocess.call([sys.executable, "-m", "virga_world_model.training.bundle", *arguments[1:]])
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    try:
        if options.command == "fixtures":
            export_fixtures(Path(options.fixtures), options.out)
        if options.command == "published":
            _published(options)
    except WorldModelError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    return 0


def _add_published(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--name", choices=sorted(set(network_configs) - {"mini"}), required=True)
    parser.add_argument("--base", type=Path, required=True, help="base_model.pt")
    parser.add_argument("--control", action="append", required=True, metavar="NAME=FILE", help="may be repeated")
    parser.add_argument("--tokenizer", type=Path, nargs=3, metavar=("ENCODER", "DECODER", "MEAN_STD"))
    parser.add_argument("--fp32", action="store_true", help="store weights as fp32 instead of fp16")
    parser.add_argument("--out", type=Path, required=True)


def _published(options: argparse.Namespace) -> None:
    controls = dict(item.split("=", 1) if "=" in item else ("", item) for item in options.control)
    if "" in controls:
        raise BadConfigError("command line", "--control", "NAME=FILE, for instance vis=vis_control.pt")
    sources = Sources(
        options.base,
        {name: Path(path) for name, path in controls.items()},
        tuple(options.tokenizer) if options.tokenizer else None,
    )
    export_published(
        options.name,
        network_configs[options.name],
        tokenizer_configs["cosmos-tokenize1-cv8x8x8"],
        sources,
        options.out,
        half=not options.fp32,
    )


if __name__ == "__main__":
    raise SystemExit(main())
