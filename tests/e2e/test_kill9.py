"""Promise 1 and 3: what was answered is in the log exactly once after kill -9, in every mode.

Visits carry their number in the answer. The number is the line's place in the log, so
"acknowledged N" means that line N exists; two clients with one number would be a doubled
visit, and in the formats that carry the client's words each visit is also found by name.
"""
import http.client
import json
import random
import threading
import time

import pytest

from harness import SOAK, Server
from load import Load
from logs import torn

ROUNDS = 200 if SOAK else 50
CLIENTS = 8


def kill_under_load(directory, mode, form, rounds, workers):
    random.seed(f"{mode}{form}")
    acknowledged_total = 0
    before = 0
    for _ in range(rounds):
        server = Server(directory, f"log.fsync={mode}", f"log.format={form}", f"serve.workers={workers}")
        assert int(server.find("listening")["visits"]) == before
        with Load(server.port, CLIENTS) as load:
            time.sleep(random.uniform(0.005, 0.08))
            server.kill()
        acknowledged = load.acknowledged
        acknowledged_total += len(acknowledged)
        assert len(acknowledged) == len(set(acknowledged)), "two visits got one number"
        with open(server.log, "rb") as log:
            content = log.read()
        whole = content.count(b"\n")
        assert not acknowledged or max(acknowledged) <= whole, "an acknowledged visit is lost"
        assert not acknowledged or min(acknowledged) > before, "a number was given again"
        extra = whole - before - len(acknowledged)
        assert 0 <= extra <= CLIENTS, f"{extra} lines more than the requests in flight"
        assert torn(content.split(b"\n")[:-1], form) == []
        before = whole
    return acknowledged_total


@pytest.mark.timeout(600)
@pytest.mark.parametrize("mode", ["always", "everysec", "no"])
def test_every_answered_visit_is_there_once(tmp_path, mode):
    total = kill_under_load(tmp_path, mode, "visits", ROUNDS, workers=2)
    assert total > ROUNDS, "the load was too small to show anything"
    with Server(tmp_path, f"log.fsync={mode}") as server:
        assert torn(server.lines(), "visits") == []
        count = len(server.lines())
        assert json.loads(server.get("/visits", {"Accept": "application/json"})[2])["visits"] == count
        assert json.loads(server.get("/", {"Accept": "application/json"})[2])["visit"] == count + 1


@pytest.mark.timeout(300)
@pytest.mark.parametrize("form", ["django", "combined", "json"])
def test_the_other_formats_too(tmp_path, form):
    assert kill_under_load(tmp_path, "always", form, max(10, ROUNDS // 5), workers=2) > 0


class Named(threading.Thread):
    """A client whose every visit has a name of its own in the log."""

    def __init__(self, port, name, done):
        super().__init__(daemon=True)
        self.port, self.label, self.done, self.answered = port, name, done, []

    def run(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            for index in range(100000):
                if self.done.is_set():
                    return
                name = f"{self.label}.{index}"
                connection.request("GET", "/", headers={"User-Agent": name})
                if connection.getresponse().read():
                    self.answered.append(name)
        except (OSError, http.client.HTTPException):
            pass


@pytest.mark.timeout(300)
def test_each_visit_by_name(tmp_path):
    """Not only the number of lines: the very visits that were answered, each once."""
    answered = []
    for round_number in range(max(10, ROUNDS // 5)):
        server = Server(tmp_path, "log.format=json", "serve.workers=2")
        done = threading.Event()
        clients = [Named(server.port, f"r{round_number}c{i}", done) for i in range(CLIENTS)]
        for client in clients:
            client.start()
        time.sleep(random.uniform(0.01, 0.08))
        server.kill()
        done.set()
        for client in clients:
            client.join(timeout=20)
            answered += client.answered
    with Server(tmp_path, "log.format=json") as server:
        logged = [json.loads(line)["user_agent"] for line in server.lines()]
    assert len(logged) == len(set(logged)), "a visit is in the log twice"
    assert set(answered) <= set(logged), "an answered visit is not in the log"
    assert len(answered) > 100
