"""`app tail` and `app stats`: over segments, on a live log, through rotations."""
import json
import subprocess
import threading
import time

import pytest

from harness import APP, Server, run


def visits_log(folder, name, first, count):
    folder.mkdir(exist_ok=True)
    (folder / name).write_text("".join(f"Visit at: 2022-06-29 14:17:37.{n:06} \n" for n in range(first, first + count)))


@pytest.fixture
def log(tmp_path):
    """Ten visits in two segments and the log: 4, 3 and 3."""
    visits_log(tmp_path, "log.20220629T141800Z-000000000004", 1, 4)
    visits_log(tmp_path, "log.20220629T141801Z-000000000007", 5, 3)
    visits_log(tmp_path, "log", 8, 3)
    return tmp_path / "log"


def ids(text):
    return [int(line[30:36]) for line in text.splitlines()]


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 1000])
def test_the_last_lines_over_segments(log, count):
    done = run("tail", "-n", count, log)
    assert (done.returncode, done.stderr) == (0, "")
    assert ids(done.stdout) == list(range(1, 11))[-count:] if count else done.stdout == ""
    assert ids(run("cat", log).stdout) == list(range(1, 11))


def test_a_line_without_its_end_is_not_shown(log):
    with log.open("a") as out:
        out.write("Visit at: 2022")
    assert ids(run("tail", "-n", "2", log).stdout) == [9, 10]


def test_long_logs_are_read_from_their_end(tmp_path):
    visits_log(tmp_path, "log", 0, 100000)
    assert ids(run("tail", "-n", "5000", tmp_path / "log").stdout) == list(range(95000, 100000))


def test_follow_through_rotations(tmp_path):
    with Server(tmp_path, "log.rotate_size=1", "log.format=json") as server:
        server.get(headers={"User-Agent": "0"})
        follower = subprocess.Popen([APP, "tail", "-n", "1", "-f", server.log], stdout=subprocess.PIPE, text=True)
        seen = []
        reader = threading.Thread(target=lambda: seen.extend(json.loads(line)["user_agent"] for line in follower.stdout))
        reader.start()
        deadline = time.monotonic() + 10
        while not seen and time.monotonic() < deadline:
            time.sleep(0.02)
        for number in range(1, 60):
            server.get(headers={"User-Agent": str(number)})
            time.sleep(0.08)
        deadline = time.monotonic() + 5
        while len(seen) < 60 and time.monotonic() < deadline:
            time.sleep(0.05)
        follower.terminate()
        follower.wait(timeout=5)
        reader.join(timeout=5)
        assert seen == [str(n) for n in range(60)]
        assert sum(p.name.startswith("visits.log.2") for p in server.log.parent.iterdir()) >= 3


def test_a_reader_that_goes_away_ends_it(log):
    follower = subprocess.Popen([APP, "tail", "-f", log], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    follower.stdout.readline()
    follower.stdout.close()
    with log.open("a") as out:
        for _ in range(3):
            out.write("Visit at: 2022-06-29 14:17:37.000011 \n")
            out.flush()
            time.sleep(0.3)
    assert follower.wait(timeout=5) == 1 and follower.stderr.read() == b""


def test_stats_of_all_segments(log):
    lines = run("stats", log).stdout.splitlines()
    assert lines[0].split() == ["visits", "10"]
    assert lines[1].split()[1:] == ["2022-06-29", "14:17:37"] == lines[2].split()[1:]
    assert any(line.split()[:3] == ["06-29", "14:00", "10"] for line in lines)
    assert any(line.split()[:2] == ["2022-06-29", "10"] for line in lines)
    log.with_name("log.20220629T141800Z-000000000004").unlink()
    assert run("stats", log).stdout.splitlines()[0].split() == ["visits", "10"], "what was removed still counts"


def test_stats_in_the_zone_of_the_log(log):
    text = run("stats", "--set", "log.timezone=MSK-3", log).stdout
    assert "06-29 14:00" in text and "2022-06-29 14:17:37" in text


def test_stats_tell_what_was_asked_for(tmp_path):
    with Server(tmp_path, "log.format=combined") as server:
        for target, referrer in (("/?a", "http://one/"), ("/?a", "http://two/"), ("/?b", "http://one/")):
            server.get(target, {"Referer": referrer})
        text = run("stats", server.log).stdout
    targets, referrers = text.split("the most frequent targets\n")[1].split("the most frequent referrers\n")
    assert [line.split() for line in targets.splitlines() if line] == [["2", "/?a"], ["1", "/?b"]]
    assert [line.split() for line in referrers.splitlines() if line] == [["2", "http://one/"], ["1", "http://two/"]]
    assert "visits a day" in text or "rate" not in text


def test_an_empty_log_and_none(tmp_path):
    (tmp_path / "log").write_text("")
    assert run("stats", tmp_path / "log").stdout.splitlines()[0].split() == ["visits", "0"]
    assert run("tail", tmp_path / "log").stdout == ""
    for command in ("tail", "stats"):
        done = run(command, tmp_path / "none")
        assert done.returncode == 1 and "ENOENT" in done.stderr and str(tmp_path) in done.stderr
    assert run("tail", "-n", "x", tmp_path / "log").returncode == 2
    assert run("tail", tmp_path / "log", "b").returncode == 2
