#!/bin/sh
# Builds each target with libFuzzer and the sanitizers and runs it for its share of the time:
# B=build FUZZ_SECONDS=60 FUZZ_FLAGS=... tests/fuzz/run.sh TARGET...
# What is found lies in $B/fuzz/NAME; move a crasher to tests/fuzz/regression/NAME to keep it.
set -u
clang=$(command -v clang-14 || command -v clang) || { echo "clang is missing" >&2; exit 1; }
sanitize=-fsanitize=fuzzer-no-link,address,undefined
passed=0 failed=0
out=$B/fuzz
mkdir -p "$out/obj"

compile() {
    # shellcheck disable=SC2086
    "$clang" $FUZZ_FLAGS '-DAPP_VERSION="fuzz"' -O1 -g $sanitize -fno-sanitize-recover=all -c "$1" -o "$2"
}

objects=
for source in $(find src -name '*.c' ! -name main.c | sort); do
    object=$out/obj/$(echo "${source%.c}" | tr / _).o
    compile "$source" "$object" || exit 1
    objects="$objects $object"
done
# shellcheck disable=SC2086
make --no-print-directory -s B="$out/vendor" VENDOR_DL="${VENDOR_DL:-$B/vendor/dl}" CC="$clang" \
    "$out/vendor/asan/libini.a" "$out/vendor/asan/libbearssl.a" || exit 1

share=$((FUZZ_SECONDS / $#))
[ "$share" -ge 10 ] || share=10
for target in "$@"; do
    name=${target#fuzz_}
    mkdir -p "$out/$name" "tests/fuzz/corpus/$name"
    # shellcheck disable=SC2086
    compile "tests/fuzz/$target.c" "$out/obj/$target.o" &&
        "$clang" -fsanitize=fuzzer,address,undefined "$out/obj/$target.o" $objects \
            "$out/vendor/asan/libini.a" "$out/vendor/asan/libbearssl.a" -lpthread \
            -o "$out/$target" || exit 1
    if "$out/$target" -max_total_time=$share -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
        -artifact_prefix="$out/$name/" "$out/$name" "tests/fuzz/corpus/$name" > "$out/$name.log" 2>&1; then
        passed=$((passed + 1))
        echo "fuzz $name: $(sed -n 's/^stat::number_of_executed_units: *//p' "$out/$name.log") inputs in $share s, no crash"
    else
        failed=$((failed + 1))
        echo "FAILED fuzz $name"
        tail -n 40 "$out/$name.log"
    fi
done
echo "fuzz: $passed passed, $failed failed"
[ $failed -eq 0 ]
