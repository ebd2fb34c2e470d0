"""`app import`: the values of a Helm release become a profile that is good, and nothing is dropped silently."""
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emitted import emit, find
from harness import SOAK, run

# The keys of a chart that `helm create` begins, with what it gives them.
HELM_CREATE = {
    "replicaCount": 1,
    "image": {"repository": "nginx", "pullPolicy": "IfNotPresent", "tag": ""},
    "imagePullSecrets": [], "nameOverride": "", "fullnameOverride": "",
    "serviceAccount": {"create": True, "automount": True, "annotations": {}, "name": ""},
    "podAnnotations": {}, "podLabels": {}, "podSecurityContext": {}, "securityContext": {},
    "service": {"type": "ClusterIP", "port": 80},
    "ingress": {"enabled": False, "className": "", "annotations": {}, "tls": [],
                "hosts": [{"host": "chart-example.local", "paths": [{"path": "/", "pathType": "ImplementationSpecific"}]}]},
    "httpRoute": {"enabled": False, "annotations": {}, "parentRefs": [{"name": "gateway", "sectionName": "http"}],
                  "hostnames": ["chart-example.local"],
                  "rules": [{"matches": [{"path": {"type": "PathPrefix", "value": "/headers"}}]}]},
    "resources": {},
    "livenessProbe": {"httpGet": {"path": "/", "port": "http"}},
    "readinessProbe": {"httpGet": {"path": "/", "port": "http"}},
    "autoscaling": {"enabled": False, "minReplicas": 1, "maxReplicas": 100, "targetCPUUtilizationPercentage": 80},
    "volumes": [], "volumeMounts": [], "nodeSelector": {}, "tolerations": [], "affinity": {},
}
# A Python application's chart, older, with values of its own.
APP_PYTHON = {
    "affinity": {}, "fullnameOverride": "", "nameOverride": "", "replicaCount": 3,
    "autoscaling": {"enabled": False, "maxReplicas": 100, "minReplicas": 1, "targetCPUUtilizationPercentage": 80},
    "image": {"pullPolicy": "IfNotPresent", "repository": "danilag/app-python", "tag": "latest"}, "imagePullSecrets": [],
    "ingress": {"annotations": {}, "className": "", "enabled": False, "tls": [],
                "hosts": [{"host": "chart-example.local", "paths": [{"path": "/", "pathType": "ImplementationSpecific"}]}]},
    "nodeSelector": {}, "podAnnotations": {}, "podSecurityContext": {}, "securityContext": {}, "tolerations": [],
    "resources": {"limits": {"cpu": "100m", "memory": "128Mi"}, "requests": {"cpu": "100m", "memory": "128Mi"}},
    "secrets": {"name": "app-python-name-secret", "username": "app-python-user"},
    "service": {"port": 5000, "type": "NodePort"}, "serviceAccount": {"annotations": {}, "create": True, "name": ""},
    "statefulSet": {"name": "visits", "storageSize": "128M"},
}


def convert(values, *args):
    """(profile, {path: why it was left out})"""
    done = run("import", *args, input=json.dumps(values))
    assert done.returncode == 0, done.stderr
    lines = done.stderr.splitlines()
    assert not lines or lines[0] == "app import: not in the profile:"
    return done.stdout, dict(line.split(": ", 1) for line in lines[1:])


def emit_values(values, tmp_path, *args):
    profile, left_out = convert(values)
    (tmp_path / "import.ini").write_text(profile)
    return emit("-f", tmp_path / "import.ini", *args), left_out


def test_the_values_of_helm_create(tmp_path):
    objects, left_out = emit_values(HELM_CREATE, tmp_path)
    assert left_out.keys() == {"livenessProbe.httpGet", "readinessProbe.httpGet", "httpRoute.parentRefs[0].sectionName"}
    assert "spec.parentRefs[0].sectionName = \"http\"" in left_out["httpRoute.parentRefs[0].sectionName"]
    workload = find(objects, "StatefulSet")["spec"]
    (container,) = workload["template"]["spec"]["containers"]
    assert workload["replicas"] == 1 and container["image"].startswith("nginx:")
    assert container["imagePullPolicy"] == "IfNotPresent"
    # A probe that asked the admin listener for / would restart the pods for ever.
    assert container["livenessProbe"]["httpGet"]["path"] == "/livez"
    assert not {"Ingress", "HTTPRoute", "HorizontalPodAutoscaler"} & {o["kind"] for o in objects}


def test_what_was_disabled_is_ready_to_be_enabled(tmp_path):
    objects, _ = emit_values(HELM_CREATE, tmp_path, "--set", "ingress.create=true", "--set", "route.create=true",
                             "--set", "autoscaling.create=true")
    (rule,) = find(objects, "Ingress")["spec"]["rules"]
    assert rule["host"] == "chart-example.local" and rule["http"]["paths"][0]["pathType"] == "ImplementationSpecific"
    route = find(objects, "HTTPRoute")["spec"]
    assert route["parentRefs"][0]["name"] == "gateway" and route["hostnames"] == ["chart-example.local"]
    assert route["rules"][0]["matches"][0]["path"] == {"type": "PathPrefix", "value": "/headers"}
    scaler = find(objects, "HorizontalPodAutoscaler")["spec"]
    assert (scaler["minReplicas"], scaler["maxReplicas"]) == (1, 100)


def test_an_older_chart_with_values_of_its_own(tmp_path):
    objects, left_out = emit_values(APP_PYTHON, tmp_path, "--set", "app.name=app-python")
    workload = find(objects, "StatefulSet", "app-python")["spec"]
    (container,) = workload["template"]["spec"]["containers"]
    wanted = APP_PYTHON["resources"]
    assert workload["replicas"] == 3 and container["image"] == "danilag/app-python:latest"
    for side in ("limits", "requests"):
        assert {key: container["resources"][side][key] for key in ("cpu", "memory")} == wanted[side]
    service = find(objects, "Service", "app-python")["spec"]
    assert service["type"] == "NodePort" and service["ports"][0]["port"] == 5000
    assert workload["template"]["spec"]["serviceAccountName"] == find(objects, "ServiceAccount")["metadata"]["name"]
    assert left_out.keys() == {"secrets.name", "secrets.username", "statefulSet.name", "statefulSet.storageSize"}
    assert "app-python-user" not in "".join(left_out.values())


def test_affinity_is_carried_by_a_patch(tmp_path):
    affinity = {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [
        {"matchExpressions": [{"key": "disk", "operator": "In", "values": ["ssd ; fast", "nvme"]}]}]}}}
    profile, left_out = convert({"affinity": affinity})
    text = profile if "[patch.StatefulSet]" in profile else left_out["affinity"]
    assert "[patch.StatefulSet]" in text
    assert json.loads(text.split("spec.template.spec.affinity = ")[1]) == affinity
    if text == profile:
        objects, _ = emit_values({"affinity": affinity}, tmp_path)
        assert find(objects, "StatefulSet")["spec"]["template"]["spec"]["affinity"] == affinity


def test_a_file_or_standard_input(tmp_path):
    path = tmp_path / "values.json"
    path.write_text('{"replicaCount": 2}')
    wanted = "; Made by 'app import' from the values of a Helm release.\n\n[workload]\nreplicas = 2\n"
    for args, text in (((path,), None), (("-",), path.read_text()), ((), path.read_text())):
        done = run("import", *args, input=text)
        assert (done.returncode, done.stdout, done.stderr) == (0, wanted, "")


def test_strict_wants_everything_carried():
    done = run("import", "--strict", input='{"replicaCount": 2, "x": 1}')
    assert (done.returncode, done.stdout) == (1, "") and "\nx: " in done.stderr
    done = run("import", "--strict", input='{"replicaCount": 2}')
    assert done.returncode == 0 and "replicas = 2" in done.stdout and not done.stderr


@pytest.mark.parametrize("text, told", [
    ('{\n  "replicaCount": 01\n}', "line 2, column "),
    ('{"a": 1, "a": 2}', "twice"),
    ("", "standard input is not JSON"),
    ("USER-SUPPLIED VALUES:\nreplicaCount: 1\n", "-o json"),
    ("replicaCount: 1\n", "-o json"),
    ("[]", "an object"),
    ("{}" + " " * (1 << 20), "larger than 1048576 bytes"),
    ("[" * 70, "64"),
], ids=["number", "twice", "nothing", "headed", "yaml", "list", "large", "deep"])
def test_what_is_no_json_is_refused(text, told):
    done = run("import", input=text)
    assert (done.returncode, done.stdout) == (2, "") and told in done.stderr


def test_wrong_calls(tmp_path):
    for args in (["--stict"], ["a", "b"], [tmp_path / "missing.json"]):
        done = run("import", *args, input="{}")
        assert (done.returncode, done.stdout) == (2, "") and done.stderr.startswith("app")


def test_large_values_end_in_time():
    many = {f"key-{i:05}": "x" * 40 for i in range(9000)}
    done = run("import", input=json.dumps({"podAnnotations": many}))
    assert done.returncode == 0 and done.stdout.count("\n") + done.stderr.count("\n") == 9000 + 4
    assert "at most 256 KiB" in done.stderr and run("lint", "-f", "-", input=done.stdout).returncode == 0
    done = run("import", input=json.dumps({"podAnnotations": {f"checksum/{i}": "x" for i in range(1000)}}))
    assert done.returncode == 0 and done.stderr.count("this annotation is computed") == 1000
    hosts = [{"host": f"h{i}.example", "paths": [{"path": "/"}]} for i in range(9000)]
    done = run("import", input=json.dumps({"ingress": {"hosts": hosts}, "unknown": [many]}))
    assert done.returncode == 0 and "h8999.example" in done.stdout


TEXTS = st.sampled_from(["", "a", "app", "a b", "A", "-", "@a", "$HOME", "\\@x", "x ; y", ";", "a\nb", " a", "é", "\x7f", "1.27", "80",
                         "/", "/a", "//", "a,b", '"', "=", "a=b", "100m", "1Gi", "ClusterIP", "NodePort", "LoadBalancer", "Local",
                         "Always", "192.0.2.1", "192.0.2.0/24", "IPv4", "Exact", "NoExecute", "Exists", "a.example", "a" * 64])
NUMBERS = st.sampled_from([-1, 0, 1, 2, 3, 80, 5000, 30080, 65536, 2**40, 1.5, 1e20])
SCALARS = TEXTS | NUMBERS | st.booleans() | st.none()
ANY = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
    TEXTS | st.sampled_from(["name", "path", "key", "host", "a/b", "a.b"]), inner, max_size=3), max_leaves=6)
RULES = {
    "": ["replicaCount", "nameOverride", "fullnameOverride", "namespaceOverride", "imagePullSecrets", "podAnnotations", "podLabels",
         "nodeSelector", "tolerations", "affinity", "volumes", "volumeMounts", "extraEnv", "commonLabels", "unknown", "lifecycle"],
    "image": ["registry", "repository", "tag", "pullPolicy", "digest"],
    "serviceAccount": ["create", "name", "annotations", "automount"],
    "podSecurityContext": ["fsGroup", "runAsUser", "runAsNonRoot", "fsGroupChangePolicy", "seccompProfile", "sysctls"],
    "securityContext": ["readOnlyRootFilesystem", "runAsUser", "runAsGroup", "runAsNonRoot", "capabilities",
                        "allowPrivilegeEscalation"],
    "service": ["type", "port", "nodePort", "annotations", "loadBalancerIP", "loadBalancerClass", "loadBalancerSourceRanges",
                "externalTrafficPolicy", "internalTrafficPolicy", "sessionAffinity", "ipFamilyPolicy", "ipFamilies",
                "healthCheckNodePort", "externalIPs"],
    "ingress": ["enabled", "className", "annotations", "hosts", "tls"],
    "httpRoute": ["enabled", "annotations", "parentRefs", "hostnames", "rules"],
    "livenessProbe": ["enabled", "httpGet", "initialDelaySeconds", "periodSeconds", "timeoutSeconds", "successThreshold"],
    "autoscaling": ["enabled", "minReplicas", "maxReplicas", "targetCPUUtilizationPercentage", "targetMemoryUtilizationPercentage"],
    "persistence": ["enabled", "size", "storageClass", "accessModes", "accessMode", "existingClaim", "annotations"],
}
LISTS = {
    "tolerations": st.lists(st.fixed_dictionaries({}, optional={
        "key": TEXTS, "operator": TEXTS, "value": TEXTS, "effect": TEXTS, "tolerationSeconds": NUMBERS}), max_size=3),
    "hosts": st.lists(st.fixed_dictionaries({"host": TEXTS}, optional={"paths": st.lists(st.fixed_dictionaries(
        {"path": TEXTS, "pathType": TEXTS}), max_size=2)}), max_size=3),
    "tls": st.lists(st.fixed_dictionaries({"secretName": TEXTS, "hosts": st.lists(TEXTS, max_size=2)}), max_size=2),
    "parentRefs": st.lists(st.fixed_dictionaries({"name": TEXTS}, optional={"namespace": TEXTS, "port": NUMBERS}), max_size=2),
    "imagePullSecrets": st.lists(st.fixed_dictionaries({"name": TEXTS}), max_size=2),
    "enabled": st.booleans(), "create": st.booleans(),
}
PAIRS = st.dictionaries(TEXTS | st.sampled_from(["a/b", "checksum/x", "app.kubernetes.io/name"]), TEXTS, max_size=3)
QUANTITIES = st.fixed_dictionaries({}, optional={
    side: st.dictionaries(st.sampled_from(["cpu", "memory", "ephemeral-storage", "x/gpu"]), SCALARS, max_size=3)
    for side in ("limits", "requests")})


def value_of(key):
    if key in LISTS:
        return LISTS[key] | ANY
    return PAIRS | ANY if key.endswith(("nnotations", "abels", "Selector")) else SCALARS | ANY


def section_of(keys):
    return st.fixed_dictionaries({}, optional={key: value_of(key) for key in keys}) | ANY


VALUES = st.fixed_dictionaries({}, optional={
    **{key: value_of(key) for key in RULES[""]},
    **{name: section_of(keys) for name, keys in RULES.items() if name},
    "resources": QUANTITIES | ANY,
})


@settings(max_examples=5000 if SOAK else 300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(values=VALUES)
def test_whatever_the_values_the_profile_is_good(values):
    done = run("import", input=json.dumps(values))
    assert done.returncode == 0, done.stderr
    linted = run("lint", "-f", "-", input=done.stdout)
    assert (linted.returncode, linted.stdout) == (0, "the profile is good\n"), (values, done.stdout, linted.stderr)


def leaves(value, path=""):
    """The texts and numbers of a tree, and where they stand."""
    if isinstance(value, dict):
        for key, child in value.items():
            yield from leaves(child, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for i, child in enumerate(value):
            yield from leaves(child, f"{path}[{i}]")
    elif value not in (None, ""):
        yield path


UNKNOWN = st.dictionaries(st.text("abc", min_size=1, max_size=3), st.recursive(
    st.integers(0, 9) | st.booleans(), lambda inner: st.dictionaries(st.text("abc", min_size=1, max_size=3), inner, max_size=3),
    max_leaves=8), min_size=1, max_size=4)


@settings(max_examples=1000 if SOAK else 60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(values=UNKNOWN)
def test_every_value_that_no_rule_knows_is_named(values):
    profile, left_out = convert(values)
    assert left_out.keys() == set(leaves(values)) and profile.count("\n") == 1
