"""Storage in its modes, volumes, containers, and the objects that other controllers read."""
import json

import pytest

from emitted import emit, emit_yaml, find, sets
from harness import run


def template(objects):
    return find(objects, "StatefulSet")["spec"]["template"]["spec"]


def profile(tmp_path, text):
    (tmp_path / "p.ini").write_text(text)
    return "-f", tmp_path / "p.ini"


def test_a_claim_of_its_own():
    objects = emit("-n", "n", *sets(storage__mode="claim", storage__size="2Gi", claim_labels__a="b"))
    claim = find(objects, "PersistentVolumeClaim")
    assert (claim["metadata"]["name"], claim["metadata"]["namespace"]) == ("visits-app", "n")
    assert claim["metadata"]["labels"]["a"] == "b"
    assert claim["spec"] == {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "2Gi"}},
                             "volumeMode": "Filesystem"}
    spec = find(objects, "StatefulSet")["spec"]
    assert "volumeClaimTemplates" not in spec and "persistentVolumeClaimRetentionPolicy" not in spec
    assert {"name": "visits", "persistentVolumeClaim": {"claimName": "visits-app"}} in template(objects)["volumes"]
    kinds = [o["kind"] for o in objects]
    assert kinds.index("PersistentVolumeClaim") < kinds.index("StatefulSet")


def test_a_claim_that_exists():
    objects = emit(*sets(storage__mode="existing", storage__claim="old"))
    assert "PersistentVolumeClaim" not in {o["kind"] for o in objects}
    assert {"name": "visits", "persistentVolumeClaim": {"claimName": "old"}} in template(objects)["volumes"]


def test_no_claim_at_all():
    objects = emit(*sets(storage__mode="ephemeral", storage__size="64Mi", workload__replicas="3"))
    assert {"name": "visits", "emptyDir": {"sizeLimit": "64Mi"}} in template(objects)["volumes"]
    assert {"mountPath": "/data", "name": "visits"} in template(objects)["containers"][0]["volumeMounts"]


def test_the_claims_that_a_set_adopts_are_printed_when_they_are_named():
    args = sets(workload__replicas="2", workload__ordinals_start="5", storage__data_source="VolumeSnapshot/last",
                claim_selector__disk="fast", app__instance="shop")
    assert "PersistentVolumeClaim" not in {o["kind"] for o in emit(*args)}
    claims = emit_yaml("--emit=pvc", *args)
    assert [c["metadata"]["name"] for c in claims] == ["visits-shop-5", "visits-shop-6"]
    (inner,) = find(emit(*args), "StatefulSet")["spec"]["volumeClaimTemplates"]
    for claim in claims:
        assert claim["spec"] == inner["spec"]
        assert claim["spec"]["dataSource"] == {"apiGroup": "snapshot.storage.k8s.io", "kind": "VolumeSnapshot", "name": "last"}
        assert claim["spec"]["selector"] == {"matchLabels": {"disk": "fast"}}
    assert len(emit("--emit=pvc", *sets(autoscaling__create="true", autoscaling__max="4"))) == 4


def test_volumes_and_mounts(tmp_path):
    spec = template(emit(*profile(tmp_path, """
[volumes]
scratch = empty/64Mi
bare = empty
keys = secret/tls
words = configmap/words
old = claim/old
share = {"nfs": {"server": "s", "path": "/x"}}
[mounts]
/scratch = scratch
/keys = keys:ro
/old/part = old/a/b:ro
/share = share
""")))
    volumes = {v.pop("name"): v for v in spec["volumes"]}
    del volumes["config"]
    assert volumes == {
        "scratch": {"emptyDir": {"sizeLimit": "64Mi"}}, "bare": {"emptyDir": {}}, "keys": {"secret": {"secretName": "tls"}},
        "words": {"configMap": {"name": "words"}}, "old": {"persistentVolumeClaim": {"claimName": "old"}},
        "share": {"nfs": {"server": "s", "path": "/x"}}}
    mounts = {m.pop("mountPath"): m for m in spec["containers"][0]["volumeMounts"]}
    assert mounts["/scratch"] == {"name": "scratch"}
    assert mounts["/keys"] == {"name": "keys", "readOnly": True}
    assert mounts["/old/part"] == {"name": "old", "readOnly": True, "subPath": "a/b"}
    assert mounts["/share"] == {"name": "share"}


def test_containers_before_and_beside(tmp_path):
    spec = template(emit(*profile(tmp_path, """
[init_containers]
first = {"image": "i:1", "command": ["x"]}
own = {"image": "i:1", "securityContext": {"privileged": false}}
[sidecars]
shipper = {"image": "s:1", "volumeMounts": [{"name": "visits", "mountPath": "/d", "readOnly": true}]}
""")))
    first, own, shipper = spec["initContainers"]
    assert (first["name"], first["command"], "restartPolicy" in first) == ("first", ["x"], False)
    # Pod Security "restricted" is asked of every container.
    assert first["securityContext"] == spec["containers"][0]["securityContext"]
    assert own["securityContext"] == {"privileged": False}
    assert (shipper["name"], shipper["restartPolicy"]) == ("shipper", "Always")
    assert len(spec["containers"]) == 1


def test_environment_from_outside():
    spec = template(emit(*sets(workload__env_from="secret/s, configmap/c", env_field__MEM="limits.memory")))
    container = spec["containers"][0]
    assert container["envFrom"] == [{"secretRef": {"name": "s"}}, {"configMapRef": {"name": "c"}}]
    assert {"name": "MEM", "valueFrom": {"resourceFieldRef": {"resource": "limits.memory"}}} in container["env"]


def test_a_configmap_and_a_secret_that_exist():
    objects = emit(*sets(config__existing="c", secrets__existing="s", env_secret__K="k"))
    assert not {"ConfigMap", "Secret"} & {o["kind"] for o in objects}
    spec = template(objects)
    assert {v["name"]: v for v in spec["volumes"]}["config"]["configMap"]["name"] == "c"
    assert {v["name"]: v for v in spec["volumes"]}["secret"]["secret"]["secretName"] == "s"
    assert {"name": "K", "valueFrom": {"secretKeyRef": {"key": "k", "name": "s"}}} in spec["containers"][0]["env"]


def test_probes_with_all_their_fields():
    container = template(emit(*sets(probes__scheme="HTTPS", probes__liveness_grace="7s", probes__startup_grace="8s",
                                    **{"probe_headers__X-From": "kubelet"})))["containers"][0]
    for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
        assert container[probe]["httpGet"]["scheme"] == "HTTPS"
        assert container[probe]["httpGet"]["httpHeaders"] == [{"name": "X-From", "value": "kubelet"}]
    assert container["livenessProbe"]["terminationGracePeriodSeconds"] == 7
    assert container["startupProbe"]["terminationGracePeriodSeconds"] == 8
    assert "terminationGracePeriodSeconds" not in container["readinessProbe"]


def test_names_and_scheduling():
    objects = emit(*sets(workload__dns_servers="192.0.2.1", workload__dns_searches="a.example", workload__dns_options="ndots:2, edns0",
                         workload__spread="hard", workload__spread_over="kubernetes.io/hostname, topology.kubernetes.io/zone",
                         workload__max_unavailable="25%", image__registry="mirror.example:5000/x"))
    spec = template(objects)
    assert spec["dnsConfig"] == {"nameservers": ["192.0.2.1"], "searches": ["a.example"],
                                 "options": [{"name": "ndots", "value": "2"}, {"name": "edns0"}]}
    assert [c["topologyKey"] for c in spec["topologySpreadConstraints"]] == ["kubernetes.io/hostname", "topology.kubernetes.io/zone"]
    assert find(objects, "StatefulSet")["spec"]["updateStrategy"]["rollingUpdate"] == {"maxUnavailable": "25%", "partition": 0}
    assert spec["containers"][0]["image"].startswith("mirror.example:5000/x/app:")


def test_one_service_for_each_replica():
    objects = emit(*sets(service__per_replica="true", workload__replicas="2", workload__ordinals_start="3"))
    for name in ("app-3", "app-4"):
        spec = find(objects, "Service", name)["spec"]
        assert spec["selector"]["statefulset.kubernetes.io/pod-name"] == name
        assert spec["ports"][0]["targetPort"] == "http"


def test_certificate():
    base = sets(certificate__create="true", certificate__issuer="ClusterIssuer/le", certificate__duration="2160h", certificate__renew_before="90m")
    spec = find(emit("-n", "n", *base), "Certificate")["spec"]
    assert spec["dnsNames"] == ["app", "app.n", "app.n.svc", "app.n.svc.cluster.local"]
    assert spec["issuerRef"] == {"group": "cert-manager.io", "kind": "ClusterIssuer", "name": "le"}
    assert (spec["duration"], spec["renewBefore"], spec["secretName"]) == ("2160h0m0s", "1h30m0s", "app-tls")
    objects = emit(*base, *sets(ingress__create="true", ingress__hosts="a.example, b.example"))
    assert find(objects, "Certificate")["spec"]["dnsNames"] == ["a.example", "b.example"]
    assert find(objects, "Ingress")["spec"]["tls"] == [{"hosts": ["a.example", "b.example"], "secretName": "app-tls"}]
    assert [o["kind"] for o in objects].index("Certificate") < [o["kind"] for o in objects].index("StatefulSet")


def test_monitor():
    objects = emit(*sets(monitor__create="true", monitor_labels__release="prometheus"))
    monitor = find(objects, "ServiceMonitor")
    assert monitor["metadata"]["labels"]["release"] == "prometheus"
    (endpoint,) = monitor["spec"]["endpoints"]
    assert endpoint == {"interval": "30s", "path": "/metrics", "port": "admin", "scrapeTimeout": "10s"}
    wanted = monitor["spec"]["selector"]["matchLabels"].items()
    chosen = [o for o in objects if o["kind"] == "Service" and wanted <= o["metadata"]["labels"].items()
              and "admin" in [p["name"] for p in o["spec"]["ports"]]]
    assert [o["metadata"]["name"] for o in chosen] == ["app-headless"]


def test_connection_test_pod():
    objects = emit("-n", "n", *sets(test__create="true", service__port="81", network__create="true"))
    pod = find(objects, "Pod", "app-test-connection")
    assert pod["spec"]["containers"][0]["command"][-1] == "http://app.n:81/"
    assert pod["spec"]["restartPolicy"] == "Never" and pod["spec"]["automountServiceAccountToken"] is False
    server = template(objects)["containers"][0]
    assert pod["spec"]["containers"][0]["image"] == server["image"]
    assert pod["spec"]["containers"][0]["securityContext"] == server["securityContext"]
    assert pod["spec"]["securityContext"] == template(objects)["securityContext"]
    for kind in ("Service", "StatefulSet"):
        for one in (o["spec"] for o in objects if o["kind"] == kind):
            labels = one.get("podSelector", one.get("selector"))
            assert not labels.get("matchLabels", labels).items() <= pod["metadata"]["labels"].items(), kind


def test_objects_of_ones_own(tmp_path):
    (tmp_path / "rule.json").write_text(json.dumps(
        {"apiVersion": "monitoring.coreos.com/v1", "kind": "PrometheusRule", "metadata": {"name": "r", "labels": {"team": "x"}}, "spec": {"groups": []}}))
    objects = emit("-n", "n", *sets(labels__team="web"), *profile(tmp_path, """
[extra]
rule = @rule.json
class = {"apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass", "metadata": {"name": "p"}, "value": 1}
"""))
    rule = find(objects, "PrometheusRule")
    assert rule["metadata"]["namespace"] == "n" and rule["metadata"]["labels"]["team"] == "x"
    assert rule["metadata"]["labels"]["app.kubernetes.io/instance"] == "app"
    assert "namespace" not in find(objects, "PriorityClass")["metadata"]


@pytest.mark.parametrize("args", [("--set", "workload.pre_stop=5s"), ("--set", "service.traffic_distribution=PreferSameZone")])
def test_an_older_cluster_is_thought_of(args):
    assert run("--emit", *args).returncode == 0
    done = run("--emit", *args, "--set", "app.kube=1.29")
    assert done.returncode == 2 and "needs Kubernetes 1.3" in done.stderr and not done.stdout
