#!/bin/sh
# Creates apps/world-model/.venv from uv.lock. Needs Python 3.11 and PyPI; installs uv itself where it is missing.
set -eu
cd "$(dirname "$0")/.."
uv_version=0.13.9
if command -v uv >/dev/null 2>&1; then
  uv=uv
else
  tools=.cache/uv-$uv_version
  [ -x "$tools/bin/uv" ] || { python3 -m venv "$tools" && "$tools/bin/pip" install --quiet "uv==$uv_version"; }
  uv=$tools/bin/uv
fi
# Keep downloads out of the user's interpreter search: the lock names one Python, and it has to be on this machine.
UV_PYTHON_DOWNLOADS=never "$uv" sync --frozen --quiet "$@"
.venv/bin/python -c 'import torch, onnxruntime; print(f"world-model: torch {torch.__version__}, onnxruntime {onnxruntime.__version__}")'
