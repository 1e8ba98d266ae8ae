"""Compare the findings of a jobproof JSON report with the committed list.

    compare.py REPORT.json FINDINGS.txt [--ids PATTERN] [--update]

A finding becomes one line, `level rule operation pointer message`, with whatever changes from run to run replaced: also
the server's ids, which PATTERN tells. Exits 1 and prints a unified diff when the sorted lines differ from the list;
`--update` rewrites the list instead.
"""

import argparse
import difflib
import json
import re
import sys
from pathlib import Path

VOLATILE = [
    (re.compile(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)?"), "<time>"),
    (re.compile(r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", re.I), "<uuid>"),
    (re.compile(r"\b127\.0\.0\.1:\d+"), "<address>"),
    (re.compile(r"\b\d+(\.\d+)? ?(ns|µs|us|ms|s)\b"), "<duration>"),
    # How many jobs a list holds depends on how many cases ran before it.
    (re.compile(r"(?<=\w)/\d+(?=[/\s\"'`,:;)]|$)"), "/*"),
]


def line(finding, volatile):
    fields = (finding.get(name) or "-" for name in ("level", "rule", "operation", "pointer", "message"))
    text = " ".join(" ".join(str(field).split()) for field in fields)
    for pattern, replacement in volatile:
        text = pattern.sub(replacement, text)
    return text + "\n"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("report", type=Path)
    parser.add_argument("expected", type=Path)
    parser.add_argument("--ids", type=re.compile)
    parser.add_argument("--update", action="store_true")
    options = parser.parse_args()
    report, expected = options.report, options.expected

    volatile = VOLATILE + ([(options.ids, "<id>")] if options.ids else [])
    found = sorted({line(finding, volatile) for finding in json.loads(report.read_text())["findings"]})

    if options.update:
        expected.write_text("".join(found))
        print(f"{expected}: {len(found)} findings written; read the diff before committing it")
        return
    if not expected.exists():
        sys.exit(f"{expected} is missing: run again with --update, judge every line, and commit it")

    known = expected.read_text().splitlines(keepends=True)
    diff = list(difflib.unified_diff(known, found, str(expected), str(report)))
    if diff:
        sys.stdout.writelines(diff)
        sys.exit(f"\n{len(found)} findings, {len(known)} expected: a rule changed its mind about the same server")
    print(f"{expected.name}: {len(found)} findings, as expected")


if __name__ == "__main__":
    main()
