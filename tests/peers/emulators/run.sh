#!/usr/bin/env bash
# Runs jobproof against fakecloud and winterbaume, two emulators of AWS that nobody here wrote, and compares what it
# finds with fakecloud.txt and winterbaume.txt.
#
#   JOBPROOF=target/release/jobproof tests/peers/emulators/run.sh [--update] [DIR]
#
# Their whole servers take long to build, with a hundred services each; but each service is a crate. The Cargo project
# beside this file, no part of jobproof, serves those of Bedrock over loopback, with a side door that puts jobs into
# any state: neither emulator moves a job by itself.
#
# DIR (default: target/peers/emulators) keeps the build and the files of the last run: for each emulator its log, the
# target file, and jobproof's output and report. --update writes the two lists; read the diff before you commit it.
# Needs bash 4.4, cargo, Python 3.11 or later (PYTHON names another one) and, the first time, crates.io.
set -euo pipefail

update=()
if [[ ${1-} == --update ]]; then
    update=(--update)
    shift
fi
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=${1:-$here/../../../target/peers/emulators}
: "${JOBPROOF:?set JOBPROOF to the path of the jobproof binary}"
python=${PYTHON:-python3}

# Two accounts, as src/fakecloud.rs knows them. winterbaume looks at no credentials.
export JOBPROOF_PEER_KEY=AKIDPEEREXAMPLE00000 JOBPROOF_PEER_SECRET=peer-secret
export JOBPROOF_FOREIGN_KEY=AKIDPEEREXAMPLE00001 JOBPROOF_FOREIGN_SECRET=foreign-secret
export NO_PROXY=127.0.0.1 no_proxy=127.0.0.1

mkdir -p "$work"
cargo build --quiet --locked --manifest-path "$here/Cargo.toml" --target-dir "$work/build"

# The server lives as long as descriptor 3, which closes with this script however it ends.
server=
trap 'exec 3>&-; [[ -z $server ]] || wait "$server" 2>/dev/null || true' EXIT

failed=0
for emulator in fakecloud winterbaume; do
    run=$work/$emulator
    rm -f "$run".{address,log,toml,stdout,json}
    # A bare environment: settings of the caller's shell would change what is tested.
    exec 3> >(exec env -i "$work/build/debug/emulators" "$emulator" >"$run.address" 2>"$run.log")
    server=$!
    for ((tries = 0; tries < 600; tries++)); do
        [[ -s $run.address ]] && break
        kill -0 "$server" 2>/dev/null || break
        sleep 0.1
    done
    [[ -s $run.address ]] || { echo "$emulator did not come up; see $run.log" >&2; exit 2; }
    "$python" "$here/seed.py" "$(<"$run.address")" "$run.toml" 3>&-

    # Exit code 1 says that jobproof found failures, and 3 that it could not judge everything: both are expected here.
    code=0
    "$JOBPROOF" check bedrock --target "$run.toml" --seed 1 --report json="$run.json" \
        >"$run.stdout" 3>&- || code=$?
    if ((code != 0 && code != 1 && code != 3)); then
        echo "jobproof ended with $code on $emulator" >&2
        tail -n 40 "$run.stdout" >&2
        exit "$code"
    fi
    exec 3>&-
    wait "$server" || { echo "$emulator ended badly; see $run.log" >&2; exit 2; }
    server=

    # Ids have ten hex digits in fakecloud, eight in winterbaume (there those of a knowledge base follow its name); the
    # side door's begin with ARR.
    "$python" "$here/../compare.py" "$run.json" "$here/$emulator.txt" \
        --ids '\b([0-9a-f]{10}|(own|other)?[0-9a-f]{8}|ARR[0-9]{7})\b' "${update[@]}" || failed=1
done
exit "$failed"
