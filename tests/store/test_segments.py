"""Which packet brought which octets: kept once, found by octets, never changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from groundsys.store import FileSegment, Store
from groundsys.values.errors import EnvironmentLackError
from groundsys.values.instants import Instant

NOON = Instant.from_utc_iso("2031-08-20T12:00:00Z")


def segment(number: int, file: str = "419:1", length: int = 972) -> FileSegment:
    made, came = NOON.plus_seconds(number), NOON.plus_seconds(3600 - number)
    begins = number * length
    return FileSegment(file, begins, begins + length, 3, number % 16384, made, came)


def test_a_range_of_octets_finds_the_packets_that_hold_it(tmp_path: Path) -> None:
    with Store(tmp_path / "store.sqlite") as store:
        store.segments.add([segment(n) for n in range(5)])
        store.segments.add([segment(1), segment(7, "419:2")])  # read again; another file's
        assert len(store.segments.of("419:1")) == 5
        assert store.segments.of("419:1", 971, 973) == [segment(1), segment(0)]  # as they came
        assert store.segments.of("419:1", 972, 973) == [segment(1)]
        assert store.segments.of("419:1", 5 * 972, 5 * 972 + 1) == []
        assert store.segments.of("419:9") == []


def test_copies_of_the_same_octets_are_all_kept(tmp_path: Path) -> None:
    again = FileSegment("419:1", 0, 972, 3, 99, NOON.plus_seconds(9), NOON.plus_seconds(9_000))
    with Store(tmp_path / "store.sqlite") as store:
        store.segments.add([segment(0), again])
        assert store.segments.of("419:1", 0, 1) == [segment(0), again]


def test_nothing_kept_is_changed_or_forgotten(tmp_path: Path) -> None:
    with Store(tmp_path / "store.sqlite") as store:
        store.segments.add([segment(0)])
        with pytest.raises(EnvironmentLackError, match="cannot be used"):
            store._database.remove("file_segments", "file = ?", ("419:1",))
        assert store.segments.of("419:1") == [segment(0)]


def test_a_segment_costs_some_forty_octets(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    Store(path).close()
    before = path.stat().st_size
    with Store(path) as store:
        store.segments.add([segment(n) for n in range(20_000)])
    assert (path.stat().st_size - before) / 20_000 < 60
