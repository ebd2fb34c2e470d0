"""What the manifests describe is what runs.

The container's command, environment, mounts and user are taken out of the emitted objects, laid
out below a directory as the kubelet would lay them out, and exactly that is run: the real binary,
alone in a root file system of its own, as the emitted user, in a network namespace of its own, so
that the emitted ports are free. Nothing is filled in from anywhere else.
"""
import base64
import json
import os
import shutil
import subprocess
import time

import pytest

from emitted import emit, find, sets
from harness import APP

pytestmark = [pytest.mark.product, pytest.mark.timeout(120)]


class Pod:
    """One pod of the emitted StatefulSet, as far as one machine can be a cluster."""

    def __init__(self, directory, objects):
        assert os.geteuid() == 0, "changing the root directory and the user needs root"
        self.objects = objects
        self.set = find(objects, "StatefulSet")
        self.spec = self.set["spec"]["template"]["spec"]
        (self.container,) = self.spec["containers"]
        self.name = f"{self.set['metadata']['name']}-{self.set['spec'].get('ordinals', {}).get('start', 0)}"
        self.root = directory / "root"
        self.volumes = directory / "volumes"
        self.root.mkdir()
        shutil.copy(APP, self.root / "app")
        self.lay_out()

    def content(self, volume):
        """The files of a volume, or None for a claim."""
        for claim in self.set["spec"]["volumeClaimTemplates"]:
            if claim["metadata"]["name"] == volume:
                return None
        (source,) = [v for v in self.spec["volumes"] if v["name"] == volume]
        if "configMap" in source:
            found = find(self.objects, "ConfigMap", source["configMap"]["name"])
            files = {key: text.encode() for key, text in found["data"].items()}
            binary = found.get("binaryData", {})
        else:
            found = find(self.objects, "Secret", source["secret"]["secretName"])
            files, binary = {}, found["data"]
        return files | {key: base64.b64decode(text) for key, text in binary.items()}

    def lay_out(self):
        group = self.spec["securityContext"]["fsGroup"]
        for mount in self.container["volumeMounts"]:
            place = self.root / mount["mountPath"].lstrip("/")
            files = self.content(mount["name"])
            if files is None:
                assert not mount.get("readOnly")
                place.mkdir(parents=True)
                os.chown(place, 0, group)
                place.chmod(0o2770)
            elif "subPath" in mount:
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(files[mount["subPath"]])
            else:
                assert mount["readOnly"]
                place.mkdir(parents=True)
                for name, data in files.items():
                    (place / name).write_bytes(data)

    def environment(self):
        values = {}
        for variable in self.container["env"]:
            source = variable.get("valueFrom", {})
            if "fieldRef" in source:
                assert source["fieldRef"]["fieldPath"] == "metadata.name"
                values[variable["name"]] = self.name
            elif "secretKeyRef" in source:
                data = find(self.objects, "Secret", source["secretKeyRef"]["name"])["data"]
                values[variable["name"]] = base64.b64decode(data[source["secretKeyRef"]["key"]]).decode()
            else:
                values[variable["name"]] = variable["value"]
        return values

    def start(self):
        security = self.container["securityContext"]
        user = f"{security['runAsUser']}:{security['runAsGroup']}"
        groups = self.spec["securityContext"]["fsGroup"]
        assert self.container["workingDir"] == "/"
        # The server's own environment is the emitted one and nothing more.
        script = "ip link set lo up && exec env -i \"$@\""
        wanted = [f"{key}={value}" for key, value in self.environment().items()]
        self.errors = open(self.root.parent / "stderr", "w+b")
        self.process = subprocess.Popen(
            ["unshare", "--net", "sh", "-c", script, "sh", *wanted, shutil.which("chroot", path="/usr/sbin:/usr/bin"), f"--userspec={user}",
             f"--groups={groups}", str(self.root), *self.container["command"], *self.container.get("args", [])],
            stderr=self.errors)
        deadline = time.monotonic() + 20
        probe = self.container["startupProbe"]
        while self.probe(probe) != 200:
            assert self.process.poll() is None and time.monotonic() < deadline, self.said()
            time.sleep(0.02)

    def said(self):
        self.errors.seek(0)
        return self.errors.read().decode()

    def port(self, name):
        if isinstance(name, int):
            return name
        (port,) = [p["containerPort"] for p in self.container["ports"] if p["name"] == name]
        return port

    def get(self, port, path="/", agent="curl/8"):
        """One request from within the pod's network: (status, body)."""
        done = subprocess.run(
            ["nsenter", "-t", str(self.process.pid), "-n", "curl", "-s", "-m", "5", "-A", agent, "-H",
             "Accept: application/json", "-w", "\n%{http_code}", f"http://127.0.0.1:{port}{path}"],
            capture_output=True, text=True, timeout=10)
        body, _, status = done.stdout.rpartition("\n")
        return int(status or 0), body

    def probe(self, probe):
        get = probe["httpGet"]
        assert get["scheme"] == "HTTP"
        return self.get(self.port(get["port"]), get["path"], "kube-probe/1.33")[0]

    def service(self, service):
        """A request to the port that the Service sends to, by its selector and targetPort."""
        labels = self.set["spec"]["template"]["metadata"]["labels"]
        assert service["spec"]["selector"].items() <= labels.items()
        return self.get(self.port(service["spec"]["ports"][0]["targetPort"]))

    def stop(self):
        self.process.terminate()
        return self.process.wait(timeout=self.spec["terminationGracePeriodSeconds"])

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.errors.close()


def mount_path(pod, name):
    (path,) = [m["mountPath"] for m in pod.container["volumeMounts"] if m["name"] == name]
    return pod.root / path.lstrip("/")


def test_the_default_profile_runs_as_emitted(tmp_path):
    objects = emit()
    pod = Pod(tmp_path, objects)
    claim = pod.set["spec"]["volumeClaimTemplates"][0]["metadata"]["name"]
    with pod:
        for number in range(1, 4):
            status, body = pod.service(find(objects, "Service", "app"))
            assert status == 200
            answer = json.loads(body)
            assert "app-0" in body and number in answer.values()
        for kind in ("startupProbe", "livenessProbe", "readinessProbe"):
            assert pod.probe(pod.container[kind]) == 200
        # Probes and health are no visits; the visits are on the volume, and nowhere else.
        (log,) = [p for p in mount_path(pod, claim).iterdir() if p.name == "visits.log"]
        assert log.read_bytes().count(b"\n") == 3
        assert pod.stop() == 0, pod.said()
    # A new pod on the same volume goes on.
    with pod:
        assert 4 in json.loads(pod.service(find(objects, "Service", "app"))[1]).values()
        assert log.read_bytes().count(b"\n") == 4
    written = {p for p in pod.root.rglob("*") if p.is_file() and p.stat().st_uid == 65532}
    assert written and all(p.parent == mount_path(pod, claim) for p in written)


def test_another_profile_runs_as_emitted(tmp_path):
    binary = tmp_path / "blob"
    binary.write_bytes(bytes(range(256)))
    profile = tmp_path / "app.ini"
    profile.write_text("""
[app]
name = pythonapp
[serve]
http = :18201, :18202
admin =
drain = 0s
[log]
file = /pythonapp/logs/visits.log
format = django
[workload]
ordinals_start = 5
[security]
user = 4321
group = 4322
fs_group = 4323
[env]
PLAIN = a = b ; not a comment
[secret]
token = s3cret
[env_secret]
TOKEN = token
[files]
/files/config.json = {"data": "some data"}
/etc/app/blob.bin = @blob
""".replace(" ; not a comment", ""))
    objects = emit("-f", profile)
    pod = Pod(tmp_path, objects)
    assert pod.environment() == {"POD_NAME": "pythonapp-5", "PLAIN": "a = b", "TOKEN": "s3cret"}
    with pod:
        status, body = pod.service(find(objects, "Service", "pythonapp"))
        assert status == 200 and "pythonapp-5" in body
        assert pod.get(18202)[0] == 200
        for kind in ("startupProbe", "livenessProbe", "readinessProbe"):
            assert pod.probe(pod.container[kind]) == 200
        log = pod.root / "pythonapp/logs/visits.log"
        lines = log.read_bytes().splitlines()
        assert len(lines) == 2 and all(line.endswith(b"A client visited") for line in lines)
        assert (log.stat().st_uid, log.stat().st_gid) == (4321, 4323)
        assert pod.stop() == 0, pod.said()
    assert (pod.root / "files/config.json").read_text() == '{"data": "some data"}'
    assert (pod.root / "etc/app/blob.bin").read_bytes() == binary.read_bytes()
    assert (pod.root / "etc/app-secret/token").read_bytes() == b"s3cret"


def test_the_emitted_grace_is_enough(tmp_path):
    pod = Pod(tmp_path, emit(*sets(serve__drain="1500ms", serve__finish="200ms")))
    assert pod.spec["terminationGracePeriodSeconds"] == 2 + 5
    with pod:
        start = time.monotonic()
        assert pod.stop() == 0, pod.said()
        assert 1.4 < time.monotonic() - start < 7
