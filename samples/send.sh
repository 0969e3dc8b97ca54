#!/usr/bin/env bash
# Streams a made-up file to a running daemon and asks it about two points.
#
#   osier serve &
#   samples/send.sh [LEARN PREDICT STATUS]
#
# The arguments are endpoints of a daemon that does not listen on the usual ones.
set -euo pipefail

learn=${1:-tcp://127.0.0.1:5702}
predict=${2:-tcp://127.0.0.1:5703}
status=${3:-tcp://127.0.0.1:5704}
command -v osier >/dev/null || {
    echo "send.sh: osier is not on the PATH" >&2
    exit 1
}

# Any program that writes CSV will do; `-` is standard input.
awk 'BEGIN {
    srand(7); print "a,b,target"
    for (n = 0; n < 2000; n++) { a = rand(); b = rand(); print a "," b "," (a > b ? "UP" : "DOWN") }
}' | osier send - --format csv --target target --ack --to "$learn"

for point in '{"a": 0.9, "b": 0.1}' '{"a": 0.1, "b": 0.9}'; do
    osier predict --features "$point" --to "$predict"
done
osier status --to "$status"
