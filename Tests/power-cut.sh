#!/usr/bin/env bash
# Cuts the power of a file system under a running daemon, again and again: an ext4 in a file, shut
# down without its log being written out. What was acknowledged must be there after each cut.
#
#   Tests/power-cut.sh [CUTS]    25 cuts unless told otherwise; root only
#
# Needs a release build, loop devices, and mkfs.ext4.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

cuts=${1:-25}
if ! [[ $cuts =~ ^[1-9][0-9]*$ ]]; then
    sed -n '2,7s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
    exit 64
fi
if ((EUID != 0)); then
    echo "power-cut: mounting needs root; run this script as root" >&2
    exit 1
fi
venv=.build/venv
wanted=Tests/EndToEndTests/requirements.txt
if ! cmp -s "$wanted" "$venv/requirements.txt"; then
    python3 -m venv --clear "$venv"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check -r "$wanted"
    cp "$wanted" "$venv/requirements.txt"
fi

work=$(mktemp -d)
trap 'umount "$work/disk" 2>/dev/null || true; rm -rf "$work"' EXIT
mkdir "$work/disk"
truncate --size 256M "$work/image"
mkfs.ext4 -q -F "$work/image"
"$venv/bin/python" Tests/EndToEndTests/power_cut.py "$work/image" "$work/disk" "$cuts"
