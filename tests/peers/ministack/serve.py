"""Serve ministack on a free loopback port, fill it, and describe it in a jobproof target file.

    JOBPROOF_PEER_KEY=... JOBPROOF_PEER_SECRET=... serve.py TARGET.toml

The target file appears in one piece once the server is ready. The server stays up until standard input closes or
SIGTERM arrives, so it cannot outlive the script that started it. Its log is written beside the target file.
"""

import contextlib
import os
import select
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import boto3
from botocore.config import Config

REGION = "us-east-1"
ATTEMPTS = 5
READY_SECONDS = 30
FAILED_JOBS = 4
EMBEDDING_MODEL = f"arn:aws:bedrock:{REGION}::foundation-model/amazon.titan-embed-text-v2:0"

TARGET = """\
vendor = "bedrock"
base_url = "{base_url}"
allow = ["read", "create", "cancel"]

[auth.sigv4]
region = "{region}"
access_key_id = "env:JOBPROOF_PEER_KEY"
secret_access_key = "env:JOBPROOF_PEER_SECRET"

[parameters]
knowledgeBaseId = "{own[0]}"
dataSourceId = "{own[1]}"

[other_parent]
knowledgeBaseId = "{other[0]}"
dataSourceId = "{other[1]}"

[[fixtures]]
state = "FAILED"
jobs = [{failed}]

[limits]
requests_per_second = 200
max_jobs = 200
deadline = "60s"
poll_interval = "50ms"
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def ministack(log):
    """A ministack that answers, as its base URL and its process."""
    for _ in range(ATTEMPTS):
        port = free_port()
        # A bare environment: settings of the caller's shell (AUTH, PERSIST_STATE, ...) would change what is tested.
        child = subprocess.Popen(
            [sys.executable, "-m", "ministack"],
            env={
                "PATH": os.environ["PATH"],
                "BIND_HOST": "127.0.0.1",
                "GATEWAY_PORT": str(port),
                "SERVICES": "bedrock-agent,s3",
                "S3_PERSIST": "0",
                "SFTP_ENABLED": "0",
            },
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            base_url = f"http://127.0.0.1:{port}"
            # Someone else may take the port between the probe and the bind; ministack then exits, and we try another.
            if answers(base_url, child):
                yield base_url, child
                return
        finally:
            stop(child)
    sys.exit(f"ministack did not start in {ATTEMPTS} attempts; see {log.name}")


def answers(base_url, child):
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and child.poll() is None:
        try:
            with opener.open(f"{base_url}/_ministack/health", timeout=1):
                return child.poll() is None
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    return False


def stop(child):
    child.terminate()
    try:
        child.wait(timeout=5)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def seed(base_url):
    """Create two parents, each a (knowledge base, data source), and failed jobs of the first; return their ids."""
    session = boto3.session.Session(
        aws_access_key_id=os.environ["JOBPROOF_PEER_KEY"],
        aws_secret_access_key=os.environ["JOBPROOF_PEER_SECRET"],
        region_name=REGION,
    )
    config = Config(proxies={})
    s3 = session.client("s3", endpoint_url=base_url, config=config)
    agent = session.client("bedrock-agent", endpoint_url=base_url, config=config)

    def knowledge_base(name):
        return agent.create_knowledge_base(
            name=name,
            roleArn="arn:aws:iam::000000000000:role/jobproof",
            knowledgeBaseConfiguration={
                "type": "VECTOR",
                "vectorKnowledgeBaseConfiguration": {"embeddingModelArn": EMBEDDING_MODEL},
            },
        )["knowledgeBase"]["knowledgeBaseId"]

    def data_source(parent, name):
        return agent.create_data_source(
            knowledgeBaseId=parent,
            name=name,
            dataSourceConfiguration={
                "type": "S3",
                "s3Configuration": {"bucketArn": "arn:aws:s3:::jobproof-documents"},
            },
        )["dataSource"]["dataSourceId"]

    own_base, other_base = knowledge_base("own"), knowledge_base("other")
    own = (own_base, data_source(own_base, "own"))
    sibling = (own_base, data_source(own_base, "sibling"))
    other = (other_base, data_source(other_base, "other"))
    # A job fails where its bucket does not exist, and only there: nothing jobproof sends can bring that about.
    failed = [
        agent.start_ingestion_job(knowledgeBaseId=own[0], dataSourceId=own[1])["ingestionJob"]["ingestionJobId"]
        for _ in range(FAILED_JOBS)
    ]
    s3.create_bucket(Bucket="jobproof-documents")
    s3.put_object(Bucket="jobproof-documents", Key="one.txt", Body=b"one document")
    # A list that leaks across a data source or a knowledge base only shows it when there is something to leak.
    for base, source in (sibling, other):
        agent.start_ingestion_job(knowledgeBaseId=base, dataSourceId=source)
    return own, other, failed


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    # The caller's AWS profile must neither break nor redirect the clients made here.
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ["AWS_CONFIG_FILE"] = os.environ["AWS_SHARED_CREDENTIALS_FILE"] = os.devnull

    target = Path(sys.argv[1])
    with target.with_suffix(".log").open("w") as log, ministack(log) as (base_url, child):
        own, other, failed = seed(base_url)
        partial = target.with_suffix(".partial")
        ids = ", ".join(f'"{job}"' for job in failed)
        partial.write_text(TARGET.format(base_url=base_url, region=REGION, own=own, other=other, failed=ids))
        partial.rename(target)
        while child.poll() is None:
            readable, _, _ = select.select([sys.stdin], [], [], 0.2)
            if readable and not os.read(sys.stdin.fileno(), 4096):
                return
        sys.exit(f"ministack ended with {child.returncode}; see {log.name}")


if __name__ == "__main__":
    main()
