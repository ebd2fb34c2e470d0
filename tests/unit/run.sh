#!/bin/sh
# Runs every unit test of a variant and replays the fuzzers' inputs: tests/unit/run.sh build/host
# The last line is the sum of what cmocka counted.
set -u
variant=$1
out=$variant/unit.log
passed=0 failed=0
for test in "$variant"/unit/test_*; do
    case $test in *.d) continue ;; esac
    if "$test" > "$out" 2>&1; then status=0; else status=$?; fi
    ok=$(sed -n 's/^\[  PASSED  \] \([0-9]*\) test.*/\1/p' "$out" | tail -n 1)
    bad=$(sed -n 's/^\[  FAILED  \] \([0-9]*\) test.*/\1/p' "$out" | head -n 1)
    # A test that was killed, or ran nothing, has failed whatever it printed.
    if [ $status -ne 0 ] && [ "${bad:-0}" = 0 ]; then bad=1; fi
    if [ "${ok:-0}" = 0 ] && [ "${bad:-0}" = 0 ]; then bad=1; fi
    passed=$((passed + ${ok:-0})) failed=$((failed + ${bad:-0}))
    if [ "${bad:-0}" != 0 ]; then
        echo "FAILED $(basename "$test") (status $status)"
        cat "$out"
    fi
done
for replay in "$variant"/replay_*; do
    case $replay in *.d) continue ;; esac
    [ -x "$replay" ] || continue
    name=$(basename "$replay" | sed 's/^replay_//')
    if "$replay" "tests/fuzz/corpus/$name" "tests/fuzz/regression/$name" > "$out" 2>&1; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED replay of $name"
        tail -n 40 "$out"
    fi
done
echo "unit: $passed passed, $failed failed"
[ $failed -eq 0 ] && [ $passed -gt 0 ]
