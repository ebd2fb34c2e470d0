#!/bin/sh
# Builds the tools named in tests/manifests/tools into $B/tools/bin: B=build tests/manifests/build.sh [NAME...]
# A tool that cannot be had is told; who needs it sees that its command is missing.
set -u
bin=$(mkdir -p "$B/tools/bin" && cd "$B/tools/bin" && pwd)
if ! command -v go > /dev/null 2>&1; then
    [ -x /usr/local/go/bin/go ] || { echo "go is missing: install golang-go, or Go from its own site" >&2; exit 0; }
    PATH=$PATH:/usr/local/go/bin
fi
while read -r name package version; do
    case $name in '' | '#'*) continue ;; esac
    case " ${*:-$name} " in *" $name "*) ;; *) continue ;; esac
    [ -x "$bin/$name" ] && [ "$(cat "$bin/$name.version" 2> /dev/null)" = "$version" ] && continue
    echo "   GO $name $version"
    # Away from any module, and from this machine's settings of flags.
    if (cd / && GOFLAGS=-mod=mod GOBIN=$bin go install "$package@$version") > "$bin/$name.log" 2>&1; then
        echo "$version" > "$bin/$name.version"
    else
        rm -f "$bin/$name"
        echo "$name $version cannot be built: $(grep -v '^go: downloading' "$bin/$name.log" | tail -n 1)" >&2
    fi
done < tests/manifests/tools
