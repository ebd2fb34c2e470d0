"""Whose address is logged, and how much of it."""
import json

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
