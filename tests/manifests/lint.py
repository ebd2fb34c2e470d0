"""Runs the linters of manifests that are there over the default and the production profile.

Every finding is a failure unless tests/manifests/exceptions has it with its reason; a reason that is
not needed is one, too. A linter that could not be built is told in capitals. The last line is the sum.
"""
import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("B", ROOT / "build")).resolve()
BIN = BUILD / "tools" / "bin"
PROFILES = {"default": ["-n", "visits"], "production": ["-f", ROOT / "examples" / "production.ini"]}
CUSTOM = ["HTTPRoute", "ServiceMonitor", "Certificate"]
SCHEMAS = ["namespace-v1", "networkpolicy-networking-v1", "poddisruptionbudget-policy-v1", "serviceaccount-v1", "secret-v1",
           "configmap-v1", "service-v1", "horizontalpodautoscaler-autoscaling-v2", "statefulset-apps-v1", "ingress-networking-v1",
           "pod-v1", "persistentvolumeclaim-v1"]


def run(*args):
    return subprocess.run(list(map(str, args)), capture_output=True, text=True)


def kubeconform(path):
    folder = BUILD / "tools" / "schemas"
    made = run(BUILD / "tools" / "python" / "bin" / "python", ROOT / "tests" / "manifests" / "standalone.py", folder, *SCHEMAS)
    assert made.returncode == 0, made.stderr
    done = run(BIN / "kubeconform", "-strict", "-output", "json", "-skip", ",".join(CUSTOM),
               "-schema-location", f"{folder}/{{{{ .ResourceKind }}}}{{{{ .KindSuffix }}}}.json", path)
    found = json.loads(done.stdout)["resources"] or []
    return [("schema", f"{r['kind']}/{r['name']}: {r['msg']}") for r in found if r["status"] not in ("statusValid", "statusSkipped")]


def kube_score(path):
    done = run(BIN / "kube-score", "score", "--kubernetes-version", "v1.31", "-o", "json", "--enable-optional-test",
               "container-seccomp-profile", path)
    grades = json.loads(done.stdout)
    return [(c["check"]["id"], f"{o['object_name']}: {n['summary']}") for o in grades for c in o["checks"] or []
            if not c["skipped"] and c["grade"] < 10 for n in c["comments"] or [{"summary": c["check"]["name"]}]]


def kube_linter(path):
    done = run(BIN / "kube-linter", "lint", "--add-all-built-in", "--format", "json", path)
    return [(r["Check"], f"{r['Object']['K8sObject']['Name']}: {r['Diagnostic']['Message']}")
            for r in json.loads(done.stdout)["Reports"] or []]


def polaris(path):
    found = []

    def walk(node, where):
        if isinstance(node, dict):
            if node.get("Success") is False and "ID" in node:
                found.append((node["ID"], f"{where}: {node['Message']}"))
            for value in node.values():
                walk(value, where)
        elif isinstance(node, list):
            for value in node:
                walk(value, where)
    done = run(BIN / "polaris", "audit", "--audit-path", path, "--format", "json")
    for result in json.loads(done.stdout)["Results"]:
        walk(result, f"{result['Kind']}/{result['Name']}")
    return found


LINTERS = {"kubeconform": kubeconform, "kube-score": kube_score, "kube-linter": kube_linter, "polaris": polaris}


def exceptions():
    lines = (ROOT / "tests" / "manifests" / "exceptions").read_text().splitlines()
    rows = [line.split("#", 1) for line in lines if line and not line.startswith("#")]
    assert all(len(row) == 2 and row[1].strip() for row in rows), "an exception needs its reason"
    return [tuple(row[0].split()) for row in rows]


def is_awake(linter):
    """A linter that finds nothing in this finds nothing in anything."""
    path = BUILD / "tools" / "bad.yaml"
    text = run(BUILD / "app", "--emit").stdout
    for good, bad in (("minReadySeconds: 0", "minReadySecondz: 0"), ("privileged: false", "privileged: true"), (':0.1.0"', ':latest"')):
        assert good in text
        text = text.replace(good, bad)
    path.write_text(text)
    return bool(linter(path))


def main():
    passed = failed = 0
    for name, linter in LINTERS.items():
        if not (BIN / name).exists():
            print(f"NOT RUN: {name.upper()} IS NOT THERE; see what tests/manifests/build.sh said")
            continue
        if not is_awake(linter):
            failed += 1
            print(f"FAILED {name}: it finds nothing where there is something")
        needed = {e for e in exceptions() if e[0] == name}
        for profile, args in PROFILES.items():
            path = BUILD / "tools" / f"{profile}.yaml"
            path.write_text(run(BUILD / "app", "--emit", *args).stdout)
            open_ones = []
            for check, text in linter(path):
                covering = [e for e in exceptions() if e[:2] == (name, check) and e[2] in ("*", profile)]
                needed -= set(covering)
                if not covering:
                    open_ones.append(f"    {check}: {text}")
            failed += bool(open_ones)
            passed += not open_ones
            print(f"{'FAILED ' if open_ones else ''}{name}, {profile} profile: {len(open_ones)} findings", *open_ones, sep="\n"
                  if open_ones else "")
        if needed:
            failed += 1
            print(f"FAILED {name}: exceptions that nothing needs: {sorted(needed)}")
    print(f"lint-manifests: {passed} passed, {failed} failed")
    return failed or not passed


sys.exit(main())
