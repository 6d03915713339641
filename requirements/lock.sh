#!/usr/bin/env bash
# Writes the lock files of this folder from pyproject.toml, with uv in a throw-away environment.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet uv
compile() {
  "$work/venv/bin/uv" pip compile pyproject.toml --quiet --universal --python-version 3.11 \
    --generate-hashes --no-header --no-annotate "$@"
}
# One resolution for everything first, so that the files never disagree on a version. What is pinned already
# stays as it is; `UPGRADE=1 make lock` takes the newest versions that pyproject.toml admits.
[ -n "${UPGRADE:-}" ] || sed -n 's/^\([a-z0-9._-]*==[^ ]*\).*/\1/p' requirements/*.txt | sort -u > "$work/all.txt"
compile --group dev --group bench --extra cluster -o "$work/all.txt"
compile -c "$work/all.txt" -o requirements/runtime.txt
compile --group dev -c "$work/all.txt" -o requirements/dev.txt
compile --group dev --group bench -c "$work/all.txt" -o requirements/bench.txt
compile --extra cluster -c "$work/all.txt" -o requirements/cluster.txt
