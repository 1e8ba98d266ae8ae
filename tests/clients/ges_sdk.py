"""Huawei's SDK against `jobproof mock ges`.

The SDK has models for the management plane only. `call_api` is its own generic method: transport, signing and errors are
the vendor's, and only the paths of the service plane are written here.
"""

import json

from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException, ServerResponseException
from huaweicloudsdkcore.http.http_config import HttpConfig
from huaweicloudsdkges.v1 import GesClient, ShowJobRequest

from harness import MOCK_URL, advance, arrange, main, raises, states_until

PROJECT = "0123456789abcdef0123456789abcdef"
GRAPH = "movie"
GRAPH_ID = "4448c9fb-0b16-4a78-8d89-2a137c53454a"
UNKNOWN_JOB = "9999c9fb-0b16-4a78-8d89-2a137c53454a001679122"
TOKEN = {"X-Auth-Token": "jobproof-token", "Authorization": ""}
GRAPHS = "/ges/v1.0/{project_id}/graphs/{graph_name}"
FINISHED = ("success", "complete", "failed")


def connect(key="JOBPROOFEXAMPLEKEY01", secret="jobproof-example-secret-key-of-40-chars0"):
    return (
        GesClient.new_builder()
        .with_http_config(HttpConfig.get_default_config())
        .with_credentials(BasicCredentials(key, secret, PROJECT))
        .with_endpoint(MOCK_URL)
        .build()
    )


client = connect()


def call(method, path, body=None, query=(), headers=None, using=client, graph=GRAPH, **names):
    """One call of the service plane, signed by the SDK unless the headers carry a token; returns the answer's JSON."""
    # Any response type will do: what is asked of it is the raw body.
    answer = using.call_api(
        resource_path=GRAPHS + path,
        method=method,
        path_params={"graph_name": graph, **names},
        query_params=list(query),
        header_params={"Content-Type": "application/json", **(headers or {})},
        body=body,
        response_headers=[],
        response_type="ShowJobResponse",
    )
    return json.loads(answer.raw_content or b"null")


def submit(path, action, body, **options):
    return call("POST", path, body, [("action_id", action)], **options)["jobId"]


def query_vertices(**options):
    return submit("/vertices/action", "query", {"labels": ["user"], "limit": 2, "offset": 0}, **options)


def show(job, **options):
    return call("GET", "/jobs/{job_id}/status", job_id=job, **options)


def cancel(job, **options):
    return call("DELETE", "/jobs/{job_id}", job_id=job, **options)


def listed(**options):
    answer = call("GET", "/jobs/status", **options)
    assert answer["result"] == "success", answer
    return answer["jobs"]


def refusal(error, status=400):
    """The mock's error as the SDK hands it over: it does not know these names, so it keeps the whole body."""
    assert error.status_code == status, error
    return json.loads(error.error_msg)


def test_a_query_runs_to_success_as_the_clock_moves():
    job = query_vertices()
    assert states_until(lambda: show(job)["status"], "success") == ["pending", "running", "success"]
    assert show(job)["data"], show(job)


def test_every_kind_of_job_can_be_submitted():
    edge = {"source": "46", "target": "39"}
    obs = {"exportPath": "demo/", "obsParameters": {"accessKey": "a", "secretKey": "s"}}
    jobs = [
        submit("/edges/action", "query", {"labels": ["rate"]}),
        submit("/action", "execute-algorithm", {"algorithmName": "louvain", "parameters": {}}),
        submit("/action", "filtered-query", {"executionMode": "async", "vertices": ["46"]}),
        submit("/vertices/action", "delete", {"labels": ["user"]}),
        submit("/edges/action", "delete", {"labels": ["rate"]}),
        submit("/vertices/action", "export", {"labels": ["user"], **obs}),
        submit("/edges/action", "export", {"labels": ["rate"], **obs}),
        submit("/edges/action", "batch-delete", {"edges": [edge], "executionMode": "async"}),
        call("DELETE", "/indices/{indexName}", indexName="ageIndex")["jobId"],
    ]
    index = {"indexName": "i", "indexType": "GlobalCompositeVertexIndex", "hasLabel": "true"}
    jobs.append(call("POST", "/indices", index)["jobId"])
    assert len(set(jobs)) == len(jobs), jobs
    assert set(jobs) <= {entry["jobId"] for entry in listed()}


def test_an_action_that_does_not_exist_is_no_job():
    with raises(ClientRequestException) as caught:
        submit("/vertices/action", "frobnicate", {"labels": ["user"]})
    assert caught.error.status_code == 404, caught.error


def test_a_running_query_is_cancelled_with_an_empty_answer():
    job = arrange("running", facets={"kind": ["vertex-query"]})
    assert cancel(job) == {}
    assert show(job)["status"] in FINISHED


def test_a_cancel_is_refused_for_another_kind():
    job = arrange("running", facets={"kind": ["delete-index"]})
    with raises(ClientRequestException) as caught:
        cancel(job)
    assert refusal(caught.error)["errorMessage"] == "Unsupported Operation"
    assert show(job)["status"] == "running"


def test_a_submitted_deletion_cannot_be_cancelled_either():
    job = submit("/vertices/action", "delete", {"labels": ["user"]})
    with raises(ClientRequestException) as caught:
        cancel(job)
    assert refusal(caught.error)["errorMessage"] == "Unsupported Operation"


def test_a_cancel_is_refused_once_the_job_has_finished():
    for state in FINISHED:
        job = arrange(state)
        before = show(job)
        for _ in range(2):
            with raises(ClientRequestException) as caught:
                cancel(job)
            assert refusal(caught.error)["errorCode"] == "GES.8303"
        assert show(job) == before


def test_an_unknown_job_has_an_error_of_its_own_for_each_call():
    with raises(ClientRequestException) as caught:
        cancel(UNKNOWN_JOB)
    # The SDK reads another shape of errors, so the status stands in for the code.
    assert caught.error.error_code == "400", caught.error.error_code
    error = refusal(caught.error)
    assert error["errorCode"] == "GES.8303"
    assert error["errorMessage"] == f"can not find job to cancel, id is {UNKNOWN_JOB}"
    with raises(ClientRequestException) as caught:
        show(UNKNOWN_JOB)
    assert refusal(caught.error)["errorCode"] == "GES.8301"


def test_a_job_is_not_reached_through_another_graph():
    job = arrange("running", facets={"kind": ["vertex-query"]})
    with raises(ClientRequestException):
        show(job, graph="music")
    with raises(ClientRequestException):
        cancel(job, graph="music")
    assert show(job)["status"] == "running"
    # The other graph belongs to another project: here there is none of that name.
    with raises(ClientRequestException):
        listed(graph="music")


def test_an_unknown_graph_is_refused():
    with raises(ClientRequestException) as caught:
        listed(graph="nosuchgraph")
    assert refusal(caught.error)["errorCode"] == "GES.8000"


def test_a_result_is_exported_by_a_job_of_its_own():
    source = arrange("success")
    body = {
        "exportPath": "demo_movie/",
        "fileName": "louvain",
        "obsParameters": {"accessKey": "a", "secretKey": "s"},
    }
    job = submit("/jobs/{job_id}/action", "export-result", body, job_id=source)
    assert job != source
    states_until(lambda: show(job)["status"], "success")
    with raises(ClientRequestException):
        submit("/jobs/{job_id}/action", "export-result", body, job_id=UNKNOWN_JOB)


def test_a_list_is_cut_by_offset_and_limit():
    arranged = {arrange("success") for _ in range(5)}
    seen = []
    while page := listed(query=[("offset", len(seen)), ("limit", 2)]):
        assert len(page) <= 2, page
        seen += [entry["jobId"] for entry in page]
    assert len(seen) == len(set(seen)), "a job is on two pages"
    assert arranged <= set(seen)


def test_a_bad_request_is_refused():
    with raises(ClientRequestException) as caught:
        submit("/action", "execute-algorithm", {"parameters": {}})
    assert refusal(caught.error)["errorCode"] == "GES.8000"


def test_the_sdks_own_model_reads_a_job_of_the_management_plane():
    job = arrange("running", facets={"kind": ["import-graph"]})
    answer = client.show_job(ShowJobRequest(graph_id=GRAPH_ID, job_id=job))
    assert (answer.job_id, answer.status) == (job, "running"), answer
    with raises(ClientRequestException) as caught:
        client.show_job(ShowJobRequest(graph_id=GRAPH_ID, job_id=UNKNOWN_JOB))
    assert refusal(caught.error)["errorCode"] == "GES.8301"


def test_a_token_will_do_with_an_empty_authorization_header():
    job = query_vertices(headers=TOKEN)
    assert show(job, headers=TOKEN)["status"] == "pending"
    assert cancel(job, headers=TOKEN) == {}


def test_wrong_credentials_are_refused():
    attempts = (
        {"using": connect(secret="not the secret")},
        {"using": connect(key="AKNOBODYKNOWS")},
        {"headers": {**TOKEN, "X-Auth-Token": "not the token"}},
        {"headers": {"Authorization": ""}},
    )
    for options in attempts:
        with raises((ClientRequestException, ServerResponseException)) as caught:
            show(UNKNOWN_JOB, **options)
        assert caught.error.status_code == 401, (options, caught.error)


def test_time_passes_for_cancelled_jobs_too():
    job = arrange("pending", facets={"kind": ["algorithm"], "algorithm": ["pagerank"]})
    assert cancel(job) == {}
    end = show(job)["status"]
    advance(600_000)
    assert show(job)["status"] == end


main(globals())
