"""Every object of several hundred random good profiles is what Kubernetes' own schemas say, with no
field that they do not have. The validator is a package of its own (tests/manifests/requirements.txt);
the kinds of other projects are held to the fields that their documents name."""
import copy
import json
import os
import random
import re
import subprocess

import pytest

from emitted import emit, find, sets
from harness import ROOT, SOAK, run

pytestmark = [pytest.mark.timeout(900)]
PYTHON = os.environ.get("VALIDATOR", ROOT / "build" / "tools" / "python" / "bin" / "python")
CUSTOM = {"HTTPRoute", "ServiceMonitor", "Certificate"}

# Good values of the keys whose type alone does not tell.
TEXTS = {
    "serve.http": [":8080", ":80, :81", "[::]:8080"], "serve.trusted_proxies": ["10.0.0.0/8, 2001:db8::/32"], "log.template": ["x $status"], "serve.admin": [":9090", ":9100"],
    "log.file": ["data/visits.log", "/srv/log/v.txt"], "log.timezone": ["UTC0", "MSK-3"],
    "app.name": ["shop", "a1"], "app.instance": ["blue"], "app.namespace": ["trade"], "app.version": ["1.0+7"],
    "app.component": ["", "web"], "app.part_of": ["mall"], "app.kube": ["1.37"],
    "image.registry": ["r.example:5000"], "image.repository": ["team/app"], "image.tag": ["v1"], "image.digest": ["sha256:" + "a" * 64],
    "image.pull_secrets": ["one, two"],
    "workload.max_unavailable": ["2", "25%"], "workload.spread_over": ["topology.kubernetes.io/zone, kubernetes.io/hostname"],
    "workload.priority_class": ["high"], "workload.runtime_class": ["gvisor"], "workload.scheduler": ["other"],
    "workload.dns_servers": ["192.0.2.1"], "workload.dns_searches": ["a.example"], "workload.dns_options": ["edns0, ndots:3", ""],
    "workload.env_from": ["secret/s, configmap/c"],
    "storage.claim": ["old"], "storage.name": ["log"], "storage.size": ["1.5Gi", "128M"], "storage.class": ["fast"],
    "storage.access_modes": ["ReadWriteMany, ReadWriteOnce", "ReadWriteOncePod"],
    "storage.data_source": ["VolumeSnapshot/s", "PersistentVolumeClaim/p", "g.example/Thing/t"], "storage.attributes_class": ["gold"],
    "service.name": ["front"], "service.app_protocol": ["", "example.com/x"], "service.node_port": ["30080"],
    "service.health_node_port": ["30081"], "service.source_ranges": ["192.0.2.0/24, 2001:db8::/32"],
    "service.balancer_class": ["example.com/internal"], "service.balancer_ip": ["192.0.2.9"], "service.external_ips": ["192.0.2.8"],
    "service.ip_families": ["IPv4", "IPv6, IPv4"], "service_account.name": ["robot"],
    "config.name": ["words"], "config.existing": ["there"], "config.volume": ["words"], "config.path": ["/etc/words"],
    "secrets.name": ["keys"], "secrets.existing": ["there"], "secrets.path": ["", "/keys"],
    "resources.cpu_request": ["", "0.1"], "resources.cpu_limit": ["", "2"], "resources.memory_request": ["", "17Mi"],
    "resources.memory_limit": ["", "1G"], "resources.disk_request": ["", "1Mi"], "resources.disk_limit": ["", "1Gi"],
    "probes.port": ["http", "8080"], "probes.startup_path": ["/s"], "probes.liveness_path": ["/l"], "probes.readiness_path": ["/r"],
    "disruption.max_unavailable": ["", "1", "50%"], "disruption.min_available": ["1", "10%"],
    "network.monitoring": ["", "prometheus"], "ingress.class": ["nginx"], "ingress.hosts": ["a.example, *.b.example"],
    "ingress.paths": ["/a, /b"], "ingress.tls_secret": ["cert"], "route.parents": ["gw, infra/gw2"], "route.hosts": ["a.example"],
    "route.path": ["/x"], "certificate.issuer": ["ClusterIssuer/le"], "certificate.hosts": ["c.example"], "certificate.secret": ["cert"],
    "monitor.path": ["/m"], "test.path": ["/x?y"],
}
PAIRS = {
    "service_annotations": ("a/b", "c"), "service_account_annotations": ("a", "no"), "files": ("/f/x.txt", "1e3"), "secret": ("k", "true"),
    "env": ("A", "$(POD_NAME)"), "env_secret": ("B", "other/k"), "env_config": ("C", "c/k"), "env_field": ("D", "limits.cpu"),
    "volumes": ("v", '{"csi": {"driver": "x.example", "readOnly": true}}'), "mounts": ("/m/n", "config/app.ini:ro"),
    "init_containers": ("first", '{"image": "i:1", "env": [{"name": "A", "value": "1"}]}'),
    "sidecars": ("beside", '{"image": "i:1", "ports": [{"containerPort": 1}]}'), "probe_headers": ("X-A", "b"), "labels": ("team", "1e3"),
    "annotations": ("x", "yes"), "pod_labels": ("p", "0"), "pod_annotations": ("q", "~"), "claim_labels": ("c", "d"),
    "claim_annotations": ("e", "f"), "claim_selector": ("g", "h"), "node_selector": ("disk", "ssd"),
    "tolerations": ("t", "key=value:NoExecute:30"), "host_aliases": ("db.example", "192.0.2.5"), "ingress_annotations": ("i", "j"),
    "monitor_labels": ("release", "prometheus"),
    "extra": ("o", '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "o"}}'),
    "patch.StatefulSet": ("spec.template.spec.shareProcessNamespace", "true"),
}


# What must be said along with a key.
BALANCER = ["service.type=LoadBalancer"]
ALONG = {
    "service.balancer_ip": BALANCER, "service.balancer_class": BALANCER, "service.source_ranges": BALANCER,
    "service.node_port": ["service.type=NodePort"], "service.external_policy": BALANCER,
    "service.health_node_port": [*BALANCER, "service.external_policy=Local"], "storage.claim": ["storage.mode=existing"],
    "disruption.min_available": ["disruption.max_unavailable=", "workload.replicas=3"],
    "log.template": ["log.format=template"], "certificate.create": ["certificate.issuer=Issuer/i"], "route.create": ["route.parents=gw"],
}


def good_values(key):
    if key["key"] in TEXTS:
        return TEXTS[key["key"]]
    if key["type"] == "bool":
        return ["true", "false"]
    if key["type"] == "choice":
        return key["takes"].removeprefix("one of ").split(", ")
    if key["type"] == "count":
        low, high = map(int, re.fullmatch(r"a whole number from (\d+) to (\d+)", key["takes"]).groups())
        return [str(n) for n in (low, low + 1, 3, 70, high) if low <= n <= min(high, 200) or n == high > 100000]
    if key["type"] == "duration":
        return ["5s", "1m30s", "1h"]
    if key["type"] == "size":
        return ["64Ki", "1Mi"]
    raise AssertionError(f"{key['key']}: give good values here")


def draw(keys, source):
    """Arguments that set a few keys. Some together are refused; those do not count."""
    args = []
    for key in source.sample(keys, source.randint(1, 9)):
        if key["type"] in ("free", "scoped"):
            for section, (name, value) in PAIRS.items():
                if section.split(".")[0] == key["key"].split(".")[0]:
                    args += ["--set", f"{section}.{name}={value}"]
        else:
            for setting in (f"{key['key']}={source.choice(good_values(key))}", *ALONG.get(key["key"], ())):
                args += ["--set", setting]
    return args


class Schemas:
    def __init__(self):
        self.process = subprocess.Popen([PYTHON, ROOT / "tests" / "manifests" / "validate.py"], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)

    def findings(self, items):
        self.process.stdin.write(json.dumps(items) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


@pytest.fixture(scope="module")
def schemas():
    found = Schemas()
    yield found
    found.process.stdin.close()
    assert found.process.wait(timeout=30) == 0


def check_custom(item):
    """What the documents of the Gateway API, the Prometheus operator and cert-manager name."""
    spec = item["spec"]
    if item["kind"] == "HTTPRoute":
        assert item["apiVersion"] == "gateway.networking.k8s.io/v1" and set(spec) <= {"parentRefs", "hostnames", "rules"}
        assert all(set(p) <= {"group", "kind", "name", "namespace"} for p in spec["parentRefs"])
        assert all(set(r) <= {"matches", "backendRefs"} for r in spec["rules"])
    elif item["kind"] == "ServiceMonitor":
        assert item["apiVersion"] == "monitoring.coreos.com/v1" and set(spec) == {"endpoints", "selector"}
        assert all(set(e) == {"interval", "path", "port", "scrapeTimeout"} for e in spec["endpoints"])
    else:
        assert item["apiVersion"] == "cert-manager.io/v1" and spec["dnsNames"]
        assert set(spec) <= {"dnsNames", "duration", "renewBefore", "issuerRef", "privateKey", "secretName"}
        assert set(spec["issuerRef"]) == {"group", "kind", "name"} and set(spec["privateKey"]) == {"algorithm", "rotationPolicy", "size"}


def test_the_validator_sees_what_is_wrong(schemas):
    good = find(emit(), "StatefulSet")
    assert schemas.findings([good]) == []
    for path, value in ((("spec", "replica"), 1), (("spec", "replicas"), "1"), (("spec", "template", "spec", "containers", 0, "imagee"), "x"),
                        (("spec", "template", "spec", "containers", 0, "ports", 0, "containerPort"), "http"),
                        (("metadata", "labels", "n"), 1), (("spec", "updateStrategy", "rollingUpdate", "partition"), True)):
        bad = copy.deepcopy(good)
        inner = bad
        for step in path[:-1]:
            inner = inner[step]
        inner[path[-1]] = value
        assert schemas.findings([bad]), path
    assert schemas.findings([{"apiVersion": "a/v1", "kind": "Deploymint", "metadata": {"name": "x"}}]) == ["unknown Deploymint"]


def test_every_kind_in_its_fullest_form(schemas):
    items = emit("--emit=" + "ns,netpol,pdb,sa,secret,cm,pvc,cert,svc,hpa,sts,ing,httproute,smon,pod", "-n", "n", *sets(
        namespace__create="true", secret__k="v", certificate__create="true", certificate__issuer="Issuer/i", autoscaling__create="true",
        autoscaling__memory="70", ingress__create="true", ingress__hosts="a.example", route__create="true", route__parents="gw",
        monitor__create="true", test__create="true"))
    assert len({o["kind"] for o in items}) == 15
    assert [f for f in schemas.findings(items) if f.removeprefix("unknown ") not in CUSTOM] == []
    for item in items:
        if item["kind"] in CUSTOM:
            check_custom(item)


@pytest.mark.parametrize("example", sorted(p.name for p in (ROOT / "examples").glob("*.ini")))
def test_examples(schemas, example):
    found = schemas.findings(emit("-f", ROOT / "examples" / example))
    assert [f for f in found if f.removeprefix("unknown ") not in CUSTOM] == []


def test_random_profiles(schemas):
    keys = json.loads(run("explain", "--json").stdout)
    source = random.Random(20261121)
    wanted, good, used = (3000 if SOAK else 400), 0, set()
    for _ in range(wanted * 12):
        args = draw(keys, source)
        done = run("--emit", "-o", "json", *args)
        assert done.returncode in (0, 2), done.stderr
        if done.returncode:
            continue
        items = json.loads(done.stdout)["items"]
        found = [f for f in schemas.findings(items) if f.removeprefix("unknown ") not in CUSTOM]
        assert found == [], (args, found)
        for item in items:
            if item["kind"] in CUSTOM:
                check_custom(item)
        good += 1
        used |= {arg.split("=")[0] for arg in args if arg != "--set"}
        if good >= wanted:
            break
    assert good >= wanted
    # Every key has been in a good profile, or the draw says nothing of it.
    assert {k["key"] for k in keys if k["type"] not in ("free", "scoped")} - used == set()
