"""The examples are profiles that work, and do what their comments say."""
import pytest
import yaml

from emitted import emit, emit_yaml, find
from harness import ROOT, run

EXAMPLES = ROOT / "examples"

# What the first application's chart rendered, field by field, without Helm's own labels; and the
# StatefulSet's Service under the name of ours, because the chart's did not exist.
RENDERED = """
apiVersion: v1
kind: ServiceAccount
metadata: {name: app-python}
---
apiVersion: v1
kind: Secret
metadata: {name: app-python-name-secret}
type: Opaque
data: {username: "YXBwLXB5dGhvbi11c2Vy"}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: app-python-configmap}
data: {config.json: '{ "data": "some data" }'}
---
apiVersion: v1
kind: Service
metadata: {name: app-python}
spec:
  type: NodePort
  ports: [{port: 5000, targetPort: http, protocol: TCP, name: http}]
  selector: {app.kubernetes.io/name: app-python, app.kubernetes.io/instance: app-python}
---
apiVersion: v1
kind: Pod
metadata:
  name: app-python-test-connection
  labels: {app.kubernetes.io/instance: app-python, app.kubernetes.io/version: "1.16.0"}
  annotations: {helm.sh/hook: test}
spec:
  restartPolicy: Never
---
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: app-python
  labels: {app.kubernetes.io/name: app-python, app.kubernetes.io/instance: app-python, app.kubernetes.io/version: "1.16.0"}
spec:
  replicas: 3
  selector:
    matchLabels: {app.kubernetes.io/name: app-python, app.kubernetes.io/instance: app-python}
  template:
    metadata:
      labels: {app.kubernetes.io/name: app-python, app.kubernetes.io/instance: app-python}
    spec:
      serviceAccountName: app-python
      volumes:
        - {name: config-volume, configMap: {name: app-python-configmap}}
      securityContext: {}
      containers:
        - name: app-python
          securityContext: {}
          image: "danilag/app-python:latest"
          imagePullPolicy: IfNotPresent
          env:
            - name: SECRETS_USERNAME
              valueFrom: {secretKeyRef: {name: app-python-name-secret, key: username}}
          volumeMounts:
            - {name: config-volume, mountPath: /files/config.json, subPath: config.json}
            - {name: visits, mountPath: /app-python/data}
          ports: [{name: http, containerPort: 5000, protocol: TCP}]
          livenessProbe: {httpGet: {path: /, port: http}}
          readinessProbe: {httpGet: {path: /, port: http}}
          resources: {limits: {cpu: 100m, memory: 128Mi}, requests: {cpu: 100m, memory: 128Mi}}
  volumeClaimTemplates:
    - metadata: {name: visits}
      spec:
        accessModes: [ReadWriteOnce]
        resources: {requests: {storage: 128M}}
"""


def missing(wanted, given, path=""):
    """The paths of what is wanted and not given. Items of a list are found by their name, or what
    of `mountPath` and `port` they have; more than wanted may be given."""
    if isinstance(wanted, dict):
        if not isinstance(given, dict):
            return [path]
        return [p for key, value in wanted.items()
                for p in (missing(value, given[key], f"{path}.{key}") if key in given else [f"{path}.{key}"])]
    if isinstance(wanted, list):
        lost = []
        for i, item in enumerate(wanted):
            tries = [missing(item, other, f"{path}[{i}]") for other in given or []]
            lost += min(tries, key=len, default=[f"{path}[{i}]"])
        return lost
    return [] if wanted == given else [f"{path}: {wanted!r} is {given!r}"]


def test_the_comparison_sees_what_is_missing():
    assert missing({"a": [{"n": 1}]}, {"a": [{"n": 2}, {"n": 1, "m": 0}]}) == []
    assert missing({"a": [{"n": 1}]}, {"a": [{"n": 2}]}) == [".a[0].n: 1 is 2"]
    assert missing({"a": {}, "b": 1}, {"b": 1}) == [".a"]
    assert missing({"a": [1]}, {"a": []}) == [".a[0]"]


def test_app_python_has_every_field_of_its_chart():
    objects = emit("-f", EXAMPLES / "app-python.ini")
    for wanted in yaml.safe_load_all(RENDERED):
        given = find(objects, wanted["kind"], wanted["metadata"]["name"])
        assert missing(wanted, given) == [], wanted["kind"]
    spec = find(objects, "StatefulSet")["spec"]
    assert find(objects, "Service", spec["serviceName"])["spec"]["clusterIP"] == "None"
    assert "format = visits\n" in find(objects, "ConfigMap")["data"]["app.ini"]
    # The chart's test ran `wget app-python:5000` in busybox; the pod that does it must be none of
    # those that the Service selects, as the chart's was.
    pod = find(objects, "Pod")
    assert pod["spec"]["containers"][0]["command"] == ["/app", "probe", "--timeout", "10s", "http://app-python:5000/"]
    selector = find(objects, "Service", "app-python")["spec"]["selector"]
    assert not selector.items() <= pod["metadata"]["labels"].items()


def test_pythonapp_workflow_keeps_its_names():
    objects = emit("-f", EXAMPLES / "pythonapp-workflow.ini")
    spec = find(objects, "StatefulSet", "pythonapp-workflow")["spec"]
    assert (spec["replicas"], spec["podManagementPolicy"]) == (3, "Parallel")
    (claim,) = spec["volumeClaimTemplates"]
    # Its claims were visits-pythonapp-workflow-0 and so on, of 512M.
    assert claim["metadata"]["name"] == "visits"
    assert claim["spec"]["resources"]["requests"]["storage"] == "512M"
    service = find(objects, "Service", "pythonapp-service")["spec"]
    assert (service["type"], service["ports"][0]["port"]) == ("LoadBalancer", 8020)
    (container,) = spec["template"]["spec"]["containers"]
    assert {"mountPath": "/pythonapp/logs", "name": "visits"} in container["volumeMounts"]
    assert "file = pythonapp/logs/visits.log\nformat = django\n" in find(objects, "ConfigMap")["data"]["app.ini"]


def test_dev_is_laid_over_production():
    production = emit("-f", EXAMPLES / "production.ini")
    both = emit("-f", EXAMPLES / "production.ini", "-f", EXAMPLES / "dev.ini")
    assert {o["metadata"].get("namespace") for o in production} == {"visits", None}
    assert {o["metadata"].get("namespace") for o in both} == {"dev", None}
    assert {"PodDisruptionBudget", "HorizontalPodAutoscaler", "NetworkPolicy", "Ingress", "Certificate", "ServiceMonitor",
            "Namespace", "Pod"} < {o["kind"] for o in production}
    assert find(production, "Ingress")["spec"]["tls"] == [{"hosts": ["visits.example"], "secretName": "app-tls"}]
    assert not {"HorizontalPodAutoscaler", "Ingress", "Certificate"} & {o["kind"] for o in both}
    first, second = (find(o, "StatefulSet")["spec"] for o in (production, both))
    assert "replicas" not in first and second["replicas"] == 1
    assert "imagePullSecrets" not in second["template"]["spec"] and "priorityClassName" not in second["template"]["spec"]
    assert find(both, "Service", "app")["spec"]["type"] == "ClusterIP"
    assert second["template"]["metadata"]["labels"]["team"] == "web"


@pytest.mark.parametrize("example", sorted(p.name for p in EXAMPLES.glob("*.ini")))
def test_every_example_is_good(example):
    assert run("lint", "-f", EXAMPLES / example).returncode == 0
    assert emit_yaml("-f", EXAMPLES / example) == emit("-f", EXAMPLES / example)
