#!/usr/bin/env bash
# What the structure controller is worth, on scenarios that its policy was not trained on.
#
#   Tests/controller-report.sh [--seeds N] [--output DIRECTORY] [--binary OSIER] [--policy FILE]
#                              [--placebo-episodes N] [SCENARIO...]
#
# Writes report.md, one SVG per scenario and the raw results as JSON. --policy judges a file of `osier
# train-policy` instead of the policy that ships; --placebo-episodes trains one with permuted rewards
# first, so that this placebo has learned as long as what it is compared with. Thirty seeds take some
# ten minutes on one core; --seeds 1 with one scenario, seconds.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"

seeds=30
output="$root/.build/controller-report"
binary="$root/.build/release/osier"
scenarios=()
options=()
placebo=0

while (($# > 0)); do
    case "$1" in
        --seeds) seeds=${2:?--seeds needs a number}; shift ;;
        --output) output=${2:?--output needs a directory}; shift ;;
        --binary) binary=${2:?--binary needs a path}; shift ;;
        --policy) options+=(--policy-file "${2:?--policy needs a file}"); shift ;;
        --placebo-episodes) placebo=${2:?--placebo-episodes needs a number}; shift ;;
        -h | --help) sed -n '2,11s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;;
        -*) echo "controller-report.sh: unknown option $1" >&2; exit 64 ;;
        *) scenarios+=("$1") ;;
    esac
    shift
done
((${#scenarios[@]} > 0)) || scenarios=("$root"/samples/scenarios/*.yaml)
[[ -x $binary ]] || { echo "controller-report.sh: no $binary; build it first" >&2; exit 1; }

mkdir -p "$output"
: >"$output/results.jsonl"
if ((placebo > 0)); then
    "$binary" train-policy --episodes "$placebo" --placebo rewards --output "$output/placebo.txt"
    options+=(--placebo-file "$output/placebo.txt")
fi
for scenario in "${scenarios[@]}"; do
    basename "$scenario" >&2
    # What there is nothing to gain on needs no placebo: it only has to cost nothing.
    policies=all
    grep -Eq '^family: (classic|stationary)$' "$scenario" && policies=dqn,rules,random
    "$binary" simulate "$scenario" --policy "$policies" --seeds "$seeds" --json \
        "${options[@]}" >>"$output/results.jsonl"
    # After each, so that a report that is broken off holds what it has come to.
    python3 "$root/Tests/controller_report.py" "$output" "$seeds"
done
echo "$output/report.md"
