#!/bin/sh
# Compiles the files named on standard input, relative to SOURCES, into one archive:
#
#     vendor/compile.sh ARCHIVE SOURCES CC FLAG...
#
# The order in the archive is that of the names, so that the same input gives the same bytes.
set -eu
archive=$1
export SOURCES=$2
shift 2
export OBJECTS=${archive%.a}.objects
rm -rf "$OBJECTS" "$archive"
mkdir -p "$OBJECTS"
xargs -P "$(nproc)" -I '{}' sh -c \
    'file=$1; shift; "$@" -c "$SOURCES/$file" -o "$OBJECTS/$(echo "${file%.c}" | sed "s|^[./]*||; s|/|_|g").o"' \
    sh '{}' "$@"
ar rcsD "$archive" "$OBJECTS"/*.o
