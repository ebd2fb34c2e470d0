#!/bin/sh
# The full counts, which take too long for every change: kills, random profiles, and ten minutes of
# fuzzing.
# The last line is the plain sum.
set -u
log=$(mktemp)
trap 'rm -f "$log"' EXIT
{
    SOAK=1 APP=$B/app VALIDATOR=$B/tools/python/bin/python /usr/bin/python3 -m pytest -q -c tests/e2e/pytest.ini \
        tests/e2e/test_kill9.py tests/e2e/test_rotation.py tests/e2e/test_power.py tests/e2e/test_disk.py tests/e2e/test_container.py \
        tests/e2e/test_profile.py tests/e2e/test_import.py tests/e2e/test_emit_random.py tests/e2e/test_emit_yaml.py tests/e2e/test_emit_schema.py
    make --no-print-directory fuzz-smoke FUZZ_SECONDS="${FUZZ_SECONDS:-600}"
} 2>&1 | tee "$log"
passed=$(grep -oE '[0-9]+ passed' "$log" | awk '{ n += $1 } END { print n + 0 }')
failed=$(grep -oE '[0-9]+ (failed|errors?)' "$log" | awk '{ n += $1 } END { print n + 0 }')
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
