"""`python -m virga_world_model.export`: bundles of a trained run or of published checkpoints, and graphs for tests."""

from __future__ import annotations

import argparse
import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import torch

from ..errors import WorldModelError
from ..published.bundle import import_bundle
from ..published.files import CONTROL_FILES, REPOSITORIES, find_files, guess_model
from ..published.full_width import export_full_width
from ..published.sizes import BYTES, published_sizes, read_sizes
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
    commands.add_parser("bundle", help="a trained run as a bundle folder (options: training.bundle --help)")
    _add_import(commands.add_parser("import", help="a folder of downloaded Cosmos-Transfer1 files as a bundle"))
    which = commands.add_parser("which", help="the model that a download folder holds")
    which.add_argument("folder", type=Path)
    which.add_argument("--json", action="store_true")
    width = commands.add_parser("full-width", help="one base and one control block of the 7B, random weights")
    width.add_argument("--out", type=Path, required=True)
    arguments = sys.argv[1:] if arguments is None else arguments
    if arguments[:1] == ["bundle"]:
        # Its options begin with dashes, which argparse would read as ours.
        return subprocess.call([sys.executable, "-m", "virga_world_model.training.bundle", *arguments[1:]])
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    try:
        if options.command == "fixtures":
            export_fixtures(Path(options.fixtures), options.out)
        if options.command == "import":
            torch.set_num_threads(len(os.sched_getaffinity(0)))
            _import(options)
        if options.command == "which":
            print(json.dumps({"model": guess_model(options.folder)}))
        if options.command == "full-width":
            export_full_width(options.out)
    except WorldModelError as error:
        return _fail(options, error.code, str(error), error.exit_code)
    except OSError as error:
        code = "VIRGA_DISK_FULL" if error.errno == errno.ENOSPC else "VIRGA_CANNOT_WRITE"
        return _fail(options, code, str(error), 4)
    except KeyboardInterrupt:
        return _fail(options, "VIRGA_CANCELLED", "stopped; the same command goes on from the finished graphs", 130)
    return 0


def _fail(options: argparse.Namespace, code: str, message: str, exit_code: int) -> int:
    if getattr(options, "json", False):
        print(json.dumps({"error": {"code": code, "message": message}}))
    else:
        print(f"error: {message}", file=sys.stderr)
    return exit_code


def _add_import(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, help="folder with the downloaded files, at any depth")
    parser.add_argument("--model", help=f"{' or '.join(REPOSITORIES)}; default: the one that the folder holds")
    names = "; ".join(f"{model}: {', '.join(files)}" for model, files in CONTROL_FILES.items())
    parser.add_argument("--controls", help=f"separated by commas, default: those that are there ({names})")
    parser.add_argument("--precision", default="fp16", help=f"{', '.join(BYTES)}; default fp16")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--sizes", type=Path, help="JSON with other sizes of the definition, for trials")
    parser.add_argument("--inline-up-to", type=int, default=500_000_000, help="bytes of weights kept inside a graph")
    parser.add_argument("--json", action="store_true", help="print the result, or the error, as JSON")


def _import(options: argparse.Namespace) -> None:
    asked = [name.strip() for name in options.controls.split(",")] if options.controls else None
    download = find_files(options.folder, options.model, asked)
    sizes = read_sizes(options.sizes) if options.sizes else published_sizes(download.model)

    def report(line: str) -> None:
        print(line, file=sys.stderr, flush=True)

    manifest = import_bundle(download, sizes, options.precision, options.out, report, options.inline_up_to)
    if options.json:
        print(json.dumps({"name": manifest["name"], "out": str(options.out), "graphs": manifest["graphs"]}))


if __name__ == "__main__":
    raise SystemExit(main())
