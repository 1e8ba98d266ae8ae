#!/usr/bin/env bash
# Drives the vendors' own SDKs against jobproof's mocks.
#
#   JOBPROOF=target/release/jobproof tests/clients/run.sh [DIR]
#
# DIR (default: target/clients) keeps the virtual environment and the mocks' logs.
# Needs bash 4.4, Python 3.11 or later (PYTHON names another one) and, the first time, PyPI.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=${1:-$here/../../target/clients}
: "${JOBPROOF:?set JOBPROOF to the path of the jobproof binary}"
python=$work/venv/bin/python

# The clients must neither go through a proxy nor pick up the caller's accounts and endpoints.
export NO_PROXY=127.0.0.1 no_proxy=127.0.0.1
for name in $(compgen -e | grep -E '^(ALIBABA_CLOUD|AWS|DIGITALOCEAN|GRADIENT|HUAWEICLOUD|PYDO)_' || true); do unset "$name"; done
export AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null
# The scripts import their neighbour; leave no cache in the source tree.
export PYTHONDONTWRITEBYTECODE=1

mkdir -p "$work"
# One SDK writes into the home directory when it is imported.
export HOME=$work/home
mkdir -p "$HOME"
if ! cmp -s "$here/requirements.lock" "$work/installed.txt"; then
    "${PYTHON:-python3}" -m venv --clear "$work/venv"
    "$python" -m pip install --quiet --disable-pip-version-check -r "$here/requirements.lock"
    cp "$here/requirements.lock" "$work/installed.txt"
fi

mock=
stop_mock() {
    [[ -z $mock ]] && return
    kill "$mock" 2>/dev/null || true
    wait "$mock" 2>/dev/null || true
    mock=
}
trap stop_mock EXIT

# Starts a mock whose clock stands still, and sets `mock` and `url`.
start_mock() {
    local log=$work/$2.log
    : >"$log"
    "$JOBPROOF" mock "$1" --listen 127.0.0.1:0 --time-scale 0 >"$log" &
    mock=$!
    for ((tries = 0; tries < 300; tries++)); do
        url=$(sed -n 's|^listening on \(http://127\.0\.0\.1:[0-9]*\).*|\1|p' "$log" | head -n 1)
        [[ -n $url ]] && return
        kill -0 "$mock" 2>/dev/null || break
        sleep 0.1
    done
    echo "the mock of $1 did not come up; see $log" >&2
    exit 2
}

code=0
for script in bailian_sdk bedrock_boto3 digitalocean_gradient digitalocean_pydo ges_sdk; do
    echo "== $script"
    start_mock "${script%%_*}" "$script"
    JOBPROOF_MOCK_URL=$url "$python" "$here/$script.py" || code=1
    stop_mock
done
exit "$code"
