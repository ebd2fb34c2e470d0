"""What `app serve` answers, what it counts, and how it starts and ends."""
import json
import os
import re
import signal
import socket
import subprocess
import time

import pytest

from harness import Server, fields, run
from logs import torn

JSON = {"Accept": "application/json"}


def total(server):
    return json.loads(server.get("/visits", JSON)[2])["visits"]


def test_a_visit_is_counted_and_answered(tmp_path):
    with Server(tmp_path, env={"POD_NAME": "app-7"}) as server:
        status, headers, body = server.get("/")
        assert status == 200
        assert re.fullmatch(rb"visit 1 on app-7 at \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\n", body)
        assert headers["Content-Type"] == "text/plain; charset=utf-8"
        assert headers["Cache-Control"] == "no-store"
        assert json.loads(server.get("/", JSON)[2])["visit"] == 2
        assert torn(server.lines(), "visits") == [] and len(server.lines()) == 2


@pytest.mark.parametrize("accept, media", [
    ("*/*", "text/plain"), ("", "text/plain"), ("text/html", "text/html"),
    ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html"),
    ("application/json", "application/json"), ("application/*", "application/json"),
    ("text/*;q=0.3, text/html;q=0.7, application/json;q=0.5", "text/html"),
    ("text/plain;q=0, text/html;q=0.1", "text/html"), ("image/png", "text/plain"),
    ("TEXT/HTML;Q=1", "text/html"), (",,;;=,/,q=", "text/plain"),
])
def test_the_answer_is_what_the_client_accepts(tmp_path, accept, media):
    with Server(tmp_path) as server:
        for path in ("/", "/visits"):
            headers = server.get(path, {"Accept": accept})[1]
            assert headers["Content-Type"].split(";")[0] == media
            assert headers["Vary"] == "Accept"


def test_pages_escape_the_pod_name(tmp_path):
    with Server(tmp_path, env={"POD_NAME": '<i>&"x\n'}) as server:
        assert b"&lt;i&gt;&amp;&quot;x" in server.get("/", {"Accept": "text/html"})[2]
        assert json.loads(server.get("/", JSON)[2])["pod"] == '<i>&"x\n'
        assert server.get("/")[2].count(b"\n") == 1


def test_what_does_not_count(tmp_path):
    with Server(tmp_path) as server:
        server.get("/", {"User-Agent": "kube-probe/1.30"})
        server.get("/", {"User-Agent": "kube-lifecycle/1.30"})
        server.get("/", method="HEAD")
        server.get("/", method="OPTIONS")
        server.get("/", method="POST")
        for path in ("/visits", "/favicon.ico", "/robots.txt", "/x", "/livez"):
            server.get(path)
        for path in ("/livez", "/healthz", "/readyz", "/"):
            server.get(path, admin=True)
        assert total(server) == 0 and server.lines() == []
        server.get("/", {"User-Agent": "not-kube-probe/1.30"})
        server.get("/?q=1")
        assert total(server) == 2 and len(server.lines()) == 2


def test_head_has_the_fields_of_get_and_no_body(tmp_path):
    with Server(tmp_path) as server:
        status, headers, body = server.get("/", method="HEAD")
        assert (status, body) == (200, b"")
        assert int(headers["Content-Length"]) > 0


def test_methods(tmp_path):
    with Server(tmp_path) as server:
        status, headers, body = server.get("/", method="OPTIONS")
        assert (status, headers["Allow"], body) == (204, "GET, HEAD, OPTIONS", b"")
        status, headers, _ = server.get("/visits", method="DELETE")
        assert (status, headers["Allow"]) == (405, "GET, HEAD, OPTIONS")
        assert server.get("/nothing", method="DELETE")[0] == 404


def test_health_is_on_the_admin_listener_only(tmp_path):
    with Server(tmp_path) as server:
        for path in ("/livez", "/healthz", "/readyz"):
            assert server.get(path, admin=True)[::2] == (200, b"ok\n")
            assert server.get(path)[0] == 404
        for path in ("/", "/visits"):
            assert server.get(path, admin=True)[0] == 404


def test_health_is_public_without_an_admin_listener(tmp_path):
    with Server(tmp_path, "serve.admin=") as server:
        for path in ("/livez", "/healthz", "/readyz"):
            assert server.get(path)[::2] == (200, b"ok\n")


def test_the_count_is_restored(tmp_path):
    with Server(tmp_path) as server:
        for _ in range(5):
            server.get("/")
        assert server.stop() == 0
    with Server(tmp_path) as server:
        assert total(server) == 5
        assert json.loads(server.get("/", JSON)[2])["visit"] == 6


@pytest.mark.parametrize("form", ["visits", "django", "combined", "json"])
def test_formats(tmp_path, form):
    with Server(tmp_path, f"log.format={form}") as server:
        for _ in range(3):
            server.get("/", {"User-Agent": 'evil"\\ \tagent', "Referer": "http://x/\xe9"})
        lines = server.lines()
        assert len(lines) == 3 and torn(lines, form) == []
        if form == "json":
            assert json.loads(lines[0])["address"] == "127.0.0.1"


@pytest.mark.parametrize("zone, offset", [("UTC0", "+0000"), ("MSK-3", "+0300"), ("NST3:30", "-0330")])
def test_the_zone_is_a_posix_string(tmp_path, zone, offset):
    with Server(tmp_path, "log.format=combined", f"log.timezone={zone}") as server:
        server.get("/")
        assert f" {offset}]".encode() in server.lines()[0]


def test_diagnostics_in_json(tmp_path):
    with Server(tmp_path, "diagnostics.format=json") as server:
        server.stop()
        lines = [json.loads(line) for line in server.diagnostics()]
    assert {"listening", "stopped"} <= {line["msg"] for line in lines}
    assert all({"time", "level", "msg"} <= line.keys() for line in lines)


def test_diagnostics_in_logfmt_one_line_each(tmp_path):
    with Server(tmp_path, env={"POD_NAME": "two\nlines"}) as server:
        server.stop()
        assert all(fields(line).keys() >= {"time", "level", "msg"} for line in server.diagnostics())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_drains(tmp_path, number):
    with Server(tmp_path, "serve.drain=600ms") as server:
        keep = server.connect()
        keep.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert b"Connection: close" not in keep.recv(4096)
        server.process.send_signal(number)
        server.wait_for("draining; a second signal ends it at once")
        status, headers, _ = server.get("/")
        assert (status, headers["Connection"]) == (200, "close")
        assert server.get("/readyz", admin=True)[0] == 200
        keep.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert b"Connection: close" in keep.recv(4096)
        assert server.process.wait(timeout=10) == 0
        assert len(server.lines()) == 3
        assert server.find("stopped")["visits"] == "3"


def test_a_second_signal_ends_the_drain(tmp_path):
    with Server(tmp_path, "serve.drain=1h") as server:
        server.process.terminate()
        server.wait_for("draining; a second signal ends it at once")
        server.process.terminate()
        assert server.process.wait(timeout=5) == 0


def test_a_request_in_flight_is_finished(tmp_path):
    with Server(tmp_path, "serve.finish=5s") as server:
        slow = server.connect()
        slow.sendall(b"GET / HTTP/1.1\r\nHo")
        time.sleep(0.1)
        server.process.terminate()
        time.sleep(0.3)
        slow.sendall(b"st: x\r\n\r\n")
        assert slow.recv(4096).startswith(b"HTTP/1.1 200 ")
        assert server.process.wait(timeout=10) == 0
        assert len(server.lines()) == 1


def test_hangup_opens_the_log_again(tmp_path):
    with Server(tmp_path) as server:
        server.get("/")
        old = server.log.with_suffix(".old")
        server.log.rename(old)
        server.get("/")
        server.process.send_signal(signal.SIGHUP)
        server.wait_for("log reopened")
        server.get("/")
        assert len(old.read_bytes().splitlines()) == 2
        assert len(server.lines()) == 1
        assert total(server) == 3


def test_a_port_in_use_is_said(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        server = Server(tmp_path, f"serve.http=127.0.0.1:{port}", wait=False)
        assert server.process.wait(timeout=10) == 1
        assert f"127.0.0.1:{port}" in server.find("cannot serve")["error"]
        assert "EADDRINUSE" in server.find("cannot serve")["error"]


def test_a_second_server_cannot_share_the_port(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    with Server(tmp_path / "a") as first:
        second = Server(tmp_path / "b", f"serve.http=127.0.0.1:{first.port}", wait=False)
        assert second.process.wait(timeout=10) == 1
        assert "EADDRINUSE" in second.find("cannot serve")["error"]
        assert first.get("/")[0] == 200


def test_a_held_log_is_said(tmp_path):
    with Server(tmp_path) as first:
        second = Server(tmp_path, "log.lock_wait=200ms", wait=False)
        assert second.process.wait(timeout=10) == 75
        assert str(first.process.pid) in second.find("cannot serve")["error"]
        assert first.get("/")[0] == 200


@pytest.mark.parametrize("wrap", [(), ("unshare", "--pid", "--fork", "--kill-child", "--mount-proc")], ids=["", "pid 1"])
def test_a_server_that_waits_for_the_log_can_be_ended(tmp_path, wrap):
    with Server(tmp_path) as first:
        second = Server(tmp_path, "log.lock_wait=10m", wrap=wrap, wait=False)
        second.wait_for("waiting for the server that holds the log")
        process = second.process.pid
        if wrap:
            process = int(open(f"/proc/{process}/task/{process}/children").read())
        os.kill(process, signal.SIGTERM)
        assert second.process.wait(timeout=5) == 0
        assert first.get("/")[0] == 200


def test_an_unwritable_directory_is_said(tmp_path):
    (tmp_path / "data").mkdir()
    os.chmod(tmp_path / "data", 0o555)
    server = Server(tmp_path, wait=False, wrap=("setpriv", "--reuid=65532", "--regid=65532", "--clear-groups"))
    os.chmod(tmp_path, 0o755)
    for parent in tmp_path.parents[:2]:
        os.chmod(parent, 0o755)
    assert server.process.wait(timeout=10) == 1
    error = server.find("cannot serve")["error"]
    assert "data/visits.log" in error and "65532" in error and "fsGroup" in error


def test_a_bad_profile_is_refused_before_anything(tmp_path):
    done = run("serve", "--set", "serve.htp=:1", "--set", "log.fsync=allways", cwd=tmp_path)
    assert done.returncode == 2 and done.stdout == ""
    assert "serve.http" in done.stderr and "always" in done.stderr
    assert not (tmp_path / "data").exists()


def test_the_profile_of_the_config_map_serves(tmp_path):
    profile = tmp_path / "app.ini"
    profile.write_text("[log]\nformat = django\nfsync = no\n")
    with Server(tmp_path, files=[profile]) as server:
        server.get("/")
        assert torn(server.lines(), "django") == []
        assert server.find("listening")["fsync"] == "no"


def test_ipv6(tmp_path):
    with Server(tmp_path, "serve.http=[::1]:0") as server:
        assert server.get("/", host="::1")[0] == 200


@pytest.mark.parametrize("disable_ipv6", [0, 1])
def test_every_address_by_default(tmp_path, disable_ipv6):
    """":8080" takes IPv4 and IPv6, or IPv4 alone where there is no IPv6; in a network namespace."""
    network = f"ip link set lo up; echo {disable_ipv6} > /proc/sys/net/ipv6/conf/all/disable_ipv6; exec \"$@\""
    wrap = ("unshare", "--net", "--mount", "sh", "-c", f"mount -t proc proc /proc 2>/dev/null; {network}", "sh")
    with Server(tmp_path, "serve.http=:8080", "serve.admin=:9090", wrap=wrap) as server:
        for host in ["127.0.0.1"] if disable_ipv6 else ["127.0.0.1", "[::1]"]:
            done = subprocess.run(["nsenter", "--net", "-t", str(server.process.pid), "curl", "-fsS", "-m", "5",
                                   f"http://{host}:8080/", f"http://{host}:9090/livez"], capture_output=True, text=True)
            assert done.returncode == 0 and done.stdout.endswith("\nok\n"), done.stderr
        assert len(server.lines()) == (1 if disable_ipv6 else 2)


def test_works_as_pid_1(tmp_path):
    """In a PID namespace of its own; signals without a handler would be ignored there."""
    server = Server(tmp_path, wrap=("unshare", "--pid", "--fork", "--kill-child", "--mount-proc"))
    with server:
        assert server.get("/")[0] == 200
        children = f"/proc/{server.process.pid}/task/{server.process.pid}/children"
        inner = int(open(children).read())
        os.kill(inner, signal.SIGTERM)
        assert server.process.wait(timeout=10) == 0
        assert server.find("stopped")


@pytest.mark.product
def test_idle_memory_and_first_answer(tmp_path):
    with Server(tmp_path, "log.fsync=no") as server:
        server.get("/")
        status = open(f"/proc/{server.process.pid}/status").read()
        assert int(re.search(r"VmRSS:\s+(\d+)", status)[1]) <= 1024


def test_it_serves_with_few_descriptors(tmp_path):
    """EMFILE: said, existing connections go on, and it recovers by itself."""
    limit = ("prlimit", "--nofile=40:40")
    with Server(tmp_path, "serve.workers=1", wrap=limit) as server:
        first = server.connect()
        first.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert first.recv(4096).startswith(b"HTTP/1.1 200 ")
        crowd = [server.connect() for _ in range(60)]
        first.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert first.recv(4096).startswith(b"HTTP/1.1 200 ")
        deadline = time.monotonic() + 5
        while not any("EMFILE" in line for line in server.diagnostics()):
            assert time.monotonic() < deadline, server.diagnostics()
            time.sleep(0.05)
        used = sum(map(int, open(f"/proc/{server.process.pid}/stat").read().split(") ")[1].split()[11:13]))
        time.sleep(1)
        after = sum(map(int, open(f"/proc/{server.process.pid}/stat").read().split(") ")[1].split()[11:13]))
        assert after - used < 50, "it spins while there are no descriptors"
        for connection in crowd:
            connection.close()
        deadline = time.monotonic() + 5
        while True:
            try:
                assert server.get("/", timeout=1)[0] == 200
                break
            except OSError:
                assert time.monotonic() < deadline
