#!/usr/bin/env bash
# Prints the path of a Python 3.12 or later, and gets one where there is none.
#
#   tests/clients/python312.sh DIR
#
# Looks at PYTHON312, at what is on the PATH and at pyenv's versions. Where none of them will do, Debian's python3.13 is
# unpacked below DIR, with the C library it was built for: nothing on the machine is changed, and no root is needed.
set -euo pipefail
work=$1

will_do() { "$1" -c 'import ssl, sys; sys.exit(sys.version_info < (3, 12))' >/dev/null 2>&1; }

shopt -s nullglob
for python in ${PYTHON312:+"$PYTHON312"} python3 python3.13 python3.12 python3.14 \
    "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.1[2-9].*/bin/python3; do
    path=$(command -v "$python" || true)
    if [[ -n $path ]] && will_do "$path"; then
        echo "$path"
        exit
    fi
done

tree=$work/python
if ! will_do "$tree/python"; then
    rm -rf "$tree" "$work/apt"
    mkdir -p "$tree" "$work/apt/lists/partial" "$work/apt/archives/partial"
    # The mirror that this machine uses, with the first release of Debian that has such a Python.
    mirror=$(apt-get indextargets --format '$(ORIGIN) $(REPO_URI)' | sed -n 's/^Debian //p' | head -n 1)
    keyring=/usr/share/keyrings/debian-archive-keyring.gpg
    echo "deb [signed-by=$keyring] ${mirror:?apt knows no mirror of Debian} trixie main" >"$work/apt/sources.list"
    : >"$work/apt/status"
    apt=(apt-get -qq -o "Dir::Etc::SourceList=$work/apt/sources.list" -o Dir::Etc::SourceParts=/dev/null
        -o "Dir::State::Lists=$work/apt/lists" -o "Dir::State::Status=$work/apt/status"
        -o "Dir::Cache=$work/apt" -o "APT::Sandbox::User=$(id -un)" -o Debug::NoLocking=1
        -o APT::Install-Recommends=false)
    "${apt[@]}" update >&2
    "${apt[@]}" --download-only --yes install python3.13-venv >&2
    for package in "$work"/apt/archives/*.deb; do dpkg-deb -x "$package" "$tree"; done
    rm -rf "$work/apt"
    libraries=$(dirname "$tree"/usr/lib/*-linux-gnu*/ld-linux-*.so.*)
    loader=$(echo "$libraries"/ld-linux-*.so.*)
    binary=$tree/usr/bin/python3.13
    printf '#!/bin/sh\nexec %q --library-path %q --argv0 %q %q "$@"\n' \
        "$loader" "$libraries" "$binary" "$binary" >"$tree/python"
    chmod +x "$tree/python"
fi
will_do "$tree/python" || { echo "there is no Python 3.12 or later, and Debian's does not run here" >&2; exit 1; }
echo "$tree/python"
