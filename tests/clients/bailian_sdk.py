"""The vendor's SDK against `jobproof mock bailian`: signed with ACS3-HMAC-SHA256, everything in the query."""

from alibabacloud_bailian20231229 import models
from alibabacloud_bailian20231229.client import Client
from alibabacloud_tea_openapi.exceptions import ClientException
from alibabacloud_tea_openapi.utils_models import Config

from harness import MOCK_URL, advance, arrange, main, raises, states_until

WORKSPACE, FOREIGN_WORKSPACE = "llm-3z7uw7fwz0vexxxx", "llm-9k2mq4rtb8yaxxxx"
INDEX, FOREIGN_INDEX, UNKNOWN_INDEX = "79c0alxxxx", "52h7bqxxxx", "00z0zzxxxx"
UNKNOWN_JOB = "00000aa00a0a00aaaa0aa0aa00000aaaa"
FILE = "file_9a65732555b54d5ea10796ca5742ba22_10000001"
KEY, SECRET = "JOBPROOFEXAMPLEKEY0001", "jobproof-example-secret-0001"


def connect(key=KEY, secret=SECRET):
    host = MOCK_URL.removeprefix("http://")
    return Client(
        Config(access_key_id=key, access_key_secret=secret, endpoint=host, protocol="http", region_id="cn-beijing")
    )


client = connect()


def status(job, workspace=WORKSPACE, index=INDEX, using=client, **pages):
    request = models.GetIndexJobStatusRequest(index_id=index, job_id=job, **pages)
    return using.get_index_job_status(workspace, request).body


def submit(workspace=WORKSPACE, index=INDEX, using=client):
    return using.submit_index_job(workspace, models.SubmitIndexJobRequest(index_id=index)).body


def refused(error, status_code, code):
    assert error.status_code == status_code, error
    assert error.code == code, error
    assert error.message, error


def good(body):
    assert body.success is True and body.code == "Success" and body.request_id, body
    # The SDK says text; it passes on whatever comes.
    assert body.status == "200", body
    return body


def test_a_submitted_job_has_an_id():
    data = good(submit()).data
    assert data.id and data.index_id == INDEX, data
    assert good(status(data.id)).data.job_id == data.id


def test_documents_are_added_by_a_job_of_its_own():
    request = models.SubmitIndexAddDocumentsJobRequest(
        index_id=INDEX,
        source_type="DATA_CENTER_FILE",
        document_ids=[FILE, FILE.replace("1", "2")],
        chunk_mode="length",
        chunk_size=500,
        overlap_size=100,
        enable_headers=True,
        extra=models.SubmitIndexAddDocumentsJobRequestExtra(unique_id="u1"),
    )
    job = good(client.submit_index_add_documents_job(WORKSPACE, request).body).data.id
    assert states_until(lambda: status(job).data.status, "COMPLETED")[-1] == "COMPLETED"


def test_a_job_goes_to_its_end_and_stays():
    job = submit().data.id
    assert states_until(lambda: status(job).data.status, "COMPLETED") == ["PENDING", "RUNNING", "COMPLETED"]
    advance(3_600_000)
    body = good(status(job))
    assert body.data.status == "COMPLETED"
    assert {document.status for document in body.data.documents} == {"FINISH"}


def test_documents_come_in_pages():
    job = arrange("COMPLETED")
    whole = [document.doc_id for document in status(job, page_size=100).data.documents]
    assert len(whole) == len(set(whole)) > 10, whole
    # Ten when no size is asked for.
    assert [document.doc_id for document in status(job).data.documents] == whole[:10], whole
    paged, number = [], 1
    while page := status(job, page_number=number, page_size=2).data:
        assert page.status == "COMPLETED" and len(page.documents) <= 2, page
        paged += [document.doc_id for document in page.documents]
        if len(page.documents) < 2:
            break
        number += 1
    assert paged == whole, paged


def test_every_state_is_read():
    for state in ("PENDING", "RUNNING", "COMPLETED", "FAILED"):
        assert good(status(arrange(state))).data.status == state


def test_an_unknown_job_raises_the_typed_exception():
    with raises(ClientException) as caught:
        status(UNKNOWN_JOB)
    refused(caught.error, 400, "Index.InvalidParameter")


def test_a_job_is_not_reached_through_another_index():
    job = arrange("COMPLETED", WorkspaceId=FOREIGN_WORKSPACE, IndexId=FOREIGN_INDEX)
    assert status(job, FOREIGN_WORKSPACE, FOREIGN_INDEX).data.status == "COMPLETED"
    with raises(ClientException):
        status(job)


def test_an_unknown_index_is_refused():
    with raises(ClientException) as caught:
        submit(index=UNKNOWN_INDEX)
    # The service's own shape, with small first letters: the SDK reads it all the same.
    refused(caught.error, 403, "Index.NoWorkspacePermissions")


def test_missing_parameters_go_out_and_are_refused():
    # The SDK checks nothing before it sends.
    for request in (models.GetIndexJobStatusRequest(index_id=INDEX), models.GetIndexJobStatusRequest(job_id="x")):
        with raises(ClientException) as caught:
            client.get_index_job_status(WORKSPACE, request)
        refused(caught.error, 400, "Index.InvalidParameter")


def test_pages_are_counted_from_1():
    with raises(ClientException) as caught:
        status(arrange("COMPLETED"), page_number=0)
    refused(caught.error, 400, "Index.InvalidParameter")


def monitored():
    return models.GetIndexMonitorRequest(index_id=INDEX, start_timestamp=1764000000, end_timestamp=1764003600)


def every_operation(using):
    yield lambda: status(UNKNOWN_JOB, using=using)
    yield lambda: submit(using=using)
    yield lambda: using.list_indices(WORKSPACE, models.ListIndicesRequest())
    yield lambda: using.list_index_documents(WORKSPACE, models.ListIndexDocumentsRequest(index_id=INDEX))
    yield lambda: using.list_index_file_details(WORKSPACE, models.ListIndexFileDetailsRequest(index_id=INDEX))
    yield lambda: using.list_file(WORKSPACE, models.ListFileRequest(category_id="default"))
    yield lambda: using.describe_file(WORKSPACE, FILE, models.DescribeFileRequest())
    yield lambda: using.get_index_monitor(WORKSPACE, monitored())
    yield lambda: using.delete_index(WORKSPACE, models.DeleteIndexRequest(index_id=UNKNOWN_INDEX))
    yield lambda: using.update_index(WORKSPACE, models.UpdateIndexRequest(id=UNKNOWN_INDEX))


def test_a_wrong_secret_breaks_the_signature_of_every_operation():
    for call in every_operation(connect(secret="another-secret")):
        with raises(ClientException) as caught:
            call()
        refused(caught.error, 400, "SignatureDoesNotMatch")


def test_an_unknown_key_is_refused_by_every_operation():
    for call in every_operation(connect(key="UNKNOWNKEY00000000001")):
        with raises(ClientException) as caught:
            call()
        refused(caught.error, 404, "InvalidAccessKeyId.NotFound")


def test_odd_characters_survive_the_signature():
    # Blanks, stars, slashes and other scripts are written differently in the request and in what is signed.
    with raises(ClientException) as caught:
        status("中文/&=", workspace="llm a/b", index="a b+c*d~e")
    refused(caught.error, 403, "Index.NoWorkspacePermissions")


def test_a_knowledge_base_is_made_changed_and_deleted():
    request = models.CreateIndexRequest(
        name="papers",
        structure_type="unstructured",
        sink_type="BUILT_IN",
        source_type="DATA_CENTER_FILE",
        document_ids=[FILE],
        rerank_min_score=0.2,
        enable_rewrite=True,
        chunk_mode="regex",
        separator="\\n\\n",
    )
    index = good(client.create_index(WORKSPACE, request).body).data.id
    assert index not in (INDEX, FOREIGN_INDEX)
    job = submit(index=index).data
    assert job.index_id == index
    assert status(job.id, index=index).data.job_id == job.id
    update = models.UpdateIndexRequest(id=index, name="more papers", rerank_min_score="0.5")
    assert good(client.update_index(WORKSPACE, update).body).data.id == index
    remove = models.DeleteIndexDocumentRequest(index_id=index, document_ids=[FILE])
    assert good(client.delete_index_document(WORKSPACE, remove).body).data.deleted_document == [FILE]
    good(client.delete_index(WORKSPACE, models.DeleteIndexRequest(index_id=index)).body)
    with raises(ClientException):
        submit(index=index)


def test_the_lists_read():
    indices = good(client.list_indices(WORKSPACE, models.ListIndicesRequest(page_number="1", page_size="10")).body)
    listed = indices.data.indices[0]
    # A number when it is made, a text when it is listed; and the misspelt member is the one on the wire.
    assert isinstance(listed.rerank_min_score, str) and listed.confg_model == "recommend", listed
    request = models.ListIndexDocumentsRequest(index_id=INDEX, document_status="FINISH", page_number=1, page_size=10)
    documents = good(client.list_index_documents(WORKSPACE, request).body).data
    assert documents.index_id == INDEX and documents.documents[0].id and documents.documents[0].name, documents
    request = models.ListIndexFileDetailsRequest(index_id=INDEX)
    details = good(client.list_index_file_details(WORKSPACE, request).body).data.documents[0]
    assert isinstance(details.chunk_size, str) and details.separator, details


def test_files_and_the_use_of_a_knowledge_base_read():
    file = good(client.describe_file(WORKSPACE, FILE, models.DescribeFileRequest()).body).data
    assert file.file_id and file.status == "PARSE_SUCCESS", file
    files = good(client.list_file(WORKSPACE, models.ListFileRequest(category_id="default", max_results=20)).body).data
    assert files.file_list[0].file_id and files.has_next is False, files
    monitor = client.get_index_monitor(WORKSPACE, monitored()).body
    # A number in this one answer.
    assert monitor.success is True and monitor.status == 200 and monitor.data["qpsMonitorData"], monitor


if __name__ == "__main__":
    main(globals())
