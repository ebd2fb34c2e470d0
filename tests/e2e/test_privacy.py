"""Whose address is logged, and how much of it."""
import json
import time

import pytest

from harness import Server, run


def logged(tmp_path, sets, headers):
    with Server(tmp_path, "log.format=json", *sets) as server:
        server.get(headers={"User-Agent": "a-visitor", "Referer": "http://r/", **headers})
        (line,) = server.lines()
        server.stop()
    (tmp_path / "data" / "visits.log").unlink()
    index = (tmp_path / "data" / "visits.log.index").read_bytes()
    assert b"a-visitor" not in index and b"127.0.0" not in index, "the index knows no client"
    return json.loads(line)


@pytest.mark.parametrize("sets, headers, address", [
    ((), {}, "127.0.0.1"),
    ((), {"X-Forwarded-For": "203.0.113.9"}, "127.0.0.1"),
    (("serve.trusted_proxies=127.0.0.0/8",), {"X-Forwarded-For": "1.1.1.1, 203.0.113.9"}, "203.0.113.9"),
    (("serve.trusted_proxies=10.0.0.0/8",), {"X-Forwarded-For": "203.0.113.9"}, "127.0.0.1"),
    (("serve.trusted_proxies=127.0.0.1",), {"Forwarded": "for=203.0.113.9"}, "127.0.0.1"),
    (("serve.trusted_proxies=127.0.0.1", "serve.forwarded=Forwarded"), {"Forwarded": "for=203.0.113.9", "X-Forwarded-For": "1.1.1.1"}, "203.0.113.9"),
    (("log.address=anonymous",), {}, "127.0.0.0"),
    (("log.address=anonymous", "serve.trusted_proxies=127.0.0.1"), {"X-Forwarded-For": "2001:db8:1:2::9"}, "2001:db8:1::"),
    (("log.address=none",), {}, ""),
])
def test_the_address_in_the_log(tmp_path, sets, headers, address):
    line = logged(tmp_path, sets, headers)
    assert line["address"] == address and line["user_agent"] == "a-visitor" and line["referrer"] == "http://r/"


def test_what_proxies_say_is_logged_as_it_came(tmp_path):
    line = logged(tmp_path, (), {"X-Forwarded-For": "203.0.113.9, x\"y", "X-Request-Id": "r-1"})
    assert (line["forwarded"], line["request_id"]) == ('203.0.113.9, x"y', "r-1")
    assert "forwarded" not in logged(tmp_path, ("log.address=anonymous",), {"X-Forwarded-For": "203.0.113.9"})
    assert "forwarded" not in logged(tmp_path, (), {})


@pytest.mark.parametrize("header", ["Sec-GPC", "DNT"])
def test_who_asks_for_privacy_is_only_counted(tmp_path, header):
    line = logged(tmp_path, ("log.respect_gpc=true",), {header: "1"})
    assert (line["address"], line["user_agent"], line["referrer"]) == ("", "", "")
    assert logged(tmp_path, ("log.respect_gpc=true",), {header: "0"})["user_agent"] == "a-visitor"
    assert logged(tmp_path, (), {header: "1"})["user_agent"] == "a-visitor"


def test_a_network_that_is_none():
    done = run("serve", "--set", "serve.trusted_proxies=10.0.0.0/8, 10.0.0.0/33")
    assert done.returncode == 2 and "'10.0.0.0/33' is not a network" in done.stderr


V1 = b"PROXY TCP4 203.0.113.9 192.0.2.1 56324 443\r\n"
V2 = b"\r\n\r\n\0\r\nQUIT\n\x21\x11\x00\x0c" + bytes([203, 0, 113, 9, 192, 0, 2, 1, 0xDC, 4, 1, 0xBB])
GET = b"GET / HTTP/1.1\r\nHost: h\r\n\r\n"


def talk(server, pieces, pause=0.0):
    """What comes back for these bytes, until the server has nothing more to say."""
    with server.connect() as connection:
        for piece in pieces:
            connection.sendall(piece)
            time.sleep(pause)
        connection.settimeout(0.5)
        answer = b""
        try:
            while part := connection.recv(4096):
                answer += part
        except TimeoutError:
            pass
        except ConnectionResetError:
            return answer + b"(reset)"
        return answer


@pytest.mark.parametrize("header", [V1, V2], ids=["version 1", "version 2"])
def test_a_proxy_names_the_client_before_the_first_byte(tmp_path, header):
    with Server(tmp_path, "log.format=json", "serve.proxy_protocol=true", "serve.trusted_proxies=127.0.0.0/8") as server:
        assert talk(server, [header + GET + GET]).count(b"HTTP/1.1 200") == 2
        assert talk(server, [bytes([byte]) for byte in header + GET], 0.002).count(b"HTTP/1.1 200") == 1
        assert [json.loads(line)["address"] for line in server.lines()] == ["203.0.113.9"] * 3
        for nothing in (GET, b"PROXY TCP4 203.0.113.9\r\n" + GET, header[:-1] + b"!" + GET if header is V1 else header[:12] + b"\x11" + GET):
            assert b"HTTP" not in talk(server, [nothing])
        assert len(server.lines()) == 3 and server.get("/livez", admin=True)[0] == 200


def test_a_stranger_may_not_name_anybody(tmp_path):
    with Server(tmp_path, "serve.proxy_protocol=true", "serve.trusted_proxies=10.0.0.0/8") as server:
        assert b"HTTP" not in talk(server, [V1 + GET]) and server.lines() == []
    with Server(tmp_path, "log.format=json") as server:
        assert talk(server, [V1 + GET]).startswith(b"HTTP/1.1 400")


def test_the_header_needs_somebody_to_trust():
    done = run("lint", "--set", "serve.proxy_protocol=true", "--set", "serve.admin=")
    assert done.returncode == 2 and "must say from whom" in done.stderr and "need an admin listener" in done.stderr
