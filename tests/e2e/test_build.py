"""The build: the same bytes everywhere, nothing done twice, everything that must be done."""
import hashlib
import os
import shutil
import subprocess
import time

import pytest

from harness import APP, ROOT, copy_work_tree

pytestmark = [pytest.mark.product, pytest.mark.timeout(600)]
DOWNLOADS = APP.parent / "vendor" / "dl"


def make(directory, *args, check=True):
    environment = {key: value for key, value in os.environ.items() if not key.startswith("MAKE")}
    done = subprocess.run(["make", "-j2", "-C", directory, f"VENDOR_DL={DOWNLOADS}", *args],
                          capture_output=True, text=True, env=environment)
    assert not check or done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return done


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """A clone in a directory of its own, built from nothing."""
    directory = copy_work_tree(tmp_path_factory.mktemp("clone"))
    make(directory)
    return directory


def test_two_clones_give_the_same_bytes(tree, tmp_path):
    """Another directory, with a name of another length, at another time, under another locale."""
    other = copy_work_tree(tmp_path / "quite" / "another" / "place")
    time.sleep(1.1)
    make(other, "B=out", "LANG=de_DE.UTF-8", "TZ=Asia/Tokyo")
    assert digest(tree / "build" / "app") == digest(other / "out" / "app")


def test_a_second_make_does_nothing(tree):
    before = {path: path.stat().st_mtime_ns for path in (tree / "build").rglob("*") if path.is_file()}
    assert "Nothing to be done" in make(tree).stdout
    make(tree, "-q")
    after = {path: path.stat().st_mtime_ns for path in (tree / "build").rglob("*") if path.is_file()}
    assert before == after


def test_a_changed_header_rebuilds_what_includes_it(tree):
    objects = tree / "build" / "product" / "obj"
    before = {path.name: path.stat().st_mtime_ns for path in objects.rglob("*.o")}
    header = tree / "src" / "visitlog" / "visitlog.h"
    header.write_text(header.read_text() + "\n/* changed */\n")
    make(tree)
    rebuilt = {path.name for path in objects.rglob("*.o") if before[path.name] != path.stat().st_mtime_ns}
    assert {"serve.o", "visit.o", "commit.o"} <= rebuilt
    assert "yaml.o" not in rebuilt and "arena.o" not in rebuilt


def test_a_new_version_is_built_in(tree):
    make(tree, "VERSION=9.8.7")
    done = subprocess.run([tree / "build" / "app", "version"], capture_output=True, text=True, check=True)
    assert done.stdout == "app 9.8.7\n"


def test_clang_builds_it_too(tree):
    clang = shutil.which("clang-14") or shutil.which("clang")
    assert clang, "clang is missing: vendor/need.sh test"
    make(tree, f"CC={clang}", "B=clang-build")
    done = subprocess.run([tree / "clang-build" / "app", "version"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("app ")


def test_install_and_clean(tree, tmp_path):
    make(tree, "install", f"DESTDIR={tmp_path}", "PREFIX=/opt/app")
    installed = tmp_path / "opt" / "app" / "bin" / "app"
    assert os.access(installed, os.X_OK) and installed.stat().st_mode & 0o777 == 0o755
    make(tree, "clean", "B=clang-build")
    assert not (tree / "clang-build").exists()


def test_every_header_compiles_alone(tree):
    make(tree, "check-headers")


def test_who_is_not_root_is_told_what_to_install(tmp_path):
    """On a machine where hardly a command is there."""
    for name in ("sh", "id", "find", "head"):
        (tmp_path / name).symlink_to(shutil.which(name))
    for parent in (tmp_path, *tmp_path.parents[:2]):
        parent.chmod(0o755)
    done = subprocess.run(["setpriv", "--reuid=65532", "--regid=65532", "--clear-groups", "/usr/bin/env",
                           f"PATH={tmp_path}", "sh", "-s", "build", "fuzz"], input=(ROOT / "vendor" / "need.sh").read_text(),
                          capture_output=True, text=True)
    assert done.returncode == 1 and done.stdout == ""
    assert "As root, run:\n    apt-get install -y --no-install-recommends gcc make patch" in done.stderr


def test_set_up_is_quick_when_nothing_is_missing():
    subprocess.run([ROOT / "vendor" / "need.sh", "build", "test"], check=True)
