#!/usr/bin/env bash
# Osier in one command: installs what is missing, builds, and lets a daemon learn this machine.
#
#   samples/quickstart.sh               about half a minute of learning, then predictions and status
#   samples/quickstart.sh --seconds N   another length, at least 5
#   samples/quickstart.sh --watch       stays in the live view; q or Ctrl-C leaves it
#
# The stream: ten times a second `HostTelemetry` publishes figures of this machine (CPU, memory,
# disk, network) and, one second later, what the CPU use then was. Osier learns to say it ahead.
# Everything runs on free ports of the loopback interface and is stopped and removed at the end.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

seconds=30
watch=false

usage() {
    sed -n '2,10s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
}

while (($# > 0)); do
    case "$1" in
        --seconds)
            if ! [[ ${2:-} =~ ^[0-9]{1,6}$ ]] || ((10#$2 < 5)); then
                echo "quickstart: --seconds needs a number of at least 5, not '${2:-}'" >&2
                exit 64
            fi
            seconds=$((10#$2))
            shift
            ;;
        --watch) watch=true ;;
        -h | --help)
            usage
            exit 0
            ;;
        *)
            echo "quickstart: unknown option $1" >&2
            usage >&2
            exit 64
            ;;
    esac
    shift
done

say() { printf '\n== %s\n' "$*"; }

deploy/install-dependencies.sh
if ! command -v swift >/dev/null; then
    echo "quickstart: Swift is not on the PATH: install Swift 6.3 or later from swift.org" >&2
    exit 1
fi

say "Building (the first time takes a few minutes; later, seconds)"
swift build -c release --product osier
swift build -c release --product HostTelemetry
programs=$(swift build -c release --show-bin-path)
osier=$programs/osier

run=$(mktemp -d)
daemon='' publisher='' load=''

# stop PID: asks a process of ours to end and waits for it; its exit code is the result.
stop() {
    [[ -n $1 ]] || return 0
    kill -TERM "$1" 2>/dev/null || true
    wait "$1" 2>/dev/null
}

clean_up() {
    stop "$load" || true
    stop "$publisher" || true
    stop "$daemon" || true
    rm -rf "$run"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# fail WHAT LOG: ends with the last words of the process that failed.
fail() {
    echo "quickstart: $1; its last words:" >&2
    tail -n 20 "$2" >&2
    exit 1
}

# Busy for three seconds, idle for three: something to foresee, on one core, and not for ever.
sway() {
    local end=$((SECONDS + seconds)) busy
    while ((SECONDS < end)); do
        busy=$((SECONDS + 3))
        while ((SECONDS < busy)); do :; done
        sleep 3
    done
}

say "Starting the publisher and the daemon"
# An ipc endpoint in our own directory cannot be taken by anybody else.
"$programs/HostTelemetry" --endpoint "ipc://$run/host" >"$run/publisher.log" 2>&1 &
publisher=$!
"$osier" serve --port-file "$run/ports" \
    --set "sockets.feed=ipc://$run/host" --set "sockets.feed_topics=host" \
    --set "sockets.samples=tcp://127.0.0.1:0" --set "sockets.learn=tcp://127.0.0.1:0" \
    --set "sockets.predict=tcp://127.0.0.1:0" --set "sockets.status=tcp://127.0.0.1:0" \
    --set "sockets.control=tcp://127.0.0.1:0" \
    --set "model.task=regression" --set "features.target_history=10" \
    --set "status.window=100" >"$run/daemon.log" 2>&1 &
daemon=$!

for ((attempt = 0; ; attempt++)); do
    [[ -e $run/ports ]] && break
    kill -0 "$daemon" 2>/dev/null || fail "the daemon did not start" "$run/daemon.log"
    ((attempt < 300)) || fail "the daemon was not ready within 30 s" "$run/daemon.log"
    sleep 0.1
done
kill -0 "$publisher" 2>/dev/null || fail "the publisher did not start" "$run/publisher.log"

# endpoint NAME: where the daemon listens.
endpoint() {
    python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))[sys.argv[2]][0])' \
        "$run/ports" "$1"
}
predict=$(endpoint predict)
status=$(endpoint status)

echo "For $seconds s one core is kept busy, three seconds on and three off: something to foresee."
sway &
load=$!

if $watch; then
    "$osier" watch --to "$status" || true
else
    say "Learning: mean absolute error of the CPU use one second ahead, in percentage points"
    printf '%8s %14s %14s %14s %14s\n' samples "last 100" "all so far" "no change" "mean"
    for ((elapsed = 5; elapsed <= seconds; elapsed += 5)); do
        sleep 5
        "$osier" status --to "$status" --json | python3 -c '
import json, sys

quality = json.load(sys.stdin)["quality"]
baselines = quality["baselines"]
print("%8d %14.2f %14.2f %14.2f %14.2f" % (
    quality["samples"], quality["window"]["mae"], quality["mae"],
    baselines["no_change"], baselines["mean"]))' \
            || fail "the daemon gave no figures of its quality yet" "$run/daemon.log"
    done
    echo "(\"no change\" repeats the label of a tenth of a second ago; \"mean\" says the mean so far.)"
fi

# The CPU use of the last third of a second, in percent, named as the publisher names it. What
# else the publisher knows is left out here: a missing feature counts as its mean.
use_now() {
    python3 -c '
import json, time

def counters():
    """Busy and total ticks since the start, for all cores together and for each."""
    rows = {}
    for line in open("/proc/stat"):
        name, *ticks = line.split()
        if name.startswith("cpu"):
            ticks = [int(tick) for tick in ticks[:8]]
            rows[name] = (sum(ticks) - ticks[3] - ticks[4], sum(ticks))
    return rows

first = counters()
time.sleep(0.33)
second = counters()
use = {
    name: round(100 * (second[name][0] - busy) / max(1, second[name][1] - total), 1)
    for name, (busy, total) in first.items() if name in second
}
print(json.dumps(use | {"cpu_1s": use["cpu"]}))'
}

say "Predictions, live: the CPU use one second from now"
printf '%10s %16s %22s %14s\n' now "in one second" "90 % interval" "then it was"
for _ in 1 2 3 4; do
    now=$(use_now)
    answer=$("$osier" predict --to "$predict" --features "$now" --json)
    sleep 0.6
    python3 -c '
import json, sys

now, answer, later = map(json.loads, sys.argv[1:])
low, high = answer.get("interval", (float("nan"), float("nan")))
print("%8.1f %% %14.1f %% %20s %% %12.1f %%" % (
    now["cpu"], answer["y"], "%.0f to %.0f" % (low, high), later["cpu"]))' \
        "$now" "$answer" "$(use_now)"
done

say "The daemon's own account"
"$osier" status --to "$status"

say "Stopping"
stop "$load" || true
load=''
stop "$publisher" || true
publisher=''
code=0
stop "$daemon" || code=$?
((code == 0)) || fail "the daemon ended with exit code $code" "$run/daemon.log"
daemon=''
echo "The daemon learned all it had taken in and ended with exit code 0."
