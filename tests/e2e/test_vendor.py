"""The vendored libraries: pinned sums, offline builds, and what is not linked."""
import os
import re
import shutil
import subprocess

import pytest

from harness import APP, ROOT

pytestmark = pytest.mark.product
DOWNLOADS = APP.parent / "vendor" / "dl"
VERSIONS = [row.split() for row in (ROOT / "vendor" / "versions").read_text().splitlines()
            if row and not row.startswith("#")]


def fetch(name, directory, **options):
    return subprocess.run([ROOT / "vendor" / "fetch.sh", name, directory], capture_output=True, text=True, **options)


@pytest.mark.parametrize("row", VERSIONS, ids=lambda row: row[0])
def test_a_wrong_sum_stops_the_build_and_says_which(tmp_path, row):
    name, _, file, sum_, _ = row
    shutil.copy(DOWNLOADS / file, tmp_path / file)
    with open(tmp_path / file, "ab") as archive:
        archive.write(b"x")
    done = fetch(name, tmp_path)
    assert done.returncode == 1
    assert file in done.stderr and sum_ in done.stderr
    assert (tmp_path / file).exists()
    build = subprocess.run(["make", "-C", ROOT, f"B={tmp_path}/b", f"VENDOR_DL={tmp_path}",
                            f"{tmp_path}/b/vendor/{name}/.unpacked"], capture_output=True, text=True)
    assert build.returncode != 0 and file in build.stderr


@pytest.mark.parametrize("row", VERSIONS, ids=lambda row: row[0])
def test_once_fetched_it_needs_no_network(row):
    """In a network namespace of its own, which has no way out."""
    done = subprocess.run(["unshare", "--net", ROOT / "vendor" / "fetch.sh", row[0], DOWNLOADS],
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_what_cannot_be_fetched_is_said(tmp_path):
    done = subprocess.run(["unshare", "--net", ROOT / "vendor" / "fetch.sh", "musl", tmp_path],
                          capture_output=True, text=True, env={**os.environ, "LC_ALL": "C"}, timeout=100)
    assert done.returncode == 1
    assert "by hand" in done.stderr and VERSIONS[0][3] in done.stderr


def test_iconv_is_not_in_the_binary():
    """musl's iconv has a known flaw that we carry no patch for, because nothing uses it."""
    names = subprocess.run(["nm", APP.parent / "app.debug"], capture_output=True, text=True, check=True).stdout
    assert re.search(r"\bmain$", names, re.M), "the names are missing: this test would show nothing"
    assert not re.search(r"\biconv", names)


def test_each_patch_is_documented_and_applied():
    readme = (ROOT / "vendor" / "README.md").read_text()
    patches = sorted((ROOT / "vendor" / "patches").glob("*/*.patch"))
    assert patches
    for patch in patches:
        assert f"{patch.parent.name}/{patch.stem}" in readme
        done = subprocess.run(["patch", "--dry-run", "-R", "-p1", "-s", "-d", APP.parent / "vendor" / patch.parent.name,
                               "-i", patch], capture_output=True, text=True)
        assert done.returncode == 0, done.stdout
