"""Generates src/virga/v1 from proto/virga/v1: `uv run tools/generate.py`. `--check` compares instead, and fails on a difference."""

import filecmp
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from importlib.resources import files
from pathlib import Path

import grpc_tools.protoc

HERE = Path(__file__).resolve().parent.parent
PROTO = HERE.parent.parent / "proto"
TARGET = HERE / "src" / "virga" / "v1"


def generate(out: Path) -> None:
    """Writes messages, stubs of services and the types of both below `out`/virga/v1."""
    scripts = Path(sysconfig.get_path("scripts"))
    command = [sys.executable, "-m", "grpc_tools.protoc", f"-I{PROTO}"]
    command += [f"-I{sysconfig.get_path('purelib')}", f"-I{files(grpc_tools) / '_proto'}"]  # google/api, google/protobuf
    command += [f"--plugin={scripts / name}" for name in ("protoc-gen-mypy", "protoc-gen-mypy_grpc")]
    command += [f"--{kind}_out={out}" for kind in ("python", "grpc_python", "mypy", "mypy_grpc")]
    subprocess.run([*command, *sorted(map(str, PROTO.glob("virga/v1/*.proto")))], check=True)
    (out / "virga" / "v1" / "__init__.py").write_text('"""Generated from proto/virga/v1 by tools/generate.py."""\n')


def differences(made: Path) -> list[str]:
    """Names of the files that differ from the committed ones."""
    names = {path.name for folder in (made, TARGET) for path in folder.glob("*.py*")}
    _, differ, missing = filecmp.cmpfiles(made, TARGET, sorted(names), shallow=False)
    return differ + missing


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        generate(Path(folder))
        made = Path(folder) / "virga" / "v1"
        if "--check" in sys.argv[1:]:
            found = differences(made)
            sys.exit(f"not as generated, run tools/generate.py: {', '.join(found)}" if found else 0)
        shutil.rmtree(TARGET, ignore_errors=True)
        shutil.copytree(made, TARGET)
