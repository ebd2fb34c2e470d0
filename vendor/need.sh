#!/bin/sh
# Makes sure that a group of tools is there: vendor/need.sh GROUP...
#
# As root on Debian the missing packages are installed; anybody else is told the one line to
# run. A tool is known by a file or command that its package brings.
set -eu
release=$(. /etc/os-release 2>/dev/null && echo "${VERSION_ID:-}")
clang=clang-14 format=clang-format-14 tidy=clang-tidy-14 runtime=libclang-rt-14-dev
if [ "$release" != 12 ]; then
    clang=clang format=clang-format tidy=clang-tidy runtime=libclang-rt-dev
fi
missing=

# need PACKAGE COMMAND|/FILE
need() {
    case $2 in
    /*) [ -e "$2" ] || missing="$missing $1" ;;
    *) command -v "$2" > /dev/null 2>&1 || missing="$missing $1" ;;
    esac
}

# need_module PACKAGE PYTHON-MODULE
need_module() {
    [ -d "/usr/lib/python3/dist-packages/$2" ] || missing="$missing $1"
}

for group in "$@"; do
    case $group in
    build)
        need gcc gcc
        need make make
        need patch patch
        need xz-utils xz
        need ca-certificates /etc/ssl/certs
        need libc6-dev /usr/include/stdio.h
        need linux-libc-dev /usr/include/linux/version.h
        ;;
    test)
        need libcmocka-dev /usr/include/cmocka.h
        need python3 /usr/bin/python3
        need_module python3-pytest pytest
        need python3-pytest-timeout /usr/lib/python3/dist-packages/pytest_timeout.py
        need_module python3-hypothesis hypothesis
        need_module python3-yaml yaml
        need_module python3-ruamel.yaml ruamel
        /usr/bin/python3 -c 'import ensurepip' 2> /dev/null || missing="$missing python3-venv"
        need git git
        need curl curl
        need strace strace
        need util-linux setpriv
        need e2fsprogs mkfs.ext4
        need mount mount
        need iproute2 ip
        need time /usr/bin/time
        need kubernetes-client kubectl
        need binutils readelf
        need "$clang" "$clang"
        need goaccess goaccess
        need podman podman
        need runc runc
        ;;
    lint)
        need "$format" "$format"
        need "$tidy" "$tidy"
        need cppcheck cppcheck
        need python3 /usr/bin/python3
        need universal-ctags ctags
        ;;
    asan)
        need gcc gcc
        ;;
    fuzz)
        need "$clang" "$clang"
        [ -n "$(find /usr/lib/llvm-* -name 'libclang_rt.fuzzer*.a' 2>/dev/null | head -n 1)" ] ||
            missing="$missing $runtime"
        ;;
    bench)
        need wrk wrk
        need valgrind valgrind
        need strace strace
        need nginx-light /usr/sbin/nginx
        ;;
    *)
        echo "need.sh: there is no group '$group'" >&2
        exit 2
        ;;
    esac
done

[ -n "$missing" ] || exit 0
install="apt-get install -y --no-install-recommends$missing"
if [ "$(id -u)" != 0 ] || ! command -v apt-get > /dev/null 2>&1; then
    echo "Some tools are missing. As root, run:" >&2
    echo "    $install" >&2
    exit 1
fi
echo "installing:$missing" >&2
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
# shellcheck disable=SC2086
$install -qq > /dev/null
