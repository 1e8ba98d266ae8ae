#!/usr/bin/env bash
# Compares the contracts' schemas with two sources that nobody here wrote: botocore's service model of bedrock-agent and
# DigitalOcean's OpenAPI description, which a crate ships. See compare.py.
#
#   tests/peers/shapes/run.sh [--update] [DIR]
#
# DIR (default: target/peers/shapes) keeps what is installed. Needs bash 4.4, Python 3.11 or later (PYTHON names another
# one), cargo and, the first time, PyPI and crates.io.
set -euo pipefail

update=()
if [[ ${1-} == --update ]]; then
    update=(--update)
    shift
fi
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=${1:-$here/../../../target/peers/shapes}
python=$work/venv/bin/python
export PYTHONDONTWRITEBYTECODE=1

mkdir -p "$work/crate/src"
if ! cmp -s "$here/requirements.txt" "$work/installed.txt"; then
    "${PYTHON:-python3}" -m venv --clear "$work/venv"
    "$python" -m pip install --quiet --disable-pip-version-check -r "$here/requirements.txt"
    cp "$here/requirements.txt" "$work/installed.txt"
fi

# Nothing is built: cargo brings the crate and says where it lies.
cp "$here/Cargo.toml" "$work/crate/"
: >"$work/crate/src/lib.rs"
crate=$(cargo metadata --quiet --format-version 1 --manifest-path "$work/crate/Cargo.toml" | "$python" -c '
import json, pathlib, sys
packages = json.load(sys.stdin)["packages"]
print(*(pathlib.Path(package["manifest_path"]).parent for package in packages if package["name"] == "rsdo"))')

"$python" "$here/compare.py" "$here/../../../schemas" "$crate/spec" "$here/differences.txt" "${update[@]}"
