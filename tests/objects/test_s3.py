"""An S3-compatible store over HTTP on loopback."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from groundsys.objects import Keyring, KeyTakenError, SealedObjectStore
from groundsys.objects.s3 import S3Bucket
from groundsys.values.errors import DefinitionError, EnvironmentLackError, ProductError
from tests.objects.s3_server import S3Server, running_s3

KEY = "polar-weather/cube-polar/weather-000012.dat"
CONTENT = os.urandom(200_000)


@pytest.fixture(scope="module")
def server() -> Iterator[S3Server]:
    with running_s3() as server, pytest.MonkeyPatch.context() as patch:
        for name, value in server.environment.items():
            patch.setenv(name, value)
        yield server


def test_an_object_is_put_once_and_read_in_parts(server: S3Server) -> None:
    bucket = S3Bucket(server.url("a-run"))
    assert bucket.size(KEY) is None
    bucket.put(KEY, b"first")
    bucket.put(KEY, b"first")
    with pytest.raises(KeyTakenError, match="other bytes"):
        bucket.put(KEY, b"other")
    assert bucket.size(KEY) == 5
    assert bucket.read(KEY, 1, 3) == b"ir"
    for key, start, end in ((KEY, 3, 6), (f"{KEY}x", 0, 1), ("../x", 0, 1)):
        with pytest.raises(ProductError, match="lacks octets"):
            bucket.read(key, start, end)
    assert S3Bucket(server.url("another-run")).size(KEY) is None


def test_products_are_sealed_in_it_as_in_a_folder(server: S3Server, tmp_path: Path) -> None:
    bucket, keyring = S3Bucket(server.url("sealed")), Keyring(tmp_path / "keys")
    store = SealedObjectStore(bucket, keyring)
    store.put(KEY, CONTENT)
    store.put(KEY, CONTENT)
    with pytest.raises(KeyTakenError):
        store.put(KEY, CONTENT[:-1])
    stream = SealedObjectStore(S3Bucket(server.url("sealed")), keyring).open(KEY)
    assert stream is not None
    stream.seek(70_000)
    assert stream.read() == CONTENT[70_000:]
    assert CONTENT[:100] not in bucket.read(KEY, 0, bucket.size(KEY) or 0)


def test_whoever_has_not_signed_gets_nothing(server: S3Server) -> None:
    bucket = S3Bucket(server.url("closed"))
    bucket.put(KEY, b"first")
    signed = bucket.sign(KEY, timedelta(seconds=60))
    assert signed is not None
    assert f"/products/closed/{KEY}?" in signed
    assert server.secret not in signed
    assert httpx.get(signed.partition("?")[0]).status_code == 403


def test_wrong_credentials_are_told_without_showing_them(
    server: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong-secret")
    with pytest.raises(EnvironmentLackError, match="cannot be used") as refused:
        S3Bucket(server.url("a-run")).check()
    assert "wrong-secret" not in str(refused.value)


def test_a_store_is_checked_before_it_is_used(
    server: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket = S3Bucket(server.url("checked"))
    bucket.check()
    bucket.check()

    def overwrite(*arguments: object, **options: object) -> None:
        """As a store does that does not know conditional writes."""

    monkeypatch.setattr("groundsys.objects.s3.obstore.put", overwrite)
    with pytest.raises(EnvironmentLackError, match="lets a product be overwritten"):
        bucket.check()


@pytest.mark.parametrize(
    "url",
    [
        "http://bucket/prefix",
        "s3:///prefix",
        "s3://bucket/../x",
        "s3://bucket/x?endpont=https://a",
        "s3://bucket/x?endpoint=http://example.org",
    ],
)
def test_what_is_no_store_is_refused(url: str) -> None:
    with pytest.raises(DefinitionError):
        S3Bucket(url)


def test_names_are_found_in_their_order_and_objects_go_away(server: S3Server) -> None:
    bucket = S3Bucket(server.url("a-run/below"))
    for number in (*range(9, 70), 1000):
        bucket.put(f"heads/{number:012d}", b"octets")
    bucket.put("headsman", b"octets")
    assert bucket.first_behind("heads", f"{0:012d}") == f"{9:012d}"
    assert bucket.first_behind("heads", f"{9:012d}") == f"{10:012d}"
    assert bucket.first_behind("heads", f"{69:012d}") == f"{1000:012d}"
    assert bucket.first_behind("heads", f"{1000:012d}") is None
    assert bucket.first_behind("nothing", "") is None
    for _ in range(2):
        bucket.remove(f"heads/{9:012d}")
    assert bucket.size(f"heads/{9:012d}") is None
    assert bucket.first_behind("heads", "") == f"{10:012d}"
