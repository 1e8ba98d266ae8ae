"""DigitalOcean's OpenAPI description, a tree of YAML files that refer to each other."""

import re
from functools import cache
from pathlib import Path

import yaml

from shape import Shape

REVISION = "7c1300c479fed9c353cda9fc21cd968619552304"


class Description:
    def __init__(self, folder):
        revision = (folder / "REVISION").read_text().strip()
        assert revision == REVISION, revision
        self.root = folder / "specification" / "DigitalOcean-public.v2.yaml"
        self.main = _read(self.root)

    def follow(self, node, file):
        """What a node refers to, and the file that it stands in."""
        while "$ref" in node:
            path, _, pointer = node["$ref"].partition("#")
            file = (file.parent / path).resolve() if path else file
            node = _read(file)
            for step in filter(None, pointer.split("/")):
                node = node[step]
        return node, file

    def operation(self, method, path):
        # What a path calls its parameters is its own affair: a contract calls one thing by one name.
        nodes = {_unnamed(theirs): node for theirs, node in self.main["paths"].items()}
        node, file = self.follow(nodes.get(_unnamed(path), {}).get(method.lower(), {}), self.root)
        return Operation(self, node, file) if node else None

    def shape(self, node, file, place):
        if "$ref" in node:
            place = node["$ref"].rpartition("/")[2]
        node, file = self.follow(node, file)
        unknown = node.keys() & {"allOf", "anyOf", "oneOf", "additionalProperties", "nullable", "not"}
        assert not unknown, f"{place} uses {unknown}, which this script does not compare"
        shape = Shape(place)
        shape.read(node)
        for name, member in node.get("properties", {}).items():
            below = f"{place}/{name}"
            shape.members[name] = (lambda member=member, below=below: self.shape(member, file, below), None)
        if "items" in node:
            shape.items = lambda: self.shape(node["items"], file, f"{place}/*")
        return shape


class Operation:
    def __init__(self, description, node, file):
        self.description, self.node, self.file = description, node, file

    def request(self):
        name = self.node["operationId"]
        whole = Shape(name, types={"object"})
        for parameter in self.node.get("parameters", ()):
            parameter, file = self.description.follow(parameter, self.file)
            part = parameter["in"]
            if part not in whole.members:
                shape = Shape(f"{name} {part}", types={"object"})
                whole.members[part] = (lambda shape=shape: shape, None)
            shape = whole.members[part][0]()
            make = lambda parameter=parameter, file=file, place=shape.place: self.description.shape(
                parameter["schema"], file, f"{place}/{parameter['name']}"
            )
            shape.members[parameter["name"]] = (make, None)
            if parameter.get("required"):
                shape.required[parameter["name"]] = whole.required[part] = None
        if "requestBody" in self.node:
            body, file = self.description.follow(self.node["requestBody"], self.file)
            schema = body["content"]["application/json"]["schema"]
            whole.members["body"] = (lambda: self.description.shape(schema, file, f"{name} body"), None)
            if body.get("required"):
                whole.required["body"] = None
        return whole

    def answers(self):
        """Status (or `default`) to the shape of the body and the names of the headers."""
        found = {}
        for status, answer in self.node["responses"].items():
            answer, file = self.description.follow(answer, self.file)
            schema = answer["content"]["application/json"]["schema"]
            shape = self.description.shape(schema, file, f"{self.node['operationId']} {status}")
            found[str(status)] = (shape, answer.get("headers", {}), file)
        return found


def _unnamed(path):
    return re.sub(r"{\w+}", "{}", path)


@cache
def _read(file):
    return yaml.safe_load(Path(file).read_text())
