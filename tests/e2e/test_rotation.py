"""Rotation, retention and the index on the running server."""
import json
import os
import random
import re
import subprocess
import threading
import time

import pytest

from harness import SOAK, Server, run
from load import Load
from test_kill9 import Named

ROUNDS = 200 if SOAK else 12
NAME = re.compile(r"visits\.log\.\d{8}T\d{6}Z-(\d{12,})")


def segments(server):
    """The rotated segments with the totals of their names, the oldest first."""
    found = [(int(NAME.fullmatch(p.name)[1]), p) for p in server.log.parent.iterdir() if NAME.fullmatch(p.name)]
    return sorted(found)


def all_lines(server):
    done = run("cat", server.log)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def visits(server):
    return json.loads(server.get("/visits", {"Accept": "application/json"})[2])["visits"]


@pytest.mark.timeout(120)
def test_under_load_no_visit_is_lost_doubled_or_split(tmp_path):
    done = threading.Event()
    with Server(tmp_path, "log.format=json", "serve.workers=2", "log.rotate_size=1") as server:
        clients = [Named(server.port, f"c{i}", done) for i in range(8)]
        for client in clients:
            client.start()
        time.sleep(4.5)
        done.set()
        for client in clients:
            client.join(timeout=20)
        answered = [name for client in clients for name in client.answered]
        assert visits(server) == len(answered)
        assert server.stop() == 0
        lines = [json.loads(line)["user_agent"] for line in all_lines(server)]
        assert sorted(lines) == sorted(answered) and len(set(lines)) == len(lines) > 500
        found = segments(server)
        assert len(found) >= 3
        before = 0
        for total, path in found:
            assert total - before == path.read_bytes().count(b"\n") > 0
            before = total
        assert server.find("rotated the log")["segment"].endswith(found[0][1].name)


@pytest.mark.timeout(900)
@pytest.mark.parametrize("mode", ["always", "no"])
def test_killed_while_it_rotates_every_second(tmp_path, mode):
    random.seed(mode)
    before = 0
    for _ in range(ROUNDS):
        server = Server(tmp_path, f"log.fsync={mode}", "serve.workers=2", "log.rotate_every=1s", "log.rotate_size=1", "log.keep=5")
        assert int(server.find("listening")["visits"]) == before
        with Load(server.port, 8) as load:
            time.sleep(random.uniform(0.9, 1.15))
            server.kill()
        acknowledged = load.acknowledged
        assert len(acknowledged) == len(set(acknowledged)) and min(acknowledged) > before
        with Server(tmp_path, "log.keep=5") as again:
            total = visits(again)
            again.stop()
        assert max(acknowledged) <= total <= before + len(acknowledged) + 8
        before = total
    assert before > 20 * ROUNDS


def test_what_is_removed_is_told_and_still_counts(tmp_path):
    with Server(tmp_path, "log.rotate_size=1", "log.keep=1") as server:
        for _ in range(3):
            for _ in range(4):
                server.get()
            time.sleep(1.2)
        assert len(segments(server)) == 1 and visits(server) == 12
        removed = [line for line in server.diagnostics() if "removed a segment" in line]
        assert len(removed) == 2 and all("why=log.keep" in line and "segment=" in line for line in removed)
        server.stop()
    for path in (tmp_path / "data" / "visits.log.index", None):
        if path:
            path.unlink()
        with Server(tmp_path) as server:
            assert visits(server) == 12


@pytest.mark.parametrize("setting, left", [("log.keep_bytes=500", 1), ("log.keep_days=1", 1)])
def test_kept_by_bytes_and_by_days(tmp_path, setting, left):
    (tmp_path / "data").mkdir()
    line = "Visit at: 2022-06-29 14:17:37.071203 \n"
    (tmp_path / "data" / "visits.log.20220629T141800Z-000000000010").write_text(line * 10)
    now = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    (tmp_path / "data" / f"visits.log.{now}-000000000015").write_text(line * 5)
    with Server(tmp_path, setting) as server:
        assert visits(server) == 15
        server.wait_for("removed a segment that is not to be kept")
        assert [total for total, _ in segments(server)] == [15] and left == 1
        assert visits(server) == 15


def read_bytes(trace):
    """How much of the log was read, by a trace of pread64."""
    return sum(int(n) for n in re.findall(r"pread64\(.*\) = (\d+)", trace.read_text()))


@pytest.mark.product
def test_a_start_reads_what_the_index_does_not_cover(tmp_path):
    (tmp_path / "data").mkdir()
    lines = 20_000_000 // 38 if not SOAK else 10_000_000
    (tmp_path / "data" / "visits.log").write_text("Visit at: 2022-06-29 14:17:37.071203 \n" * lines)
    with Server(tmp_path) as server:
        assert server.find("there is no index: it is made from the log") and visits(server) == lines
        server.get()
        server.kill()
    with Server(tmp_path) as server:
        assert visits(server) == lines + 1
        assert not server.find("there is no index: it is made from the log")
        server.stop()
    trace = tmp_path / "trace"
    with Server(tmp_path, wrap=("strace", "-f", "-e", "trace=pread64", "-o", trace)) as server:
        assert visits(server) == lines + 1
    # The tail for a torn line, the last 256 KiB to write them again, and the end that has a sum.
    assert read_bytes(trace) < 700_000


def test_an_index_of_another_log_is_not_believed(tmp_path):
    with Server(tmp_path) as server:
        for _ in range(3):
            server.get()
        server.stop()
    (tmp_path / "data" / "visits.log").write_text("Visit at: 2022-06-29 14:17:37.071203 \n" * 9)
    with Server(tmp_path) as server:
        assert visits(server) == 9
        assert "log has changed" in server.find("the index is made again from the log")["why"]


def test_an_index_that_cannot_be_written_does_no_harm(tmp_path):
    with Server(tmp_path) as server:
        (tmp_path / "data" / "visits.log.index.tmp").mkdir()
        server.get()
        assert server.stop() == 0
        assert server.find("the index cannot be written; the next start will read the log instead")
    with Server(tmp_path) as server:
        assert visits(server) == 1


def test_a_clock_that_jumps_rotates_once(tmp_path):
    """The first line is from a time that is far away, in either direction."""
    for year in ("1999", "2098"):
        folder = tmp_path / year
        (folder / "data").mkdir(parents=True)
        (folder / "data" / "visits.log").write_text(f"Visit at: {year}-06-29 14:17:37.071203 \n" * 3)
        with Server(folder, "log.rotate_every=1h") as server:
            time.sleep(2.5)
            server.get()
            time.sleep(1.5)
            assert len(segments(server)) == (1 if year == "1999" else 0)
            assert visits(server) == 4


def test_a_reader_meanwhile_misses_nothing(tmp_path):
    with Server(tmp_path, "log.rotate_size=1", "log.fsync=no") as server:
        with Load(server.port, 4):
            deadline = time.monotonic() + 4
            last = 0
            while time.monotonic() < deadline:
                count = len(all_lines(server))
                assert count >= last
                last = count
        assert len(all_lines(server)) == visits(server)


def test_two_names_for_one_file_are_not_confused(tmp_path):
    """Somebody else's rotation (rename and SIGHUP) goes on beside ours."""
    with Server(tmp_path) as server:
        server.get()
        os.rename(server.log, f"{server.log}.1")
        server.process.send_signal(1)
        server.wait_for("log reopened")
        server.get()
        server.stop()
    with Server(tmp_path) as server:
        assert visits(server) == 2
        assert subprocess.run(["wc", "-l", server.log], capture_output=True, text=True, check=True).stdout.startswith("1 ")
