#!/usr/bin/env bash
# Installs the system packages that building, testing and the quickstart need. Safe to run again:
# when everything is there it only says so. Swift itself is not a Debian package; see README.md.
set -euo pipefail

packages=(
    # The build links these.
    libzmq3-dev zlib1g-dev libsodium-dev libsqlite3-dev
    # SwiftPM fetches packages with them.
    git ca-certificates
    # The end-to-end tests and the samples in Python; shellcheck reads our scripts.
    python3 python3-venv shellcheck
    # They look at the dashboard, at the metrics and at the terminal's view.
    chromium prometheus tmux
    # They read what operators install: the unit, the package, the manual, the completions.
    systemd lintian groff-base zsh fish binutils
    # Tests make system calls of the daemon fail with it.
    strace
)

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    echo "install-dependencies: this system has no dpkg and apt-get (not Debian or Ubuntu);" \
        "install the counterparts of these by hand: ${packages[*]}" >&2
    exit 1
fi

missing=()
for package in "${packages[@]}"; do
    # `dpkg-query` fails for a package that it has never heard of: that is "missing" too.
    status=$(dpkg-query --show --showformat='${Status}' "$package" 2>/dev/null || true)
    [[ $status == "install ok installed" ]] || missing+=("$package")
done

if ((${#missing[@]} == 0)); then
    echo "install-dependencies: all ${#packages[@]} packages are installed"
    exit 0
fi

as_root=()
if ((EUID != 0)); then
    if ! command -v sudo >/dev/null; then
        echo "install-dependencies: missing ${missing[*]}; not root and no sudo here:" \
            "run this script as root" >&2
        exit 1
    fi
    as_root=(sudo)
    echo "install-dependencies: sudo is needed to install packages"
fi

echo "install-dependencies: installing ${missing[*]}"
"${as_root[@]}" apt-get update --quiet --quiet
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install --quiet --quiet --yes --no-install-recommends "${missing[@]}"
echo "install-dependencies: installed ${missing[*]}"
