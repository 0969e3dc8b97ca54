#!/usr/bin/env bash
# What the structure controller is worth, on scenarios that its policy was not trained on.
#
#   Tests/controller-report.sh [--seeds N] [--output DIRECTORY] [--binary OSIER] [SCENARIO...]
#
# Writes report.md, one SVG per scenario and the raw results as JSON. Thirty seeds take about half an
# hour on one core; --seeds 1 with one scenario, seconds.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"

seeds=30
output="$root/.build/controller-report"
binary="$root/.build/release/osier"
scenarios=()

while (($# > 0)); do
    case "$1" in
        --seeds) seeds=${2:?--seeds needs a number}; shift ;;
        --output) output=${2:?--output needs a directory}; shift ;;
        --binary) binary=${2:?--binary needs a path}; shift ;;
        -h | --help) sed -n '2,7s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;;
        -*) echo "controller-report.sh: unknown option $1" >&2; exit 64 ;;
        *) scenarios+=("$1") ;;
    esac
    shift
done
((${#scenarios[@]} > 0)) || scenarios=("$root"/samples/scenarios/*.yaml)
[[ -x $binary ]] || { echo "controller-report.sh: no $binary; build it first" >&2; exit 1; }

mkdir -p "$output"
: >"$output/results.jsonl"
for scenario in "${scenarios[@]}"; do
    basename "$scenario" >&2
    "$binary" simulate "$scenario" --policy all --seeds "$seeds" --json >>"$output/results.jsonl"
done
python3 "$root/Tests/controller_report.py" "$output" "$seeds"
echo "$output/report.md"
