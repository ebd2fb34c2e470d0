"""Strict HTTP/1.1, row by row: what is answered to each odd request, over real sockets.

Every request is sent with a second, harmless one behind it in the same segment. After an error
the second must get no answer at all: that is what smuggling would need. After a good answer it
must get exactly one.
"""
import re
import socket
import time

import pytest

from harness import Server

NEXT = b"GET /nothing HTTP/1.1\r\nHost: next\r\nConnection: close\r\n\r\n"
H = b"Host: x\r\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with Server(tmp_path_factory.mktemp("http"), "log.fsync=no", "serve.workers=1", "serve.body_max=64Ki") as running:
        yield running


def exchange(server, request, timeout=5, shutdown=False):
    """Everything that comes back until the server closes."""
    with server.connect(timeout=timeout) as connection:
        connection.sendall(request)
        if shutdown:
            connection.shutdown(socket.SHUT_WR)
        answer = b""
        try:
            while chunk := connection.recv(65536):
                answer += chunk
        except ConnectionResetError:
            pass
        return answer


def statuses(answer, heads=()):
    """The status codes of the answers, each with its body taken off by its Content-Length."""
    found = []
    while answer:
        head, _, rest = answer.partition(b"\r\n\r\n")
        match = re.match(rb"HTTP/1\.1 (\d{3}) ", head)
        assert match, answer
        status = int(match[1])
        length = re.search(rb"\r\nContent-Length: (\d+)", head)
        has_body = length and len(found) not in heads
        found.append(status)
        answer = rest[int(length[1]):] if has_body else rest
    return found


def req(line, *fields, body=b""):
    return line + b"\r\n" + b"".join(field + b"\r\n" for field in fields) + b"\r\n" + body


GET = b"GET / HTTP/1.1"
POST = b"POST / HTTP/1.1"
HOST = b"Host: x"
CHUNKED = b"Transfer-Encoding: chunked"

REFUSED = [
    # Host
    ("no host", 400, req(GET)),
    ("two hosts", 400, req(GET, HOST, b"Host: y")),
    ("two equal hosts", 400, req(GET, HOST, HOST)),
    ("empty host", 400, req(GET, b"Host:")),
    ("host with a user", 400, req(GET, b"Host: u@h")),
    ("host with a path", 400, req(GET, b"Host: h/p")),
    ("host list", 400, req(GET, b"Host: a, b")),
    ("host list without space", 400, req(GET, b"Host: a,b")),
    ("host with a space", 400, req(GET, b"Host: a b")),
    ("host with a query", 400, req(GET, b"Host: a?b")),
    ("host with a bad port", 400, req(GET, b"Host: a:8x")),
    ("host with a large port", 400, req(GET, b"Host: a:65536")),
    ("host with bare IPv6", 400, req(GET, b"Host: ::1")),
    # field lines
    ("obs-fold", 400, req(GET, HOST, b"A: b", b" c")),
    ("space before the colon", 400, req(GET, b"Host : x")),
    ("tab before the colon", 400, req(GET, b"Host\t: x")),
    ("no colon", 400, req(GET, HOST, b"Abc")),
    ("empty name", 400, req(GET, HOST, b": x")),
    ("name that is no token", 400, req(GET, HOST, b"A(b): x")),
    ("8-bit name", 400, req(GET, HOST, b"A\xe9: x")),
    ("space before the first field", 400, req(GET, b" Host: x")),
    ("bare CR in a value", 400, req(GET, HOST, b"A: b\rc")),
    ("NUL in a value", 400, req(GET, HOST, b"A: b\0c")),
    ("control in a value", 400, req(GET, HOST, b"A: b\x01c")),
    ("vertical tab in a value", 400, req(GET, HOST, b"A: b\x0bc")),
    ("DEL in a value", 400, req(GET, HOST, b"A: b\x7fc")),
    ("bare LF after the request line", 400, b"GET / HTTP/1.1\nHost: x\r\n\r\n"),
    ("bare LF after a field", 400, b"GET / HTTP/1.1\r\nHost: x\n\r\n"),
    ("bare LF at the end", 400, b"GET / HTTP/1.1\r\nHost: x\r\n\n"),
    # request line
    ("two empty lines", 400, b"\r\n\r\n"),
    ("bare LF first", 400, b"\n" + req(GET, HOST)),
    ("bare CR first", 400, b"\r" + req(GET, HOST)),
    ("two spaces", 400, req(b"GET  / HTTP/1.1", HOST)),
    ("two spaces before the version", 400, req(b"GET /  HTTP/1.1", HOST)),
    ("tab for space", 400, req(b"GET\t/ HTTP/1.1", HOST)),
    ("leading space", 400, req(b" GET / HTTP/1.1", HOST)),
    ("trailing space", 400, req(b"GET / HTTP/1.1 ", HOST)),
    ("space in the target", 400, req(b"GET /a b HTTP/1.1", HOST)),
    ("no method", 400, req(b" / HTTP/1.1", HOST)),
    ("HTTP/0.9", 400, b"GET /\r\n\r\n"),
    ("garbage", 400, b"\x80\x81\x82\r\n\r\n"),
    ("HTTP/1.2", 505, req(b"GET / HTTP/1.2", HOST)),
    ("HTTP/9.9", 505, req(b"GET / HTTP/9.9", HOST)),
    ("HTTP/2.0", 505, req(b"GET / HTTP/2.0", HOST)),
    ("HTTP/1", 400, req(b"GET / HTTP/1", HOST)),
    ("HTTP/01.01", 400, req(b"GET / HTTP/01.01", HOST)),
    ("http/1.1", 400, req(b"GET / http/1.1", HOST)),
    ("HTTP/ 1.1", 400, req(b"GET / HTTP/ 1.1", HOST)),
    ("HTTP/1.1x", 400, req(b"GET / HTTP/1.1x", HOST)),
    ("HTTP/2 preface", 505, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    ("fragment", 400, req(b"GET /#a HTTP/1.1", HOST)),
    ("8-bit target", 400, req(b"GET /\xe9 HTTP/1.1", HOST)),
    ("NUL in the target", 400, req(b"GET /\0 HTTP/1.1", HOST)),
    ("target without slash", 400, req(b"GET ?x HTTP/1.1", HOST)),
    ("target without slash 2", 400, req(b"GET x HTTP/1.1", HOST)),
    ("%00", 400, req(b"GET /%00 HTTP/1.1", HOST)),
    ("bad hex", 400, req(b"GET /%zz HTTP/1.1", HOST)),
    ("cut hex", 400, req(b"GET /%a HTTP/1.1", HOST)),
    ("absolute target with a user", 400, req(b"GET http://u@h/ HTTP/1.1", HOST)),
    ("absolute target without host", 400, req(b"GET http:/// HTTP/1.1", HOST)),
    ("absolute target of another scheme", 400, req(b"GET ftp://h/ HTTP/1.1", HOST)),
    ("GET *", 400, req(b"GET * HTTP/1.1", HOST)),
    ("long target", 414, req(b"GET /" + b"a" * 9000 + b" HTTP/1.1", HOST)),
    ("very long target", 414, b"GET /" + b"a" * 65536),
    ("unknown method", 501, req(b"WHATEVERMETHOD / HTTP/1.1", HOST)),
    ("lower-case method", 501, req(b"get / HTTP/1.1", HOST)),
    ("method with digit", 501, req(b"GET2 / HTTP/1.1", HOST)),
    ("method with hyphen", 501, req(b"M-SEARCH / HTTP/1.1", HOST)),
    ("method of 70 letters", 501, req(b"A" * 70 + b" / HTTP/1.1", HOST)),
    ("CONNECT", 501, req(b"CONNECT h:1 HTTP/1.1", HOST)),
    # sizes
    ("long value", 431, req(GET, HOST, b"A: " + b"a" * 8200)),
    ("long fields", 431, req(GET, HOST, *[b"A%d: " % i + b"a" * 1000 for i in range(17)])),
    ("many fields", 431, req(GET, HOST, *[b"A: b"] * 100)),
    # framing
    ("CL and TE", 400, req(POST, HOST, b"Content-Length: 5", CHUNKED, body=b"0\r\n\r\n")),
    ("TE and CL", 400, req(POST, HOST, CHUNKED, b"Content-Length: 5", body=b"0\r\n\r\n")),
    ("two CL", 400, req(POST, HOST, b"Content-Length: 5", b"Content-Length: 6", body=b"hello")),
    ("two equal CL", 400, req(POST, HOST, b"Content-Length: 5", b"Content-Length: 5", body=b"hello")),
    *[(f"CL {value!r}", 400, req(POST, HOST, b"Content-Length: " + value, body=b"hello")) for value in
      (b"5, 6", b"5, 5", b"+5", b"-1", b"-0", b"0x5", b"1_0", b"1 0", b"5a", b"", b"18446744073709551616")],
    ("TE on 1.0", 400, req(b"POST / HTTP/1.0", HOST, CHUNKED, body=b"0\r\n\r\n")),
    ("two TE", 400, req(POST, HOST, CHUNKED, CHUNKED, body=b"0\r\n\r\n")),
    ("TE gzip", 501, req(POST, HOST, b"Transfer-Encoding: gzip")),
    *[(f"TE {value!r}", 400, req(POST, HOST, b"Transfer-Encoding: " + value, body=b"0\r\n\r\n")) for value in
      (b"xchunked", b"chunked, gzip", b"chunked, chunked", b"identity", b"", b"\x0bchunked", b"chunked\x0c",
       b"chunked;a=b", b"\"chunked\"")],
    ("NUL in TE", 400, req(POST, HOST, b"Transfer-Encoding: chunked\0", body=b"0\r\n\r\n")),
    *[(f"chunk size {size!r}", 400, req(POST, HOST, CHUNKED, body=size + b"\r\nhello\r\n0\r\n\r\n")) for size in
      (b"0x5", b"+5", b"-5", b"1_0", b" 5", b"5 ", b"ffffffffffffffff", b"00000000000000005", b"", b"5;", b"5;=a",
       b"5;a b", b"5;a=", b"5;a=\"b", b"5;a\0", b"g", b"5;" + b"a" * 5000)],
    ("bare LF after a chunk size", 400, req(POST, HOST, CHUNKED, body=b"5\nhello\r\n0\r\n\r\n")),
    ("bare CR after a chunk size", 400, req(POST, HOST, CHUNKED, body=b"5\rhello\r\n0\r\n\r\n")),
    ("bare LF in an extension", 400, req(POST, HOST, CHUNKED, body=b"5;a=b\nhello\r\n0\r\n\r\n")),
    ("bare LF after the data", 400, req(POST, HOST, CHUNKED, body=b"5\r\nhello\n0\r\n\r\n")),
    ("data longer than its size", 400, req(POST, HOST, CHUNKED, body=b"5\r\nhelloworld\r\n0\r\n\r\n")),
    ("bare LF after the last chunk", 400, req(POST, HOST, CHUNKED, body=b"0\n\r\n")),
    ("bare LF after a trailer", 400, req(POST, HOST, CHUNKED, body=b"0\r\nA: b\n\r\n")),
    ("long trailers", 431, req(POST, HOST, CHUNKED, body=b"0\r\nA: " + b"b" * 5000 + b"\r\n\r\n")),
    ("body over the limit", 413, req(POST, HOST, b"Content-Length: 65537")),
    ("chunks over the limit", 413, req(POST, HOST, CHUNKED, body=b"10001\r\n")),
    ("another expectation", 417, req(POST, HOST, b"Expect: 200-ok", b"Content-Length: 1", body=b"a")),
]

ANSWERED = [
    ("plain", 200, req(GET, HOST)),
    ("one empty line before", 200, b"\r\n" + req(GET, HOST)),
    ("odd case and tab in Host", 200, req(GET, b"hoSt:\texample.com")),
    ("IPv6 host", 200, req(GET, b"Host: [::1]:80")),
    ("empty other field", 200, req(GET, HOST, b"A:")),
    ("white space around values", 200, req(GET, HOST, b"A: \t b \t ")),
    ("obs-text in a value", 200, req(GET, HOST, b"User-Agent: \xe9\xff")),
    ("50 small fields", 200, req(GET, HOST, *[b"A%d: b" % i for i in range(50)])),
    ("user agent of 1 KiB", 200, req(GET, HOST, b"User-Agent: " + b"a" * 1024)),
    ("absolute target", 200, req(b"GET http://h/ HTTP/1.1", HOST)),
    ("absolute target without path", 200, req(b"GET http://h HTTP/1.1", HOST)),
    ("target of 8000 bytes", 404, req(b"GET /" + b"a" * 7999 + b" HTTP/1.1", HOST)),
    ("encoded dots", 404, req(b"GET /%2e%2e/ HTTP/1.1", HOST)),
    ("encoded line end", 404, req(b"GET /%0d%0aA:%20b HTTP/1.1", HOST)),
    ("overlong encoding", 404, req(b"GET /%c0%af HTTP/1.1", HOST)),
    ("encoded path of a route", 200, req(b"GET /%76isits HTTP/1.1", HOST)),
    ("query", 200, req(b"GET /?a=b&c HTTP/1.1", HOST)),
    ("OPTIONS *", 204, req(b"OPTIONS * HTTP/1.1", HOST)),
    ("OPTIONS /", 204, req(b"OPTIONS / HTTP/1.1", HOST)),
    ("POST", 405, req(POST, HOST, b"Content-Length: 5", body=b"hello")),
    ("DELETE /visits", 405, req(b"DELETE /visits HTTP/1.1", HOST)),
    ("TRACE", 405, req(b"TRACE / HTTP/1.1", HOST)),
    ("body on GET", 200, req(GET, HOST, b"Content-Length: 5", body=b"hello")),
    ("leading zeros in CL", 405, req(POST, HOST, b"Content-Length: 005", body=b"hello")),
    ("chunks", 405, req(POST, HOST, CHUNKED, body=b"5\r\nhello\r\n6;a=b\r\n world\r\n0\r\n\r\n")),
    ("chunks with quoted extension", 405, req(POST, HOST, CHUNKED, body=b'5;a="q\\"\t;"\r\nhello\r\n0\r\n\r\n')),
    ("chunks with trailers", 405, req(POST, HOST, CHUNKED, body=b"0\r\nContent-Length: 5\r\nHost: y\r\n\r\n")),
    ("Chunked", 405, req(POST, HOST, b"Transfer-Encoding:\t Chunked \t", body=b"0\r\n\r\n")),
    ("upgrade to h2c", 200, req(GET, HOST, b"Connection: Upgrade, HTTP2-Settings", b"Upgrade: h2c")),
    ("upgrade to websocket", 200, req(GET, HOST, b"Connection: Upgrade", b"Upgrade: websocket")),
    ("expect on a bodiless GET", 200, req(GET, HOST, b"Expect: 100-continue")),
    ("body at the limit", 405, req(POST, HOST, b"Content-Length: 65536", body=b"a" * 65536)),
]


@pytest.mark.parametrize("status, request_", [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_refused_and_nothing_behind_it_is_answered(server, status, request_):
    answer = exchange(server, request_ + NEXT)
    assert statuses(answer) == [status]
    assert b"\r\nConnection: close\r\n" in answer
    assert b"\r\nContent-Type: text/plain" in answer


@pytest.mark.parametrize("status, request_", [row[1:] for row in ANSWERED], ids=[row[0] for row in ANSWERED])
def test_answered_and_the_next_one_too(server, status, request_):
    answer = exchange(server, request_ + NEXT)
    assert statuses(answer) == [status, 404]


@pytest.mark.parametrize("status, request_", [row[1:] for row in ANSWERED + REFUSED if len(row[2]) < 400],
                         ids=[row[0] for row in ANSWERED + REFUSED if len(row[2]) < 400])
def test_one_byte_at_a_time_is_the_same(server, status, request_):
    """Each byte in a segment of its own."""
    with server.connect() as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            for byte in request_:
                connection.sendall(bytes([byte]))
            answer = connection.recv(65536)
        except (BrokenPipeError, ConnectionResetError):
            answer = connection.recv(65536)
    assert statuses(answer)[0] == status


def test_http_1_0(server):
    answer = exchange(server, b"GET / HTTP/1.0\r\n\r\n" + NEXT)
    assert statuses(answer) == [200] and b"\r\nConnection: close\r\n" in answer
    answer = exchange(server, b"GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n" + NEXT)
    assert statuses(answer) == [200, 404] and b"\r\nConnection: keep-alive\r\n" in answer


@pytest.mark.parametrize("value", [b"close", b"keep-alive, close", b"Close", b"x , close"])
def test_connection_close_is_honoured(server, value):
    answer = exchange(server, req(GET, HOST, b"Connection: " + value) + NEXT)
    assert statuses(answer) == [200] and b"\r\nConnection: close\r\n" in answer


def test_fields_of_every_answer(server):
    answer = exchange(server, req(GET, HOST) + NEXT)
    for part in answer.split(b"HTTP/1.1 ")[1:]:
        assert re.search(rb"\r\nDate: (Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT\r\n", part)
        assert part.count(b"\r\nServer: app\r\n") == 1
    head = exchange(server, req(b"HEAD / HTTP/1.1", HOST, b"Connection: close"))
    assert re.search(rb"\r\nContent-Length: [1-9]", head) and head.endswith(b"\r\n\r\n")
    options = exchange(server, req(b"OPTIONS * HTTP/1.1", HOST, b"Connection: close"))
    assert b"\r\nAllow: GET, HEAD, OPTIONS\r\n" in options and b"Content-Length" not in options


def test_tls_on_the_plain_port_is_said(server):
    hello = bytes.fromhex("16030100c8010000c40303") + b"\0" * 64
    assert b"plain HTTP" in exchange(server, hello)


def test_twenty_pipelined_are_answered_in_order(server):
    before = len(server.lines())
    answer = exchange(server, b"".join(req(GET, HOST) for _ in range(20)) + NEXT)
    assert statuses(answer) == [200] * 20 + [404]
    numbers = list(map(int, re.findall(rb"visit (\d+) on", answer)))
    assert numbers == list(range(before + 1, before + 21))
    assert len(server.lines()) == before + 20


def test_mixed_pipelines_are_answered_in_order(server):
    mixed = (req(GET, HOST) + req(b"HEAD / HTTP/1.1", HOST) + req(GET, HOST) +
             req(POST, HOST, b"Content-Length: 5", body=b"hello") + req(GET, HOST) + req(b"GET /x HTTP/1.1", HOST) +
             req(POST, HOST, CHUNKED, body=b"3\r\nabc\r\n0\r\n\r\n") + req(GET, HOST) + NEXT)
    answer = exchange(server, mixed)
    assert statuses(answer, heads=(1,)) == [200, 200, 200, 405, 200, 404, 405, 200, 404]


def test_thousands_of_pipelined_requests(server):
    """More than one turn takes, and more than one read."""
    count = 3000
    before = len(server.lines())
    answer = exchange(server, req(GET, HOST) * count + NEXT, timeout=20)
    numbers = list(map(int, re.findall(rb"visit (\d+) on", answer)))
    assert numbers == list(range(before + 1, before + count + 1))


def test_an_error_behind_good_requests_comes_last(server):
    answer = exchange(server, req(GET, HOST) * 3 + b"BAD\r\n\r\n" + NEXT)
    assert statuses(answer) == [200, 200, 200, 400]


def test_100_continue(server):
    with server.connect() as connection:
        connection.sendall(req(POST, HOST, b"Expect: 100-continue", b"Content-Length: 5"))
        assert connection.recv(4096) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"hello" + NEXT)
        answer = b""
        while chunk := connection.recv(4096):
            answer += chunk
        assert statuses(answer) == [405, 404]


def test_expect_with_a_body_that_is_too_large_is_refused_at_once(server):
    answer = exchange(server, req(POST, HOST, b"Expect: 100-continue", b"Content-Length: 100000"))
    assert statuses(answer) == [413]


def test_a_broken_body_is_never_counted(server):
    before = len(server.lines())
    exchange(server, req(GET, HOST, CHUNKED, body=b"5\r\nhelloX"))
    exchange(server, req(GET, HOST, b"Content-Length: 5", body=b"hel"), shutdown=True)
    assert len(server.lines()) == before
    exchange(server, req(GET, HOST, CHUNKED, b"Connection: close", body=b"5\r\nhello\r\n0\r\n\r\n"))
    assert len(server.lines()) == before + 1


def test_a_half_closed_client_gets_its_answer(server):
    assert statuses(exchange(server, req(GET, HOST), shutdown=True)) == [200]


def test_client_words_never_reach_a_header(server):
    answer = exchange(server, req(b"GET /%0d%0aX:y HTTP/1.1", HOST, b"User-Agent: inject", b"Connection: close"))
    assert b"inject" not in answer and b"X:y" not in answer
