"""Sealed objects: nothing in the bucket tells what they hold, and a destroyed key ends them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from groundsys.objects import (
    DestroyedKeyError,
    FolderObjectStore,
    Keyring,
    KeyTakenError,
    SealedObjectStore,
    look,
)
from groundsys.objects.segments import KEY_OCTETS
from groundsys.values.errors import AccessRefusedError, EnvironmentLackError, ProductError

KEY = "polar-weather/cube-polar/weather-000012.dat"
OTHER = "tharsis-seismo/cube-tharsis/weather-000012.dat"
CONTENT = os.urandom(300_001)


@pytest.fixture
def bucket(tmp_path: Path) -> FolderObjectStore:
    return FolderObjectStore(tmp_path / "objects")


@pytest.fixture
def keyring(tmp_path: Path) -> Keyring:
    return Keyring(tmp_path / "keys" / "customers")


@pytest.fixture
def store(bucket: FolderObjectStore, keyring: Keyring) -> SealedObjectStore:
    return SealedObjectStore(bucket, keyring)


def read(store: SealedObjectStore, key: str) -> bytes:
    stream = store.open(key)
    assert stream is not None
    with stream:
        return stream.read()


@pytest.mark.parametrize("content", [b"", b"as received", CONTENT], ids=["empty", "short", "long"])
def test_an_object_is_read_back_as_it_was_put(store: SealedObjectStore, content: bytes) -> None:
    store.put(KEY, content)
    assert read(store, KEY) == content


@given(start=st.integers(0, len(CONTENT)), length=st.integers(0, 140_000))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_range_is_opened_by_itself(
    store: SealedObjectStore, bucket: FolderObjectStore, start: int, length: int
) -> None:
    if bucket.size(KEY) is None:
        store.put(KEY, CONTENT)
    sealed = look(bucket, KEY)
    assert sealed is not None
    assert sealed.size == len(CONTENT)
    end = min(start + length, len(CONTENT))
    data_key = store.data_key(KEY, sealed.envelope)
    assert b"".join(sealed.blocks(data_key, start, end)) == CONTENT[start:end]
    stream = store.open(KEY)
    assert stream is not None
    stream.seek(start)
    assert stream.read(end - start) == CONTENT[start:end]


def test_a_range_is_read_though_others_are_spoilt_and_those_are_found(
    store: SealedObjectStore, bucket: FolderObjectStore
) -> None:
    store.put(KEY, CONTENT)
    path = bucket.path(KEY)
    assert path is not None
    octets = bytearray(path.read_bytes())
    octets[-1] ^= 1
    path.write_bytes(octets)
    sealed = look(bucket, KEY)
    assert sealed is not None
    data_key = store.data_key(KEY, sealed.envelope)
    assert b"".join(sealed.blocks(data_key, 5, 1000)) == CONTENT[5:1000]
    with pytest.raises(ProductError, match="not as it was stored"):
        list(sealed.blocks(data_key, len(CONTENT) - 1, len(CONTENT)))


def test_the_same_bytes_again_are_harmless_and_others_are_refused(
    store: SealedObjectStore,
) -> None:
    store.put(KEY, CONTENT)
    store.put(KEY, CONTENT)
    for other in (CONTENT[:-1], CONTENT + b"x", b"", bytes(len(CONTENT))):
        with pytest.raises(KeyTakenError, match="other bytes"):
            store.put(KEY, other)
    assert read(store, KEY) == CONTENT


def test_the_bucket_holds_nothing_of_the_content_and_never_the_same_twice(
    store: SealedObjectStore, bucket: FolderObjectStore
) -> None:
    content = b"wind speed 12 m/s; " * 5000
    seen = set()
    for number in range(3):
        key = f"polar-weather/cube/{number}.dat"
        store.put(key, content)
        path = bucket.path(key)
        assert path is not None
        octets = path.read_bytes()
        assert b"wind" not in octets
        seen |= {octets[start : start + 16] for start in range(4, len(octets), 16)}
    assert len(seen) == 3 * -(-(bucket.size("polar-weather/cube/0.dat") or 0) // 16)


def test_an_object_put_in_another_s_place_is_found(
    store: SealedObjectStore, bucket: FolderObjectStore
) -> None:
    store.put(KEY, CONTENT)
    path = bucket.path(KEY)
    assert path is not None
    for place in ("polar-weather/cube-polar/weather-000013.dat", OTHER):
        bucket.put(place, path.read_bytes())
        with pytest.raises(ProductError, match="does not open"):
            store.open(place)


def test_a_destroyed_key_ends_its_customer_s_objects_and_no_other_s(
    store: SealedObjectStore, bucket: FolderObjectStore, keyring: Keyring
) -> None:
    store.put(KEY, CONTENT)
    store.put(OTHER, CONTENT)
    sealed = look(bucket, KEY)
    assert sealed is not None
    keyring.destroy("polar-weather")
    assert store.open(KEY) is None
    assert read(store, OTHER) == CONTENT
    with pytest.raises(DestroyedKeyError):
        store.data_key(KEY, sealed.envelope)
    for key in (KEY, "polar-weather/cube-polar/new.dat"):  # nor is another key drawn for them
        with pytest.raises(DestroyedKeyError):
            store.put(key, CONTENT)
    again = Keyring(keyring.folder)
    assert again.customers() == ("polar-weather", "tharsis-seismo")
    assert (again.is_destroyed("polar-weather"), again.is_destroyed("tharsis-seismo")) == (1, 0)
    with pytest.raises(DestroyedKeyError):
        again.key_of("polar-weather")


def test_keys_lie_apart_for_their_owner_alone_and_wrapped(
    store: SealedObjectStore, keyring: Keyring, tmp_path: Path
) -> None:
    store.put(KEY, CONTENT)
    store.put(OTHER, CONTENT)
    keys = [keyring.key_of(customer) for customer in keyring.customers()]
    assert len({*keys}) == 2
    assert all(len(key) == KEY_OCTETS for key in keys)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    for path in files:
        if path.is_relative_to(keyring.folder):
            assert path.stat().st_mode & 0o077 == 0
        for key in keys:
            assert key not in path.read_bytes()
            assert key.hex().encode() not in path.read_bytes()
    assert keyring.folder.stat().st_mode & 0o077 == 0


def test_a_key_that_is_open_to_others_or_another_s_is_not_used(
    store: SealedObjectStore, keyring: Keyring
) -> None:
    store.put(KEY, CONTENT)
    store.put(OTHER, CONTENT)
    path = keyring.folder / "polar-weather.key"
    path.chmod(0o640)
    with pytest.raises(EnvironmentLackError, match="open to others"):
        keyring.key_of("polar-weather")
    path.chmod(0o600)
    path.write_bytes((keyring.folder / "tharsis-seismo.key").read_bytes())
    with pytest.raises(EnvironmentLackError, match="does not open"):
        keyring.key_of("polar-weather")


@pytest.mark.parametrize("name", ["", "master", "Master", "../x", "a/b", "a\0", "x" * 200, ".x"])
def test_a_customer_s_name_cannot_lead_out_of_the_keyring(keyring: Keyring, name: str) -> None:
    with pytest.raises(AccessRefusedError, match="no customer"):
        keyring.key_of(name)
