"""Promise 1 when the power goes: a real ext4 that forgets, in one moment, what was not synced.

The file system is shut down without writing its journal (ioctl EXT4_IOC_SHUTDOWN, NOLOGFLUSH), which
is what pulling the plug does to it: what was synced is there after the next mount, and nothing else
has to be. Until then every write and sync fails with EIO, so the server's fail-stop is seen, too.

What counts is what was answered before the cut began. When the power really goes, nothing is answered
after it; here the machine goes on, and a sync that was on its way when the journal was given up may
still return success: jbd2_complete_transaction finds the transaction neither running nor committing.
"""
import fcntl
import json
import os
import random
import struct
import subprocess
import time

import pytest

from harness import SOAK, Server, run
from load import Load

EXT4_IOC_SHUTDOWN = 0x8004587D
NOLOGFLUSH = 2
ROUNDS = 200 if SOAK else 8
JSON = {"Accept": "application/json"}


class Disk:
    """A journalled ext4 on a loop device whose power can be cut."""

    def __init__(self, directory):
        assert os.geteuid() == 0, "these tests mount file systems: run them as root"
        self.image, self.mount = directory / "disk.img", directory / "data"
        self.image.write_bytes(b"")
        os.truncate(self.image, 64 << 20)
        subprocess.run(["mkfs.ext4", "-q", "-m", "0", self.image], check=True)
        self.mount.mkdir()
        self.plug_in()

    def plug_in(self):
        subprocess.run(["mount", "-o", "loop", self.image, self.mount], check=True)

    def unplug(self):
        subprocess.run(["umount", self.mount], check=True)

    def cut(self):
        fd = os.open(self.mount, os.O_RDONLY)
        try:
            fcntl.ioctl(fd, EXT4_IOC_SHUTDOWN, struct.pack("I", NOLOGFLUSH))
        finally:
            os.close(fd)


@pytest.fixture
def disk(tmp_path):
    made = Disk(tmp_path)
    yield made
    subprocess.run(["umount", "-l", made.mount], check=False, capture_output=True)


def cut_under_load(directory, disk, sets):
    """One round: what was acknowledged before the cut, all that was asked, and what is left."""
    server = Server(directory, "serve.workers=2", *sets)
    with Load(server.port, 8) as load:
        time.sleep(random.uniform(0.3, 1.4))
        before_the_cut = load.acknowledged
        disk.cut()
        # An input/output error ends it, at the latest when the rest is told to end.
        time.sleep(0.1)
    status = server.process.poll()
    if status is None:
        deadline = time.monotonic() + 3
        while server.process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.02)
        status = server.process.poll()
        server.kill()
    disk.unplug()
    disk.plug_in()
    with Server(directory, *sets) as again:
        total = json.loads(again.get("/visits", JSON)[2])["visits"]
        lines = len(run("cat", again.log).stdout.splitlines())
        again.stop()
    return before_the_cut, len(load.acknowledged), total, lines, status


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("sets", [(), ("log.rotate_size=1",)], ids=["one file", "rotating"])
def test_no_acknowledged_visit_is_lost_with_the_power(tmp_path, disk, sets):
    random.seed(str(sets))
    before = 0
    statuses = set()
    for _ in range(ROUNDS):
        acknowledged, answered, total, lines, status = cut_under_load(tmp_path, disk, sets)
        assert acknowledged and len(acknowledged) == len(set(acknowledged)) and min(acknowledged) > before
        found = (max(acknowledged), total, lines)
        assert max(acknowledged) <= total <= before + answered + 8, f"an acknowledged visit went with the power: {found}"
        assert lines == total, found
        statuses.add(status)
        before = total
    assert statuses == {74}, "a failed disk ends the server with 74"


@pytest.mark.timeout(900)
def test_everysec_loses_a_second_and_a_sync_at_most(tmp_path, disk):
    random.seed("everysec")
    sets = ("log.fsync=everysec",)
    before = 0
    for _ in range(max(2, ROUNDS // 4)):
        server = Server(tmp_path, "serve.workers=2", *sets)
        with Load(server.port, 4) as load:
            time.sleep(3.5)
            safe = max(load.acknowledged)
            time.sleep(2.2)
            disk.cut()
        server.kill()
        disk.unplug()
        disk.plug_in()
        with Server(tmp_path, *sets) as again:
            total = json.loads(again.get("/visits", JSON)[2])["visits"]
            assert len(run("cat", again.log).stdout.splitlines()) == total
            again.stop()
        assert safe <= total <= before + len(load.acknowledged) + 4
        before = total
