#!/usr/bin/env python3
"""The sizes that keep the code readable, and the words that must not be in it."""
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SRC = ROOT / "src"
FUNCTION_LINES, FILE_LINES, NESTING, PARAMETERS = 70, 600, 4, 5


def without_text(code):
    """Comments, strings and characters blanked, lines kept."""
    def blank(match):
        return re.sub(r"[^\n]", " ", match[0])
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', blank, code, flags=re.S)


def functions():
    """(path, name, first line, last line) of every function."""
    done = subprocess.run(
        ["ctags", "-x", "--_xformat=%F\t%N\t%n\t%e", "--fields=+ne", "--languages=C", "--kinds-C=f", "-R", str(SRC)],
        capture_output=True, text=True, check=True)
    for row in done.stdout.splitlines():
        path, name, first, last = row.split("\t")
        if first and last:
            yield Path(path), name, int(first), int(last)


def depth(lines):
    deepest = level = 0
    for char in "".join(lines):
        level += (char == "{") - (char == "}")
        deepest = max(deepest, level)
    return deepest - 1


def check():
    for path in sorted(SRC.rglob("*.[ch]")):
        name = path.relative_to(ROOT)
        text = path.read_text()
        code = without_text(text)
        if len(text.splitlines()) > FILE_LINES:
            yield f"{name}: {len(text.splitlines())} lines, {FILE_LINES} at most"
        for number, line in enumerate(text.splitlines(), 1):
            if re.search(r"\b(TODO|FIXME|XXX|HACK)\b", line):
                yield f"{name}:{number}: unfinished work is not committed"
        for number, line in enumerate(code.splitlines(), 1):
            if re.search(r"\b(malloc|calloc|realloc|free|strdup|strndup|asprintf|alloca)\s*\(", line):
                yield f"{name}:{number}: memory comes from the arena (base/arena.h)"
    for path, function, first, last in functions():
        name = path.relative_to(ROOT)
        lines = without_text(path.read_text()).splitlines()[first - 1:last]
        if last - first + 1 > FUNCTION_LINES:
            yield f"{name}:{first}: {function} has {last - first + 1} lines, {FUNCTION_LINES} at most"
        body = "\n".join(lines)
        nested = depth(body[body.find("{"):])
        if nested > NESTING:
            yield f"{name}:{first}: {function} nests {nested} deep, {NESTING} at most"
        head = body[:body.find("{")]
        if head.count(",") + 1 > PARAMETERS and "..." not in head:
            yield f"{name}:{first}: {function} has {head.count(',') + 1} parameters, {PARAMETERS} at most"


problems = list(check())
print("\n".join(problems) if problems else "numbers: every file and function keeps its size")
sys.exit(bool(problems))
