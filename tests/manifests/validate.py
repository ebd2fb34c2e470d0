"""Kubernetes' own schemas, strictly: no field that they do not have.

A line of standard input is a list of objects as JSON; the line that answers it is a list of what is
wrong with them. The schemas are those of the newest release that the package kubernetes-validate
carries; kinds that are not Kubernetes' own (custom resources) are named and not looked at.
"""
import json
import re
import sys
from pathlib import Path

import jsonschema
import kubernetes_validate
import referencing

FOLDERS = Path(kubernetes_validate.__file__).parent / "kubernetes-json-schema"


def newest():
    return max(FOLDERS.glob("v*-local-strict"), key=lambda p: [int(n) for n in re.findall(r"\d+", p.name)])


class Validator:
    def __init__(self):
        self.folder = newest()
        definitions = json.loads((self.folder / "_definitions.json").read_text())
        self.registry = referencing.Resource.from_contents(definitions) @ referencing.Registry()
        self.known = {}

    def schema_of(self, kind, version):
        """The validator of a kind, or None for a custom resource."""
        if (kind, version) not in self.known:
            short = re.sub(r"^([^./]*)(?:\.[^/]*)?/", r"\1-", version)
            path = self.folder / f"{kind.lower()}-{short}.json"
            self.known[kind, version] = path.exists() and jsonschema.Draft202012Validator(
                json.loads(path.read_text()), registry=self.registry)
        return self.known[kind, version]

    def findings(self, item):
        schema = self.schema_of(item["kind"], item["apiVersion"])
        if not schema:
            return [f"unknown {item['kind']}"]
        return [f"{item['kind']}/{item['metadata']['name']}: {'.'.join(map(str, e.path))}: {e.message[:300]}"
                for e in schema.iter_errors(item)]


def main():
    validator = Validator()
    for line in sys.stdin:
        print(json.dumps([found for item in json.loads(line) for found in validator.findings(item)]), flush=True)


main()
