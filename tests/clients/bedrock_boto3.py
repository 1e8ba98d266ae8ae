"""boto3 against `jobproof mock bedrock`: the mock has to look like AWS to AWS's own SDK."""

import uuid
from datetime import datetime

import boto3
import botocore
from botocore.config import Config
from botocore.exceptions import ClientError

from harness import MOCK_URL, advance, arrange, main, raises, states_until

OWN = {"knowledgeBaseId": "KB12345678", "dataSourceId": "DS12345678"}
FOREIGN = {"knowledgeBaseId": "KB99999999", "dataSourceId": "DS99999999"}
UNKNOWN_JOB = "ZZZZZZZZZZ"
FINISHED = ("COMPLETE", "FAILED", "STOPPED")


def connect(key="AKIDJOBPROOFEXAMPLE", secret="jobproof/secret/EXAMPLEKEY", region="us-east-1", **config):
    return boto3.client(
        "bedrock-agent",
        endpoint_url=MOCK_URL,
        region_name=region,
        aws_access_key_id=key,
        aws_secret_access_key=secret,
        config=Config(proxies={}, **config),
    )


client = connect()
errors = client.exceptions


def get(job, parents=OWN):
    return client.get_ingestion_job(ingestionJobId=job, **parents)["ingestionJob"]


def stop(job, parents=OWN):
    return client.stop_ingestion_job(ingestionJobId=job, **parents)["ingestionJob"]


def summaries(parents=OWN, **arguments):
    pages = client.get_paginator("list_ingestion_jobs").paginate(**parents, **arguments)
    return [summary for page in pages for summary in page["ingestionJobSummaries"]]


def finish(job):
    return states_until(lambda: get(job)["status"], "COMPLETE")


def every_operation(using, job):
    yield lambda: using.start_ingestion_job(**OWN)
    yield lambda: using.get_ingestion_job(ingestionJobId=job, **OWN)
    yield lambda: using.list_ingestion_jobs(**OWN)
    yield lambda: using.stop_ingestion_job(ingestionJobId=job, **OWN)


def test_start_answers_202_with_a_starting_job():
    answer = client.start_ingestion_job(description="nightly", **OWN)
    job = answer["ingestionJob"]
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 202, answer
    assert job["status"] == "STARTING", job
    assert job["description"] == "nightly", job
    assert {name: job[name] for name in OWN} == OWN, job
    finish(job["ingestionJobId"])


def test_a_started_job_completes_as_the_clock_moves():
    job = client.start_ingestion_job(**OWN)["ingestionJob"]["ingestionJobId"]
    assert finish(job) == ["STARTING", "IN_PROGRESS", "COMPLETE"]


def test_any_region_is_accepted():
    job = arrange("COMPLETE")
    answer = connect(region="eu-west-3").get_ingestion_job(ingestionJobId=job, **OWN)
    assert answer["ingestionJob"]["ingestionJobId"] == job, answer


def test_timestamps_are_read_as_datetimes_with_a_zone():
    job = get(arrange("COMPLETE"))
    for name in ("startedAt", "updatedAt"):
        assert isinstance(job[name], datetime) and job[name].tzinfo, (name, job[name])
    assert job["startedAt"] <= job["updatedAt"], job


def test_statistics_are_integers():
    statistics = get(arrange("COMPLETE"))["statistics"]
    assert statistics and all(isinstance(count, int) for count in statistics.values()), statistics


def test_a_request_id_is_surfaced():
    answer = client.list_ingestion_jobs(**OWN)
    assert answer["ResponseMetadata"]["RequestId"], answer["ResponseMetadata"]


def test_list_shows_a_job_as_get_does():
    job = arrange("COMPLETE")
    summary = next(entry for entry in summaries() if entry["ingestionJobId"] == job)
    full = get(job)
    assert summary == {name: full[name] for name in summary}, (summary, full)
    assert "failureReasons" not in summary, summary


def test_the_paginator_partitions_the_jobs():
    arranged = {arrange("COMPLETE") for _ in range(25)}
    pages = list(
        client.get_paginator("list_ingestion_jobs").paginate(PaginationConfig={"PageSize": 10}, **OWN)
    )
    listed = [entry["ingestionJobId"] for page in pages for entry in page["ingestionJobSummaries"]]
    assert len(pages) >= 3 and all(len(page["ingestionJobSummaries"]) <= 10 for page in pages)
    assert len(listed) == len(set(listed)), "a job is on two pages"
    assert arranged <= set(listed), arranged - set(listed)


def test_filter_by_status():
    failed = arrange("FAILED")
    arrange("COMPLETE")
    kept = summaries(filters=[{"attribute": "STATUS", "operator": "EQ", "values": ["FAILED"]}])
    assert failed in [entry["ingestionJobId"] for entry in kept]
    assert {entry["status"] for entry in kept} == {"FAILED"}, kept


def test_sort_by_start():
    arrange("COMPLETE")
    advance(1_000)
    arrange("COMPLETE")
    for order, descending in (("ASCENDING", False), ("DESCENDING", True)):
        starts = [entry["startedAt"] for entry in summaries(sortBy={"attribute": "STARTED_AT", "order": order})]
        assert len(set(starts)) > 1 and starts == sorted(starts, reverse=descending), (order, starts)


def test_stop_is_stopping_and_then_stopped():
    for state in ("STARTING", "IN_PROGRESS"):
        job = arrange(state)
        before = get(job)
        advance(1_000)
        answer = client.stop_ingestion_job(ingestionJobId=job, **OWN)
        assert answer["ResponseMetadata"]["HTTPStatusCode"] == 202, answer
        assert answer["ingestionJob"]["status"] == "STOPPING", answer
        assert states_until(lambda: get(job)["status"], "STOPPED") == ["STOPPING", "STOPPED"]
        after = get(job)
        assert after["startedAt"] == before["startedAt"], (before, after)
        assert after["updatedAt"] > before["updatedAt"], (before, after)


def test_stopping_a_finished_job_is_a_conflict_that_changes_nothing():
    for state in FINISHED:
        job = arrange(state)
        before = get(job)
        with raises(errors.ConflictException) as caught:
            stop(job)
        metadata = caught.error.response["ResponseMetadata"]
        assert (metadata["HTTPStatusCode"], metadata["RetryAttempts"]) == (409, 0), metadata
        assert caught.error.response["Error"]["Message"], caught.error.response
        assert get(job) == before, (state, before)


def test_an_unknown_job_is_not_found():
    for call in (get, stop):
        with raises(errors.ResourceNotFoundException) as caught:
            call(UNKNOWN_JOB)
        assert caught.error.response["ResponseMetadata"]["HTTPStatusCode"] == 404


def test_an_unknown_parent_is_not_found():
    job = arrange("COMPLETE")
    for name in OWN:
        parents = OWN | {name: UNKNOWN_JOB}
        for call in (
            lambda: client.start_ingestion_job(**parents),
            lambda: client.list_ingestion_jobs(**parents),
            lambda: get(job, parents),
            lambda: stop(job, parents),
        ):
            with raises(errors.ResourceNotFoundException):
                call()


def test_a_malformed_id_is_a_validation_error():
    for malformed in ("short", "elevenchars", "under_score", "bad id/.."):
        for call in (get, stop):
            with raises(errors.ValidationException) as caught:
                call(malformed)
            assert caught.error.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    for name in OWN:
        with raises(errors.ValidationException):
            client.list_ingestion_jobs(**OWN | {name: "short"})


def test_values_that_only_the_server_checks():
    one = {"attribute": "STATUS", "operator": "EQ", "values": ["FAILED"]}
    for call in (
        lambda: client.start_ingestion_job(description="d" * 201, **OWN),
        lambda: client.start_ingestion_job(clientToken="!" * 40, **OWN),
        lambda: client.start_ingestion_job(clientToken="a" * 257, **OWN),
        lambda: client.list_ingestion_jobs(maxResults=1001, **OWN),
        lambda: client.list_ingestion_jobs(filters=[one, one], **OWN),
        lambda: client.list_ingestion_jobs(filters=[one | {"attribute": "COLOUR"}], **OWN),
        lambda: client.list_ingestion_jobs(sortBy={"attribute": "STATUS", "order": "SIDEWAYS"}, **OWN),
        lambda: client.list_ingestion_jobs(nextToken="not a token", **OWN),
    ):
        with raises(errors.ValidationException):
            call()


def test_a_job_is_out_of_reach_through_another_parent():
    job, foreign = arrange("IN_PROGRESS"), arrange("IN_PROGRESS", **FOREIGN)
    for call in (get, stop):
        for hidden, parents in ((job, FOREIGN), (foreign, OWN)):
            with raises(errors.ResourceNotFoundException):
                call(hidden, parents)
    assert get(job)["status"] == get(foreign, FOREIGN)["status"] == "IN_PROGRESS"
    assert foreign not in [entry["ingestionJobId"] for entry in summaries()]
    assert job not in [entry["ingestionJobId"] for entry in summaries(FOREIGN)]
    stop(job)
    stop(foreign, FOREIGN)


def test_a_client_token_is_replayed():
    token = str(uuid.uuid4())
    first, again = (
        client.start_ingestion_job(clientToken=token, description="once", **OWN)["ingestionJob"]["ingestionJobId"]
        for _ in range(2)
    )
    assert first == again, (first, again)
    finish(first)


def test_a_second_start_is_a_conflict_while_a_job_is_under_way():
    first = client.start_ingestion_job(**OWN)["ingestionJob"]["ingestionJobId"]
    before = len(summaries())
    with raises(errors.ConflictException) as caught:
        client.start_ingestion_job(**OWN)
    assert caught.error.response["ResponseMetadata"]["HTTPStatusCode"] == 409, caught.error.response
    assert len(summaries()) == before
    finish(first)
    finish(client.start_ingestion_job(**OWN)["ingestionJob"]["ingestionJobId"])


def test_wrong_credentials_are_refused_and_change_nothing():
    job = arrange("IN_PROGRESS")
    before = len(summaries())
    for stranger in (
        connect(secret="jobproof/secret/OTHERKEY"),
        connect(key="AKIDNOBODYEXAMPLE"),
        connect(signature_version=botocore.UNSIGNED),
    ):
        for call in every_operation(stranger, job):
            with raises(ClientError) as caught:
                call()
            response = caught.error.response
            assert response["ResponseMetadata"]["HTTPStatusCode"] == 403, response
            # Without a discriminator botocore can only repeat the status.
            assert response["Error"]["Code"] != "403", response
    assert get(job)["status"] == "IN_PROGRESS"
    assert len(summaries()) == before
    stop(job)


main(globals())
