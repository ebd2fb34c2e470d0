"""What the usual linters ask of manifests (kube-linter, kube-score, polaris, kubesec, Pod Security), stated
here on the objects: these tools cannot be had everywhere, and `make lint-manifests` runs those that can."""
import re

import pytest

from emitted import emit, find, sets
from harness import ROOT

PROFILES = {"default": ("-n", "visits"), "three": ("-n", "visits", *sets(workload__replicas="3")),
            **{path.stem: ("-f", path) for path in sorted((ROOT / "examples").glob("*.ini")) if path.stem in ("production", "minimal")}}


@pytest.fixture(params=PROFILES)
def objects(request):
    return emit(*PROFILES[request.param])


def workload(objects):
    return find(objects, "StatefulSet")


def pods(objects):
    """The pod specs: the StatefulSet's, and that of the connection test."""
    return [workload(objects)["spec"]["template"]["spec"]] + [o["spec"] for o in objects if o["kind"] == "Pod"]


def containers(objects):
    return [c for pod in pods(objects) for c in pod["containers"] + pod.get("initContainers", [])]


def replicas(objects):
    scalers = [o["spec"]["minReplicas"] for o in objects if o["kind"] == "HorizontalPodAutoscaler"]
    return scalers[0] if scalers else workload(objects)["spec"]["replicas"]


def selects(selector, labels):
    """A LabelSelector on labels, as apimachinery matches it."""
    return all(labels.get(k) == v for k, v in selector.get("matchLabels", {}).items()) and all(
        e["operator"] == "In" and labels.get(e["key"]) in e["values"] for e in selector.get("matchExpressions", []))


def test_pod_security_restricted(objects):
    for pod in pods(objects):
        assert not {"hostNetwork", "hostPID", "hostIPC"} & set(pod)
        assert pod["securityContext"]["runAsNonRoot"] is True and pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        for volume in pod.get("volumes", []):
            assert set(volume) - {"name"} <= {"configMap", "secret", "emptyDir", "projected", "downwardAPI", "csi",
                                              "persistentVolumeClaim", "ephemeral"}
    for container in containers(objects):
        security = container["securityContext"]
        assert security["allowPrivilegeEscalation"] is False and security["privileged"] is False
        assert security["capabilities"] == {"drop": ["ALL"]} and security["readOnlyRootFilesystem"] is True
        assert security["runAsUser"] > 10000 and security["runAsGroup"] > 10000


def test_every_pod_has_an_account_without_a_token(objects):
    account = find(objects, "ServiceAccount")
    assert account["automountServiceAccountToken"] is False
    for pod in pods(objects):
        assert pod["serviceAccountName"] == account["metadata"]["name"] and pod["automountServiceAccountToken"] is False


def test_every_container_asks_for_what_it_needs_and_no_more(objects):
    for container in containers(objects):
        for part in ("requests", "limits"):
            assert set(container["resources"][part]) == {"cpu", "memory", "ephemeral-storage"}
        assert container["imagePullPolicy"] == "Always"
        assert re.search(r"(:[^:/]+|@sha256:[0-9a-f]{64})$", container["image"]) and not container["image"].endswith(":latest")


def test_probes_differ_and_ask_ports_that_are_there(objects):
    (server,) = workload(objects)["spec"]["template"]["spec"]["containers"]
    live, ready = server["livenessProbe"]["httpGet"], server["readinessProbe"]["httpGet"]
    assert live["path"] != ready["path"]
    for probe in (live, ready, server["startupProbe"]["httpGet"]):
        assert probe["port"] in {p["name"] for p in server["ports"]}
    for port in server["ports"]:
        assert port["containerPort"] > 1024 and "hostPort" not in port


def test_every_pod_has_a_policy_with_both_directions(objects):
    policy = find(objects, "NetworkPolicy")["spec"]
    assert policy["policyTypes"] == ["Ingress", "Egress"] and policy["ingress"] and policy["egress"]
    # polaris takes a policy for a pod's when exactly one label is the same.
    assert len(policy["podSelector"]["matchLabels"]) == 1
    for labels in [workload(objects)["spec"]["template"]["metadata"]["labels"]] + [
            o["metadata"]["labels"] for o in objects if o["kind"] == "Pod"]:
        assert selects(policy["podSelector"], labels)


def test_the_pods_are_spread_and_may_be_drained(objects):
    spec = workload(objects)["spec"]
    labels = spec["template"]["metadata"]["labels"]
    for constraint in spec["template"]["spec"]["topologySpreadConstraints"]:
        assert constraint["maxSkew"] > 0 and selects(constraint["labelSelector"], labels)
    anti = spec["template"]["spec"]["affinity"]["podAntiAffinity"]
    terms = anti.get("requiredDuringSchedulingIgnoredDuringExecution", []) + [
        t["podAffinityTerm"] for t in anti.get("preferredDuringSchedulingIgnoredDuringExecution", [])]
    assert terms and all(t["topologyKey"] == "kubernetes.io/hostname" and selects(t["labelSelector"], labels) for t in terms)
    budget = find(objects, "PodDisruptionBudget")
    assert selects(budget["spec"]["selector"], labels) and budget["spec"]["maxUnavailable"] >= 1
    assert budget["spec"]["unhealthyPodEvictionPolicy"] == "AlwaysAllow"
    assert budget["metadata"].get("namespace") == workload(objects)["metadata"].get("namespace")


def test_the_set_has_its_headless_service(objects):
    spec = workload(objects)["spec"]
    service = find(objects, "Service", spec["serviceName"])
    assert service["spec"]["clusterIP"] == "None" and service["spec"]["publishNotReadyAddresses"] is True
    for one in (o for o in objects if o["kind"] == "Service"):
        assert one["spec"]["selector"].items() <= spec["template"]["metadata"]["labels"].items()
        ports = {p["name"] for p in spec["template"]["spec"]["containers"][0]["ports"]}
        assert {p["targetPort"] for p in one["spec"]["ports"]} <= ports


def test_names_agree(objects):
    assert workload(objects)["metadata"]["name"] == workload(objects)["metadata"]["labels"]["app.kubernetes.io/instance"]
    spec = workload(objects)["spec"]["template"]["spec"]
    assert {"name": "ndots", "value": "2"} in spec["dnsConfig"]["options"] and spec["restartPolicy"] == "Always"


def test_nothing_secret_is_in_the_open(objects):
    for container in containers(objects):
        for variable in container.get("env", []):
            assert "value" not in variable or not re.search("secret|password|token|bearer", variable["name"], re.I)
    for config in (o for o in objects if o["kind"] == "ConfigMap"):
        assert not any(re.search("secret|password|token|bearer", key, re.I) for key in config["data"])
        assert "PRIVATE KEY" not in "".join(config["data"].values())


def test_the_claims_survive_an_upgrade(objects):
    for claim in workload(objects)["spec"]["volumeClaimTemplates"]:
        assert claim["apiVersion"] == "v1" and claim["kind"] == "PersistentVolumeClaim" and claim["spec"]["volumeMode"] == "Filesystem"
        assert set(claim["metadata"]["labels"]) == {"app.kubernetes.io/name", "app.kubernetes.io/instance"}


def test_production_is_scaled_encrypted_and_watched():
    objects = emit("-f", ROOT / "examples" / "production.ini")
    scaler = find(objects, "HorizontalPodAutoscaler")["spec"]
    assert 3 <= scaler["minReplicas"] < scaler["maxReplicas"] and "replicas" not in workload(objects)["spec"]
    assert find(objects, "Ingress")["spec"]["tls"] and find(objects, "ServiceMonitor")
    assert workload(objects)["spec"]["template"]["spec"]["priorityClassName"]
