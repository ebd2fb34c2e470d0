"""A profile with anything wrong in it prints nothing but what is wrong, and all of it."""
import os
import re
import subprocess

import pytest

from emitted import emit, sets
from harness import APP, run


def problems(*args, status=2, **options):
    """The messages of a failing `app --emit`."""
    done = run("--emit", *args, **options)
    assert done.returncode == status and done.stdout == "", done.stdout
    assert done.stderr.endswith("\n")
    return done.stderr.splitlines()


def profile(tmp_path, text):
    (tmp_path / "p.ini").write_text(text)
    return tmp_path / "p.ini"


def test_every_problem_has_its_line(tmp_path):
    path = profile(tmp_path, "[app]\nname = Shop\n\n[storage]\nsize = 1GB\n[resources]\ncpu_request = 2\n[env]\nA B = c\n")
    lines = problems("-f", path)
    assert [re.match(r"(.*?):(\d+): ([\w.]+)", line).groups()[1:] for line in sorted(lines)] == [
        ("2", "app.name"), ("5", "storage.size"), ("7", "resources.cpu_request"), ("9", "env.A")]
    assert all(line.startswith(f"{path}:") for line in lines)
    assert run("lint", "-f", path).stderr.splitlines() == lines


def test_the_rule_is_named():
    (line,) = problems(*sets(app__name="a_b"))
    assert "'a_b' is not a DNS-1035 label" in line
    (line,) = problems(*sets(app__instance="a" * 53))
    assert "at most 52" in line and "controller-revision-hash" in line


@pytest.mark.parametrize("key, length", [("app.instance", 52), ("app.namespace", 63), ("storage.name", 63),
                                         ("service.name", 63), ("config.name", 253), ("image.tag", 128),
                                         ("app.component", 63), ("config.volume", 63)])
def test_lengths_at_and_over_the_limit(key, length):
    assert emit("--set", f"{key}={'a' * length}")
    (line,) = problems("--set", f"{key}={'a' * (length + 1)}")
    assert key in line


def test_the_longest_names_derive_valid_ones():
    name = "a" * 52
    objects = emit(*sets(app__instance=name, storage__name="v" * 63, workload__ordinals_start=10**9, workload__replicas=10000))
    assert all(len(o["metadata"]["name"]) <= 63 for o in objects)
    assert len(f"{name}-{10**9 + 9999}") <= 63 and len(f"{'v' * 63}-{name}-{10**9 + 9999}") <= 253


def test_secrets_are_never_shown(tmp_path):
    (tmp_path / "token").write_bytes(b"hunter2\xff")
    path = profile(tmp_path, "[env]\nA = @token\n[secret]\nb/c = @token\n[annotations]\nx = @token\n")
    assert "hunter2" not in "\n".join(problems("-f", path))


def test_unknown_kinds_options_and_forms():
    assert "did you mean 'statefulset'" in problems("--emit=statefulse")[0]
    assert "takes yaml or json" in problems("-o", "xml")[0]
    assert "no option --foo" in problems("--foo")[0]
    assert "not expected" in problems("operand")[0]
    assert "no object of these kinds" in problems("--emit=secret")[0]
    assert "'Bad' is not a DNS-1123 label" in problems("-n", "Bad")[0]
    assert run("--emit=").returncode == 2 and run("--emit=zzz").stdout == ""
    assert run("--emit=sts", "--help").returncode == 0


def test_a_full_disk_is_an_error():
    with open("/dev/full", "w") as full:
        done = subprocess.run([APP, "--emit"], stdout=full, stderr=subprocess.PIPE, text=True, timeout=20)
    assert done.returncode == 1 and "No space left" in done.stderr


def test_a_reader_that_goes_away_is_an_error():
    end, begin = os.pipe()
    os.close(end)
    done = subprocess.run([APP, "--emit"], stdout=begin, stderr=subprocess.PIPE, text=True, timeout=20)
    os.close(begin)
    assert done.returncode != 0
