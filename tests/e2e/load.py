"""A small load generator that remembers what was acknowledged.

Each client is a thread with one keep-alive connection that asks for JSON answers and keeps
every visit number that came with a complete 200. When the server dies under it, the client
ends: what it holds is exactly what a user was promised.
"""
import http.client
import json
import threading


class Client(threading.Thread):
    def __init__(self, port, headers, stop, reconnect):
        super().__init__(daemon=True)
        self.port, self.headers, self.stop, self.reconnect = port, headers, stop, reconnect
        self.acknowledged = []
        self.refused = 0
        self.failed = 0

    def run(self):
        connection = None
        while not self.stop.is_set():
            try:
                if connection is None:
                    connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
                connection.request("GET", "/", headers=self.headers)
                answer = connection.getresponse()
                body = answer.read()
                if answer.status == 200:
                    self.acknowledged.append(json.loads(body)["visit"])
                else:
                    self.refused += 1
                if answer.headers.get("Connection") == "close":
                    connection.close()
                    connection = None
            except (OSError, http.client.HTTPException):
                self.failed += 1
                if connection:
                    connection.close()
                connection = None
                if not self.reconnect:
                    return


class Load:
    """`clients` connections until stop() or the server's death; use it in a with statement."""

    def __init__(self, port, clients=8, headers=None, reconnect=False):
        self.stopping = threading.Event()
        asked = {"Accept": "application/json", **(headers or {})}
        self.clients = [Client(port, asked, self.stopping, reconnect) for _ in range(clients)]

    def __enter__(self):
        for client in self.clients:
            client.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        self.stopping.set()
        for client in self.clients:
            client.join(timeout=20)

    @property
    def acknowledged(self):
        return [number for client in self.clients for number in client.acknowledged]

    @property
    def refused(self):
        return sum(client.refused for client in self.clients)

    @property
    def failed(self):
        return sum(client.failed for client in self.clients)
