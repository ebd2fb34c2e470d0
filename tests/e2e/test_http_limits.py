"""Slow, silent, greedy and many clients."""
import resource
import select
import socket
import threading
import time

import pytest

from harness import Server
from load import Load

GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


def ended_after(connection, seconds):
    """Reads until the server closes: (bytes, how long it took)."""
    began = time.monotonic()
    connection.settimeout(seconds)
    received = b""
    try:
        while chunk := connection.recv(65536):
            received += chunk
    except ConnectionResetError:
        pass
    return received, time.monotonic() - began


@pytest.fixture
def impatient(tmp_path):
    with Server(tmp_path, "log.fsync=no", "serve.head_timeout=400ms", "serve.body_timeout=400ms",
                "serve.idle_timeout=800ms", "serve.write_timeout=500ms", "serve.workers=1") as server:
        yield server


def test_a_silent_client_is_closed_without_a_word(impatient):
    with impatient.connect() as connection:
        received, seconds = ended_after(connection, 5)
        assert received == b"" and 0.3 < seconds < 2


def test_a_partial_head_is_408(impatient):
    with impatient.connect() as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHos")
        received, seconds = ended_after(connection, 5)
        assert received.startswith(b"HTTP/1.1 408 ") and 0.3 < seconds < 2


def test_the_deadline_of_a_head_is_absolute(impatient):
    """A byte now and then does not move it."""
    with impatient.connect() as connection:
        began = time.monotonic()
        received = b""
        for byte in b"GET / HTTP/1.1\r\nHost: x\r\nA: " + b"a" * 100:
            connection.sendall(bytes([byte]))
            if select.select([connection], [], [], 0.05)[0]:
                received = connection.recv(4096)
                break
        assert received.startswith(b"HTTP/1.1 408 ") and time.monotonic() - began < 2


def test_a_stalled_body_is_408(impatient):
    with impatient.connect() as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc")
        received, seconds = ended_after(connection, 5)
        assert received.startswith(b"HTTP/1.1 408 ") and 0.3 < seconds < 2


def test_an_idle_connection_is_closed(impatient):
    with impatient.connect() as connection:
        connection.sendall(GET)
        received, seconds = ended_after(connection, 5)
        assert received.count(b"HTTP/1.1 ") == 1 and 0.6 < seconds < 3


def test_a_used_connection_is_not_idle(impatient):
    with impatient.connect() as connection:
        for _ in range(6):
            connection.sendall(GET)
            assert connection.recv(4096).startswith(b"HTTP/1.1 200 ")
            time.sleep(0.3)


def test_a_client_that_does_not_read_is_reset(impatient):
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.connect(("127.0.0.1", impatient.port))
        connection.settimeout(0.2)
        sent = 0
        try:
            while sent < 100 << 20:
                sent += connection.send(GET * 100)
        except (TimeoutError, ConnectionResetError, BrokenPipeError):
            pass
        time.sleep(1.5)
        with pytest.raises((ConnectionResetError, BrokenPipeError, TimeoutError)):
            while True:
                connection.send(GET)
        assert impatient.get("/")[0] == 200


def test_backpressure_loses_nothing(tmp_path):
    """A slow reader gets every answer, in order; the server does not run ahead of it."""
    with Server(tmp_path, "log.fsync=no", "serve.workers=1") as server, socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.connect(("127.0.0.1", server.port))
        count = 20000
        writer = threading.Thread(target=connection.sendall, args=(GET * count,))
        writer.start()
        received = bytearray()
        connection.settimeout(20)
        while received.count(b"visit ") < count:
            received += connection.recv(65536)
            if len(received) < 100000:
                time.sleep(0.01)
        writer.join()
        numbers = [int(part.split(b" ")[0]) for part in bytes(received).split(b"visit ")[1:]]
        assert numbers == list(range(1, count + 1))


def test_incomplete_requests_cost_bounded_memory(tmp_path):
    """More than serve.buffers of partial heads: some are told 503, and the server goes on."""
    with Server(tmp_path, "log.fsync=no", "serve.workers=1", "serve.buffers=256Ki") as server:
        crowd = []
        for _ in range(100):
            connection = server.connect()
            connection.sendall(b"GET / HTTP/1.1\r\nA: " + b"a" * 8000)
            crowd.append(connection)
        time.sleep(0.3)
        told = [c for c in crowd if select.select([c], [], [], 0)[0]]
        assert 20 <= len(told) < 100
        assert all(c.recv(4096).startswith(b"HTTP/1.1 503 ") for c in told)
        assert server.get("/")[0] == 200
        for connection in crowd:
            connection.close()


def test_connections_over_the_limit_wait(tmp_path):
    with Server(tmp_path, "serve.connections=10", "serve.workers=1") as server:
        first = [server.connect() for _ in range(10)]
        for connection in first:
            connection.sendall(GET)
            assert connection.recv(4096).startswith(b"HTTP/1.1 200 ")
        late = server.connect()
        late.sendall(GET)
        assert not select.select([late], [], [], 0.5)[0]
        first[0].close()
        assert select.select([late], [], [], 3)[0] and late.recv(4096).startswith(b"HTTP/1.1 200 ")
        assert server.wait_for("as many connections are open as may be; others wait")["connections"] == "10"


def memory_kb(server):
    status = open(f"/proc/{server.process.pid}/status").read()
    return int(status.split("VmRSS:")[1].split()[0])


@pytest.mark.product
def test_idle_connections_cost_little(tmp_path):
    """Thousands of idle keep-alive connections, at less than 512 bytes of the server's memory each."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    count = min(10000, (hard if hard > 0 else 20000) // 2 - 100)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    try:
        with Server(tmp_path, "log.fsync=no", "serve.workers=1") as server:
            before = memory_kb(server)
            crowd = []
            for _ in range(count):
                connection = server.connect()
                connection.sendall(GET)
                assert connection.recv(4096).startswith(b"HTTP/1.1 200 ")
                crowd.append(connection)
            assert (memory_kb(server) - before) * 1024 / count < 512
            for connection in crowd:
                connection.close()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_rolling_restart_fails_no_request(tmp_path):
    """New connections each time, as a Service sends them: while it drains, none is refused."""
    with Server(tmp_path, "serve.drain=1s", "log.fsync=no") as server:
        with Load(server.port, 4, headers={"Connection": "close"}, reconnect=True) as load:
            time.sleep(0.3)
            server.process.terminate()
            time.sleep(0.7)
            load.stop()
        assert load.failed == 0 and load.refused == 0 and len(load.acknowledged) > 20
        assert server.process.wait(timeout=10) == 0
        assert len(server.lines()) == len(load.acknowledged)


def test_what_follows_an_error_is_not_read_for_ever(tmp_path):
    """The error can be read, and the flood behind it is cut off long before its end."""
    with Server(tmp_path, "serve.workers=1") as server, server.connect() as connection:
        connection.sendall(b"BAD\r\n\r\n")
        assert connection.recv(4096).startswith(b"HTTP/1.1 400 ")
        sent = 0
        with pytest.raises((BrokenPipeError, ConnectionResetError)):
            while sent < 200 << 20:
                sent += connection.send(b"x" * 65536)
        assert sent < 20 << 20
