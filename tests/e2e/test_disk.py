"""Promises 4 and 5 on real file systems: full, and failed."""
import errno
import json
import os
import subprocess
import time

import pytest

from harness import Server
from load import Load
from logs import torn

JSON = {"Accept": "application/json"}


@pytest.fixture
def small_disk(tmp_path):
    """A real ext4 of 2 MiB on a loop device, mounted where the data goes. Needs root."""
    assert os.geteuid() == 0, "these tests mount file systems: run them as root"
    image = tmp_path / "disk.img"
    image.write_bytes(b"\0" * (2 << 20))
    subprocess.run(["mkfs.ext4", "-q", "-b", "1024", "-m", "0", "-O", "^has_journal", image], check=True)
    mount = tmp_path / "data"
    mount.mkdir()
    subprocess.run(["mount", "-o", "loop", image, mount], check=True)
    yield mount
    subprocess.run(["umount", "-l", mount], check=True)


def fill(mount, leave):
    """Takes all room but about `leave` bytes."""
    filler = mount / "filler"
    with open(filler, "wb", buffering=0) as file:
        try:
            while True:
                file.write(b"\0" * 1024)
        except OSError as error:
            assert error.errno == errno.ENOSPC
        file.truncate(max(0, file.tell() - leave))
    return filler


def test_a_full_disk_refuses_and_recovers(tmp_path, small_disk):
    filler = fill(small_disk, leave=12 << 10)
    with Server(tmp_path) as server:
        with Load(server.port, 4, reconnect=True) as load:
            deadline = time.monotonic() + 20
            while load.refused < 50 and time.monotonic() < deadline:
                time.sleep(0.02)
            assert load.refused >= 50, "the disk never became full"
            status, headers, body = server.get("/")
            assert status == 503 and int(headers["Retry-After"]) > 0 and b"no room" in body
            assert server.get("/readyz", admin=True)[0] == 503
            assert b"ENOSPC" in server.get("/readyz", admin=True)[2]
            assert server.get("/livez", admin=True)[0] == 200
            assert server.get("/visits", JSON)[0] == 200
            filler.unlink()
            deadline = time.monotonic() + 10
            while server.get("/readyz", admin=True)[0] != 200:
                assert time.monotonic() < deadline, "it did not recover by itself"
                time.sleep(0.05)
            before = len(load.acknowledged)
            deadline = time.monotonic() + 10
            while len(load.acknowledged) < before + 100:
                assert time.monotonic() < deadline, "it does not count again"
                time.sleep(0.02)
        acknowledged = load.acknowledged
        lines = server.lines()
        assert torn(lines, "visits") == []
        assert server.log.read_bytes().endswith(b"\n")
        assert len(acknowledged) == len(set(acknowledged)) and max(acknowledged) <= len(lines)
        assert len(lines) == len(acknowledged), "a refused visit is in the log"
        assert json.loads(server.get("/visits", JSON)[2])["visits"] == len(lines)
        assert server.stop() == 0


def test_little_room_is_told_while_there_is_some(tmp_path, small_disk):
    with Server(tmp_path) as server:
        time.sleep(1.2)
        assert server.get("/readyz", admin=True)[2].strip() == b"ok"
        filler = fill(small_disk, leave=60 << 10)
        found = server.wait_for("little room is left for the log; enlarge the volume, or keep less")
        assert 0 < int(found["free_bytes"]) < 200 << 10
        status, _, body = server.get("/readyz", admin=True)
        assert status == 200 and body.startswith(b"ok, but little room is left")
        assert server.get("/")[0] == 200
        filler.unlink()
        server.wait_for("there is room for the log again")
        assert server.get("/readyz", admin=True)[2].strip() == b"ok"
        assert sum("little room" in line for line in server.diagnostics()) == 1


@pytest.mark.timeout(60)
@pytest.mark.parametrize("line", [b"", b"Visit at: 2022-06-29 14:17:37.071203 \n"])
def test_terabytes_of_hole_are_not_read(tmp_path, line):
    (tmp_path / "data").mkdir()
    log = tmp_path / "data" / "visits.log"
    log.write_bytes(line)
    os.truncate(log, 2 << 40)
    with Server(tmp_path) as server:
        assert log.read_bytes() == line
        assert "cut a torn end off" in " ".join(server.diagnostics())
        assert server.get("/")[0] == 200 and len(server.lines()) == (2 if line else 1)
        server.stop()
    if line:
        # The hole is in the middle, before a line that somebody wrote.
        os.truncate(log, 2 << 40)
        with open(log, "ab") as out:
            out.write(b"\n" + line)
        with Server(tmp_path) as server:
            assert json.loads(server.get("/visits", JSON)[2])["visits"] == 4
            assert server.get("/")[0] == 200 and log.stat().st_size > 2 << 40


def test_it_starts_on_a_full_disk(tmp_path, small_disk):
    with Server(tmp_path) as server:
        server.get("/")
    fill(small_disk, leave=0)
    with Server(tmp_path) as server:
        deadline = time.monotonic() + 10
        while server.get("/")[0] == 200:
            assert time.monotonic() < deadline
        assert server.get("/livez", admin=True)[0] == 200
        assert torn(server.lines(), "visits") == []


def test_a_file_size_limit_is_a_full_disk(tmp_path):
    with Server(tmp_path, wrap=("prlimit", "--fsize=4096")) as server:
        with Load(server.port, 4) as load:
            deadline = time.monotonic() + 10
            while load.refused < 10 and time.monotonic() < deadline:
                time.sleep(0.02)
        assert load.refused >= 10
        assert len(server.lines()) == len(load.acknowledged) <= 4096 // 38
        assert torn(server.lines(), "visits") == []
        assert server.log.read_bytes().endswith(b"\n")


@pytest.mark.product
@pytest.mark.parametrize("call", ["fdatasync", "write"])
def test_a_failed_disk_ends_the_server(tmp_path, call):
    """EIO by injection into the real process: fail-stop with status 74 within a second."""
    log = tmp_path / "data" / "visits.log"
    trace = ("strace", "-f", "-o", "/dev/null", "-P", str(log), "-e", f"inject={call}:error=EIO:when=20+")
    with Server(tmp_path, f"log.file={log}", wrap=trace) as server:
        with Load(server.port, 4) as load:
            assert server.process.wait(timeout=20) == 74
        found = server.find("the disk failed; ending so that nothing is acknowledged in vain")
        assert "EIO" in found["error"]
        lines = server.lines()
        assert len(set(load.acknowledged)) == len(load.acknowledged)
        assert not load.acknowledged or max(load.acknowledged) <= len(lines)
    with Server(tmp_path, f"log.file={log}") as server:
        assert int(server.find("listening")["visits"]) == len(lines)
        assert server.get("/")[0] == 200


@pytest.mark.product
def test_a_disk_that_stalls_does_not_fail_liveness(tmp_path):
    log = tmp_path / "data" / "visits.log"
    trace = ("strace", "-f", "-o", "/dev/null", "-P", str(log), "-e", "inject=fdatasync:delay_enter=3000000:when=2+")
    with Server(tmp_path, f"log.file={log}", "serve.workers=1", wrap=trace) as server:
        waiting = server.connect()
        waiting.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        time.sleep(0.3)
        for _ in range(10):
            assert server.get("/livez", admin=True, timeout=1)[0] == 200
            time.sleep(0.1)
