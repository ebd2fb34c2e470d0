"""YAML and JSON are two prints of one tree, and every reader reads back what was put in."""
import base64
import json
import subprocess

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings, strategies as st

from emitted import emit, emit_text, emit_yaml, find, sets
from harness import APP, SOAK

PROFILES = {
    "default": "",
    "full": """
[app]
name = full
namespace = shop
part_of = suite
[workload]
replicas = 3
ordinals_start = 2
spread = hard
anti_affinity = hard
[service]
type = LoadBalancer
source_ranges = 192.0.2.0/24, 2001:db8::/32
session_affinity = ClientIP
ip_families = IPv6, IPv4
[secret]
a = b
[env]
yes = no
N = 1e3
[labels]
true = false
[annotations]
note = on
y = 0o7
[node_selector]
disk = 1.10
[files]
/files/a.json = {"a": 1}
""",
}


@pytest.mark.parametrize("name", PROFILES)
def test_yaml_is_json(name, tmp_path):
    profile = tmp_path / "p.ini"
    profile.write_text(PROFILES[name])
    assert emit_yaml("-f", profile) == emit("-f", profile)


@pytest.mark.parametrize("form", ["yaml", "json"])
def test_the_same_bytes_each_time(form, tmp_path):
    profile = tmp_path / "p.ini"
    profile.write_text(PROFILES["full"])
    other = {"LC_ALL": "de_DE.UTF-8", "TZ": "Asia/Tokyo", "HOSTNAME": "x"}
    texts = {emit_text("-o", form, "-f", profile), emit_text("-o", form, "-f", profile, env=other, cwd="/"),
             emit_text("-o", form, "-f", "-", input=PROFILES["full"])}
    assert len(texts) == 1


def test_the_shape_of_the_stream():
    text = emit_text()
    first, rest = text.split("\n", 1)
    assert first.startswith("# Made by app ") and first.endswith("Change the profile, not this.")
    assert rest.startswith("---\n") and text.endswith("\n") and not text.endswith("\n\n")
    assert "\t" not in text and "\r" not in text
    assert text.count("\n---\n") == len(emit())
    assert emit_text("-o", "json").endswith("\n}\n")


def test_app_ini_is_readable():
    text = emit_text()
    assert "  app.ini: |\n    [serve]\n    http = :8080\n" in text


def test_keys_are_sorted_at_every_level():
    def walk(node):
        if isinstance(node, dict):
            assert list(node) == sorted(node)
        for value in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
            walk(value)

    for document in yaml.safe_load_all(emit_text()):
        walk(document)


# Everything that UTF-8 can carry; what a profile's own line cannot, a file can.
TEXTS = st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\0"), max_size=60)
LINES = st.lists(st.text(st.sampled_from("ab \t#-:'\"\\|>%@&*!{}[],?~ä😀"), max_size=8), max_size=6).map("\n".join)
TRAPS = ["", "~", "null", "Null", "yes", "No", "on", "OFF", "true", "tRue", "t", "y", "0755", "0o755", "007", "08", "0b101",
         "0x1F", "+1", "-0", "1.", ".5", "1.10", "1e3", "00215e6", "1_000", "12345678901234567890", ".inf", ".nan", "1:30",
         "190:20:30", "2026-01-01", "=", "<<", "&a", "!a", "#a", "foo #bar", "@a", "*.example.com", "{{x}}", "- a", "? a",
         ": a", "-", "?", "a:", "a: b", "`a", "'a'", '"a"', "\x7f", "\x80", "\x85", "\u2028", "\u2029", "\ufeff", "\ufffe",
         "\U0010ffff", "\n", "\n\n", "a\n", "a\n\n", "a\nb", " a\nb", "\ta\nb", "a \nb", "a\r\nb", "a\n---\nb", "---", "...",
         "a\n...\n", "a\n \nb", "a" * 70000, "a\n" * 3000, "\\", "\\n", '"', "a\\", " a", "a ", "\ta", "\x1b[0m", "a\x01b"]


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    directory = tmp_path_factory.mktemp("texts")
    (directory / "p.ini").write_text("[annotations]\nkey = @text\n[env]\nKEY = @env\n[files]\n/x/key = @text\n[secret]\nkey = @text\n")
    return directory


def check_text(place, text):
    (place / "text").write_bytes(text.encode())
    # The kubelet would expand $(...): what is no reference is written with a second '$'.
    (place / "env").write_bytes(text.replace("$", "$$").encode())
    from_yaml = emit_yaml("-f", place / "p.ini")
    assert from_yaml == emit("-f", place / "p.ini")
    for found in from_yaml:
        assert found["metadata"]["annotations"] == {"key": text}
    assert find(from_yaml, "ConfigMap")["data"]["key"] == text
    assert base64.b64decode(find(from_yaml, "Secret")["data"]["key"], validate=True) == text.encode()
    (container,) = find(from_yaml, "StatefulSet")["spec"]["template"]["spec"]["containers"]
    (value,) = [e["value"] for e in container["env"] if e["name"] == "KEY"]
    assert value.replace("$$", "$") == text


@settings(max_examples=2000 if SOAK else 60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=TEXTS | LINES)
@example(text="a\u2028\nb\n")
@example(text="\ufeffa\nb\n")
def test_any_text_comes_back(place, text):
    check_text(place, text)


def test_every_trap_comes_back(place):
    for text in TRAPS:
        check_text(place, text)


def test_kubectl_reads_the_same(place, tmp_path):
    """kubectl's own reader, without a cluster: it annotates a local copy and prints that."""
    (place / "env").write_text("x")
    for text in [t for t in TRAPS if len(t) < 1000]:
        (place / "text").write_bytes(text.encode())
        printed = emit_text("--emit=cm", "-f", place / "p.ini")
        done = subprocess.run(["kubectl", "annotate", "--local", "-f", "-", "-o", "json", "added=here"], input=printed,
                              capture_output=True, text=True, timeout=20, env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin:/usr/local/bin"})
        assert done.returncode == 0, done.stderr
        (expected,) = emit("--emit=cm", "-f", place / "p.ini")
        expected["metadata"]["annotations"]["added"] = "here"
        assert json.loads(done.stdout) == expected, repr(text)


@pytest.mark.parametrize("data", [b"\xff", b"a\0b", b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", bytes(range(256))])
def test_bytes_that_are_no_text(place, tmp_path, data):
    (tmp_path / "data").write_bytes(data)
    (tmp_path / "p.ini").write_text("[files]\n/x/key = @data\n[secret]\nkey = @data\n")
    objects = emit_yaml("-f", tmp_path / "p.ini")
    assert objects == emit("-f", tmp_path / "p.ini")
    config = find(objects, "ConfigMap")
    assert "key" not in config["data"] and base64.b64decode(config["binaryData"]["key"]) == data
    assert base64.b64decode(find(objects, "Secret")["data"]["key"]) == data
    for section in ("annotations", "env"):
        (tmp_path / "p.ini").write_text(f"[{section}]\nkey = @data\n")
        done = subprocess.run([APP, "--emit", "-f", tmp_path / "p.ini"], capture_output=True, timeout=20)
        assert done.returncode == 2 and not done.stdout
        assert f"{section}.key: the value is not text in UTF-8".encode() in done.stderr


def test_numbers_are_numbers_and_texts_are_texts():
    objects = emit_yaml(*sets(workload__replicas=3, service__port=5000, app__version="1.10", image__tag="1e3", labels__n="0755"))
    spec = find(objects, "StatefulSet")["spec"]
    assert spec["replicas"] == 3 and find(objects, "Service", "app")["spec"]["ports"][0]["port"] == 5000
    assert spec["template"]["metadata"]["labels"]["app.kubernetes.io/version"] == "1.10"
    assert spec["template"]["metadata"]["labels"]["n"] == "0755"
    assert spec["template"]["spec"]["containers"][0]["image"] == "app:1e3"
    assert find(objects, "ConfigMap")["data"]["app.ini"].startswith("[serve]\n")
