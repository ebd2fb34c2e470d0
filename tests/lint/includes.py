#!/usr/bin/env python3
"""Dependencies point one way: who may include whom, and which foreign headers where."""
import re
import sys
from pathlib import Path

SRC = Path(__file__).resolve().parents[2] / "src"
MAY = {
    "base": set(),
    "profile": {"base"},
    "manifest": {"base", "profile"},
    "visitlog": {"base"},
    "http": {"base"},
    "site": {"base", "profile", "visitlog", "http"},
    "cmd": {"base", "profile", "manifest", "visitlog", "http", "site"},
}
# Folders that are machines are seen from outside by few headers.
ONLY_HEADER = {"visitlog": {"visitlog.h"}, "site": {"site.h"}, "http": {"http.h", "client.h"}}
FOREIGN = {"ini.h": {"profile/load.c"}, "bearssl_hash.h": {"base/digest.c"}}


def check(path):
    name = path.relative_to(SRC).as_posix()
    folder = name.split("/")[0] if "/" in name else "main"
    text = path.read_text()
    if path.suffix == ".c":
        first = re.search(r'^#include\s+["<]([^">]+)', text, re.M)
        if not first or first[1] != "base/std.h":
            yield f'{name}: the first include must be "base/std.h"'
    for kind, target in re.findall(r'^#include\s+(["<])([^">]+)', text, re.M):
        if target in FOREIGN:
            if name not in FOREIGN[target]:
                yield f"{name}: <{target}> is for {', '.join(FOREIGN[target])} alone"
        elif re.match(r"(ini|bearssl\w*)\.h$", target):
            yield f"{name}: <{target}> has no place yet; say where it may be included"
        elif kind == "<":
            if folder == "site" and target.startswith("sys/"):
                yield f"{name}: the site makes no system calls of its own (<{target}>)"
        elif "/" not in target or ".." in target:
            yield f'{name}: write "folder/file.h" instead of "{target}"'
        elif folder == "main":
            if target not in ("base/std.h", "cmd/cmd.h"):
                yield f"{name}: main knows the commands alone, not {target}"
        else:
            other, header = target.split("/", 1)
            if other != folder and other not in MAY[folder]:
                yield f"{name}: {folder} must not know {other} ({target})"
            if other != folder and header not in ONLY_HEADER.get(other, {header}):
                yield f"{name}: {other} is seen by {' and '.join(sorted(ONLY_HEADER[other]))} alone ({target})"
            if folder == "cmd" and other == "cmd" and header != "cmd.h":
                yield f"{name}: a command knows no other command ({target})"


problems = [line for path in sorted(SRC.rglob("*.[ch]")) for line in check(path)]
print("\n".join(problems) if problems else "includes: every dependency points the right way")
sys.exit(bool(problems))
