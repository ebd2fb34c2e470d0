#!/bin/sh
# Unpacks the fetched archive of NAME and applies our patches: vendor/unpack.sh NAME DOWNLOADS TO
set -eu
here=$(cd "$(dirname "$0")" && pwd)
name=$1
downloads=$2
to=$3

"$here/fetch.sh" "$name" "$downloads"
file=$(grep "^$name " "$here/versions" | cut -d ' ' -f 3)
rm -rf "$to"
mkdir -p "$to"
tar -xf "$downloads/$file" -C "$to" --strip-components=1
for patch in "$here/patches/$name"/*.patch; do
    [ -f "$patch" ] || continue
    patch -s -p1 -d "$to" < "$patch"
done
