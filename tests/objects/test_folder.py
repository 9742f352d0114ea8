from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from groundsys.objects import FolderObjectStore
from groundsys.values.errors import ProductError
from tests.full_disk import full_disk

KEY = "polar-weather/cube-polar/weather-000012.dat"


@pytest.fixture
def store(tmp_path: Path) -> FolderObjectStore:
    return FolderObjectStore(tmp_path / "objects")


def test_an_object_is_read_back_as_it_was_put(store: FolderObjectStore) -> None:
    store.put(KEY, b"as received")
    assert store.size(KEY) == 11
    assert store.read(KEY, 0, 11) == b"as received"
    assert store.read(KEY, 3, 5) == b"re"


def test_the_same_bytes_again_are_harmless_and_others_are_refused(store: FolderObjectStore) -> None:
    store.put(KEY, b"first")
    store.put(KEY, b"first")
    with pytest.raises(ProductError, match="other bytes"):
        store.put(KEY, b"second")
    assert store.read(KEY, 0, 5) == b"first"


def test_nothing_is_left_of_arrivals(store: FolderObjectStore, tmp_path: Path) -> None:
    store.put(KEY, b"first")
    with pytest.raises(ProductError):
        store.put(KEY, b"second")
    with full_disk(), pytest.raises(OSError, match="too large"):
        store.put("polar-weather/cube-polar/other.dat", b"third")
    files = [path for path in (tmp_path / "objects").rglob("*") if path.is_file()]
    assert [path.name for path in files] == ["weather-000012.dat"]


def test_what_is_not_there_is_told(store: FolderObjectStore) -> None:
    assert store.size(KEY) is None
    with pytest.raises(ProductError, match="lacks octets 0 to 1"):
        store.read(KEY, 0, 1)
    store.put(KEY, b"first")
    with pytest.raises(ProductError, match="lacks octets 3 to 6"):
        store.read(KEY, 3, 6)


@given(key=st.text(alphabet="./\\a~\0", max_size=12))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_no_key_leads_out_of_the_folder(store: FolderObjectStore, tmp_path: Path, key: str) -> None:
    with contextlib.suppress(ProductError):
        store.put(key, b"x")
    outside = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert all((tmp_path / "objects") in path.parents for path in outside)


def test_a_second_store_over_the_same_folder_sees_the_objects(tmp_path: Path) -> None:
    FolderObjectStore(tmp_path).put(KEY, b"kept")
    assert FolderObjectStore(tmp_path).size(KEY) == 4


def test_names_are_found_in_their_order_and_objects_go_away(store: FolderObjectStore) -> None:
    for key in ("heads/000000000010", "heads/000000000009", "heads/000000000011", "other/1"):
        store.put(key, b"octets")
    assert store.first_behind("heads", "000000000000") == "000000000009"
    assert store.first_behind("heads", "000000000009") == "000000000010"
    assert store.first_behind("heads", "000000000011") is None
    assert store.first_behind("nothing", "") is None
    for _ in range(2):
        store.remove("heads/000000000009")
    assert store.size("heads/000000000009") is None
    assert store.first_behind("heads", "") == "000000000010"
    store.remove("../heads/000000000010")
    assert store.size("heads/000000000010") == 6
