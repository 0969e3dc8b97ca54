#!/usr/bin/env bash
# Makes a Debian package of a built `osier`.
#
#   deploy/debian/build-package.sh [--binary FILE] [--output DIRECTORY]
#
# The program is .build/release/osier unless --binary names another; the package is written to
# .build/package. It holds the program with the parts of the Swift runtime that it needs (Debian has no
# package of them), the template unit, an example configuration, the manual page and completions.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

binary=$root/.build/release/osier
output=$root/.build/package

usage() {
    sed -n '2,8s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
}

while (($# > 0)); do
    case "$1" in
        --binary | --output)
            if [[ -z ${2:-} ]]; then
                echo "build-package: $1 needs a value" >&2
                exit 64
            fi
            if [[ $1 == --binary ]]; then binary=$2; else output=$2; fi
            shift
            ;;
        -h | --help)
            usage
            exit 0
            ;;
        *)
            echo "build-package: unknown option $1" >&2
            usage >&2
            exit 64
            ;;
    esac
    shift
done

if [[ ! -x $binary ]]; then
    echo "build-package: no program at $binary; build it: swift build -c release --product osier" >&2
    exit 1
fi

version=$("$binary" --version | awk '{ print $2 }')
architecture=$(dpkg --print-architecture)
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
chmod 755 "$tree"

# --- the program, and what it needs -----------------------------------------------------------------

# The program finds libraries beside itself, also when it is called through the link.
install -D -m 755 "$binary" "$tree/usr/lib/osier/osier"
mkdir -p "$tree/usr/bin"
ln -s ../lib/osier/osier "$tree/usr/bin/osier"

# Libraries of Debian's packages come from there; those of the Swift runtime come along. Only what a
# file that we ship names itself counts: what those need in turn is for their packages to say.
# With a merged /usr a file is known by either of two names.
needed() {
    objdump --private-headers "$1" | awk '$1 == "NEEDED" { print $2 }'
}
declare -A libraries=() owners=() seen=() wanted=()
while read -r library path; do
    libraries[$library]=$path
done < <(ldd "$binary" | awk '$2 == "=>" && $3 ~ /^\// { print $1, $3 }')
names=()
for path in "${libraries[@]}"; do
    real=$(readlink -f "$path")
    names+=("$path" "$real" "${real#/usr}")
done
while IFS=': ' read -r owner _ path; do
    owners[${path##*/}]=$owner
done < <(dpkg-query --search "${names[@]}" 2>/dev/null | sed 's/^\([^:,]*\): /\1:any: /')
depends=()
mapfile -t queue < <(needed "$binary")
while ((${#queue[@]} > 0)); do
    library=${queue[0]}
    queue=("${queue[@]:1}")
    path=${libraries[$library]:-}
    if [[ -z $path || -n ${wanted[$library]:-} ]]; then continue; fi
    wanted[$library]=1
    owner=${owners[$library]:-${owners[$(basename "$(readlink -f "$path")")]:-}}
    if [[ -z $owner ]]; then
        install -m 644 "$path" "$tree/usr/lib/osier/$library"
        mapfile -t -O "${#queue[@]}" queue < <(needed "$path")
    elif [[ -z ${seen[$owner]:-} ]]; then
        seen[$owner]=1
        depends+=("$owner")
    fi
done
mapfile -t depends < <(printf '%s\n' "${depends[@]}" | sort)
strip --strip-unneeded "$tree"/usr/lib/osier/*

# --- what surrounds it ------------------------------------------------------------------------------

install -D -m 644 "$root/deploy/systemd/osier@.service" "$tree/lib/systemd/system/osier@.service"
install -D -m 644 "$root/deploy/osier.yaml" "$tree/usr/share/doc/osier/examples/osier.yaml"
install -D -m 644 "$root/deploy/prometheus/alerts.yaml" \
    "$tree/usr/share/doc/osier/examples/prometheus-alerts.yaml"
cat >"$tree/usr/share/doc/osier/copyright" <<'COPYRIGHT'
Copyright: the Osier authors
Licence: Apache-2.0; the text is in /usr/share/common-licenses/Apache-2.0.

Files: /usr/lib/osier/*.so
Copyright: Apple Inc. and the Swift project authors; the Unicode consortium
Licence: Apache-2.0 with Runtime Library Exception, and the Unicode licence.
COPYRIGHT
chmod 644 "$tree/usr/share/doc/osier/copyright"
mkdir -p "$tree/etc/osier"
cat >"$tree/etc/osier/default.yaml" <<'CONFIGURATION'
# The instance osier@default; every key with its default: /usr/share/doc/osier/examples/osier.yaml
http:
  address: 127.0.0.1:5780
CONFIGURATION
chmod 644 "$tree/etc/osier/default.yaml"

install -d "$tree/usr/share/man/man1" "$tree/usr/share/bash-completion/completions" \
    "$tree/usr/share/zsh/vendor-completions" "$tree/usr/share/fish/vendor_completions.d"
"$binary" --experimental-dump-help | python3 "$root/deploy/debian/manual.py" "$version" \
    | gzip --no-name --best >"$tree/usr/share/man/man1/osier.1.gz"
"$binary" --generate-completion-script bash >"$tree/usr/share/bash-completion/completions/osier"
"$binary" --generate-completion-script zsh >"$tree/usr/share/zsh/vendor-completions/_osier"
"$binary" --generate-completion-script fish >"$tree/usr/share/fish/vendor_completions.d/osier.fish"
printf 'osier (%s) unstable; urgency=medium\n\n  * Release %s.\n\n -- %s  %s\n' \
    "$version" "$version" "The Osier authors <osier@localhost>" "$(date --rfc-email --utc)" \
    | gzip --no-name --best >"$tree/usr/share/doc/osier/changelog.gz"

# --- control ----------------------------------------------------------------------------------------

mkdir "$tree/DEBIAN"
size=$(du --summarize --block-size=1024 "$tree" | cut -f1)
{
    echo "Package: osier"
    echo "Version: $version"
    echo "Architecture: $architecture"
    echo "Maintainer: The Osier authors <osier@localhost>"
    echo "Installed-Size: $size"
    (
        IFS=,
        echo "Depends: passwd, ${depends[*]}" | sed 's/,\([^ ]\)/, \1/g'
    )
    echo "Section: science"
    echo "Priority: optional"
    echo "Description: online-learning daemon for live streams"
    echo " Osier takes samples from ZeroMQ, learns each one the moment it arrives, and"
    echo " answers predictions meanwhile."
    echo " ."
    echo " This package has the command osier with its daemon, and a systemd template"
    echo " unit with one instance for each stream."
} >"$tree/DEBIAN/control"
echo /etc/osier/default.yaml >"$tree/DEBIAN/conffiles"
for script in postinst prerm postrm; do
    install -m 755 "$root/deploy/debian/$script" "$tree/DEBIAN/$script"
done
find "$tree" -type d -exec chmod 755 {} +
find "$tree/usr/share" -type f -exec chmod 644 {} +
(
    cd "$tree"
    find usr lib -type f -print0 | sort -z | xargs -0 md5sum >DEBIAN/md5sums
)
chmod 644 "$tree/DEBIAN/control" "$tree/DEBIAN/conffiles" "$tree/DEBIAN/md5sums"

mkdir -p "$output"
package=$output/osier_${version}_$architecture.deb
dpkg-deb --root-owner-group -Zgzip -z3 --build "$tree" "$package" >/dev/null
echo "$package"
