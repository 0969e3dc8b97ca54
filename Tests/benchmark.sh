#!/usr/bin/env bash
# Measures Osier on this machine and writes benchmarks.json and benchmarks.md to a directory.
#
#   Tests/benchmark.sh DIRECTORY [--peers] [OPTION…]
#
# --peers also measures NumPy, PyTorch, scikit-learn, River and VW on the same work, which downloads
# them first. All other options go to the Benchmarks program: --quick, --section NAME; --help lists
# them.
#
# Takes some minutes on two cores; let nothing else run meanwhile.
set -euo pipefail

if (($# == 0)) || [[ $1 == -h || $1 == --help ]]; then
    sed -n '2,10s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
    exit $(($# == 0 ? 64 : 0))
fi
mkdir -p "$1"
output=$(cd "$1" && pwd)
shift
peers=false
if [[ ${1:-} == --peers ]]; then
    peers=true
    shift
fi
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# environment DIRECTORY REQUIREMENTS: a virtual environment, made anew when the requirements change.
environment() {
    if ! cmp -s "$2" "$1/requirements.txt"; then
        python3 -m venv --clear "$1"
        "$1/bin/python" -m pip install --quiet --disable-pip-version-check -r "$2"
        cp "$2" "$1/requirements.txt"
    fi
}

venv=.build/benchmark-venv
environment "$venv" Tests/Benchmarks/requirements.txt
swift build -c release
.build/release/Benchmarks --python "$venv/bin/python" --json "$output/benchmarks.json" \
    --markdown "$output/benchmarks.md" "$@"
if $peers; then
    quick=()
    if [[ " $* " == *" --quick "* ]]; then quick=(--quick); fi
    environment .build/peers-venv Tests/Benchmarks/peers-requirements.txt
    .build/peers-venv/bin/python Tests/Benchmarks/peers.py "${quick[@]}" \
        --report "$output/benchmarks.json" --json "$output/peers.json" \
        --markdown "$output/benchmarks.md"
fi
