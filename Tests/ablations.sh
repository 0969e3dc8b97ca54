#!/bin/bash
# What each default is worth on each development stream: one row per default switched off.
# Usage: Tests/ablations.sh [OSIER] [SEEDS]
set -euo pipefail

osier=${1:-.build/release/osier}
seeds=${2:-5}
data=$(cd "$(dirname "$0")/.." && pwd)/../shared/data
if [ ! -d "$data" ]; then
    echo "ablations: skipped, $data is absent" >&2
    exit 0
fi
streams=(elec2 weather insects_gradual phishing bike_sharing)

# One row: a title, then what is set.
row() {
    local title=$1 cells="" stream seed value sum
    shift
    local options=()
    for pair in "$@"; do options+=(--set "$pair"); done
    for stream in "${streams[@]}"; do
        local task=auto
        [ "$stream" = bike_sharing ] && task=regression
        sum=0
        for seed in $(seq "$seeds"); do
            value=$("$osier" evaluate "$data/$stream.csv.gz" --target target --task "$task" \
                --json --set structure.policy=off --set "model.seed=$seed" "${options[@]}" |
                python3 -c 'import json, sys
quality = json.load(sys.stdin)
quality = quality.get("quality", quality)
quality = quality.get("cumulative", quality)
print(100 * quality["accuracy"] if "accuracy" in quality else quality["mae"])')
            sum=$(python3 -c "print($sum + $value)")
        done
        cells+=$(python3 -c "print(f' {$sum / $seeds:.2f} |')")
    done
    echo "| $title |$cells"
}

echo "| | elec2 | weather | insects | phishing | bike (MAE) |"
echo "|---|---|---|---|---|---|"
row "defaults, controller off"
row "defaults, controller on" structure.policy=dqn
row "no replay" learning.replay=0
row "no columns for few-valued numbers" features.one_hot=0
row "no forgetting in the statistics" features.forgetting=0
row "inputs and targets not bounded" features.clip=0
row "gradient clipped at 1" optimizer.gradient_clip=1
row "weights never shrink" learning.shrink=0
row "no samples held out" learning.holdout=0
row "the last 24 targets as features" features.target_history=24
row "the lead at a rate of 0.00001" optimizer.learning_rate=0.00001
row "the lead at a rate of 0.1" optimizer.learning_rate=0.1
for schedule in inverse_sqrt drift plateau; do row "schedule $schedule" "schedule.name=$schedule"; done
row "one network, no replay" learning.committee=1 learning.replay=0
for rate in 0.0003 0.003 0.01; do
    row "one network at a rate of $rate" learning.committee=1 learning.replay=0 \
        "optimizer.learning_rate=$rate"
done
