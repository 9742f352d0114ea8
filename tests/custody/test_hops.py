"""Where a file is, in octets that add up; and which files a cube has surely made."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundsys.custody import (
    FileCustody,
    Foreseen,
    KnownFile,
    Place,
    Told,
    Version,
    flown_at,
    place_of,
    surely_made,
)
from groundsys.planning import Plan
from groundsys.planning.contact_graph.volumes import HAIL_S
from groundsys.planning.plan import PlannedRelaySession
from groundsys.planning.situation import Homecoming
from groundsys.values.instants import EarthReceiveTime, Instant, Interval

START = Instant.from_utc_iso("2031-08-20T00:00:00Z")
FILE = KnownFile("c", "cube", "p", 7, "p-000007.dat", 1_000, True, START, False)


def at(hours: float) -> Instant:
    return START.plus_seconds(3600.0 * hours)


@pytest.mark.parametrize(
    ("changes", "relay_has_it", "in_a_pass", "expected"),
    [
        ({}, False, True, "cube"),
        ({}, True, False, "relay"),
        ({}, True, True, "pass"),
        ({"octets_received": 10}, False, False, "relay"),
        ({"archived_at": START}, True, True, "archived"),
        ({"archived_at": START, "published_at": START}, True, False, "product"),
        ({"published_at": START, "fetched_at": START}, True, False, "fetched"),
    ],
)
def test_a_file_is_where_the_last_that_is_known_of_it_says(
    changes: dict[str, object], relay_has_it: bool, in_a_pass: bool, expected: Place
) -> None:
    file = replace(FILE, **changes)  # type: ignore[arg-type]
    assert place_of(file, relay_has_it=relay_has_it, in_a_pass=in_a_pass) == expected


@given(
    st.sampled_from(["cube", "relay", "pass", "archived", "product", "fetched"]),
    st.integers(0, 2_000),
)
def test_octets_add_up_to_the_size(place: Place, received: int) -> None:
    custody = FileCustody(replace(FILE, octets_received=received), place, Foreseen(), Foreseen())
    octets = custody.octets()
    assert sum(octets.values()) == FILE.size
    assert min(octets.values()) > 0


def test_a_hop_that_is_over_is_compared_with_what_was_promised_then() -> None:
    promised, now = Foreseen(at(2), at(4), at(5), at(6)), Foreseen(at(3), at(8), at(9), None)
    waiting = FileCustody(FILE, "relay", promised, now)
    hops = waiting.hops()
    assert (hops["made"].predicted, hops["made"].actual) == (START, None)
    assert (hops["published"].predicted, hops["published"].actual) == (at(9), None)
    home = replace(FILE, made_is_known=True, relayed_at=at(2.1), published_at=at(5.5))
    hops = FileCustody(home, "product", promised, now).hops()
    assert (hops["made"].predicted, hops["made"].actual) == (None, START)
    assert (hops["relayed"].predicted, hops["relayed"].actual) == (at(2), at(2.1))
    assert (hops["published"].predicted, hops["published"].actual) == (at(5), at(5.5))


def test_by_its_schedule_a_payload_closes_a_file_each_interval() -> None:
    closed = list(surely_made(START, 21_600.0, None, at(13)))
    assert [one.sequence for one in closed] == [1, 2]
    assert [one.closed for one in closed] == [at(6).plus_seconds(30), at(12).plus_seconds(30)]
    assert list(surely_made(START, 21_600.0, None, at(6))) == []


def test_what_a_cube_has_told_counts_and_its_schedule_from_then_on() -> None:
    told = Told(4, at(13))  # a campaign has made one more
    closed = list(surely_made(START, 21_600.0, told, at(19)))
    assert [one.sequence for one in closed] == [1, 2, 3, 4]
    assert [one.closed for one in closed[1:]] == [at(6 * n).plus_seconds(30) for n in (1, 2, 3)]
    off = replace(told, is_on=False)
    assert [one.sequence for one in surely_made(START, 21_600.0, off, at(100))] == [1, 2, 3]


@given(st.integers(1, 40), st.floats(0.0, 200.0), st.floats(0.0, 100.0), st.booleans())
def test_numbers_have_no_gap_and_no_file_closes_after_now(
    sequence: int, told_h: float, later_h: float, is_on: bool
) -> None:
    now = at(told_h + later_h)
    closed = list(surely_made(START, 9_000.0, Told(sequence, at(told_h), is_on), now))
    assert [one.sequence for one in closed] == list(range(1, len(closed) + 1))
    assert len(closed) >= sequence - 1
    assert all(one.closed <= now for one in closed)
    assert [one.closed for one in closed] == sorted(one.closed for one in closed)


def test_a_version_promises_what_its_sessions_and_homecomings_say() -> None:
    def coming(first: float, last: float, home: float | None) -> Homecoming:
        home_at = None if home is None else EarthReceiveTime(at(home).tai_ns)
        return Homecoming("c", "cube", "p", Interval(at(first), at(last)), 8e3, home_at)

    sessions = tuple(
        PlannedRelaySession(f"s{n}", "otv", "cube", at(n), at(n + 0.2), 8e3, 40.0, 1e6)
        for n in (3, 9)
    )
    first = Version(at(0), at(48), Plan("x", (), sessions), [coming(0, 6, 12), coming(6, 12, None)])
    second = Version(at(7), at(48), Plan("x", (), sessions), [coming(6, 12, 20)])
    told = first.foreseen("cube", "p", at(6))
    assert (told.relayed, told.published, told.by_95) == (at(9).plus_seconds(HAIL_S), at(12), None)
    assert told.received == at(12).plus_seconds(-60)
    assert first.foreseen("cube", "p", at(9.1)).relayed == at(9.1)  # the session is under way
    assert first.foreseen("cube", "p", at(12)) == Foreseen()
    assert first.foreseen("cube", "another", at(6)).published is None
    assert second.foreseen("cube", "p", at(12)).published == at(20)
    assert flown_at([first, second], at(6)) is first
    assert flown_at([first, second], at(7)) is second
    assert flown_at([], at(7)) is None
