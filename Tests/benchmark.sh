#!/usr/bin/env bash
# Measures Osier on this machine and writes benchmarks.json and benchmarks.md to a directory.
#
#   Tests/benchmark.sh DIRECTORY [OPTION…]   options go to the Benchmarks program: --quick,
#                                            --section NAME; --help lists them
#
# Takes some minutes on two cores; let nothing else run meanwhile.
set -euo pipefail

if (($# == 0)) || [[ $1 == -h || $1 == --help ]]; then
    sed -n '2,7s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
    exit $(($# == 0 ? 64 : 0))
fi
mkdir -p "$1"
output=$(cd "$1" && pwd)
shift
cd "$(dirname "${BASH_SOURCE[0]}")/.."

venv=.build/benchmark-venv
wanted=Tests/Benchmarks/requirements.txt
if ! cmp -s "$wanted" "$venv/requirements.txt"; then
    python3 -m venv --clear "$venv"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check -r "$wanted"
    cp "$wanted" "$venv/requirements.txt"
fi
swift build -c release
.build/release/Benchmarks --python "$venv/bin/python" --json "$output/benchmarks.json" \
    --markdown "$output/benchmarks.md" "$@"
