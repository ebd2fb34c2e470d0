"""The binary as it is deployed: FROM scratch, read-only, no capabilities, 16 MiB of memory.

A real image, built by podman from examples/Dockerfile, run with the limits that the emitted
StatefulSet sets, spoken to over real HTTP from outside, killed in the middle of a load.
"""
import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import time

import pytest

from harness import APP, ROOT
from load import Load
from logs import torn

pytestmark = pytest.mark.product

LIMITS = ["--runtime", "runc", "--ulimit", "nofile=4096:4096", "--ulimit", "nproc=4096:4096"]
HARDENED = ["--read-only", "--read-only-tmpfs=false", "--cap-drop=ALL",
            "--security-opt=no-new-privileges", "--memory=16m", "--memory-swap=16m"]


def podman(*args, check=True, **options):
    done = subprocess.run(["podman", *map(str, args)], capture_output=True, text=True, timeout=120, **options)
    assert not check or done.returncode == 0, done.stderr
    return done


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    context = tmp_path_factory.mktemp("image")
    shutil.copy(APP, context / "app")
    name = f"localhost/app-test-{os.getpid()}"
    podman("build", "--isolation=chroot", "-t", name, "-f", ROOT / "examples" / "Dockerfile", context)
    yield name
    podman("rmi", "-f", name)


class Container:
    def __init__(self, image, data):
        self.name = f"app-test-{os.getpid()}-{time.monotonic_ns()}"
        podman("run", "-d", "--name", self.name, *LIMITS, *HARDENED, "--network=host", "-e", "POD_NAME=app-0",
               "-v", f"{data}:/data", image, "serve", "--set", "serve.http=127.0.0.1:0",
               "--set", "serve.admin=127.0.0.1:0", "--set", "serve.drain=0s")
        deadline = time.monotonic() + 20
        while True:
            found = re.search(r"msg=listening .*? port=(\d+) .*?admin_port=(\d+) .*?visits=(\d+)", self.logs())
            if found:
                break
            assert time.monotonic() < deadline, self.logs()
            time.sleep(0.05)
        self.port, self.admin_port, self.visits_at_start = map(int, found.groups())

    def logs(self):
        done = podman("logs", self.name)
        return done.stdout + done.stderr

    def get(self, path, port=None):
        connection = http.client.HTTPConnection("127.0.0.1", port or self.port, timeout=10)
        connection.request("GET", path, headers={"Accept": "application/json"})
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer.status, body

    def inspect(self, template):
        return podman("inspect", "-f", template, self.name).stdout.strip()

    def remove(self):
        podman("rm", "-f", "-t", "0", self.name)


@pytest.fixture
def data(tmp_path):
    """A volume as a cluster gives it with fsGroup: writable by the group of the pod."""
    directory = tmp_path / "volume"
    directory.mkdir()
    os.chown(directory, 0, 65532)
    os.chmod(directory, 0o2770)
    return directory


def test_the_image_holds_the_binary_and_nothing_else(image, tmp_path):
    podman("save", "--format=docker-dir", "-o", tmp_path / "image", image)
    manifest = json.loads((tmp_path / "image" / "manifest.json").read_text())
    entries = []
    for layer in manifest["layers"]:
        path = tmp_path / "image" / layer["digest"].removeprefix("sha256:")
        entries += subprocess.run(["tar", "-tf", path], capture_output=True, text=True, check=True).stdout.split()
    assert entries == ["app"]


@pytest.mark.timeout(180)
def test_visits_survive_kill_9_in_a_container(image, data):
    first = Container(image, data)
    try:
        status, body = first.get("/")
        assert status == 200 and json.loads(body)["pod"] == "app-0"
        assert first.get("/readyz", first.admin_port)[0] == 200
        shown = podman("exec", first.name, "/app", "cat").stdout
        assert torn(shown.encode().split(b"\n")[:-1], "visits") == []
        assert len(shown.splitlines()) == json.loads(first.get("/visits")[1])["visits"]
        assert first.inspect("{{.Config.User}}") == "65532:65532"
        with Load(first.port, 8) as load:
            time.sleep(1)
            os.kill(int(first.inspect("{{.State.Pid}}")), signal.SIGKILL)
        acknowledged = load.acknowledged
        assert len(acknowledged) > 100
    finally:
        first.remove()
    second = Container(image, data)
    try:
        lines = (data / "visits.log").read_bytes().split(b"\n")[:-1]
        assert torn(lines, "visits") == []
        assert len(set(acknowledged)) == len(acknowledged) and max(acknowledged) <= len(lines)
        assert second.visits_at_start == len(lines)
        assert json.loads(second.get("/")[1])["visit"] == len(lines) + 1
        assert podman("stop", "-t", "10", second.name).returncode == 0
        assert second.inspect("{{.State.ExitCode}} {{.State.OOMKilled}}") == "0 false"
    finally:
        second.remove()


@pytest.mark.timeout(120)
def test_16_mib_are_enough_under_load(image, data):
    container = Container(image, data)
    try:
        with Load(container.port, 32) as load:
            time.sleep(3)
        assert load.refused == 0 and len(load.acknowledged) > 500
        assert container.inspect("{{.State.Running}} {{.State.OOMKilled}}") == "true false"
    finally:
        container.remove()
