"""PyPI `aiware` with `veri-agents-aiware`, the vendor's own client of its GraphQL API, against `jobproof mock aiware`."""

import asyncio
import importlib.machinery
import importlib.util
import sys
import types
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from harness import MOCK_URL, _control, advance, main, raises  # noqa: E402


def _register(name):
    """The package's own start pulls in frameworks that its client does not need: an empty one takes its place."""
    spec = importlib.machinery.PathFinder.find_spec(name)
    package = types.ModuleType(name)
    package.__path__ = list(spec.submodule_search_locations)
    sys.modules[name] = package


_register("veri_agents_aiware")

from aiware.common.auth import AiwareApiKey, TokenAuth  # noqa: E402
from aiware.common.schemas import JSONData  # noqa: E402
from veri_agents_aiware.aiware_client.client_generated.async_client import AsyncAgentsAiware  # noqa: E402
from veri_agents_aiware.aiware_client.client_generated.client import AgentsAiware  # noqa: E402
from veri_agents_aiware.aiware_client.client_generated.enums import JobStatusFilter  # noqa: E402

ENGINE = "8bdb0e3b-ff28-4f6e-a3ba-887bd06e6440"
TDO = "1951002277"
JOB = "query Job($id: ID!) { job(id: $id) { id status tasks { count records { id status } } } }"
CANCEL = "mutation Cancel($id: ID!) { cancelJob(id: $id) { id message } }"
RETRY = "mutation Retry($id: ID!) { retryJob(id: $id) { id } }"


def connect(kind=AgentsAiware, token="jobproof-token"):
    return kind(base_url=MOCK_URL, auth=TokenAuth(token=AiwareApiKey(token)))


client = connect()


def run(query, name, using=client, **variables):
    return using.get_data(using.execute(query, operation_name=name, variables=variables))


def refused(query, name, using=client, **variables):
    """The entries of `errors` in the answer to a call that is refused, as they came (the client spells it so)."""
    with raises(Exception) as caught:
        run(query, name, using, **variables)
    assert type(caught.error).__name__ == "GraphQLClientGraphQLMultiError", repr(caught.error)
    return [error.orginal for error in caught.error.errors]


def arrange(state, *tasks):
    """The core id of a job that stays in a state."""
    facets = {"facets": {"tasks": list(tasks)}} if tasks else {}
    return _control("arrange", {"state": state, **facets})["job"]["coreJobID"]


def create():
    payload = JSONData({"mode": "fast"})
    return client.create_processing_job(TDO, "nightly", ENGINE, payload=payload).createJob


def status(job):
    return run(JOB, "Job", id=job)["job"]["status"]


def test_create_answers_with_a_new_job():
    job = create()
    assert job.status.value == "pending", job
    assert status(job.id) == "pending"
    assert create().id != job.id


def test_a_job_goes_its_way():
    job = create().id
    seen = []
    for _ in range(60):
        word = status(job)
        if word not in seen:
            seen.append(word)
        if word == "complete":
            break
        advance(5_000)
    assert seen[0] == "pending" and seen[-1] == "complete" and "running" in seen, seen


def test_jobs_are_counted():
    create()
    count = client.count_active_jobs_for_engine([ENGINE], [JobStatusFilter.pending]).jobs.count
    assert count == 1, count  # the client asks for one record, and `count` is that of the page


def test_a_waiting_job_is_cancelled():
    job = arrange("pending", "pending", "queued")
    answer = run(CANCEL, "Cancel", id=job)["cancelJob"]
    assert answer["id"] == job and answer["message"], answer
    assert status(job) == "aborted"


def test_a_finished_job_cannot_be_cancelled():
    job = arrange("complete", "complete")
    (error,) = refused(CANCEL, "Cancel", id=job)
    assert error["name"] and error["message"], error
    assert status(job) == "complete"


def test_a_failed_job_is_retried_under_another_id():
    job = arrange("failed")
    other = run(RETRY, "Retry", id=job)["retryJob"]["id"]
    assert other != job
    assert status(job) == "failed"
    assert status(other) != "failed"


def test_a_job_that_does_not_exist_is_not_found():
    (error,) = refused(JOB, "Job", id="23041407_NoSuchJob0")
    assert error["name"] == "not_found" and error.get("path", ["job"]) == ["job"], error


def test_a_wrong_token_is_refused():
    errors = refused(JOB, "Job", connect(token="another-token"), id=arrange("running"))
    assert errors[0]["name"] == "authentication_error", errors


def test_an_invalid_document_is_answered_400():
    for query in ["query Job { job(id: 7) { nothing } }", "query Job { job(", "query Job($id: ID!) { job(id: $id) { id } }"]:
        with raises(Exception) as caught:
            run(query, "Job")
        assert type(caught.error).__name__ == "GraphQLClientHttpError", repr(caught.error)
        assert caught.error.status_code == 400


def test_the_async_client_does_the_same():
    async def both():
        using = connect(AsyncAgentsAiware)
        job = (await using.create_ome_video_job(ENGINE, TDO, "video", payload=JSONData({}))).createJob
        return using.get_data(await using.execute(JOB, operation_name="Job", variables={"id": job.id}))["job"]

    assert asyncio.run(both())["status"] == "pending"


if __name__ == "__main__":
    main(globals())
