"""The shipped binary: static, hardened, small."""
import re
import subprocess

import pytest

from harness import APP

pytestmark = pytest.mark.product


def readelf(*flags):
    return subprocess.run(["readelf", "-W", *flags, APP], capture_output=True, text=True, check=True).stdout


def test_it_is_a_static_pie():
    assert "DYN (Position-Independent Executable file)" in readelf("-h")
    assert "INTERP" not in readelf("-l")


def test_it_asks_for_no_library():
    """A static PIE relocates itself by a dynamic table; it names no library, path or symbol."""
    assert not re.search(r"\((NEEDED|RPATH|RUNPATH|SONAME|TEXTREL)\)", readelf("-d"))
    assert not re.search(r"R_\w+_(GLOB_DAT|JUMP_SLOT|COPY)", readelf("-r"))


def test_memory_is_protected():
    segments = readelf("-l")
    assert "GNU_RELRO" in segments
    assert re.search(r"GNU_STACK.* RW ", segments)
    assert not re.search(r"LOAD.* RWE ", segments)
    assert re.search(r"FLAGS_1\).*NOW", readelf("-d"))


def test_it_is_stripped_and_small():
    assert "no symbols" in subprocess.run(["nm", APP], capture_output=True, text=True).stderr
    assert APP.stat().st_size <= 400_000


def test_there_is_no_glibc_in_it():
    content = APP.read_bytes()
    assert b"GLIBC" not in content and b"ld-linux" not in content and b"ld-musl" not in content


def test_the_stack_protector_and_cet_are_on():
    assert "__stack_chk_fail" in (APP.parent / "app.map").read_text()
    assert "IBT" in readelf("-n") or "x86" not in readelf("-h")
