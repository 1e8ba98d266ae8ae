"""The contract of Bedrock against botocore's service model."""

from aws import Model
from shape import Difference, differences

# What the model calls a job here, and what needs none; the contract has to have every operation on them.
SUBJECTS = ("IngestionJob", "KnowledgeBaseDocuments")


def compare(contract):
    model, facts, seen = Model(), contract.facts, set()
    operations = facts["operations"]
    theirs = {name for name in model.operations if any(subject in name for subject in SUBJECTS)}
    for name in sorted(operations.keys() ^ theirs):
        yield Difference(f"bedrock: {name} is an operation {'here' if name in operations else 'there'} only", None)
    for name, operation in operations.items():
        yield from _wire(name, operation, model)
        yield from differences(contract.shape(operation["request"]), model.request(name), seen)
        success = str(model.operations[name]["http"]["responseCode"])
        output = model.shape(model.operations[name]["output"]["shape"])
        for status, body in operation["responses"].items():
            theirs = output if status == success else model.error(operations)
            yield from differences(contract.shape(body), theirs, seen)
    yield from _errors(facts, model, operations)
    signing, there = facts["auth"]["sigv4"], model.metadata["signingName"]
    if signing["service"] != there:
        yield Difference(f"bedrock: signed for {signing['service']} here, {there} there", signing["ref"])


def _wire(name, operation, model):
    """Method, paths, statuses, the client token, pages."""
    theirs, place = model.operations[name], f"bedrock {name}"
    http = theirs["http"]
    for key, there in (("method", http["method"]), ("path", http["requestUri"])):
        if operation[key] != there:
            yield Difference(f"{place}: {key} is {operation[key]} here, {there} there", operation["ref"])
    for path in operation.get("also", ()):
        yield Difference(f"{place}: {path} is a path here only", operation["ref"])
    statuses = {str(http["responseCode"])} | {str(status) for status, _ in model.exceptions([name]).values()}
    for status in sorted(operation["responses"].keys() ^ statuses):
        where = "there" if status in statuses else "here"
        yield Difference(f"{place}: {status} is a status {where} only", operation["ref"])
    members = model.shapes[theirs["input"]["shape"]]["members"]
    tokens = {f"/body/{member}" for member, to in members.items() if to.get("idempotencyToken")}
    ours = {operation["client_token"]["at"]} if "client_token" in operation else set()
    if ours != tokens:
        yield Difference(f"{place}: client tokens are {ours} here, {tokens} there", operation["ref"])
    pages, ours = model.paginators.get(name), operation.get("pagination")
    # The format has pages for lists of jobs only.
    if (pages and operation["role"] == "list") or ours:
        token = ours["style"]["token"] if ours else {}
        here = (token.get("request"), token.get("response"), ours and ours["size"]["request"], operation.get("jobs"))
        there = pages and (
            f"/body/{pages['input_token']}",
            f"/{pages['output_token']}",
            f"/body/{pages['limit_key']}",
            f"/{pages['result_key']}",
        )
        if here != there:
            yield Difference(f"{place}: pages are {here} here, {there} there", operation["ref"])


def _errors(facts, model, operations):
    """The codes of errors, their statuses, and the operations that have them."""
    ours, theirs = facts["error_body"]["codes"], model.exceptions(operations)
    for code in sorted(ours.keys() | theirs.keys()):
        if code not in ours or code not in theirs:
            where, reference = ("here", ours[code]["ref"]) if code in ours else ("there", None)
            yield Difference(f"bedrock: {code} is an error {where} only", reference)
            continue
        status, having = theirs[code]
        here = (ours[code]["status"], sorted(ours[code].get("operations", operations)))
        if here != ([status], sorted(having)):
            yield Difference(f"bedrock: {code} is {here} here, {([status], sorted(having))} there", ours[code]["ref"])
