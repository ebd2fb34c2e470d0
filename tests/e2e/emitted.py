"""Reading what `app --emit` prints, in both forms."""
import json

import yaml
from ruamel.yaml import YAML

from harness import run


def emit_text(*args, **options):
    """What `app --emit ARGS...` prints; it must succeed, and say nothing else."""
    done = run("--emit", *args, **options)
    assert done.returncode == 0, done.stderr
    assert not done.stderr
    return done.stdout


def emit(*args, **options):
    """The objects, from JSON."""
    listed = json.loads(emit_text("-o", "json", *args, **options))
    assert (listed["apiVersion"], listed["kind"]) == ("v1", "List")
    return listed["items"]


def emit_yaml(*args, **options):
    """The objects, from YAML, as a YAML 1.1 and a YAML 1.2 reader agree to read them."""
    text = emit_text(*args, **options)
    old = list(yaml.safe_load_all(text))
    reader = YAML(typ="safe", pure=True)
    reader.version = (1, 2)
    new = list(reader.load_all(text))
    assert old == new
    return old


def find(objects, kind, name=None):
    """The one object of that kind (and name)."""
    found = [o for o in objects if o["kind"] == kind and name in (None, o["metadata"]["name"])]
    assert len(found) == 1, [(o["kind"], o["metadata"]["name"]) for o in objects]
    return found[0]


def sets(**values):
    """--set arguments; storage__size="1Gi" is storage.size=1Gi."""
    return [part for key, value in values.items() for part in ("--set", f"{key.replace('__', '.', 1)}={value}")]
