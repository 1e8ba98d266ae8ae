"""Compare what the contracts say of shapes with what the vendors' own descriptions say.

    compare.py SCHEMAS OPENAPI DIFFERENCES.txt [--update]

SCHEMAS is the folder of contracts, OPENAPI the folder with DigitalOcean's description; botocore is imported. Every
difference has to stand in the list, and below it what explains it: `conflict <id>`, a conflict that the contract
records, or `reference <id>`, the other source that the contract gives for its side. Exits 1 when one is missing, is no
longer there, or is not explained so. `--update` rewrites the list; new differences get a `?`.
"""

import sys
from pathlib import Path

import bedrock
import digitalocean
from contract import Contract

UNEXPLAINED = "?"


def read(path):
    """The list: a difference at the start of a line, its explanation indented below it."""
    known, text = {}, None
    for line in path.read_text().splitlines() if path.exists() else ():
        if line.startswith("    "):
            known[text] = line.strip()
        elif line and not line.startswith("#"):
            text = line
            known[text] = UNEXPLAINED
    return known


def write(path, found, known):
    head = [line for line in (path.read_text() if path.exists() else "").splitlines() if line.startswith("#")]
    body = [f"{text}\n    {known.get(text, UNEXPLAINED)}" for text in sorted(found)]
    path.write_text("\n".join([*head, *body]) + "\n")


def mistake(explanation, reference, facts):
    """What is wrong with an explanation, if anything."""
    kind, _, name = explanation.partition(" ")
    if kind == "conflict":
        return None if name in facts["conflicts"] else f"the contract records no conflict {name}"
    if kind == "reference":
        return None if name == reference else f"the contract's reference there is {reference}, not {name}"
    return "not explained"


def main():
    update = "--update" in sys.argv
    schemas, openapi, path = (Path(argument) for argument in sys.argv[1:] if argument != "--update")
    contracts = [Contract(schemas / "bedrock", "documents"), Contract(schemas / "digitalocean", "platform")]
    compared = (bedrock.compare(contracts[0]), digitalocean.compare(contracts[1], openapi))
    found, count = {}, 0
    for contract, differing in zip(contracts, compared):
        for difference in differing:
            found.setdefault(difference.text, (difference.reference, contract.facts))
        left = contract.schemas.keys() - contract.used
        if left:
            sys.exit(f"{contract.vendor}: no operation leads to {', '.join(sorted(left))}: they were not compared")
        count += len(contract.used)

    known = read(path)
    if update:
        write(path, found, known)
        known = read(path)
    wrong = [f"{text}: no longer found" for text in known.keys() - found.keys()]
    for text, (reference, facts) in found.items():
        problem = mistake(known.get(text, UNEXPLAINED), reference, facts)
        if problem:
            wrong.append(f"{text}: {problem}")
    print("\n".join(sorted(wrong)) if wrong else f"{count} schemas, {len(found)} differences, as expected")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
