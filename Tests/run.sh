#!/usr/bin/env bash
# Every test of Osier, one section after the other; stops at the first that fails.
#
#   Tests/run.sh               all sections, some 20 minutes on two cores
#   Tests/run.sh --quick       without the sanitizers and the slow tests
#   Tests/run.sh --only NAME   one section (repeat for more); --list names them
#
# What a section says goes to .build/test-logs/NAME.log; its closing line is printed here.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

sections=(install rules format scripts build unit threads addresses end-to-end quickstart)
logs=.build/test-logs
venv=.build/venv
quick=false
only=()

usage() {
    sed -n '2,8s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
}

fail_usage() {
    echo "run.sh: $1" >&2
    usage >&2
    exit 64
}

while (($# > 0)); do
    case "$1" in
        --quick) quick=true ;;
        --only)
            [[ " ${sections[*]} " == *" ${2:-} "* && -n ${2:-} ]] \
                || fail_usage "--only needs one of: ${sections[*]}"
            only+=("$2")
            shift
            ;;
        --list)
            printf '%s\n' "${sections[@]}"
            exit 0
            ;;
        -h | --help)
            usage
            exit 0
            ;;
        *) fail_usage "unknown option $1" ;;
    esac
    shift
done

# --- sections: each prints what it does; its last line is shown when it succeeds -----------------

section_install() {
    deploy/install-dependencies.sh
    if ! command -v swift >/dev/null; then
        echo "Swift is not on the PATH: install Swift 6.3 or later from swift.org"
        return 1
    fi
    swift --version 2>&1 | sed -n 1p
}

section_rules() {
    .ci/house-rules
}

section_format() {
    swift format lint --strict --parallel --recursive Sources Tests samples Package.swift
    echo "swift format lint: nothing to say"
}

section_scripts() {
    shellcheck deploy/*.sh deploy/debian/{*.sh,postinst,prerm,postrm} samples/*.sh Tests/*.sh \
        .ci/run .ci/house-rules
    python3 -m compileall -q Tests/EndToEndTests Tests/Benchmarks samples/python deploy/debian
    echo "shellcheck and compileall: nothing to say"
}

section_build() {
    swift build -c release --explicit-target-dependency-import-check error
}

section_unit() {
    # A build of its own: `swift test` compiles for testability, which would overwrite the
    # product that the end-to-end tests and users run.
    swift test -c release --scratch-path .build-unit
}

# The threads of the daemon and what they share; the rest of the code is single-threaded. One test at
# a time: a daemon has threads enough for both cores, and a test's time limit is its own.
threaded=ServiceTests,ZeroMQTests,OsierClientTests

# sanitized KIND BUILD: their tests, in a build that holds nothing else.
sanitized() {
    OSIER_TEST_TARGETS=$threaded swift test --sanitize="$1" --no-parallel --scratch-path "$2"
}

section_threads() {
    TSAN_OPTIONS="halt_on_error=1 suppressions=$PWD/Tests/thread-sanitizer.suppressions" \
        sanitized thread .build-tsan
}

section_addresses() {
    # Leaks are left out: the Swift runtime keeps its metadata for ever, on purpose.
    ASAN_OPTIONS="detect_leaks=0 halt_on_error=1" \
        sanitized address .build-asan
}

section_end-to-end() {
    local wanted=Tests/EndToEndTests/requirements.txt
    if ! cmp -s "$wanted" "$venv/requirements.txt"; then
        python3 -m venv --clear "$venv"
        "$venv/bin/python" -m pip install --quiet --disable-pip-version-check -r "$wanted"
        cp "$wanted" "$venv/requirements.txt"
    fi
    local selection=()
    if $quick; then selection=(-m "not slow"); fi
    "$venv/bin/python" -m pytest Tests/EndToEndTests -c Tests/EndToEndTests/pytest.ini \
        -p no:cacheprovider "${selection[@]}"
}

section_quickstart() {
    samples/quickstart.sh --seconds 10
}

# --------------------------------------------------------------------------------------------------

# closing NAME: the line in which the section's runner sums up.
closing() {
    local log=$logs/$1.log
    case "$1" in
        unit | threads | addresses) grep -E 'Test run with [1-9][0-9]* tests?' "$log" | tail -n 1 ;;
        *) grep -v '^[[:space:]]*$' "$log" | tail -n 1 ;;
    esac
}

# skipped NAME: what a section's runner did not run, one line each.
skipped() {
    grep -E '^SKIPPED|➜ .*skipped|Test .* skipped' "$logs/$1.log" | sort | uniq -c | head -n 10 \
        || true
}

wanted() {
    if ((${#only[@]} > 0)); then
        [[ " ${only[*]} " == *" $1 "* ]]
    elif $quick; then
        [[ $1 != threads && $1 != addresses ]]
    fi
}

mkdir -p "$logs"
start=$SECONDS
for name in "${sections[@]}"; do
    wanted "$name" || continue
    printf '== %-10s ' "$name"
    began=$SECONDS
    # A subshell with `set -e` of its own: within `if` it would be off.
    set +e
    (set -e; "section_$name") >"$logs/$name.log" 2>&1 </dev/null
    code=$?
    set -e
    took=$((SECONDS - began))
    if ((code == 0)) && line=$(closing "$name") && [[ -n $line ]]; then
        printf '%4d s   %s\n' "$took" "$line"
        skipped "$name"
        continue
    fi
    printf '%4d s   FAILED (exit code %d)\n' "$took" "$code"
    tail -n 80 "$logs/$name.log"
    printf '\nrun.sh: %s failed; all it said is in %s; again with: Tests/run.sh --only %s\n' \
        "$name" "$logs/$name.log" "$name"
    exit 1
done
printf 'run.sh: all passed in %d s\n' "$((SECONDS - start))"
