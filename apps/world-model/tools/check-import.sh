#!/bin/sh
# Proves the import of published checkpoints without them: lays the parity fixtures' weights (made by the official code) out under the published names,
# imports them with `virga bundle import`, and runs the TypeScript fixture tests on the bundles that come out. About 6 CPU minutes.
#   VIRGA_FIXTURES=... tools/check-import.sh [PRECISION]     fp32 (default): the recorded numbers within their tolerances; fp16, bf16: import alone
set -eu
cd "$(dirname "$0")/../../.."
root=$PWD
precision=${1:-fp32}
fixtures=${VIRGA_FIXTURES:-$root/../shared/fixtures}
[ -d "$fixtures/net_v2w" ] || { echo "no fixtures in $fixtures: set VIRGA_FIXTURES" >&2; exit 4; }
work=$root/.cache/check-import
python=$root/apps/world-model/.venv/bin/python
export PYTHONWARNINGS=ignore VIRGA_FIXTURES="$fixtures" VIRGA_IMPORTED_BUNDLES="$work/$precision"
for model in cosmos-transfer1-7b cosmos-transfer1-7b-sample-av; do
  (cd apps/world-model/tests && "$python" download.py build "$fixtures" "$model" "$work/download/$model")
  apps/cli/bin/virga bundle import "$work/download/$model" --sizes "$work/download/$model/sizes.json" --precision "$precision" \
    --inline-up-to 100000 --out "$work/$precision/$model"
  apps/cli/bin/virga bundle verify "$work/$precision/$model"
  [ "$precision" = fp32 ] || continue
  (cd apps/world-model/tests && "$python" download.py point "$fixtures" "$model" "$work/$precision/$model" "$work/graphs/$model")
  VIRGA_FIXTURE_GRAPHS=$work/graphs/$model node tools/run.mjs vitest run --root libs/models fixture --testTimeout=600000 --hookTimeout=600000
done
[ "$precision" = fp32 ] || exit 0
node tools/run.mjs vitest run --root libs/models imported-bundles
