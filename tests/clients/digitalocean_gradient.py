"""The gradient SDK against `jobproof mock digitalocean`: the mock has to look like DigitalOcean to its own SDK."""

import threading
import uuid
from datetime import datetime

import gradient
from gradient import Gradient

from harness import MOCK_URL, STEP_MS, advance, arrange, main, raises, states_until

KNOWLEDGE_BASE = "123e4567-e89b-12d3-a456-426614174000"
PENDING, RUNNING = "INDEX_JOB_STATUS_PENDING", "INDEX_JOB_STATUS_IN_PROGRESS"
COMPLETED, FAILED, CANCELLED = "INDEX_JOB_STATUS_COMPLETED", "INDEX_JOB_STATUS_FAILED", "INDEX_JOB_STATUS_CANCELLED"


def connect(token="jobproof-token"):
    # The SDK retries 409 by itself, which would only repeat a refusal.
    return Gradient(access_token=token, base_url=MOCK_URL, max_retries=0)


client = connect()
jobs = client.knowledge_bases.indexing_jobs


def create():
    return jobs.create(knowledge_base_uuid=KNOWLEDGE_BASE, data_source_uuids=[str(uuid.uuid4())]).job


def status(job):
    return jobs.retrieve(job).job.status


def finish(job):
    return states_until(lambda: status(job), COMPLETED)


def test_a_created_job_completes_as_the_clock_moves():
    job = create()
    assert job.status == PENDING and job.phase == "BATCH_JOB_PHASE_PENDING", job
    assert job.knowledge_base_uuid == KNOWLEDGE_BASE, job
    assert finish(job.uuid) == [PENDING, RUNNING, COMPLETED]
    assert jobs.retrieve(job.uuid).job.phase == "BATCH_JOB_PHASE_SUCCEEDED"


def test_timestamps_are_read_as_datetimes():
    job = jobs.retrieve(arrange(COMPLETED)).job
    times = [job.created_at, job.started_at, job.finished_at]
    assert all(isinstance(time, datetime) and time.tzinfo for time in times), times
    assert times == sorted(times) and job.updated_at >= job.finished_at, job


def test_numbers_keep_the_types_of_the_specification():
    job = jobs.retrieve(arrange(COMPLETED)).job
    # int64 travels as a number, uint64 as a string of digits, and the SDK passes on whatever comes.
    for number in (job.total_datasources, job.completed_datasources):
        assert type(number) is int, job
    assert job.total_tokens.isdecimal(), job


def test_paging_partitions_the_jobs():
    created = {create().uuid for _ in range(25)}
    listed, page = [], 1
    while True:
        answer = jobs.list(page=page, per_page=10)
        assert len(answer.jobs) <= 10 and answer.meta.page == page, answer.meta
        listed += [job.uuid for job in answer.jobs]
        more = bool(answer.links and answer.links.pages and answer.links.pages.next)
        assert more == (page < answer.meta.pages), (page, answer.meta, answer.links)
        if not more:
            break
        page += 1
    assert len(listed) == len(set(listed)) == answer.meta.total, (len(listed), answer.meta)
    assert created <= set(listed), created - set(listed)
    assert len(jobs.list().jobs) == 20, "the default page size is 20"
    for job in created:
        finish(job)


def test_list_by_knowledge_base():
    job = arrange(COMPLETED)
    answer = client.knowledge_bases.list_indexing_jobs(KNOWLEDGE_BASE)
    assert job in [entry.uuid for entry in answer.jobs]
    assert {entry.knowledge_base_uuid for entry in answer.jobs} == {KNOWLEDGE_BASE}
    assert len(answer.jobs) <= 15, "only the latest 15 jobs are listed"


def test_data_sources_of_a_job():
    sources = jobs.retrieve_data_sources(arrange(COMPLETED)).indexed_data_sources
    assert sources and all(source.data_source_uuid for source in sources), sources
    assert all(source.status.startswith("DATA_SOURCE_STATUS_") for source in sources), sources
    assert all(source.total_file_count.isdecimal() for source in sources), sources


def test_signed_url_of_a_report():
    job = arrange(COMPLETED)
    assert jobs.retrieve(job).job.is_report_available is True
    assert jobs.retrieve_signed_url(job).signed_url.startswith(("http://", "https://"))


def test_cancel_is_immediate_with_and_without_the_id_in_the_body():
    for state in (PENDING, RUNNING):
        for with_body in (False, True):
            job = arrange(state)
            advance(1_000)
            answer = jobs.update_cancel(job, **({"body_uuid": job} if with_body else {})).job
            assert (answer.uuid, answer.status) == (job, CANCELLED), answer
            assert answer.phase == "BATCH_JOB_PHASE_CANCELLED", answer
            assert isinstance(answer.finished_at, datetime), answer
            assert jobs.retrieve(job).job == answer


def test_cancelling_a_finished_job_is_a_conflict_that_changes_nothing():
    for state in (COMPLETED, FAILED, CANCELLED):
        job = arrange(state)
        before = jobs.retrieve(job).job
        with raises(gradient.ConflictError) as caught:
            jobs.update_cancel(job)
        assert caught.error.body["id"] == "conflict" and caught.error.body["message"], caught.error.body
        assert jobs.retrieve(job).job == before, (state, before)


def test_an_unknown_or_malformed_id_is_not_found():
    # The SDK's own documentation shows an id in literal quotes.
    for job in (str(uuid.uuid4()), f'"{KNOWLEDGE_BASE}"', "not-an-id"):
        for call in (jobs.retrieve, jobs.update_cancel, jobs.retrieve_data_sources, jobs.retrieve_signed_url):
            with raises(gradient.NotFoundError) as caught:
                call(job)
            assert caught.error.body["id"] == "not_found" and caught.error.body["message"], caught.error.body


def test_a_wrong_token_is_refused_and_changes_nothing():
    job = arrange(RUNNING)
    stranger = connect("another-token").knowledge_bases.indexing_jobs
    for call in (
        lambda: stranger.create(knowledge_base_uuid=KNOWLEDGE_BASE),
        lambda: stranger.retrieve(job),
        lambda: stranger.list(),
        lambda: stranger.update_cancel(job),
    ):
        with raises(gradient.AuthenticationError) as caught:
            call()
        assert caught.error.body["id"] == "unauthorized", caught.error.body
    assert status(job) == RUNNING
    jobs.update_cancel(job)


def test_the_waiter_of_the_sdk_sees_a_job_succeed():
    job = create().uuid
    done = threading.Event()

    def move_clock():
        while not done.wait(0.02):
            advance(STEP_MS)

    clock = threading.Thread(target=move_clock)
    clock.start()
    try:
        answer = jobs.wait_for_completion(job, poll_interval=0.02, timeout=20)
    finally:
        done.set()
        clock.join()
    assert answer.job.status == COMPLETED, answer


def test_the_waiter_of_the_sdk_raises_for_a_job_that_ended_badly():
    for state, phase in ((FAILED, "BATCH_JOB_PHASE_FAILED"), (CANCELLED, "BATCH_JOB_PHASE_CANCELLED")):
        with raises(gradient.IndexingJobError) as caught:
            jobs.wait_for_completion(arrange(state), poll_interval=0.02, timeout=20)
        assert caught.error.phase == phase, caught.error.phase


def test_the_waiter_of_the_sdk_gives_up_on_a_running_job():
    job = arrange(RUNNING)
    with raises(gradient.IndexingJobTimeoutError):
        jobs.wait_for_completion(job, poll_interval=0.02, timeout=0.1)
    jobs.update_cancel(job)


main(globals())
