"""The contract of DigitalOcean against the vendor's OpenAPI description."""

import re

from openapi import Description
from shape import Difference, Shape, differences

# What the paths call a job here; the contract has to have every operation on one.
SUBJECT = "indexing_jobs"
METHODS = {"get", "put", "post", "patch", "delete"}


def compare(contract, folder):
    description, operations, seen = Description(folder), contract.facts["operations"], set()
    wanted = {(operation["method"].lower(), operation["path"]) for operation in operations.values()}
    paths = {path: node for path, node in description.main["paths"].items() if SUBJECT in path}
    offered = {(method, path) for path, node in paths.items() for method in METHODS & node.keys()}
    for method, path in sorted(offered - wanted):
        yield Difference(f"digitalocean: {method} {path} is an operation there only", None)
    declared = set()
    for name, operation in operations.items():
        theirs = description.operation(operation["method"], operation["path"])
        if theirs is None:
            yield Difference(f"digitalocean: {name} is an operation here only", operation["ref"])
            continue
        yield from differences(contract.shape(operation["request"]), theirs.request(), seen)
        yield from _answers(contract, name, operation, theirs, declared, seen)
        yield from _latest(name, operation, theirs)
    for header, facts in contract.facts["headers"].items():
        if header not in declared:
            yield Difference(f"digitalocean: {header} is a header here only", facts["ref"])
    scheme = description.main["components"]["securitySchemes"]["bearer_auth"]
    if (scheme["type"], scheme["scheme"], *contract.facts["auth"]) != ("http", "bearer", "bearer"):
        yield Difference("digitalocean: other credentials there", contract.facts["auth"]["bearer"]["ref"])
    yield from _ids(contract, description)


def _answers(contract, name, operation, theirs, declared, seen):
    """Statuses, bodies and headers. A contract gives headers their statuses by number: `default` is left out there."""
    place, answers = f"digitalocean {name}", theirs.answers()
    for status in sorted(operation["responses"].keys() ^ answers.keys()):
        where = "there" if status in answers else "here"
        yield Difference(f"{place}: {status} is a status {where} only", operation["ref"])
    for status in sorted(operation["responses"].keys() & answers.keys()):
        shape, headers, file = answers[status]
        yield from differences(contract.shape(operation["responses"][status]), shape, seen)
        declared.update(headers)
        ours = contract.facts["headers"]
        expected = {header for header, facts in ours.items() if status.isdigit() and int(status) in facts.get("on", ())}
        # What no answer declares is told once, for all of them.
        for header in sorted(headers.keys() - expected if status.isdigit() else ()):
            yield Difference(f"{place}: {header} is a header of {status} there only", operation["ref"])
        for header in sorted((expected & declared) - headers.keys()):
            yield Difference(f"{place}: {header} is a header of {status} here only", ours[header]["ref"])
        for header in sorted(headers.keys() & ours.keys()):
            node, at = theirs.description.follow(headers[header], file)
            there = theirs.description.shape(node["schema"], at, header)
            yield from differences(_header(header, ours[header]), there, seen)


def _header(name, facts):
    """A header as a shape: a pattern of digits alone is how a contract writes an integer."""
    shape = Shape(f"digitalocean header {name}", facts["ref"])
    digits = facts.get("pattern") == "^[0-9]+$"
    shape.read({"type": "integer"} if digits else {"type": "string", "pattern": facts["pattern"]}, facts["ref"])
    return shape


def _latest(name, operation, theirs):
    """How many jobs a list without pages holds; the description only says it in words."""
    here, said = operation.get("latest"), re.search(r"latest (\d+)", theirs.node["description"])
    there = said and int(said[1])
    if here != there:
        yield Difference(f"digitalocean {name}: the latest {here} here, {there} there", operation["ref"])


def _ids(contract, description):
    """The ids of errors, which stand in the examples of the shared answers."""
    theirs = {}
    folder = description.root.parent / "shared" / "responses"
    for status, answer in _named(folder, description):
        theirs.setdefault(answer, set()).add(status)
    ours = {code: set(facts["status"]) for code, facts in contract.facts["error_body"]["codes"].items()}
    for code in sorted(ours.keys() | theirs.keys()):
        if ours.get(code) != theirs.get(code):
            facts = contract.facts["error_body"]["codes"].get(code)
            yield Difference(
                f"digitalocean: the error {code} has status {ours.get(code)} here, {theirs.get(code)} there",
                facts and facts["ref"],
            )


def _named(folder, description):
    """Status and id of each shared answer to a failure; the name of its file is that of the status."""
    statuses = {
        "bad_request": 400,
        "unauthorized": 401,
        "forbidden": 403,
        "not_found": 404,
        "conflict": 409,
        "unprocessable_entity": 422,
        "too_many_requests": 429,
        "server_error": 500,
    }
    for name, status in statuses.items():
        answer, _ = description.follow({"$ref": f"{name}.yml"}, folder / "index.yml")
        yield status, answer["content"]["application/json"]["example"]["id"]
