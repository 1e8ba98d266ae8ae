"""One form for all sources: what a schema says at one place, and how two of these differ."""

from dataclasses import dataclass, field

# The keywords that are compared, besides types, members and items.
KEYWORDS = (
    "enum",
    "format",
    "maxItems",
    "maxLength",
    "maximum",
    "minItems",
    "minLength",
    "minimum",
    "pattern",
)
INT64 = {"minimum": -(2**63), "maximum": 2**63 - 1}


@dataclass(frozen=True)
class Difference:
    """What differs, and the reference that the contract gives for its side, if it has a side."""

    text: str
    reference: str | None


@dataclass
class Shape:
    """What one place says, with all that stands there merged. Each part of a contract keeps its reference."""

    place: str
    reference: str | None = None
    types: set = field(default_factory=set)
    keywords: dict = field(default_factory=dict)  # keyword: (value, reference)
    required: dict = field(default_factory=dict)  # member: reference
    members: dict = field(default_factory=dict)  # member: (its shape, made when asked for, and its reference)
    items: object = None  # the shape of each item, made when asked for

    def read(self, schema, reference=None):
        """Adds the keywords of a JSON schema, apart from those that lead to other places."""
        if "type" in schema:
            types = schema["type"]
            self.types |= {types} if isinstance(types, str) else set(types)
        found = {name: schema[name] for name in KEYWORDS if name in schema}
        if found.get("format") == "int64" and "integer" in self.types:
            del found["format"]
            found = {**INT64, **found}
        for name, value in found.items():
            # A length of at least nothing is no limit.
            if not (name in ("minLength", "minItems") and value == 0):
                self.keywords[name] = (sorted(value) if name == "enum" else value, reference)
        for name in schema.get("required", ()):
            self.required[name] = reference


def differences(ours, theirs, seen):
    """Every way in which a contract's shape differs from the vendor's. `seen` holds the pairs looked at before."""
    if (ours.place, theirs.place) in seen:
        return
    seen.add((ours.place, theirs.place))
    if ours.types != theirs.types:
        yield Difference(f"{ours.place}: {_types(ours)} here, {_types(theirs)} there", ours.reference)
    for name in KEYWORDS:
        here, reference = ours.keywords.get(name, (None, ours.reference))
        there, _ = theirs.keywords.get(name, (None, None))
        if here != there:
            yield Difference(f"{ours.place}: {name} is {_value(here)} here, {_value(there)} there", reference)
    for name in sorted(ours.required.keys() - theirs.required.keys()):
        yield Difference(f"{ours.place}: {name} is required here only", ours.required[name])
    for name in sorted(theirs.required.keys() - ours.required.keys()):
        yield Difference(f"{ours.place}: {name} is required there only", ours.reference)
    for name in sorted(ours.members.keys() - theirs.members.keys()):
        yield Difference(f"{ours.place}: {name} is a member here only", ours.members[name][1])
    for name in sorted(theirs.members.keys() - ours.members.keys()):
        yield Difference(f"{ours.place}: {name} is a member there only", ours.reference)
    for name in sorted(ours.members.keys() & theirs.members.keys()):
        yield from differences(ours.members[name][0](), theirs.members[name][0](), seen)
    if ours.items and theirs.items:
        yield from differences(ours.items(), theirs.items(), seen)
    elif ours.items or theirs.items:
        yield Difference(f"{ours.place}: items are described {'here' if ours.items else 'there'} only", ours.reference)


def _types(shape):
    return " or ".join(sorted(shape.types)) or "any type"


def _value(value):
    return "not given" if value is None else f"[{', '.join(value)}]" if isinstance(value, list) else str(value)
