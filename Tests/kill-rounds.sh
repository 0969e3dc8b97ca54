#!/usr/bin/env bash
# Kills a daemon with three acknowledged producers again and again, and looks for what was lost or
# learned twice; then kills it at each of its first 100 syncs.
#
#   Tests/kill-rounds.sh [ROUNDS]    1000 rounds unless told otherwise; some minutes
#
# Needs a release build, and strace with the right to trace for the second part.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

rounds=${1:-1000}
if ! [[ $rounds =~ ^[1-9][0-9]*$ ]]; then
    sed -n '2,7s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
    exit 64
fi
venv=.build/venv
wanted=Tests/EndToEndTests/requirements.txt
if ! cmp -s "$wanted" "$venv/requirements.txt"; then
    python3 -m venv --clear "$venv"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check -r "$wanted"
    cp "$wanted" "$venv/requirements.txt"
fi
OSIER_KILL_ROUNDS=$rounds OSIER_KILL_SYNCS=100 "$venv/bin/python" -m pytest \
    Tests/EndToEndTests/test_durability.py -c Tests/EndToEndTests/pytest.ini -p no:cacheprovider \
    -o timeout=0 -k "kill_at_a_sync or kills_at_any_moment"
