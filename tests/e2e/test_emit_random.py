"""Whatever the profile: either all of it is good and every reference holds, or nothing is printed.

Values are drawn from what people write, right and wrong; the rules below are read off the objects
alone, so that a check which the emitter forgot shows as a broken object.
"""
import json
import re

from hypothesis import given, settings, strategies as st

from harness import SOAK, run

LABEL = r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?"
NAMES = st.sampled_from(["", "a", "app", "a-b", "a.b", "A", "1a", "-a", "a" * 52, "a" * 53, "a" * 63, "a" * 64, "ä", "secret",
                         "config", "visits", "app-headless"])
QUANTITIES = st.sampled_from(["", "0", "1", "10m", "500m", "0.5", "1Gi", "1.5Gi", "128M", "128m", "64Mi", "1GB", "x", "1e3", "4Mi"])
PATHS = st.sampled_from(["", "/", "/a", "/a/b", "a", "/a/", "/etc/app", "/etc/app/x", "/data", "/a//b", "/a/../b", "/app", "/a:b"])
ADDRESSES = st.sampled_from([":8080", ":0", "127.0.0.1:80", ":80, :81", "[::]:80", ":9090", "", "x"])
COUNTS = st.sampled_from(["0", "1", "2", "30000", "65535", "65536", "-1", "x"])
KEYS = {
    **dict.fromkeys(["app.name", "app.instance", "app.namespace", "app.component", "storage.name", "storage.class", "service.name",
                     "config.name", "config.volume", "secrets.name", "workload.priority_class", "image.tag", "image.repository",
                     "ingress.class", "ingress.hosts", "route.parents", "labels.team", "pod_labels.x", "secret.key", "env.A",
                     "env_secret.B", "network.monitoring", "image.pull_secrets", "service_account.name"], NAMES),
    **dict.fromkeys(["storage.size", "resources.cpu_request", "resources.cpu_limit", "resources.memory_request",
                     "resources.memory_limit", "resources.disk_limit"], QUANTITIES),
    **dict.fromkeys(["config.path", "secrets.path", "probes.liveness_path", "log.file", "ingress.paths", "route.path"], PATHS),
    **dict.fromkeys(["serve.http", "serve.admin"], ADDRESSES),
    **dict.fromkeys(["workload.replicas", "workload.partition", "service.port", "service.node_port", "autoscaling.min",
                     "autoscaling.max", "security.user", "disruption.max_unavailable", "disruption.min_available",
                     "probes.port"], COUNTS),
    **dict.fromkeys(["service.type"], st.sampled_from(["ClusterIP", "NodePort", "LoadBalancer"])),
    **dict.fromkeys(["service.external_policy"], st.sampled_from(["Cluster", "Local"])),
    **dict.fromkeys(["workload.update"], st.sampled_from(["RollingUpdate", "OnDelete"])),
    **dict.fromkeys(["namespace.create", "network.create", "disruption.create", "autoscaling.create", "ingress.create",
                     "route.create", "service_account.create", "security.non_root", "storage.provision"],
                    st.sampled_from(["true", "false"])),
    **dict.fromkeys(["files./f/a", "files./etc/app/b", "files./a/b", "annotations.x"], st.text("ab \n\t#:-'\"", max_size=6)),
}
PROFILES = st.lists(st.sampled_from(sorted(KEYS)), max_size=6, unique=True).flatmap(
    lambda keys: st.fixed_dictionaries({key: KEYS[key] for key in keys}))
SCALE = {"": 1, "m": 1e-3, "k": 1e3, "M": 1e6, "G": 1e9, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "e3": 1e3}


def amount(text):
    number, suffix = re.fullmatch(r"([0-9]+)(m|k|M|G|Ki|Mi|Gi|e3|)", text).groups()
    return int(number) * SCALE[suffix]


def check_pod(template, claims, objects):
    spec = template["spec"]
    (container,) = spec["containers"]
    volumes = [v["name"] for v in spec["volumes"]] + claims
    assert len(set(volumes)) == len(volumes) and all(re.fullmatch(LABEL, name) for name in volumes)
    paths = [m["mountPath"] for m in container["volumeMounts"]]
    assert len(set(paths)) == len(paths) and all(p.startswith("/") and p != "/" and ":" not in p for p in paths)
    assert {m["name"] for m in container["volumeMounts"]} == set(volumes)
    names = [e["name"] for e in container["env"]]
    assert len(set(names)) == len(names)
    ports = {p["name"]: p["containerPort"] for p in container["ports"]}
    assert "http" in ports and len(set(ports.values())) == len(ports) == len(container["ports"])
    assert all(1 <= port <= 65535 for port in ports.values())
    for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
        get = container[probe]["httpGet"]
        assert get["path"].startswith("/") and (get["port"] in ports or 1 <= get["port"] <= 65535)
    resources = container["resources"]
    for what, request in resources["requests"].items():
        assert what not in resources["limits"] or amount(request) <= amount(resources["limits"][what])
    if container["securityContext"]["runAsNonRoot"]:
        assert container["securityContext"]["runAsUser"] > 0
    for volume in spec["volumes"]:
        if "configMap" in volume:
            config = objects["ConfigMap", volume["configMap"]["name"]]
            for mount in container["volumeMounts"]:
                assert "subPath" not in mount or mount["subPath"] in config["data"]
    for variable in container["env"]:
        reference = variable.get("valueFrom", {}).get("secretKeyRef")
        assert not reference or reference["key"] in objects["Secret", reference["name"]]["data"]


def check(items):
    objects = {(o["kind"], o["metadata"]["name"]): o for o in items}
    assert len(objects) == len(items)
    assert len({o["metadata"].get("namespace") for o in items if o["kind"] != "Namespace"}) == 1
    (workload,) = [o for o in items if o["kind"] == "StatefulSet"]
    name, spec = workload["metadata"]["name"], workload["spec"]
    assert re.fullmatch(LABEL, name) and len(name) <= 52
    labels = spec["template"]["metadata"]["labels"]
    assert objects["Service", spec["serviceName"]]["spec"]["clusterIP"] == "None"
    for found in items:
        selector = found["spec"].get("selector") if "spec" in found else None
        if selector:
            assert selector.get("matchLabels", selector).items() <= labels.items()
        for value in found["metadata"]["labels"].values():
            assert re.fullmatch(r"([A-Za-z0-9]([-._A-Za-z0-9]{0,61}[A-Za-z0-9])?)?", value)
        if found["kind"] == "Service":
            assert re.fullmatch(r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?", found["metadata"]["name"])
            for port in found["spec"]["ports"]:
                assert "nodePort" not in port or found["spec"]["type"] != "ClusterIP" and 30000 <= port["nodePort"] <= 32767
        if found["kind"] == "Ingress":
            for rule in found["spec"]["rules"]:
                for path in rule["http"]["paths"]:
                    service = objects["Service", path["backend"]["service"]["name"]]
                    assert path["backend"]["service"]["port"]["name"] in {p["name"] for p in service["spec"]["ports"]}
        if found["kind"] == "HorizontalPodAutoscaler":
            assert "replicas" not in spec and 1 <= found["spec"]["minReplicas"] <= found["spec"]["maxReplicas"]
        if found["kind"] == "PodDisruptionBudget":
            assert ("maxUnavailable" in found["spec"]) != ("minAvailable" in found["spec"])
    (claim,) = spec["volumeClaimTemplates"]
    assert amount(claim["spec"]["resources"]["requests"]["storage"]) >= 1
    if spec["template"]["spec"]["serviceAccountName"] != "default":
        assert ("ServiceAccount", spec["template"]["spec"]["serviceAccountName"]) in objects or not [
            o for o in items if o["kind"] == "ServiceAccount"]
    check_pod(spec["template"], [claim["metadata"]["name"]], objects)


SEEN = {0: 0, 2: 0}


@settings(max_examples=5000 if SOAK else 300, deadline=None)
@given(profile=PROFILES)
def check_profile(profile):
    args = [part for key, value in profile.items() for part in ("--set", f"{key}={value}")]
    done = run("--emit", "-o", "json", *args)
    assert done.returncode in SEEN, done.stderr
    SEEN[done.returncode] += 1
    if done.returncode == 0:
        assert done.stderr == ""
        check(json.loads(done.stdout)["items"])
    else:
        assert done.stdout == "" and all(re.match(r"--set:\d+: |defaults: ", line) for line in done.stderr.splitlines())
        assert done.stderr


def test_all_or_nothing():
    check_profile()
    # Both ends must have been met, or the draw says nothing.
    assert min(SEEN.values()) > 20, SEEN
