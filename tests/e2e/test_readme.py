"""The README tells no lies: every command in it is run here, in its order.

The commands run in a copy of the work tree, in a network namespace of its own, so that the
ports of the README are free. There is no cluster: `kubectl` is a stand-in that takes exactly the
calls of the README, reads what it is given as a cluster would, and answers `exec` by the binary;
`helm` is one that knows the values of one release.
"""
import json
import os
import re
import shutil
import subprocess

import pytest
import yaml

from harness import APP, ROOT, copy_work_tree

pytestmark = [pytest.mark.product, pytest.mark.timeout(300)]
README = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"```sh\n(.*?)```", README, re.S)

HELM = """#!/bin/sh
case "$*" in
"get values visits -a -o json") echo '{"replicaCount":2,"service":{"type":"NodePort","port":5000},"x":{"y":1}}' ;;
*) echo "the README calls helm in a way that no test knows: $*" >&2; exit 1 ;;
esac
"""

KUBECTL = """#!/bin/sh
case "$*" in
"apply -f app.yaml") cp app.yaml applied.yaml ;;
"apply -f -") cat > applied.yaml ;;
"exec app-0 -- /app cat") exec build/app cat ;;
*) echo "the README calls kubectl in a way that no test knows: $*" >&2; exit 1 ;;
esac
"""


@pytest.fixture
def tree(tmp_path):
    """A built copy of the work tree, with the stand-in first on the path."""
    copy_work_tree(tmp_path)
    # The libraries are built already; that all is built from nothing is shown by test_build.py.
    for part in ("vendor", "musl", "product"):
        shutil.copytree(APP.parent / part, tmp_path / "build" / part, symlinks=True)
    (tmp_path / "bin").mkdir()
    for name, text in (("kubectl", KUBECTL), ("helm", HELM)):
        (tmp_path / "bin" / name).write_text(text)
        os.chmod(tmp_path / "bin" / name, 0o755)
    return tmp_path


def run(tree, script, timeout=200):
    environment = {key: value for key, value in os.environ.items() if not key.startswith("MAKE")}
    environment["PATH"] = f"{tree}/bin:{environment['PATH']}"
    return subprocess.run(["unshare", "--net", "bash", "-c", f"ip link set lo up\n{script}"], cwd=tree,
                          env=environment, capture_output=True, text=True, timeout=timeout)


def as_typed(block):
    """The block as a person types it: a server in the background has a moment to start, and a
    command that fails ends it, but for the one that shows what a mistake looks like."""
    lines = []
    for line in block.splitlines():
        if line.startswith("build/app lint --set log.fsink"):
            lines.append(f"! {line} || exit 90")
        elif line.endswith("&"):
            lines += [line, "sleep 1"]
        else:
            lines.append(line)
    return "set -e\n" + "\n".join(lines)


def test_the_blocks_are_the_known_ones():
    assert len(BLOCKS) >= 6 and "make run" in BLOCKS[0] and "make test" in BLOCKS[0]


def test_make_run_serves(tree):
    done = run(tree, """
make run > run.log 2>&1 & make=$!
for i in $(seq 900); do grep -q msg=listening run.log && break; sleep 0.1; done
curl -fsS http://localhost:8080/ && curl -fsS http://localhost:9090/readyz
kill -TERM $(pgrep -P $make -x app || echo $make)
wait
""")
    log = (tree / "run.log").read_text()
    assert re.match(r"visit 1 on .*\nok\n", done.stdout), log + done.stderr
    assert "http://localhost:8080/" in log and "data/visits.log" in log
    assert (tree / "data" / "visits.log").read_text().count("\n") == 1


def test_make_test_is_what_ci_runs():
    assert re.search(r"^test:", (ROOT / "Makefile").read_text(), re.M)
    assert re.search(r"^step test$", (ROOT / ".ci" / "run").read_text(), re.M)


def test_the_five_minutes(tree):
    """All blocks but the first, one after the other, in one directory."""
    for block in BLOCKS[1:]:
        done = run(tree, as_typed(block))
        assert done.returncode == 0, f"{block}\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
        if "curl" in block:
            assert "visit 1 on " in done.stdout and '"visit":2' in done.stdout
            assert done.stdout.count("Visit at: ") == 2
        if "fsink" in block:
            assert "log.fsync" in done.stderr
        if "kubectl apply" in block:
            kinds = {document["kind"] for document in yaml.safe_load_all((tree / "applied.yaml").read_text())}
            assert {"StatefulSet", "Service", "ConfigMap", "ServiceAccount"} <= kinds
        if "app import" in block:
            objects = {o["kind"]: o for o in yaml.safe_load_all((tree / "app.yaml").read_text())}
            assert objects["StatefulSet"]["metadata"]["name"] == "visits"
            assert objects["StatefulSet"]["spec"]["replicas"] == 2 and "x.y: " in done.stderr
        if "kubectl exec" in block:
            assert "Visit at: " in done.stdout


def test_the_tables_of_keys_are_those_of_the_binary():
    """`make readme` writes them."""
    between = README.split("<!-- keys -->\n", 1)[1].split("<!-- end of keys -->", 1)[0]
    printed = subprocess.run([APP, "explain", "--markdown"], capture_output=True, text=True, check=True).stdout
    assert between.strip() == printed.strip()
    keys = subprocess.run([APP, "explain", "--json"], capture_output=True, text=True, check=True).stdout
    for key in json.loads(keys):
        section, name = key["key"].split(".", 1)
        assert f"| `{name}` |" in printed or f"`[{section}" in printed
        assert key["meaning"] and (key["becomes"] or key["key"] in ("app.kube", "service_account.create"))
