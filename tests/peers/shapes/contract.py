"""The shapes of a contract's folder in schemas/."""

import json
import tomllib

from shape import KEYWORDS, Shape

# What a schema may say so that all of it is compared, or need not be.
KNOWN = {*KEYWORDS, "$id", "$ref", "$schema", "allOf", "items", "properties", "required", "title", "type", "x-ref"}


class Contract:
    def __init__(self, folder):
        self.vendor = folder.name
        self.facts = tomllib.loads((folder / "contract.toml").read_text())
        # What only an edition has is compared, too; what it says otherwise is its own affair.
        for edition in self.facts.get("editions", {}).values():
            for name, operation in edition.get("overlay", {}).get("operations", {}).items():
                self.facts["operations"].setdefault(name, operation)
        self.schemas = {
            path.name.removesuffix(".schema.json"): json.loads(path.read_text())
            for path in sorted(folder.glob("*.schema.json"))
        }
        self.used = set()

    def shape(self, name):
        self.used.add(name)
        return self._shape(f"{self.vendor} {name}", self.schemas[name], None)

    def _shape(self, place, schema, reference):
        reference = schema.get("x-ref", reference)
        if "$ref" in schema:
            return self.shape(schema["$ref"].removeprefix(f"jobproof:{self.vendor}/"))
        shape = Shape(place, reference)
        for part in (schema, *schema.get("allOf", ())):
            unknown = part.keys() - KNOWN
            assert not unknown, f"{place} uses {unknown}, which this script does not compare"
            said_in = part.get("x-ref", reference)
            shape.read(part, said_in)
            for name, member in part.get("properties", {}).items():
                below = f"{place}/{name}" if "/" in place else f"{place} /{name}"
                make = lambda below=below, member=member, said_in=said_in: self._shape(below, member, said_in)
                shape.members[name] = (make, member.get("x-ref", said_in))
            if "items" in part:
                below = f"{place}/*" if "/" in place else f"{place} /*"
                shape.items = lambda below=below, part=part, said_in=said_in: self._shape(below, part["items"], said_in)
        return shape
