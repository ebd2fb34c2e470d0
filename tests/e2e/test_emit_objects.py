"""Every object has the fields that the profile asks for, and the defaults of a careful operator."""
import base64
import subprocess
import time

import pytest

from emitted import emit, emit_text, find, sets
from harness import APP, run

SELECTOR = {"app.kubernetes.io/instance": "app", "app.kubernetes.io/name": "app"}


def profile(tmp_path, text):
    path = tmp_path / "p.ini"
    path.write_text(text)
    return emit("-f", path)


def pod_of(objects):
    return find(objects, "StatefulSet")["spec"]["template"]["spec"]


def container_of(objects):
    (container,) = pod_of(objects)["containers"]
    return container


def test_the_objects_of_the_default_profile():
    assert [(o["kind"], o["metadata"]["name"]) for o in emit()] == [
        ("NetworkPolicy", "app"), ("PodDisruptionBudget", "app"), ("ServiceAccount", "app"), ("ConfigMap", "app-config"),
        ("Service", "app-headless"), ("Service", "app"), ("StatefulSet", "app")]


def test_the_defaults_pass_pod_security_restricted():
    pod = pod_of(emit())
    assert pod["automountServiceAccountToken"] is False and pod["enableServiceLinks"] is False
    assert pod["securityContext"] == {
        "fsGroup": 65532, "fsGroupChangePolicy": "OnRootMismatch", "runAsGroup": 65532, "runAsNonRoot": True,
        "runAsUser": 65532, "seccompProfile": {"type": "RuntimeDefault"}}
    assert not {"hostNetwork", "hostPID", "hostIPC"} & pod.keys()
    assert {next(iter(v.keys() - {"name"})) for v in pod["volumes"]} <= {"configMap", "secret"}
    assert container_of(emit())["securityContext"] == {
        "allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}, "privileged": False,
        "readOnlyRootFilesystem": True, "runAsGroup": 65532, "runAsNonRoot": True, "runAsUser": 65532,
        "seccompProfile": {"type": "RuntimeDefault"}}


def test_the_statefulset_refers_to_what_is_emitted():
    objects = emit()
    spec = find(objects, "StatefulSet")["spec"]
    headless = find(objects, "Service", spec["serviceName"])
    assert headless["spec"]["clusterIP"] == "None" and headless["spec"]["publishNotReadyAddresses"] is True
    assert spec["selector"] == {"matchLabels": SELECTOR} and headless["spec"]["selector"] == SELECTOR
    assert SELECTOR.items() <= spec["template"]["metadata"]["labels"].items()
    assert find(objects, "ServiceAccount", spec["template"]["spec"]["serviceAccountName"])
    names = {p["name"] for p in container_of(objects)["ports"]}
    for service in (headless, find(objects, "Service", "app")):
        assert {p["targetPort"] for p in service["spec"]["ports"]} <= names
    volumes = {v["name"] for v in spec["template"]["spec"]["volumes"]}
    claims = {c["metadata"]["name"] for c in spec["volumeClaimTemplates"]}
    assert {m["name"] for m in container_of(objects)["volumeMounts"]} == volumes | claims
    assert not volumes & claims


def test_the_claim_has_nothing_that_changes(tmp_path):
    claim, = find(profile(tmp_path, "[app]\nversion = 2\npart_of = x\n[labels]\na = b\n"), "StatefulSet")["spec"][
        "volumeClaimTemplates"]
    assert claim == {
        "apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"labels": SELECTOR, "name": "visits"},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}},
                 "volumeMode": "Filesystem"}}


def test_storage(tmp_path):
    objects = profile(tmp_path, "[storage]\nname = v\nsize = 0.5Gi\nclass = fast\naccess_modes = ReadWriteMany,ReadWriteOnce\n"
                                "[claim_labels]\na = b\n[claim_annotations]\nc = d\n[log]\nfile = /srv/logs/visits.txt\n")
    claim, = find(objects, "StatefulSet")["spec"]["volumeClaimTemplates"]
    assert claim["metadata"] == {"annotations": {"c": "d"}, "labels": SELECTOR | {"a": "b"}, "name": "v"}
    assert claim["spec"]["resources"]["requests"]["storage"] == "512Mi"
    assert claim["spec"]["storageClassName"] == "fast"
    assert claim["spec"]["accessModes"] == ["ReadWriteMany", "ReadWriteOnce"]
    assert {"mountPath": "/srv/logs", "name": "v"} in container_of(objects)["volumeMounts"]
    claim, = find(profile(tmp_path, "[storage]\nprovision = false\n"), "StatefulSet")["spec"]["volumeClaimTemplates"]
    assert claim["spec"]["storageClassName"] == ""


def test_names_and_labels(tmp_path):
    objects = profile(tmp_path, "[app]\nname = shop\ninstance = blue\nversion = 1.0+7\npart_of = mall\ncomponent = web\n"
                                "namespace = trade\n[labels]\nteam = a\n[pod_labels]\nteam = b\nextra = c\n[annotations]\nx = y\n")
    labels = {"app.kubernetes.io/component": "web", "app.kubernetes.io/instance": "blue", "app.kubernetes.io/managed-by": "app",
              "app.kubernetes.io/name": "shop", "app.kubernetes.io/part-of": "mall", "app.kubernetes.io/version": "1.0_7",
              "team": "a"}
    assert [o["metadata"]["name"] for o in objects] == ["blue", "blue", "blue", "blue-config", "blue-headless", "blue", "blue"]
    for found in objects:
        assert found["metadata"]["labels"] == labels
        assert found["metadata"]["namespace"] == "trade"
        assert found["metadata"]["annotations"] == {"x": "y"}
    template = find(objects, "StatefulSet")["spec"]["template"]["metadata"]
    assert template["labels"] == labels | {"team": "b", "extra": "c"}
    assert container_of(objects)["image"] == "app:1.0_7"


def test_namespace_option_wins():
    for namespace in ("one", "1"):
        for found in emit("--set", "app.namespace=two", "-n", namespace):
            assert found["metadata"]["namespace"] == namespace
    assert all("namespace" not in o["metadata"] for o in emit())


def test_workload(tmp_path):
    objects = profile(tmp_path, "[workload]\nreplicas = 0\nordinals_start = 7\npod_management = OrderedReady\nmin_ready = 10s\n"
                                "revision_history = 0\nwhen_deleted = Delete\nwhen_scaled = Delete\npartition = 7\ngrace = 5m\n"
                                "priority_class = high\nruntime_class = gvisor\nscheduler = mine\ndns_policy = Default\n"
                                "spread = none\nanti_affinity = none\n[node_selector]\ndisk = ssd\n")
    spec = find(objects, "StatefulSet")["spec"]
    assert (spec["replicas"], spec["revisionHistoryLimit"], spec["minReadySeconds"]) == (0, 0, 10)
    assert spec["ordinals"] == {"start": 7} and spec["podManagementPolicy"] == "OrderedReady"
    assert spec["persistentVolumeClaimRetentionPolicy"] == {"whenDeleted": "Delete", "whenScaled": "Delete"}
    assert spec["updateStrategy"] == {"rollingUpdate": {"partition": 7}, "type": "RollingUpdate"}
    pod = spec["template"]["spec"]
    assert pod["terminationGracePeriodSeconds"] == 300 and pod["priorityClassName"] == "high"
    assert (pod["runtimeClassName"], pod["schedulerName"], pod["dnsPolicy"]) == ("gvisor", "mine", "Default")
    assert not {"affinity", "topologySpreadConstraints"} & pod.keys() and pod["nodeSelector"] == {"disk": "ssd"}
    on_delete = find(emit(*sets(workload__update="OnDelete")), "StatefulSet")["spec"]
    assert on_delete["updateStrategy"] == {"type": "OnDelete"}


@pytest.mark.parametrize("wish, when", [("soft", "ScheduleAnyway"), ("hard", "DoNotSchedule")])
def test_spreading(wish, when):
    pod = pod_of(emit(*sets(workload__spread=wish, workload__anti_affinity=wish)))
    assert pod["topologySpreadConstraints"] == [{"labelSelector": {"matchLabels": SELECTOR}, "maxSkew": 1,
                                                 "topologyKey": "kubernetes.io/hostname", "whenUnsatisfiable": when}]
    term = {"labelSelector": {"matchLabels": SELECTOR}, "topologyKey": "kubernetes.io/hostname"}
    anti = pod["affinity"]["podAntiAffinity"]
    if wish == "soft":
        assert anti == {"preferredDuringSchedulingIgnoredDuringExecution": [{"podAffinityTerm": term, "weight": 100}]}
    else:
        assert anti == {"requiredDuringSchedulingIgnoredDuringExecution": [term]}


def test_image(tmp_path):
    digest = "sha256:" + "0123456789abcdef" * 4
    objects = profile(tmp_path, f"[image]\nrepository = r.example:5000/a/b\ntag = v1\ndigest = {digest}\npull_policy = Never\n"
                                "pull_secrets = one, two\n")
    assert container_of(objects)["image"] == f"r.example:5000/a/b:v1@{digest}"
    assert container_of(objects)["imagePullPolicy"] == "Never"
    assert pod_of(objects)["imagePullSecrets"] == [{"name": "one"}, {"name": "two"}]


def test_client_service(tmp_path):
    objects = profile(tmp_path, "[service]\nname = front\ntype = LoadBalancer\nport = 8020\nnode_port = 30901\nsession_affinity = ClientIP\n"
                                "session_timeout = 1h\ninternal_policy = Local\nexternal_policy = Local\nhealth_node_port = 30902\n"
                                "source_ranges = 192.0.2.0/24\nbalancer_class = example.com/lb\nbalancer_ip = 192.0.2.9\n"
                                "external_ips = 192.0.2.1\nip_family_policy = PreferDualStack\nip_families = IPv4,IPv6\n"
                                "traffic_distribution = PreferClose\napp_protocol =\n[service_annotations]\na = b\n")
    service = find(objects, "Service", "front")
    assert service["metadata"]["annotations"] == {"a": "b"}
    assert service["spec"] == {
        "externalIPs": ["192.0.2.1"], "externalTrafficPolicy": "Local", "healthCheckNodePort": 30902,
        "internalTrafficPolicy": "Local", "ipFamilies": ["IPv4", "IPv6"], "ipFamilyPolicy": "PreferDualStack",
        "loadBalancerClass": "example.com/lb", "loadBalancerIP": "192.0.2.9", "loadBalancerSourceRanges": ["192.0.2.0/24"],
        "ports": [{"name": "http", "nodePort": 30901, "port": 8020, "protocol": "TCP", "targetPort": "http"}],
        "selector": SELECTOR, "sessionAffinity": "ClientIP", "sessionAffinityConfig": {"clientIP": {"timeoutSeconds": 3600}},
        "trafficDistribution": "PreferClose", "type": "LoadBalancer"}
    assert "externalTrafficPolicy" not in find(emit(), "Service", "app")["spec"]


def test_ports_and_probes(tmp_path):
    container = container_of(profile(tmp_path, "[serve]\nhttp = :8000, [::]:8001, 127.0.0.1:8002\nadmin =\n"
                                               "[probes]\nstartup = false\nliveness_path = /\nliveness_delay = 3s\n"
                                               "liveness_period = 7s\nliveness_timeout = 2s\nliveness_failures = 9\n"
                                               "readiness_successes = 2\n"))
    assert [(p["name"], p["containerPort"]) for p in container["ports"]] == [("http", 8000), ("http-2", 8001)]
    assert "startupProbe" not in container
    assert container["livenessProbe"] == {
        "failureThreshold": 9, "httpGet": {"path": "/", "port": "http", "scheme": "HTTP"}, "initialDelaySeconds": 3,
        "periodSeconds": 7, "successThreshold": 1, "timeoutSeconds": 2}
    assert container["readinessProbe"]["successThreshold"] == 2
    assert container["readinessProbe"]["httpGet"]["path"] == "/readyz"
    assert container_of(emit(*sets(probes__port=8080)))["livenessProbe"]["httpGet"]["port"] == 8080


def test_resources(tmp_path):
    container = container_of(profile(tmp_path, "[resources]\ncpu_request = 0.1\ncpu_limit =\nmemory_request = 64Mi\n"
                                               "memory_limit = 0.25Gi\ndisk_request =\ndisk_limit =\n"))
    assert container["resources"] == {"limits": {"memory": "256Mi"}, "requests": {"cpu": "100m", "memory": "64Mi"}}


def test_security(tmp_path):
    objects = profile(tmp_path, "[security]\nset_ids = false\nread_only = false\nnon_root = false\nseccomp = Unconfined\n"
                                "app_armor = RuntimeDefault\nhost_users = false\n")
    assert pod_of(objects)["securityContext"] == {
        "fsGroupChangePolicy": "OnRootMismatch", "runAsNonRoot": False, "seccompProfile": {"type": "Unconfined"}}
    assert pod_of(objects)["hostUsers"] is False
    security = container_of(objects)["securityContext"]
    assert security["appArmorProfile"] == {"type": "RuntimeDefault"} and security["readOnlyRootFilesystem"] is False
    assert not {"runAsUser", "runAsGroup"} & security.keys()


def test_service_account(tmp_path):
    objects = profile(tmp_path, "[service_account]\nname = sa\ntoken = true\n[service_account_annotations]\na = b\n")
    account = find(objects, "ServiceAccount", "sa")
    assert account["automountServiceAccountToken"] is True and account["metadata"]["annotations"] == {"a": "b"}
    assert pod_of(objects)["serviceAccountName"] == "sa" and pod_of(objects)["automountServiceAccountToken"] is True
    objects = emit(*sets(service_account__create="false"))
    assert "ServiceAccount" not in {o["kind"] for o in objects} and pod_of(objects)["serviceAccountName"] == "default"


def test_environment_files_and_secrets(tmp_path):
    (tmp_path / "key.pem").write_bytes(b"\x00\xffkey")
    objects = profile(tmp_path, "[secret]\nusername = app-python-user\nkey.pem = @key.pem\n"
                                "[env_secret]\nSECRETS_USERNAME = username\nOTHER = their-secret/k\n[env_config]\nC = cm/k\n"
                                "[env_field]\nIP = status.podIP\n[env]\nURL = http://$(IP):80/?a=b\n"
                                "[files]\n/files/config.json = {\"data\": \"some data\"}\n/etc/app/extra = x\n"
                                "[secrets]\nname = app-python-name-secret\n[config]\nname = cm\nvolume = config-volume\n")
    secret = find(objects, "Secret", "app-python-name-secret")
    assert secret["type"] == "Opaque" and secret["data"] == {
        "key.pem": base64.b64encode(b"\x00\xffkey").decode(), "username": "YXBwLXB5dGhvbi11c2Vy"}
    assert container_of(objects)["env"] == [
        {"name": "POD_NAME", "valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.name"}}},
        {"name": "IP", "valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": "status.podIP"}}},
        {"name": "SECRETS_USERNAME", "valueFrom": {"secretKeyRef": {"key": "username", "name": "app-python-name-secret"}}},
        {"name": "OTHER", "valueFrom": {"secretKeyRef": {"key": "k", "name": "their-secret"}}},
        {"name": "C", "valueFrom": {"configMapKeyRef": {"key": "k", "name": "cm"}}},
        {"name": "URL", "value": "http://$(IP):80/?a=b"}]
    assert container_of(objects)["volumeMounts"] == [
        {"mountPath": "/data", "name": "visits"},
        {"mountPath": "/etc/app", "name": "config-volume", "readOnly": True},
        {"mountPath": "/files/config.json", "name": "config-volume", "readOnly": True, "subPath": "config.json"},
        {"mountPath": "/etc/app-secret", "name": "secret", "readOnly": True}]
    assert pod_of(objects)["volumes"] == [
        {"configMap": {"defaultMode": 0o444, "name": "cm"}, "name": "config-volume"},
        {"name": "secret", "secret": {"defaultMode": 0o440, "secretName": "app-python-name-secret"}}]
    assert find(objects, "ConfigMap", "cm")["data"].keys() == {"app.ini", "config.json", "extra"}


def test_the_config_is_the_servers_own_sections(tmp_path):
    objects = profile(tmp_path, "[serve]\nhttp = :1234\n[log]\nformat = json\n[workload]\nreplicas = 9\n")
    text = find(objects, "ConfigMap")["data"]["app.ini"]
    assert "http = :1234\n" in text and "format = json\n" in text and "replicas" not in text
    (tmp_path / "app.ini").write_text(text)
    assert run("lint", "-f", tmp_path / "app.ini").returncode == 0
    # What the pods read says the same again.
    assert find(emit("-f", tmp_path / "app.ini"), "ConfigMap")["data"]["app.ini"] == text


def test_checksums_roll_the_pods_when_content_changes(tmp_path):
    def checksums(text):
        return find(profile(tmp_path, text), "StatefulSet")["spec"]["template"]["metadata"]["annotations"]

    base = checksums("")
    assert base.keys() == {"checksum/config"} and len(base["checksum/config"]) == 64
    assert checksums("[workload]\nreplicas = 3\n[storage]\nsize = 2Gi\n") == base
    assert checksums("[log]\nfsync = no\n") != base
    assert checksums("[files]\n/x/a = 1\n") != base
    assert checksums("[files]\n/x/a = 1\n/x/b = 2\n") == checksums("[files]\n/x/b = 2\n/x/a = 1\n")
    one, two = checksums("[secret]\na = 1\n"), checksums("[secret]\na = 2\n")
    assert one["checksum/config"] == two["checksum/config"] and one["checksum/secret"] != two["checksum/secret"]
    assert checksums("[pod_annotations]\na = b\n") == base | {"a": "b"}


def test_pods_where_they_may_run_and_how_they_end(tmp_path):
    objects = profile(tmp_path, "[workload]\npre_stop = 4s\n[tolerations]\na = k=v:NoSchedule\nb = x.y/k\nc = k:NoExecute:30\n"
                                "[host_aliases]\none.example = 192.0.2.1\nsix.example = 2001:db8::1\ntwo.example = 192.0.2.1\n")
    pod = pod_of(objects)
    assert pod["tolerations"] == [
        {"effect": "NoSchedule", "key": "k", "operator": "Equal", "value": "v"}, {"key": "x.y/k", "operator": "Exists"},
        {"effect": "NoExecute", "key": "k", "operator": "Exists", "tolerationSeconds": 30}]
    assert pod["hostAliases"] == [{"hostnames": ["one.example", "two.example"], "ip": "192.0.2.1"},
                                  {"hostnames": ["six.example"], "ip": "2001:db8::1"}]
    assert container_of(objects)["lifecycle"] == {"preStop": {"sleep": {"seconds": 4}}}
    assert pod["terminationGracePeriodSeconds"] == 24
    assert not {"tolerations", "hostAliases"} & pod_of(emit()).keys() and "lifecycle" not in container_of(emit())


def test_namespace(tmp_path):
    objects = profile(tmp_path, "[app]\nnamespace = n\n[namespace]\ncreate = true\nlevel = baseline\n")
    assert objects[0]["kind"] == "Namespace"
    metadata = objects[0]["metadata"]
    assert metadata["name"] == "n" and "namespace" not in metadata
    for mode in ("enforce", "audit", "warn"):
        assert metadata["labels"][f"pod-security.kubernetes.io/{mode}"] == "baseline"


@pytest.mark.parametrize("given, field", [
    ("", {"maxUnavailable": 1}), ("max_unavailable = 30%\n", {"maxUnavailable": "30%"}),
    ("max_unavailable =\nmin_available = 2\n", {"minAvailable": 2})])
def test_disruption_budget(tmp_path, given, field):
    budget = find(profile(tmp_path, "[workload]\nreplicas = 3\n[disruption]\ncreate = true\n" + given), "PodDisruptionBudget")
    assert budget["apiVersion"] == "policy/v1"
    assert budget["spec"] == field | {"selector": {"matchLabels": SELECTOR}, "unhealthyPodEvictionPolicy": "AlwaysAllow"}


def test_autoscaling_leaves_the_replicas_alone(tmp_path):
    objects = profile(tmp_path, "[autoscaling]\ncreate = true\nmemory = 70\nmax = 4\n")
    assert "replicas" not in find(objects, "StatefulSet")["spec"]
    scaler = find(objects, "HorizontalPodAutoscaler")
    assert scaler["apiVersion"] == "autoscaling/v2"
    assert scaler["spec"] == {
        "behavior": {"scaleDown": {"stabilizationWindowSeconds": 300}, "scaleUp": {"stabilizationWindowSeconds": 0}},
        "maxReplicas": 4, "minReplicas": 2, "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "StatefulSet", "name": "app"},
        "metrics": [{"resource": {"name": name, "target": {"averageUtilization": percent, "type": "Utilization"}}, "type": "Resource"}
                    for name, percent in (("cpu", 80), ("memory", 70))]}


def test_network_policy(tmp_path):
    own = {"podSelector": {"matchLabels": SELECTOR}}
    spec = find(profile(tmp_path, "[network]\ncreate = true\nmonitoring = prometheus\n[serve]\nhttp = :80, :81\n"), "NetworkPolicy")["spec"]
    tcp = [{"port": port, "protocol": "TCP"} for port in (80, 81, 9090)]
    other = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "prometheus"}}}
    chosen = {"podSelector": {"matchLabels": {"app.kubernetes.io/instance": "app"},
                              "matchExpressions": [{"key": "app.kubernetes.io/name", "operator": "In", "values": ["app"]}]}}
    names = {"ports": [{"port": 53, "protocol": protocol} for protocol in ("TCP", "UDP")]}
    assert spec == chosen | {"egress": [{"to": [chosen]}, names], "policyTypes": ["Ingress", "Egress"],
                             "ingress": [{"ports": tcp[:2]}, {"from": [own, other], "ports": tcp[2:]}]}
    spec = find(profile(tmp_path, "[serve]\nadmin =\n[network]\negress = any\n[test]\ncreate = true\n"), "NetworkPolicy")["spec"]
    assert len(spec["ingress"]) == 1 and spec["egress"] == [{}]
    assert spec["podSelector"]["matchExpressions"][0]["values"] == ["app", "app-test-connection"]
    assert "NetworkPolicy" not in {o["kind"] for o in profile(tmp_path, "[network]\ncreate = false\n")}


def test_ingress(tmp_path):
    objects = profile(tmp_path, "[service]\nname = front\n[ingress]\ncreate = true\nclass = nginx\nhosts = a.example, *.b.example\n"
                                "paths = /, /x\npath_type = Exact\ntls_secret = cert\n[ingress_annotations]\na/b = c\n")
    ingress = find(objects, "Ingress")
    backend = {"service": {"name": "front", "port": {"name": "http"}}}
    paths = [{"backend": backend, "path": path, "pathType": "Exact"} for path in ("/", "/x")]
    assert find(objects, "Service", "front")["spec"]["ports"][0]["name"] == "http"
    assert ingress["apiVersion"] == "networking.k8s.io/v1" and ingress["metadata"]["annotations"] == {"a/b": "c"}
    assert ingress["spec"] == {
        "ingressClassName": "nginx", "tls": [{"hosts": ["a.example", "*.b.example"], "secretName": "cert"}],
        "rules": [{"host": host, "http": {"paths": paths}} for host in ("a.example", "*.b.example")]}
    spec = find(profile(tmp_path, "[ingress]\ncreate = true\n"), "Ingress")["spec"]
    assert spec.keys() == {"rules"} and len(spec["rules"]) == 1 and "host" not in spec["rules"][0]


def test_http_route(tmp_path):
    route = find(profile(tmp_path, "[route]\ncreate = true\nparents = g, infra/h\nhosts = a.example\npath = /x\n"), "HTTPRoute")
    gateway = {"group": "gateway.networking.k8s.io", "kind": "Gateway"}
    assert route["apiVersion"] == "gateway.networking.k8s.io/v1"
    assert route["spec"] == {
        "hostnames": ["a.example"], "parentRefs": [gateway | {"name": "g"}, gateway | {"name": "h", "namespace": "infra"}],
        "rules": [{"backendRefs": [{"kind": "Service", "name": "app", "port": 80}],
                   "matches": [{"path": {"type": "PathPrefix", "value": "/x"}}]}]}


def test_kinds_are_selected():
    assert [o["kind"] for o in emit("--emit=sts,cm")] == ["ConfigMap", "StatefulSet"]
    done = run("--emit=service", "-o", "json")
    assert done.returncode == 0 and done.stdout.count('"kind": "Service"') == 2
    assert run("emit", "--emit=StatefulSets").stdout == run("--emit=sts").stdout
    assert run("emit").stdout == emit_text()


def test_it_is_quick_and_small():
    done = subprocess.run(["/usr/bin/time", "-f", "%M", APP, "--emit"], capture_output=True, text=True, timeout=20)
    assert done.returncode == 0
    best = 1.0
    for _ in range(30):
        start = time.perf_counter()
        subprocess.run([APP, "--emit"], stdout=subprocess.DEVNULL, check=True, timeout=20)
        best = min(best, time.perf_counter() - start)
    assert best < 0.005, best
    assert int(done.stderr.split()[-1]) <= 2048


test_it_is_quick_and_small = pytest.mark.product(test_it_is_quick_and_small)
