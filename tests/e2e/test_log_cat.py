"""`app cat`: the visit log where there is no shell: whole lines only, and pipes."""
import subprocess
import threading

import pytest

from harness import APP, Server, run
from logs import torn

LINE = "Visit at: 2022-06-29 14:17:37.071203 \n"


def test_a_named_log_is_printed_as_it_is(tmp_path):
    log = tmp_path / "visits.txt"
    log.write_bytes(b"INFO 2021-10-04 15:11:59,390 views 18 A client visited\r\n\xff\0odd\n" * 5000)
    done = run("cat", log, text=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout == log.read_bytes()


def test_without_a_name_it_is_the_profiles(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "visits.log").write_text(LINE)
    (tmp_path / "other").write_text("other\n")
    profile = tmp_path / "app.ini"
    profile.write_text("[log]\nfile = other\n")
    assert run("cat", cwd=tmp_path).stdout == LINE
    assert run("cat", "-f", profile, cwd=tmp_path).stdout == "other\n"
    assert run("cat", "--set", "log.file=other", cwd=tmp_path).stdout == "other\n"


@pytest.mark.parametrize("content, printed", [("", ""), ("torn", ""), (LINE + "torn", LINE),
                                              (LINE + LINE, LINE + LINE), ("\n", "\n")])
def test_a_last_line_without_newline_is_left_out(tmp_path, content, printed):
    log = tmp_path / "log"
    log.write_text(content)
    done = run("cat", log)
    assert (done.returncode, done.stdout, done.stderr) == (0, printed, "")


def test_into_a_file_that_is_appended_to(tmp_path):
    log = tmp_path / "log"
    log.write_text(LINE * 3)
    with open(tmp_path / "copy", "ab") as copy:
        for _ in range(2):
            subprocess.run([APP, "cat", log], stdout=copy, check=True, timeout=20)
    assert (tmp_path / "copy").read_text() == LINE * 6


def test_a_reader_that_goes_away_is_no_message(tmp_path):
    log = tmp_path / "log"
    log.write_text(LINE * 100000)
    with subprocess.Popen([APP, "cat", log], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout.read(len(LINE)).decode() == LINE
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(timeout=20) == 1


def test_a_slow_reader_gets_everything(tmp_path):
    log = tmp_path / "log"
    log.write_text(LINE * 20000)
    with subprocess.Popen([APP, "cat", log], stdout=subprocess.PIPE) as process:
        got = b""
        while piece := process.stdout.read1(1000):
            got += piece
        assert process.wait(timeout=20) == 0
    assert got == log.read_bytes()


def test_a_full_output_is_an_error(tmp_path):
    log = tmp_path / "log"
    log.write_text(LINE)
    with open("/dev/full", "wb") as full:
        done = subprocess.run([APP, "cat", log], stdout=full, stderr=subprocess.PIPE, text=True, timeout=20)
    assert done.returncode == 1
    assert "ENOSPC" in done.stderr and done.stderr.count("\n") == 1


def test_what_cannot_be_printed_is_said(tmp_path):
    for path, why in [(tmp_path, "no regular file"), (tmp_path / "none", "ENOENT"), ("/dev/zero", "no regular file")]:
        done = run("cat", path)
        assert (done.returncode, done.stdout) == (1, "")
        assert str(path) in done.stderr and why in done.stderr


def test_wrong_requests(tmp_path):
    for arguments in (["a", "b"], ["--unknown"], ["--set"], ["--set", "log.fil=x"], ["-f", tmp_path / "none.ini"]):
        done = run("cat", *arguments, cwd=tmp_path)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr


@pytest.mark.parametrize("form", ["visits", "json"])
def test_a_living_log(tmp_path, form):
    """While visits come in, every print is a beginning of the final log, in whole lines."""
    with Server(tmp_path, f"log.format={form}", "log.fsync=no") as server:
        stop = threading.Event()

        def visit():
            while not stop.is_set():
                server.get("/")

        visitors = [threading.Thread(target=visit, daemon=True) for _ in range(3)]
        for visitor in visitors:
            visitor.start()
        prints = []
        try:
            for _ in range(30):
                done = run("cat", server.log, text=False)
                assert done.returncode == 0
                prints.append(done.stdout)
        finally:
            stop.set()
            for visitor in visitors:
                visitor.join(timeout=20)
        final = server.log.read_bytes()
        for text in prints:
            assert text == b"" or text.endswith(b"\n")
            assert final.startswith(text)
            assert torn(text.split(b"\n")[:-1], form) == []
        assert len(prints[-1]) > len(prints[0])


def test_lines_of_attackers_stay_one_line_each(tmp_path):
    """What a client puts into its fields cannot begin a line of its own, in any format."""
    agent = 'x" 200 - "-" "-"\\n{"time":"never"} Visit at: \t\xe9'
    for form in ("visits", "django", "combined", "json"):
        directory = tmp_path / form
        directory.mkdir()
        with Server(directory, f"log.format={form}") as server:
            for number in range(5):
                assert server.get("/", {"User-Agent": agent, "Referer": agent})[0] == 200, number
            lines = run("cat", server.log, text=False).stdout.split(b"\n")[:-1]
            assert torn(lines, form) == []
            assert len(lines) == 5
            assert not any(byte < 0x20 for line in lines for byte in line)
