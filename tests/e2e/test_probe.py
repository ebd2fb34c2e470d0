"""`app probe`: one request, and an exit status, in an image that has no other client."""
import re
import shutil
import socket
import subprocess
import sys
import threading
import time

import pytest

from emitted import emit, find, sets
from harness import APP, Server, run


def listening(answer=None, delay=0.0, family=socket.AF_INET):
    """A server that takes one connection and sends these bytes, one by one when there is a delay."""
    listener = socket.socket(family)
    listener.bind(("::1" if family == socket.AF_INET6 else "127.0.0.1", 0))
    listener.listen()

    def serve():
        connection, _ = listener.accept()
        with connection:
            try:
                connection.recv(4096)
                for piece in (answer or [b""]) if delay == 0 else [bytes([b]) for b in b"".join(answer)]:
                    time.sleep(delay)
                    connection.sendall(piece)
                if answer is None:
                    connection.recv(1)
            except OSError:
                pass
    threading.Thread(target=serve, daemon=True).start()
    return listener, listener.getsockname()[1]


def test_a_server_that_answers(tmp_path):
    with Server(tmp_path) as server:
        for url, status in ((f"http://127.0.0.1:{server.admin_port}/livez", 200), (f"http://localhost:{server.port}/", 200),
                            (f"http://localhost:{server.port}", 200), (f"http://localhost:{server.port}?q", 200)):
            done = run("probe", url)
            assert done.returncode == 0, done.stderr
            assert re.fullmatch(rf"{status} OK from 127\.0\.0\.1:\d+ in \d+ ms\n", done.stdout)
        done = run("probe", f"http://127.0.0.1:{server.port}/nothing")
        assert done.returncode == 1 and "404 Not Found" in done.stderr and not done.stdout
        assert run("probe", "--expect", "404", f"http://127.0.0.1:{server.port}/nothing").returncode == 0
        assert run("probe", "--expect", "204", f"http://127.0.0.1:{server.port}/").returncode == 1
        # What asks whether visits are counted is no visit.
        assert server.lines() == []


def test_an_address_in_brackets():
    listener, port = listening([b"HTTP/1.1 200 OK\r\n\r\n"], family=socket.AF_INET6)
    done = run("probe", f"http://[::1]:{port}/")
    assert done.returncode == 0 and f"from [::1]:{port} in" in done.stdout
    listener.close()


@pytest.mark.parametrize("answer, why", [
    ([b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\n\r\n"], "503 Service Unavailable"),
    ([b"SSH-2.0-OpenSSH\r\n"], "is not HTTP/1"),
    ([b"HTTP/1.1 200 OK\r\n"], "in the middle of its answer"),
    ([b""], "without an answer"),
    ([b"HTTP/1.1 200 OK\r\n" + b"x" * 20000], "is not HTTP/1"),
])
def test_answers_that_are_none(answer, why):
    listener, port = listening(answer)
    done = run("probe", f"http://127.0.0.1:{port}/")
    assert done.returncode == 1 and why in done.stderr and f"127.0.0.1:{port}" in done.stderr
    listener.close()


@pytest.mark.parametrize("answer, delay", [(None, 0.0), ([b"HTTP/1.1 200 OK\r\nX: " + b"y" * 500], 0.05)])
def test_one_deadline_for_everything(answer, delay):
    listener, port = listening(answer, delay)
    start = time.monotonic()
    done = run("probe", "--timeout", "400ms", f"http://127.0.0.1:{port}/")
    assert done.returncode == 1 and "ETIMEDOUT" in done.stderr and "127.0.0.1" in done.stderr
    assert 0.3 < time.monotonic() - start < 5
    listener.close()


def test_nobody_there():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        done = run("probe", f"http://127.0.0.1:{unused.getsockname()[1]}/")
    assert done.returncode == 1 and "ECONNREFUSED" in done.stderr
    done = subprocess.run(["unshare", "--net", APP, "probe", "http://no.such.name.example/"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1 and "no.such.name.example" in done.stderr


SILENT_THEN_GOOD = """
import socket, subprocess, sys, threading
silent = socket.socket()
silent.bind(("127.0.0.2", 8080))
silent.listen(0)
waiting = [socket.socket() for _ in range(3)]  # its queue is full: it takes nobody, and refuses nobody
for s in waiting:
    s.setblocking(False)
    s.connect_ex(("127.0.0.2", 8080))
good = socket.socket()
good.bind(("127.0.0.3", 8080))
good.listen()

def serve():
    connection, _ = good.accept()
    connection.recv(4096)
    connection.sendall(b"HTTP/1.1 200 OK\\r\\n\\r\\n")
    connection.close()

threading.Thread(target=serve, daemon=True).start()
sys.exit(subprocess.run(["chroot", sys.argv[1], "/app", "probe", "--timeout", "2s", "http://two:8080/"]).returncode)
"""


@pytest.mark.product
def test_an_address_that_is_silent_leaves_time_for_the_next(tmp_path):
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "hosts").write_text("127.0.0.2 two\n127.0.0.3 two\n")
    shutil.copy2(APP, tmp_path / "app")
    done = subprocess.run(["unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh", sys.executable, "-c",
                           SILENT_THEN_GOOD, tmp_path], capture_output=True, text=True, timeout=30)
    assert done.returncode == 0 and "200 OK from 127.0.0.3:8080" in done.stdout, done.stderr


def test_a_redirection_is_good_and_not_followed():
    listener, port = listening([b"HTTP/1.1 301 Moved\r\nLocation: http://127.0.0.1:1/\r\n\r\n"])
    assert run("probe", f"http://127.0.0.1:{port}/").stdout.startswith("301 Moved from")
    listener.close()


def test_control_bytes_of_an_answer_do_not_reach_the_terminal():
    listener, port = listening([b"HTTP/1.1 200 \x1b[2J\r\n\r\n"])
    assert "\\x1b[2J" in run("probe", f"http://127.0.0.1:{port}/").stdout
    listener.close()


@pytest.mark.parametrize("args", [(), ("x",), ("ftp://a/",), ("http://",), ("http://a b/",), ("http://a/ b",), ("http://a:99999/",),
                                  ("http://a/#f",), ("http://user@a/",), ("http://a", "http://b"), ("--timeout", "3", "http://a"),
                                  ("--timeout", "0s", "http://a"), ("--expect", "99", "http://a"), ("https://a/",)])
def test_a_wrong_request(args):
    done = run("probe", *args)
    assert done.returncode == 2 and done.stderr and not done.stdout


@pytest.mark.product
def test_the_connection_test_of_the_manifest(tmp_path):
    """The Pod's command as it is emitted, in an empty root, against the server under the Service's name."""
    with Server(tmp_path) as server:
        pod = find(emit(*sets(test__create="true", service__port=str(server.port), service__name="visits")), "Pod")
        root = tmp_path / "root"
        (root / "etc").mkdir(parents=True)
        (root / "etc" / "hosts").write_text("127.0.0.1 visits\n")
        shutil.copy2(APP, root / "app")
        user = pod["spec"]["securityContext"]["runAsUser"]
        command = ["chroot", f"--userspec={user}:{user}", root, *pod["spec"]["containers"][0]["command"]]
        done = subprocess.run(command, capture_output=True, text=True, timeout=30)
        assert done.returncode == 0 and "200 OK" in done.stdout, done.stderr
    done = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert done.returncode == 1
