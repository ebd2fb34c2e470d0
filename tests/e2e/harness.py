"""What the end-to-end tests share: the real binary, run as a user would run it.

Every server listens on loopback, on ports that the kernel chose, and is ended by its own
process id. APP names the binary under test; SOAK=1 asks for the full counts.
"""
import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APP = Path(os.environ.get("APP", ROOT / "build" / "app")).resolve()
SOAK = os.environ.get("SOAK") == "1"


def run(*args, **options):
    """Runs `app ARGS...` to its end; text in and out, 20 s at most."""
    options.setdefault("timeout", 20)
    options.setdefault("capture_output", True)
    if not isinstance(options.get("input"), bytes):
        options.setdefault("text", True)
    return subprocess.run([str(APP), *map(str, args)], **options)


def copy_work_tree(to):
    """The work tree as it would be committed, in another directory."""
    listed = subprocess.run(["git", "-C", ROOT, "ls-files", "-co", "--exclude-standard"],
                            capture_output=True, text=True, check=True).stdout.splitlines()
    for name in listed:
        if (ROOT / name).is_file():
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, to / name)
    return to


def fields(line):
    """A logfmt line as a dictionary."""
    found = {}
    for key, quoted, bare in re.findall(r'(\w+)=(?:"((?:[^"\\]|\\.)*)"|(\S*))', line):
        found[key] = json.loads(f'"{quoted}"') if quoted else bare
    return found


def descendants(pid):
    """The processes below one that is alive."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [found for child in map(int, children) for found in (child, *descendants(child))]


class Server:
    """`app serve` in a directory of its own; use it in a with statement."""

    def __init__(self, directory, *sets, files=(), env=None, wrap=(), wait=True, log="data/visits.log"):
        self.directory = Path(directory)
        self.log = self.directory / log
        self.errors = self.directory / "stderr.txt"
        arguments = []
        for file in files:
            arguments += ["-f", str(file)]
        for setting in ("serve.http=127.0.0.1:0", "serve.admin=127.0.0.1:0", "serve.drain=0s",
                        "log.lock_wait=1s", *sets):
            arguments += ["--set", setting]
        (self.directory / "data").mkdir(exist_ok=True)
        with open(self.errors, "ab") as stderr:
            self.offset = stderr.tell()
            self.process = subprocess.Popen([*wrap, str(APP), "serve", *arguments], stderr=stderr,
                                            cwd=self.directory, env={**os.environ, **(env or {})})
        self.port = self.admin_port = None
        if wait:
            self.wait_until_listening()

    def diagnostics(self):
        """The lines that this process wrote so far."""
        with open(self.errors, "rb") as stderr:
            stderr.seek(self.offset)
            return stderr.read().decode(errors="replace").splitlines()

    def find(self, message):
        """The fields of the first diagnostic line with that message, or None."""
        for line in self.diagnostics():
            if line.startswith("{"):
                found = json.loads(line)
            else:
                found = fields(line)
            if found.get("msg") == message:
                return found
        return None

    def wait_for(self, message, seconds=10):
        """Waits for a diagnostic line; its fields."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            found = self.find(message)
            if found:
                return found
            if self.process.poll() is not None and not self.find(message):
                break
            time.sleep(0.005)
        raise AssertionError(f"no '{message}' in: {self.diagnostics()}")

    def wait_until_listening(self):
        found = self.wait_for("listening")
        self.port = int(found["port"])
        self.admin_port = int(found["admin_port"])

    def get(self, path="/", headers=None, admin=False, method="GET", timeout=10, host="127.0.0.1"):
        """One request on a connection of its own: (status, headers, body)."""
        port = self.admin_port if admin else self.port
        connection = http.client.HTTPConnection(host, port, timeout=timeout)
        try:
            connection.request(method, path, headers=headers or {})
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    def connect(self, admin=False, timeout=10):
        """A plain socket to the server."""
        return socket.create_connection(
            ("127.0.0.1", self.admin_port if admin else self.port), timeout=timeout)

    def lines(self):
        """The complete lines of the log."""
        return self.log.read_bytes().split(b"\n")[:-1]

    def kill(self):
        """kill -9, and nothing else."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self, seconds=20):
        """SIGTERM; the exit status."""
        if self.process.poll() is None:
            self.process.terminate()
        return self.process.wait(timeout=seconds)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            # What wraps the server (strace, unshare) may leave it behind when it is killed.
            inner = descendants(self.process.pid)
            self.process.kill()
            self.process.wait()
            for pid in inner:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
