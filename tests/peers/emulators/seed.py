"""Give an emulator what ingestion jobs belong to, and describe it in a jobproof target file.

    seed.py BASE_URL TARGET.toml

Two knowledge bases are made, the first with two data sources: one that jobproof works in, and one that it must not
notice. Needs the standard library only.
"""

import json
import sys
import urllib.request
from pathlib import Path

# fakecloud finds the service by what a request is signed for, and takes a key that begins with `test` at its word.
CREDENTIALS = (
    "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/bedrock/aws4_request, SignedHeaders=host, Signature=0"
)

KNOWLEDGE_BASE = {
    "roleArn": "arn:aws:iam::000000000000:role/jobproof",
    "knowledgeBaseConfiguration": {
        "type": "VECTOR",
        "vectorKnowledgeBaseConfiguration": {
            "embeddingModelArn": "arn:aws:bedrock:us-east-1::foundation-model/amazon.titan-embed-text-v2:0",
        },
    },
    # winterbaume knows four of the eight stores; this one is among them.
    "storageConfiguration": {
        "type": "OPENSEARCH_SERVERLESS",
        "opensearchServerlessConfiguration": {
            "collectionArn": "arn:aws:aoss:us-east-1:000000000000:collection/jobproof00",
            "vectorIndexName": "jobproof",
            "fieldMapping": {"vectorField": "vector", "textField": "text", "metadataField": "metadata"},
        },
    },
}
DATA_SOURCE = {
    "dataSourceConfiguration": {"type": "S3", "s3Configuration": {"bucketArn": "arn:aws:s3:::jobproof-documents"}},
}

TARGET = """\
vendor = "bedrock"
base_url = "{base_url}"
allow = ["read", "create", "cancel"]

[auth.sigv4]
region = "us-east-1"
access_key_id = "env:JOBPROOF_PEER_KEY"
secret_access_key = "env:JOBPROOF_PEER_SECRET"

[identities.foreign.sigv4]
region = "us-east-1"
access_key_id = "env:JOBPROOF_FOREIGN_KEY"
secret_access_key = "env:JOBPROOF_FOREIGN_SECRET"

[parameters]
knowledgeBaseId = "{own[0]}"
dataSourceId = "{own[1]}"

[other_parent]
knowledgeBaseId = "{other[0]}"
dataSourceId = "{other[1]}"

[arrange]
http = "{base_url}/arrange"

[limits]
requests_per_second = 200
max_jobs = 200
deadline = "3s"
poll_interval = "50ms"
"""


class Emulator:
    def __init__(self, base_url):
        self.base_url = base_url
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def put(self, path, body):
        request = urllib.request.Request(
            f"{self.base_url}/knowledgebases/{path}",
            json.dumps(body).encode(),
            {"Authorization": CREDENTIALS, "Content-Type": "application/json"},
            method="PUT",
        )
        with self.opener.open(request, timeout=30) as response:
            return json.load(response)

    def knowledge_base(self, name):
        return self.put("", {"name": name, **KNOWLEDGE_BASE})["knowledgeBase"]["knowledgeBaseId"]

    def data_source(self, base, name):
        made = self.put(f"{base}/datasources/", {"name": name, **DATA_SOURCE})
        return made["dataSource"]["dataSourceId"]


def main():
    base_url, target = sys.argv[1], Path(sys.argv[2])
    emulator = Emulator(base_url)
    own_base, other_base = emulator.knowledge_base("own"), emulator.knowledge_base("other")
    own = own_base, emulator.data_source(own_base, "own")
    sibling = own_base, emulator.data_source(own_base, "sibling")
    other = other_base, emulator.data_source(other_base, "other")
    # A list that leaks across a data source or a knowledge base only shows it when there is something to leak.
    for base, source in (sibling, other):
        emulator.put(f"{base}/datasources/{source}/ingestionjobs/", {})
    target.write_text(TARGET.format(base_url=base_url, own=own, other=other))


if __name__ == "__main__":
    main()
