#!/bin/sh
# Puts the pinned source archive of NAME below DIR and checks its sum.
#
#     vendor/fetch.sh NAME DIR
#
# A file that is there already is only checked, so everything builds offline once fetched. Else
# it comes from the Debian mirror that this system uses, as a source package of the release that
# has the pinned version; apt runs on a sources list, lists and state of its own, without root.
# Signatures are not asked for: the pinned sum is the stronger check. Without apt, upstream's
# release address is tried.
set -eu
here=$(dirname "$0")
name=$1
dir=$2
release=trixie

row=$(grep "^$name " "$here/versions") || { echo "fetch.sh: '$name' is not in $here/versions" >&2; exit 2; }
# shellcheck disable=SC2086
set -- $row
file=$3 sum=$4 upstream=$5

from_debian() {
    mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
             grep -v security | head -n 1)
    [ -n "$mirror" ] || return 1
    apt=$dir/apt
    mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
    echo "deb-src [trusted=yes] $mirror $release main" > "$apt/sources.list"
    touch "$apt/status"
    apt=$(cd "$apt" && pwd)
    options="-qq -o Dir::Etc::SourceList=$apt/sources.list -o Dir::Etc::SourceParts=/dev/null
             -o Dir::State=$apt -o Dir::State::Lists=$apt/lists -o Dir::State::status=$apt/status
             -o Dir::Cache=$apt/cache"
    # Some of a package's other files may be gone from a mirror: what counts is the archive.
    # shellcheck disable=SC2086
    (apt-get $options update && cd "$dir" && apt-get $options source --download-only "$name") \
        > "$apt/log" 2>&1 || true
    [ -f "$dir/$file" ]
}

from_upstream() {
    [ "$upstream" != - ] || return 1
    curl -fsSL -o "$dir/$file.part" "$upstream" 2>/dev/null && mv "$dir/$file.part" "$dir/$file"
}

mkdir -p "$dir"
# One at a time: apt's lists and state are shared by all that are fetched.
exec 9> "$dir/.lock"
flock 9
if [ ! -f "$dir/$file" ]; then
    echo "fetching $file" >&2
    if ! from_debian && ! from_upstream; then
        echo "fetch.sh: $file could not be fetched; put it into $dir by hand (sha256 $sum)" >&2
        [ ! -f "$dir/apt/log" ] || tail -n 3 "$dir/apt/log" >&2
        exit 1
    fi
fi
found=$(sha256sum "$dir/$file" | cut -d ' ' -f 1)
if [ "$found" != "$sum" ]; then
    echo "fetch.sh: $dir/$file has the wrong sum and is not used" >&2
    echo "  expected $sum" >&2
    echo "  found    $found" >&2
    exit 1
fi
