"""pydo against `jobproof mock digitalocean`: the mock has to look like DigitalOcean to its own SDK."""

import uuid
from datetime import datetime

from azure.core.exceptions import ClientAuthenticationError, ResourceExistsError
from pydo import Client

from harness import MOCK_URL, advance, arrange, main, raises, states_until

KNOWLEDGE_BASE = "123e4567-e89b-12d3-a456-426614174000"
PENDING, RUNNING = "INDEX_JOB_STATUS_PENDING", "INDEX_JOB_STATUS_IN_PROGRESS"
COMPLETED, FAILED, CANCELLED = "INDEX_JOB_STATUS_COMPLETED", "INDEX_JOB_STATUS_FAILED", "INDEX_JOB_STATUS_CANCELLED"


class Plain:
    """The genai operations with plain HTTP allowed, which pydo only takes as an argument of each call."""

    def __init__(self, token):
        self.operations = Client(token=token, endpoint=MOCK_URL, retry_total=0).genai

    def __getattr__(self, name):
        operation = getattr(self.operations, name)
        return lambda *arguments, **named: operation(*arguments, enforce_https=False, **named)


genai = Plain("jobproof-token")


def create():
    body = {"knowledge_base_uuid": KNOWLEDGE_BASE, "data_source_uuids": [str(uuid.uuid4())]}
    return genai.create_indexing_job(body)["job"]


def get(job):
    return genai.get_indexing_job(job)["job"]


def finish(job):
    return states_until(lambda: get(job)["status"], COMPLETED)


def instant(text):
    parsed = datetime.fromisoformat(text)
    assert parsed.tzinfo, text
    return parsed


def test_a_created_job_completes_as_the_clock_moves():
    job = create()
    assert (job["status"], job["phase"]) == (PENDING, "BATCH_JOB_PHASE_PENDING"), job
    assert job["knowledge_base_uuid"] == KNOWLEDGE_BASE, job
    assert finish(job["uuid"]) == [PENDING, RUNNING, COMPLETED]
    assert get(job["uuid"])["phase"] == "BATCH_JOB_PHASE_SUCCEEDED"


def test_timestamps_are_rfc_3339():
    job = get(arrange(COMPLETED))
    times = [instant(job[name]) for name in ("created_at", "started_at", "finished_at", "updated_at")]
    assert times == sorted(times), job


def test_paging_partitions_the_jobs():
    created = {create()["uuid"] for _ in range(25)}
    listed, page = [], 1
    while True:
        answer = genai.list_indexing_jobs(page=page, per_page=10)
        assert len(answer["jobs"]) <= 10 and answer["meta"]["page"] == page, answer["meta"]
        listed += [job["uuid"] for job in answer["jobs"]]
        if page >= answer["meta"]["pages"]:
            break
        page += 1
    assert len(listed) == len(set(listed)) == answer["meta"]["total"], (len(listed), answer["meta"])
    assert created <= set(listed), created - set(listed)
    assert len(genai.list_indexing_jobs()["jobs"]) == 20, "the default page size is 20"
    for job in created:
        finish(job)


def test_list_by_knowledge_base():
    job = arrange(COMPLETED)
    listed = genai.list_indexing_jobs_by_knowledge_base(KNOWLEDGE_BASE)["jobs"]
    assert job in [entry["uuid"] for entry in listed]
    assert {entry["knowledge_base_uuid"] for entry in listed} == {KNOWLEDGE_BASE}
    assert len(listed) <= 15, "only the latest 15 jobs are listed"


def test_data_sources_of_a_job():
    sources = genai.list_indexing_job_data_sources(arrange(COMPLETED))["indexed_data_sources"]
    assert sources and all(source["data_source_uuid"] for source in sources), sources
    assert all(source["total_file_count"].isdecimal() for source in sources), sources


def test_signed_url_of_a_report():
    answer = genai.get_indexing_job_details_signed_url(arrange(COMPLETED))
    assert answer["signed_url"].startswith(("http://", "https://")), answer


def test_cancel_is_immediate_with_and_without_a_body():
    for state in (PENDING, RUNNING):
        # Without a body pydo sends none at all, still under a JSON content type.
        for with_body in (False, True):
            job = arrange(state)
            advance(1_000)
            answer = genai.cancel_indexing_job(job, body={"uuid": job} if with_body else None)["job"]
            assert (answer["uuid"], answer["status"]) == (job, CANCELLED), answer
            assert answer["phase"] == "BATCH_JOB_PHASE_CANCELLED", answer
            assert instant(answer["finished_at"]) > instant(answer["created_at"]), answer
            assert get(job) == answer


def test_cancelling_a_finished_job_is_a_conflict_that_changes_nothing():
    for state in (COMPLETED, FAILED, CANCELLED):
        job = arrange(state)
        before = get(job)
        with raises(ResourceExistsError) as caught:
            genai.cancel_indexing_job(job)
        assert caught.error.status_code == 409, caught.error
        assert caught.error.response.json()["id"] == "conflict", caught.error.response.text()
        assert get(job) == before, (state, before)


def test_an_unknown_or_malformed_id_is_not_found():
    for job in (str(uuid.uuid4()), f'"{KNOWLEDGE_BASE}"', "not-an-id"):
        for operation in (
            genai.get_indexing_job,
            genai.cancel_indexing_job,
            genai.list_indexing_job_data_sources,
            genai.get_indexing_job_details_signed_url,
        ):
            # pydo declares 404 as an expected answer: the error comes back as the result.
            answer = operation(job)
            assert answer["id"] == "not_found" and answer["message"], answer


def test_a_wrong_token_is_refused_and_changes_nothing():
    job = arrange(RUNNING)
    stranger = Plain("another-token")
    for call in (
        lambda: stranger.create_indexing_job({"knowledge_base_uuid": KNOWLEDGE_BASE}),
        lambda: stranger.get_indexing_job(job),
        lambda: stranger.list_indexing_jobs(),
        lambda: stranger.cancel_indexing_job(job),
    ):
        with raises(ClientAuthenticationError) as caught:
            call()
        assert caught.error.status_code == 401, caught.error
    assert get(job)["status"] == RUNNING
    genai.cancel_indexing_job(job)


main(globals())
