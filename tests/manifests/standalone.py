"""Writes the schemas of Kubernetes' kinds as files that stand alone, as kubeconform reads them:
standalone.py FOLDER KIND-GROUP-VERSION..."""
import json
import re
import sys
from pathlib import Path

import kubernetes_validate

FOLDERS = Path(kubernetes_validate.__file__).parent / "kubernetes-json-schema"
newest = max(FOLDERS.glob("v*-local-strict"), key=lambda p: [int(n) for n in re.findall(r"\d+", p.name)])
folder = Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
shared = json.loads((newest / "_definitions.json").read_text())["$defs"]
for name in sys.argv[2:]:
    schema = json.loads((newest / f"{name}.json").read_text()) | {"$defs": shared}
    schema.pop("$id", None)
    text = json.dumps(schema).replace("/api/_definitions.json#", "#")
    (folder / f"{name}.json").write_text(text)
