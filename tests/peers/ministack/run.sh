#!/usr/bin/env bash
# Runs jobproof against ministack, a third-party server, and compares what it finds with findings.txt.
#
#   JOBPROOF=target/release/jobproof tests/peers/ministack/run.sh [--update] [DIR]
#
# DIR (default: target/peers/ministack) keeps the virtual environment and the files of the last run.
# Needs bash 4.4, Python 3.11 or later (PYTHON names another one) and, the first time, PyPI.
set -euo pipefail

update=()
if [[ ${1-} == --update ]]; then
    update=(--update)
    shift
fi
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=${1:-$here/../../../target/peers/ministack}
: "${JOBPROOF:?set JOBPROOF to the path of the jobproof binary}"
python=$work/venv/bin/python

# ministack takes any credentials, but a key of twelve digits would be read as an account number.
export JOBPROOF_PEER_KEY=AKIDPEEREXAMPLE00000 JOBPROOF_PEER_SECRET=peer-secret
export NO_PROXY=127.0.0.1 no_proxy=127.0.0.1

mkdir -p "$work"
if ! cmp -s "$here/requirements.txt" "$work/installed.txt"; then
    "${PYTHON:-python3}" -m venv --clear "$work/venv"
    "$python" -m pip install --quiet --disable-pip-version-check -r "$here/requirements.txt"
    cp "$here/requirements.txt" "$work/installed.txt"
fi

# The server lives as long as descriptor 3, which closes with this script however it ends.
rm -f "$work/target.toml" "$work/report.json"
exec 3> >(exec "$python" "$here/serve.py" "$work/target.toml")
server=$!
trap 'exec 3>&-; wait "$server" || true' EXIT
for ((tries = 0; tries < 600; tries++)); do
    [[ -e $work/target.toml ]] && break
    kill -0 "$server" 2>/dev/null || break
    sleep 0.1
done
[[ -e $work/target.toml ]] || { echo "ministack did not come up; see $work/target.log" >&2; exit 2; }

# Exit code 1 says that jobproof found failures, and it has to: ministack departs from the model. 3 says that something
# could not be judged.
code=0
"$JOBPROOF" check bedrock --target "$work/target.toml" --seed 1 --report json="$work/report.json" \
    >"$work/stdout.txt" 3>&- || code=$?
if ((code > 1 && code != 3)); then
    echo "jobproof ended with $code" >&2
    tail -n 40 "$work/stdout.txt" >&2
    exit "$code"
fi
# An id of ministack is a prefix that tells the kind and eight hex digits.
"$python" "$here/../compare.py" "$work/report.json" "$here/findings.txt" --ids '\b(KB|DS|IJ)[0-9A-F]{8}\b' \
    "${update[@]}" 3>&-
