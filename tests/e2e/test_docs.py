"""What the documents name exists, and the limits they state are kept."""
import re
import subprocess

import pytest

from harness import ROOT


@pytest.mark.parametrize("name", ["README.md", "src/README.md", "vendor/README.md", "CHANGELOG.md"])
def test_files_that_are_named_exist(name):
    text = (ROOT / name).read_text()
    base = (ROOT / name).parent
    for path in re.findall(r"`((?:[\w.-]+/)+[\w.*-]+\.(?:c|h|sh|py|mk|def|ini))`", text):
        if "*" in path or path.startswith("build/"):
            continue
        assert any((root / path).exists() for root in (base, ROOT, ROOT / "src")), f"{name} names {path}"
    for path in re.findall(r"\]\(((?!http)[^)#]+)\)", text):
        assert (base / path).exists(), f"{name} links to {path}"


def test_scripts_are_executable_and_parse():
    listed = subprocess.run(["git", "-C", ROOT, "ls-files", "-s"], capture_output=True, text=True, check=True).stdout
    scripts = [row.split()[0::3] for row in listed.splitlines() if row.endswith(".sh") or row.endswith(".ci/run")]
    assert len(scripts) > 5
    for mode, path in scripts:
        assert mode == "100755", path
        subprocess.run(["bash", "-n", ROOT / path], check=True)
