#!/bin/sh
# Every check of the sources; LINT_FLAGS are the compiler's. All run, then the sum is told.
set -u
passed=0 failed=0

step() {
    what=$1
    shift
    if "$@" > "$log" 2>&1; then
        passed=$((passed + 1))
        echo "lint $what: good"
    else
        failed=$((failed + 1))
        echo "FAILED lint $what"
        cat "$log"
    fi
}

log=$(mktemp)
trap 'rm -f "$log"' EXIT
format=$(command -v clang-format-14 || command -v clang-format)
sources=$(find src -name '*.c' | sort)
all=$(find src tests -name '*.[ch]' | sort)

# shellcheck disable=SC2086
step format "$format" --dry-run -Werror $all
step includes tests/lint/includes.py
step numbers tests/lint/numbers.py
# shellcheck disable=SC2086
step cppcheck cppcheck --quiet --error-exitcode=1 --std=c11 --enable=warning,performance,portability \
    --inline-suppr --suppressions-list=tests/lint/cppcheck.txt -j 2 -Isrc $sources
# shellcheck disable=SC2086
step tidy sh -c 'printf "%s\n" "$@" | xargs -P 2 -n 4 tests/lint/tidy.sh' sh $sources
echo "lint: $passed passed, $failed failed"
[ $failed -eq 0 ]
