"""Versions of a plan are kept whole, in order, and lose nothing."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from groundsys.planning.plan import Plan, PlannedPass, PlannedRelaySession
from groundsys.planning.situation import Homecoming, Outage, Shortfall, Weather
from groundsys.planning.versions.book import PlanBook, PlanDocument, document_text, read_document
from groundsys.values.errors import DefinitionError, EnvironmentLackError, PlanError
from groundsys.values.instants import (
    EarthReceiveTime,
    Instant,
    Interval,
    SpacecraftEventTime,
    TransmitTime,
)

START = Instant.from_utc_iso("2031-08-20T00:00:00Z")


def document() -> PlanDocument:
    at = START.tai_ns + 123_456_789
    one = PlannedPass(
        id="pass-01",
        antenna="dss-25",
        spacecraft="otv",
        start=EarthReceiveTime(at),
        end=EarthReceiveTime(at + 3_600_000_000_001),
        uplink_from=TransmitTime(at),
        uplink_until=TransmitTime(at + 1_000_000_000_007),
        light_time_s=505.1425,
        rate_bps=128_000.0,
        maximum_elevation_deg=33.2,
        volume_bits=4.1e8,
        serves=("health", "command"),
    )
    aboard, over = SpacecraftEventTime(at), SpacecraftEventTime(at + 9)
    session = PlannedRelaySession("relay-01", "otv", "cube-polar", aboard, over, 8e3, 77.0)
    measured = Interval(START, START.plus_seconds(3600.0))
    home = EarthReceiveTime(at + 11)
    return PlanDocument(
        scenario="short",
        span=Interval(START, START.plus_seconds(86_400.0)),
        now=START,
        made_at=START,
        reason="first plan",
        plan=Plan("short", (one,), (session,)),
        value=9.5,
        bound=10.0,
        homecomings=(
            Homecoming(
                "polar", "cube-polar", "weather", measured, 8e6, home, EarthReceiveTime(at + 12)
            ),
            Homecoming("polar", "cube-polar", "weather", measured, 8e6, None),
        ),
        shortfalls=(Shortfall("polar", "all", "half", "no pass"),),
        outages=(Outage("dss-43", measured),),
        weather=(Weather("dss-43", measured, 3.0),),
        lost=("pass-07",),
        trajectories={"otv": "otv.oem"},
        parent=4,
    )


def test_a_version_comes_back_to_the_nanosecond(tmp_path: Path) -> None:
    book = PlanBook(tmp_path / "book")
    kept = book.add(document())
    assert kept.version == 1
    assert book.read() == kept
    assert replace(kept, version=0) == document()
    first = book.read().plan.passes[0]
    assert type(first.start) is EarthReceiveTime
    assert type(first.uplink_until) is TransmitTime


def test_times_are_text_that_people_read(tmp_path: Path) -> None:
    content = json.loads(document_text(document()))
    assert content["plan"]["passes"][0]["start"] == "2031-08-20T00:00:00.123456789Z"


def test_versions_count_on_and_stay(tmp_path: Path) -> None:
    book = PlanBook(tmp_path)
    for number in range(1, 4):
        assert book.add(replace(document(), reason=f"reason {number}")).version == number
    assert book.versions == (1, 2, 3)
    assert book.read(2).reason == "reason 2"
    assert book.read().reason == "reason 3"
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "0001.json", "0002.json", "0003.json",
    ]  # fmt: skip


def test_two_planners_never_write_the_same_version(tmp_path: Path) -> None:
    def add(number: int) -> int:
        return PlanBook(tmp_path / "book").add(replace(document(), value=float(number))).version

    with ThreadPoolExecutor(4) as planners:
        versions = list(planners.map(add, range(40)))
    assert sorted(versions) == list(range(1, 41))
    book = PlanBook(tmp_path / "book")
    assert {book.read(version).value for version in versions} == set(range(40))


def test_a_version_that_is_not_there(tmp_path: Path) -> None:
    book = PlanBook(tmp_path)
    with pytest.raises(DefinitionError, match="no plan in") as caught:
        book.read()
    assert "plan make" in caught.value.remedy
    book.add(document())
    with pytest.raises(DefinitionError, match="no version 7"):
        book.read(7)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "{}",
        '{"schema": "groundsys.plan_version/2"}',
        '{"schema": "groundsys.plan_version/2", "surprise": 1}',
        b"\xff\xfe".decode("latin-1"),
    ],
)
def test_what_is_no_plan_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "0001.json"
    path.write_text(content, encoding="latin-1")
    with pytest.raises((DefinitionError, PlanError)):
        read_document(path)


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EnvironmentLackError, match="cannot be written") as caught:
        PlanBook(tmp_path / "file" / "book").add(document())
    assert "--book" in caught.value.remedy
