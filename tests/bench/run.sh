#!/bin/sh
# Measures, on loopback, with the server and the client on different cores: B=build tests/bench/run.sh
#
# Times are ratios to nginx's in the same run (median of interleaved rounds), because the same
# binary's times drift by half from hour to hour on a shared machine; instructions and system
# calls for each request repeat exactly. Nothing here fails on a figure.
set -eu
exec /usr/bin/python3 "$(dirname "$0")/bench.py" "$@"
