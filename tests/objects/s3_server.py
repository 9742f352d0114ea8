"""A real S3 interface on loopback: moto's server, which can check every signature."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

BUCKET = "products"

#: moto lets the first calls in unasked; after these four whoever comes must have signed
_PROGRAM = """
import json, sys, threading
import boto3
from moto.server import ThreadedMotoServer
server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
server.start()
host, port = server.get_host_and_port()
common = {"endpoint_url": f"http://{host}:{port}", "region_name": "us-east-1",
          "aws_access_key_id": "-", "aws_secret_access_key": "-"}
iam = boto3.client("iam", **common)
iam.create_user(UserName="ground")
policy = {"Version": "2012-10-17",
          "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
iam.put_user_policy(UserName="ground", PolicyName="s3", PolicyDocument=json.dumps(policy))
boto3.client("s3", **common).create_bucket(Bucket=sys.argv[1])
key = iam.create_access_key(UserName="ground")["AccessKey"]
print(json.dumps([common["endpoint_url"], key["AccessKeyId"], key["SecretAccessKey"]]), flush=True)
sys.stdin.read()
server.stop()
"""


@dataclass(frozen=True, slots=True)
class S3Server:
    """Where it listens, and the credentials that it takes."""

    endpoint: str
    key_id: str
    secret: str

    @property
    def environment(self) -> dict[str, str]:
        return {
            "AWS_ACCESS_KEY_ID": self.key_id,
            "AWS_SECRET_ACCESS_KEY": self.secret,
            "AWS_REGION": "us-east-1",
        }

    def url(self, prefix: str) -> str:
        return f"s3://{BUCKET}/{prefix}?endpoint={self.endpoint}"


@contextmanager
def running_s3(*, presigned: bool = False) -> Iterator[S3Server]:
    """Serve until the end of the block; with `presigned`, without looking at signatures.

    moto knows no presigned URL where it checks who comes.
    """
    process = subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, BUCKET],
        env={**os.environ, "INITIAL_NO_AUTH_ACTION_COUNT": "inf" if presigned else "4"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    try:
        yield S3Server(*json.loads(process.stdout.readline()))
    finally:
        process.communicate(timeout=20)
