#!/bin/sh
# clang-tidy over the files given; LINT_FLAGS are the compiler's.
tidy=$(command -v clang-tidy-14 || command -v clang-tidy) || exit 1
# shellcheck disable=SC2086
exec "$tidy" --quiet "$@" -- $LINT_FLAGS '-DAPP_VERSION="lint"'
