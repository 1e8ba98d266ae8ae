"""The service model of bedrock-agent in botocore, its shapes in the form that contracts have them in."""

import gzip
import json
from pathlib import Path

import botocore

from shape import INT64, Shape

VERSION = "1.44.5"
FOLDER = "data/bedrock-agent/2023-06-05"
# What each kind of the model is in JSON. A long has no format of its own: it is known to have 64 bits.
KINDS = {
    "structure": {"type": "object"},
    "list": {"type": "array"},
    "string": {"type": "string"},
    "integer": {"type": "integer"},
    "long": {"type": "integer", **INT64},
    "double": {"type": "number"},
    "boolean": {"type": "boolean"},
    # In base64; its limits count the bytes.
    "blob": {"type": "string"},
}
# Where the members of a request travel; those without a location make the body.
LOCATIONS = {"uri": "path", "querystring": "query", "header": "headers", None: "body"}
LIMITS = {"string": ("minLength", "maxLength"), "list": ("minItems", "maxItems"), "integer": ("minimum", "maximum")}


class Model:
    def __init__(self):
        assert botocore.__version__ == VERSION, botocore.__version__
        folder = Path(botocore.__file__).parent / FOLDER
        model = json.loads(gzip.decompress((folder / "service-2.json.gz").read_bytes()))
        self.metadata, self.operations, self.shapes = model["metadata"], model["operations"], model["shapes"]
        self.paginators = json.loads((folder / "paginators-1.json").read_text())["pagination"]

    def shape(self, name):
        model = self.shapes[name]
        shape = Shape(name)
        if model["type"] == "timestamp":
            # Without this the protocol would have numbers of seconds.
            assert model["timestampFormat"] == "iso8601", name
            shape.read({"type": "string", "format": "date-time"})
            return shape
        shape.read({**KINDS[model["type"]], **{key: model[key] for key in ("enum", "pattern") if key in model}})
        for key, keyword in zip(("min", "max"), LIMITS.get(model["type"], ())):
            if key in model:
                shape.read({keyword: model[key]})
        if model["type"] == "structure":
            shape.read({"required": model.get("required", [])})
            shape.members = {key: (lambda to=to["shape"]: self.shape(to), None) for key, to in model["members"].items()}
        elif model["type"] == "list":
            shape.items = lambda: self.shape(model["member"]["shape"])
        return shape

    def request(self, operation):
        """The input of an operation, by where its members travel."""
        name = self.operations[operation]["input"]["shape"]
        model = self.shapes[name]
        parts = {}
        for member, to in model["members"].items():
            part = LOCATIONS[to.get("location")]
            shape = parts.setdefault(part, Shape(f"{name} {part}", types={"object"}))
            shape.members[to.get("locationName", member)] = (lambda to=to["shape"]: self.shape(to), None)
            if member in model.get("required", []):
                shape.required[to.get("locationName", member)] = None
        whole = Shape(name, types={"object"})
        whole.members = {part: (lambda shape=shape: shape, None) for part, shape in parts.items()}
        whole.required = {part: None for part, shape in parts.items() if shape.required}
        return whole

    def error(self, operations):
        """All errors of some operations as one shape: a contract has one schema for them."""
        whole = Shape("errors", types={"object"})
        for name in self.exceptions(operations):
            whole.members.update(self.shape(name).members)
        return whole

    def exceptions(self, operations):
        """The errors of some operations: name to status and to the operations that have it."""
        found = {}
        for operation in operations:
            for error in self.operations[operation]["errors"]:
                status = self.shapes[error["shape"]]["error"]["httpStatusCode"]
                found.setdefault(error["shape"], (status, set()))[1].add(operation)
        return found
