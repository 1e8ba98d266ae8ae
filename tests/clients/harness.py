"""What the client scripts share: the mock's control door, and a runner for functions named test_*."""

import json
import os
import traceback
import urllib.request
from contextlib import contextmanager

MOCK_URL = os.environ["JOBPROOF_MOCK_URL"].rstrip("/")

# Far more simulated time than a job needs, in steps small enough to see the states in between.
STEP_MS = 5_000
STEPS = 120

_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def _control(door, body):
    request = urllib.request.Request(
        f"{MOCK_URL}/__jobproof/{door}",
        data=json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
        method="POST",
    )
    with _direct.open(request, timeout=10) as response:
        return json.loads(response.read() or b"null")


def arrange(state, facets=None, **parents):
    """Put a job into a state, where it stays until it is acted on; returns its id. `facets` are lists by name."""
    body = {"state": state}
    if facets:
        body["facets"] = facets
    if parents:
        body["parents"] = parents
    job = _control("arrange", body)["job"]
    assert job["state"] == state, job
    return job["id"]


def advance(milliseconds):
    """Move the mock's clock, which moves in no other way."""
    _control("clock", {"advance_ms": milliseconds})


def states_until(read_state, last):
    """Advance the clock until `read_state()` is `last`; returns the states seen, each once, in order."""
    seen = []
    for _ in range(STEPS):
        state = read_state()
        if state not in seen:
            seen.append(state)
        if state == last:
            return seen
        advance(STEP_MS)
    raise AssertionError(f"{last} was not reached; saw {seen}")


@contextmanager
def raises(kind):
    """Expect an exception of this kind; after the block, `.error` holds it."""

    class Caught:
        error = None

    caught = Caught()
    try:
        yield caught
    except kind as error:
        caught.error = error
        return
    raise AssertionError(f"{kind.__name__} was not raised")


def main(namespace):
    """Run every test_* function in the order of definition; exits 1 if any failed."""
    tests = [(name, test) for name, test in namespace.items() if name.startswith("test_")]
    failed = 0
    for name, test in tests:
        try:
            test()
            print(f"ok      {name}")
        except Exception:
            failed += 1
            print(f"FAILED  {name}")
            traceback.print_exc()
    print(f"{len(tests) - failed} passed, {failed} failed", flush=True)
    raise SystemExit(1 if failed else 0)
