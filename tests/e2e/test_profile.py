"""The profile as a user meets it: layers, messages, exit status, and input of any kind."""
import json
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness import ROOT, SOAK, run

EXAMPLES = 2000 if SOAK else 150
SETTINGS = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))


def lint(*args, **options):
    return run("lint", *args, **options)


def test_an_empty_profile_is_valid():
    for text in ("", "\n", "; nothing\n", "[log]\n"):
        done = lint("-f", "-", input=text)
        assert (done.returncode, done.stderr) == (0, "")


def test_all_that_is_wrong_is_said_at_once(tmp_path):
    profile = tmp_path / "p.ini"
    profile.write_text("[log]\nfsync = allways\nfromat = json\n[lgo]\n[serve]\ndrain = 5\n")
    done = lint("-f", profile, "--set", "serve.workers=x")
    assert done.returncode == 2 and done.stdout == ""
    lines = done.stderr.splitlines()
    assert len(lines) == 5
    assert f"{profile}:2: log.fsync: 'allways' is not one of always, everysec, no; did you mean 'always'?" in lines
    assert f"{profile}:3: there is no key log.fromat; did you mean log.format?" in lines
    assert f"{profile}:4: there is no section [lgo]; did you mean [log]?" in lines
    assert f"{profile}:6: serve.drain: '5' is not a duration from 0s to 1h" in lines
    assert "--set:1: serve.workers: 'x' is not a whole number from 0 to 64" in lines


@pytest.mark.parametrize("command", ["emit", "lint", "serve", "cat"])
def test_every_command_refuses_a_bad_profile_in_the_same_words(command, tmp_path):
    done = run(command, "--set", "log.fsink=no", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "--set:1: there is no key log.fsink; did you mean log.fsync?\n"


def test_later_files_override_earlier_ones_and_sets_override_files(tmp_path):
    (tmp_path / "base.ini").write_text("[app]\nname = base\n[labels]\na = 1\nb = 2\n")
    (tmp_path / "prod.ini").write_text("[app]\nname = prod\n[labels]\nb = 3\n")
    printed = run("--emit=sa", "-f", tmp_path / "base.ini", "-f", tmp_path / "prod.ini", "--set", "labels.c=4").stdout
    assert 'name: "prod"' in printed
    assert re.search(r'^    a: "1"\n', printed, re.M) and re.search(r'^    b: "3"\n', printed, re.M)
    assert re.search(r'^    c: "4"\n', printed, re.M)


def test_the_printed_profile_is_the_default(tmp_path):
    (tmp_path / "all.ini").write_text(run("profile").stdout)
    assert run("--emit", "-f", tmp_path / "all.ini").stdout == run("--emit").stdout != ""


ODD_FILES = {
    "NUL": (b"[log]\nfile = a\0b\n", "2: there is a NUL byte"),
    "not UTF-8": (b"[log]\nfile = \xff\n", "2: the line is not UTF-8"),
    "comment behind a value": (b"[log]\nfile = data/a ; b\n", None),
    "BOM and CRLF": (b"\xef\xbb\xbf[log]\r\nfsync = no\r\n", None),
    "long value": (b"[labels]\nk = " + b"v" * 900_000 + b"\n", "label"),
    "too large": (b"; " + b"x" * (1 << 20) + b"\n", "larger than 1048576 bytes"),
}


@pytest.mark.parametrize("name", ODD_FILES)
def test_odd_files(name):
    data, message = ODD_FILES[name]
    done = lint("-f", "-", input=data)
    assert done.returncode == (2 if message else 0)
    assert message is None or message.encode() in done.stderr
    assert message is None or done.stdout == b""


def test_what_cannot_be_read_is_said(tmp_path):
    for path in (tmp_path / "missing.ini", tmp_path):
        done = lint("-f", path)
        assert done.returncode == 2 and str(path) in done.stderr


def test_secrets_are_not_shown(tmp_path, monkeypatch):
    monkeypatch.setenv("TOKEN", "hunter2\x01")
    (tmp_path / "p.ini").write_text("[app]\npart_of = $TOKEN\n")
    done = lint("-f", tmp_path / "p.ini")
    assert done.returncode == 2 and "hunter2" not in done.stderr


def test_explain_covers_every_key():
    keys = re.findall(r"^(\w+) =", run("profile").stdout, re.M)
    everything = run("explain").stdout
    assert len(keys) > 50
    for key in keys:
        assert re.search(rf"^    {key}\s", everything, re.M), key
    assert "one of always, everysec, no" in run("explain", "log.fsync").stdout
    assert run("explain", "diagnostics").stdout.count("    type     ") == 2
    done = run("explain", "log.fsnc")
    assert (done.returncode, done.stdout) == (2, "") and "log.fsync" in done.stderr


@pytest.mark.parametrize("command", ["serve", "emit", "explain", "profile", "lint", "import", "cat", "version", "help"])
def test_every_command_has_help(command):
    done = run("help", command)
    assert done.returncode == 0 and done.stdout.startswith(f"usage: app {command}")
    if command not in ("version", "help"):
        assert run(command, "--help").stdout == done.stdout
        wrong = run(command, "--no-such-option")
        assert (wrong.returncode, wrong.stdout) == (2, "") and "--no-such-option" in wrong.stderr


def test_commands_that_do_not_exist():
    assert "did you mean 'serve'" in run("srve").stderr
    for args in (["srve"], [], ["--sreve"]):
        done = run(*args)
        assert (done.returncode, done.stdout) == (2, "") and done.stderr.startswith("app: ")


def test_output_that_cannot_be_written_is_a_failure():
    with open("/dev/full", "w") as full:
        done = run("--emit", capture_output=False, stdout=full, stderr=-1)
    assert done.returncode == 1 and "ENOSPC" in done.stderr


@SETTINGS
@given(st.binary(max_size=600))
def test_any_bytes_are_taken_or_refused(data):
    done = lint("-f", "-", input=data)
    assert done.returncode in (0, 2)
    assert bool(done.stderr) == (done.returncode == 2) == (done.stdout == b"")


WORDS = st.sampled_from(["[log]", "[serve]", "[labels]", "[", "]", "=", ":", ";", "#", "fsync", "file", "a/b", "no", "@", "$",
                         "\\", '"', " ", "\t", "\n", "\r\n", "\x00", "\xff", "5s", "\ufeff", "[log] x"])


@SETTINGS
@given(st.lists(WORDS, max_size=40))
def test_anything_like_a_profile_is_taken_or_refused(words):
    done = lint("-f", "-", input="".join(words).encode("utf-8", "surrogatepass"))
    assert done.returncode in (0, 2)
    assert bool(done.stderr) == (done.returncode == 2) == (done.stdout == b"")


VALUES = st.fixed_dictionaries({}, optional={
    "serve.workers": st.integers(0, 64).map(str),
    "serve.drain": st.integers(0, 3600).map(lambda s: f"{s}s"),
    "log.file": st.text(st.sampled_from("abc/._-#=[]@$\\:'\" "), min_size=1, max_size=30).map(
        lambda t: "data/" + t.strip() + "x"),
    "log.format": st.sampled_from(["visits", "django", "combined", "json"]),
    "log.timezone": st.sampled_from(["UTC", "MSK-3", "<+03>-3", "EST5EDT,M3.2.0,M11.1.0"]),
    "serve.body_max": st.integers(0, 1 << 20).map(str),
})


@SETTINGS
@given(VALUES)
def test_what_is_written_is_what_the_pods_get(values):
    """The ConfigMap's text, read as INI by itself, gives the values that were set."""
    arguments = [part for key, value in values.items() for part in ("--set", f"{key}={value}")]
    emitted = run("--emit=cm", "-o", "json", *arguments)
    if emitted.returncode != 0:  # a path that cannot be mounted is the emitter's to refuse
        assert emitted.returncode == 2 and emitted.stdout == ""
        return
    text = json.loads(emitted.stdout)["items"][0]["data"]["app.ini"]
    again = json.loads(run("--emit=cm", "-o", "json", "-f", "-", input=text).stdout)["items"][0]["data"]["app.ini"]
    assert again == text
    if "log.file" in values:
        assert f"file = {values['log.file']}\n" in text


def test_the_effective_profile_tells_where_each_value_comes_from(tmp_path):
    (tmp_path / "base.ini").write_text("[log]\nfsync = no\n[labels]\nteam = web\na = 1\n[files]\n/x/y = @two\n[patch.Service]\na = 1\n")
    (tmp_path / "two").write_text("two\nlines\n")
    (tmp_path / "prod.ini").write_text("[log]\nfsync = everysec\n[labels]\n!a =\nb = \\$x\n[secret]\nkey = hunter2\n")
    args = ["-f", tmp_path / "base.ini", "-f", tmp_path / "prod.ini", "--set", "serve.drain=7s"]
    done = run("profile", *args, "--changed")
    assert done.returncode == 0 and "hunter2" not in done.stdout
    blocks = {b.split("\n", 1)[0]: b.splitlines()[1:] for b in done.stdout.split("\n\n")[1:]}
    assert blocks["[log]"] == [f"; {tmp_path}/prod.ini:2", "fsync = everysec"]
    assert blocks["[serve]"] == ["; --set:1", "drain = 7s"]
    assert blocks["[labels]"] == [f"; {tmp_path}/base.ini:4", "team = web", f"; {tmp_path}/prod.ini:5", "b = \\$x"]
    assert blocks["[patch.Service]"] == [f"; {tmp_path}/base.ini:9", "a = 1"]
    assert blocks["[files]"][1] == "; /x/y: more than a line can hold, 10 bytes"
    assert blocks["[secret]"][1] == "; key: not shown, 7 bytes"
    assert set(blocks) == {"[log]", "[serve]", "[labels]", "[files]", "[secret]", "[patch.Service]"}
    whole = run("profile", *args).stdout
    assert "; default\nfinish = 10s\n" in whole


def test_the_effective_profile_is_a_profile(tmp_path):
    args = ["-f", ROOT / "examples/production.ini", "-f", ROOT / "examples/dev.ini"]
    for more in ((), ("--changed",)):
        (tmp_path / "p.ini").write_text(run("profile", *args, *more).stdout)
        assert run("--emit", "-f", tmp_path / "p.ini").stdout == run("--emit", *args).stdout != ""
    assert run("profile", "--set", "log.fsink=no").returncode == 2
