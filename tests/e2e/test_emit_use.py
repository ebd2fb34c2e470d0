"""How `app --emit` is used: files, notes, images, masks, and what an upgrade cannot change."""
import base64
import copy
import json
import os
import pty
import subprocess

import pytest
import yaml

from emitted import emit, emit_text, find, sets
from harness import APP, run


def test_split_writes_one_file_for_each_object(tmp_path):
    folder = tmp_path / "out"
    done = run("--emit", "--split", folder)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    listed = yaml.safe_load((folder / "kustomization.yaml").read_text())
    assert (listed["kind"], listed["apiVersion"]) == ("Kustomization", "kustomize.config.k8s.io/v1beta1")
    assert sorted(listed["resources"]) == sorted(p.name for p in folder.iterdir() if p.name != "kustomization.yaml")
    assert [yaml.safe_load((folder / name).read_text()) for name in listed["resources"]] == emit()
    assert "statefulset-app.yaml" in listed["resources"]
    kustomize = subprocess.run(["kubectl", "kustomize", folder], capture_output=True, text=True)
    assert kustomize.returncode == 0, kustomize.stderr
    def key(o):
        return o["kind"], o["metadata"]["name"]
    assert sorted(yaml.safe_load_all(kustomize.stdout), key=key) == sorted(emit(), key=key)


def test_split_again_tells_what_is_left_over(tmp_path):
    assert run("--emit", "--split", tmp_path, "-o", "json", *sets(secret__k="v")).returncode == 0
    (tmp_path / "mine.txt").write_text("x")
    done = run("--emit", "--split", tmp_path, "-o", "json")
    assert done.returncode == 0 and "secret-app-secret.json" in done.stderr and done.stderr.count("\n") == 1
    assert (tmp_path / "secret-app-secret.json").exists()
    assert json.loads((tmp_path / "service-app.json").read_text()) == find(emit(), "Service", "app")


def test_split_where_nothing_can_be_written(tmp_path):
    done = run("--emit", "--split", tmp_path / "a" / "b")
    assert done.returncode == 1 and "cannot make the directory" in done.stderr
    (tmp_path / "file").write_text("")
    done = run("--emit", "--split", tmp_path / "file")
    assert done.returncode == 1 and "ENOTDIR" in done.stderr


def notes(*args):
    done = run("--emit", "--notes", *args)
    assert done.returncode == 0
    return done.stderr


def test_notes_tell_how_to_reach_this_very_service():
    text = notes("-n", "n", *sets(app__instance="shop", service__port="81"))
    assert "kubectl -n n port-forward service/shop 8080:81" in text
    assert "kubectl -n n rollout status statefulset/shop" in text
    assert "kubectl -n n exec shop-0 -- /app cat -f /etc/app/app.ini" in text
    text = notes(*sets(service__type="NodePort", service__node_port="30080"))
    assert ":30080/" in text
    assert "{.spec.ports[0].nodePort}" in notes(*sets(service__type="NodePort"))
    assert "{.status.loadBalancer.ingress[0].ip}'):8020/" in notes(*sets(service__type="LoadBalancer", service__port="8020"))
    tls = sets(ingress__create="true", ingress__hosts="a.example", ingress__tls_secret="t")
    assert "curl https://a.example/" in notes(*tls) and "port-forward" not in notes(*tls)
    assert "--server-side" in notes(*sets(autoscaling__create="true"))
    assert "holds about 28256363 visits as visits" in notes()
    assert "holds about" not in notes(*sets(log__keep_bytes="1Gi", log__rotate_size="1Mi"))
    assert "kubectl logs app-test-connection" in notes(*sets(test__create="true"))
    assert "the volumes stay" not in notes(*sets(workload__when_deleted="Delete"))


def test_a_large_object_needs_the_server_side(tmp_path):
    (tmp_path / "big").write_text("x" * 300000)
    (tmp_path / "p.ini").write_text("[files]\n/x/big = @big\n")
    assert "kubectl apply --server-side -f -" in notes("-f", tmp_path / "p.ini")
    assert "kubectl apply -f -" in notes()


def test_notes_come_by_themselves_to_a_terminal_only():
    assert run("--emit").stderr == ""
    leader, follower = pty.openpty()
    done = subprocess.run([APP, "--emit"], stdout=subprocess.PIPE, stderr=follower)
    os.close(follower)
    assert done.returncode == 0 and b"port-forward" in os.read(leader, 65536)
    os.close(leader)


@pytest.mark.parametrize("reference", ["app:1", "r.example:5000/a/b", "r.example:5000/a/b:v1.2_3", "a@sha256:" + "0" * 64,
                                       "r.example/a:1@sha256:" + "f" * 64])
def test_image_takes_a_whole_reference(reference):
    image = find(emit("--image", reference), "StatefulSet")["spec"]["template"]["spec"]["containers"][0]["image"]
    # Without tag and digest, the tag is the version, as always.
    assert image == reference if ":" in reference.rsplit("/", 1)[-1] else image.startswith(reference + ":")


def test_image_is_checked():
    done = run("--emit", "--image", "A:1")
    assert done.returncode == 2 and "image.repository: 'A'" in done.stderr


def test_masked_secrets_are_not_printed():
    plain = emit_text(*sets(secret__password="hunter2"))
    text = emit_text("--mask-secrets", *sets(secret__password="hunter2"))
    hidden = base64.b64encode(b"hunter2").decode()
    assert hidden in plain and hidden not in text
    secret = [o for o in yaml.safe_load_all(text) if o["kind"] == "Secret"][0]
    assert base64.b64decode(secret["data"]["password"]) == b"masked"
    (checksum,) = [a["checksum/secret"] for o in yaml.safe_load_all(text) if o["kind"] == "StatefulSet"
                   for a in [o["spec"]["template"]["metadata"]["annotations"]]]
    assert checksum == secret["data"]["password"]


def test_set_takes_dots_and_commas():
    objects = emit("--set", "labels.example.com/team=a.b", "--set", 'ingress.create=true', "--set", 'ingress.paths="/a,b", /c',
                   "--set", '"patch.Ingress/app".metadata.annotations["x.y/z"]="q=1,2"')
    assert find(objects, "StatefulSet")["metadata"]["labels"]["example.com/team"] == "a.b"
    ingress = find(objects, "Ingress")
    assert [p["path"] for p in ingress["spec"]["rules"][0]["http"]["paths"]] == ["/a,b", "/c"]
    assert ingress["metadata"]["annotations"] == {"x.y/z": "q=1,2"}


def live(*args):
    """The StatefulSet as a cluster gives it back: with what the API server fills in."""
    there = copy.deepcopy(find(emit(*args), "StatefulSet"))
    there["metadata"] |= {"uid": "u", "resourceVersion": "7", "generation": 2, "creationTimestamp": "2026-01-01T00:00:00Z"}
    there["status"] = {"replicas": 1}
    for claim in there["spec"]["volumeClaimTemplates"]:
        claim["metadata"]["creationTimestamp"] = None
        claim["status"] = {"phase": "Pending"}
    return there


def against(tmp_path, there, *args):
    (tmp_path / "live.json").write_text(json.dumps(there))
    return run("--emit", "--against", tmp_path / "live.json", *args)


def test_what_can_be_changed_is_no_obstacle(tmp_path):
    there = live()
    for args in ((), sets(workload__replicas="5", workload__partition="1", resources__memory_limit="64Mi", labels__a="b",
                          storage__size="1024Mi", app__version="9", serve__http=":9999", workload__when_deleted="Delete")):
        done = against(tmp_path, there, *args)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout == emit_text(*args)


@pytest.mark.parametrize("args, path, remedy", [
    (sets(workload__pod_management="OrderedReady"), "spec.podManagementPolicy", "--cascade=orphan"),
    (sets(app__name="b", app__instance="app"), "spec.selector.matchLabels.app.kubernetes.io/name", "kubectl delete StatefulSet app"),
    (sets(storage__size="2Gi", workload__replicas="2"), "spec.volumeClaimTemplates[0].spec.resources.requests.storage", "patch pvc visits-app-1 -p"),
    (sets(storage__class="fast"), "spec.volumeClaimTemplates[0].spec.storageClassName", "--cascade=orphan"),
    (sets(storage__access_modes="ReadWriteMany"), "spec.volumeClaimTemplates[0].spec.accessModes[0]", "--cascade=orphan"),
    (sets(claim_annotations__a="b"), "spec.volumeClaimTemplates[0].metadata.annotations", "--cascade=orphan"),
    (sets(storage__name="log"), "spec.volumeClaimTemplates[0].metadata.name", "--cascade=orphan"),
    (sets(storage__mode="ephemeral"), "spec.volumeClaimTemplates cannot be changed", "--cascade=orphan"),
    (("--set", 'patch.StatefulSet.spec.serviceName="app-other"', "--set", '"patch.Service/app-headless".metadata.name="app-other"'),
     "spec.serviceName", "--cascade=orphan"),
])
def test_what_the_api_would_refuse_is_told_before(tmp_path, args, path, remedy):
    done = against(tmp_path, live(), *args)
    assert done.returncode == 1 and done.stdout == ""
    assert path in done.stderr and remedy in done.stderr


def test_what_the_live_one_has_and_we_would_take_away(tmp_path):
    done = against(tmp_path, live(*sets(storage__class="fast")))
    assert done.returncode == 1 and 'storageClassName cannot be changed: it is "fast", and would be nothing' in done.stderr


@pytest.mark.parametrize("output", ["yaml", "json"])
def test_an_earlier_emission_is_what_it_was(tmp_path, output):
    (tmp_path / "old").write_text(emit_text("-o", output, "-f", "examples/production.ini"))
    done = run("--emit", "--against", tmp_path / "old", "-f", "examples/production.ini")
    assert (done.returncode, done.stderr) == (0, "")
    done = run("--emit", "--against", tmp_path / "old", "-f", "examples/production.ini", "--set", "storage.size=20Gi")
    assert done.returncode == 1 and '"10Gi", and would be "20Gi"' in done.stderr
    assert "kubectl -n visits patch pvc" in done.stderr


def test_other_objects_have_such_fields_too(tmp_path):
    done = against(tmp_path, {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "app-headless"},
                              "spec": {"clusterIP": "192.0.2.1"}})
    assert done.returncode == 1 and "Service/app-headless: spec.clusterIP" in done.stderr
    there = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "app"}, "spec": {"clusterIP": "192.0.2.1", "ipFamilies": ["IPv4"]}}
    assert against(tmp_path, there).returncode == 0
    claim = find(emit(*sets(storage__mode="claim")), "PersistentVolumeClaim")
    claim["spec"] |= {"storageClassName": "standard", "volumeName": "pv-1"}
    assert against(tmp_path, claim, *sets(storage__mode="claim", storage__size="3Gi")).returncode == 0
    done = against(tmp_path, claim, *sets(storage__mode="claim", storage__size="1Mi"))
    assert done.returncode == 1 and "another name" in done.stderr
    pod = find(emit(*sets(test__create="true")), "Pod")
    assert against(tmp_path, pod, *sets(test__create="true")).returncode == 0
    done = against(tmp_path, pod, *sets(test__create="true", image__tag="2"))
    assert done.returncode == 1 and "kubectl delete Pod app-test-connection" in done.stderr


@pytest.mark.parametrize("text, why", [("", "no object"), ("{", "line 1, column 2"), ("a: b\n", "line 1 is not written as"), ("[]", "line 1 is not written")])
def test_a_file_that_is_none_of_these(tmp_path, text, why):
    (tmp_path / "f").write_text(text)
    done = run("--emit", "--against", tmp_path / "f")
    assert done.returncode == 2 and why in done.stderr and str(tmp_path / "f") in done.stderr and not done.stdout
    assert run("--emit", "--against", tmp_path / "none").returncode == 2
