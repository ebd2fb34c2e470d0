"""What a stall, a pipeline or a large machine must not cost: answers."""
import signal
import socket
import threading
import time
from pathlib import Path

import pytest

from harness import Server

GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


def freeze(server):
    """Stops the process, and waits until each of its threads has stopped."""
    server.process.send_signal(signal.SIGSTOP)
    deadline = time.monotonic() + 5
    while any(task.joinpath("stat").read_text().rpartition(")")[2].split()[0] != "T"
              for task in Path(f"/proc/{server.process.pid}/task").iterdir()):
        assert time.monotonic() < deadline
        time.sleep(0.001)


def thaw(server):
    server.process.send_signal(signal.SIGCONT)


@pytest.mark.parametrize("used", [False, True], ids=["new", "idle"])
def test_requests_that_came_in_time_outlive_a_stall(tmp_path, used):
    """The server stands still for longer than its timeouts (a frozen node, a stalled disk), and
    more clients write meanwhile than it reads in one turn."""
    with Server(tmp_path, "log.fsync=no", "serve.workers=1", "serve.head_timeout=400ms",
                "serve.idle_timeout=400ms") as server:
        crowd = [server.connect() for _ in range(400)]
        for connection in crowd if used else ():
            connection.sendall(GET)
            assert connection.recv(4096).startswith(b"HTTP/1.1 200 ")
        if not used:
            assert server.get("/visits")[0] == 200  # so all of the crowd has been accepted
        freeze(server)
        for connection in crowd:
            connection.sendall(GET)
        time.sleep(0.8)
        thaw(server)
        answers = [connection.recv(4096)[:13] for connection in crowd]
        assert answers == [b"HTTP/1.1 200 "] * len(crowd)
        for connection in crowd:
            connection.close()


def test_timeouts_still_work_after_a_stall(tmp_path):
    with Server(tmp_path, "log.fsync=no", "serve.workers=1", "serve.head_timeout=400ms") as server:
        with server.connect() as silent, server.connect() as partial:
            partial.sendall(b"GET / HTTP/1.1\r\nHos")
            time.sleep(0.1)
            freeze(server)
            time.sleep(0.8)
            thaw(server)
            assert partial.recv(4096).startswith(b"HTTP/1.1 408 ")
            assert silent.recv(4096) == b""


def test_a_slow_reader_of_large_answers_loses_none(tmp_path):
    """Every visit that is counted is answered, however far the client writes ahead."""
    count = 30000
    request = b"GET / HTTP/1.1\r\nHost: x\r\nAccept: text/html\r\n\r\n"
    with Server(tmp_path, "log.fsync=no", "serve.workers=1") as server, socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.connect(("127.0.0.1", server.port))
        connection.settimeout(20)
        last = b"GET /visits HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        writer = threading.Thread(target=connection.sendall, args=(request * count + last,))
        writer.start()
        time.sleep(1)
        received = bytearray()
        while chunk := connection.recv(1 << 20):
            received += chunk
        writer.join()
        assert received.count(b"HTTP/1.1 200 ") == count + 1
        assert len(server.lines()) == count


def test_a_greedy_pipeline_does_not_starve_the_others(tmp_path):
    """Others are answered between its requests, not behind all of them."""
    with Server(tmp_path, "log.fsync=no", "serve.workers=1") as server:
        with server.connect() as greedy, server.connect() as modest:
            modest.sendall(GET)
            modest.recv(4096)
            freeze(server)
            greedy.sendall(GET * 2000)
            time.sleep(0.05)
            modest.sendall(GET)
            thaw(server)
            number = int(modest.recv(4096).split(b"visit ")[1].split(b" ")[0])
            assert number < 500


# A sanitizer keeps a shadow of all address space that is reserved: an eighth of 64 GiB.
LARGEST = [
    pytest.param(("serve.workers=64",), id="workers"),
    pytest.param(("serve.connections=1000000",), id="connections"),
    pytest.param(("serve.buffers=1Gi",), id="buffers", marks=pytest.mark.product),
    pytest.param(("serve.workers=64", "serve.buffers=1Gi", "serve.connections=1000000"), id="all",
                 marks=pytest.mark.product),
]


@pytest.mark.parametrize("sets", LARGEST)
def test_the_largest_values_that_are_allowed_work(tmp_path, sets):
    with Server(tmp_path, "log.fsync=no", *sets) as server:
        assert server.get("/")[0] == 200
        assert server.stop() == 0
