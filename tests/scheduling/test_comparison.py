"""What the craft lists against what was loaded: every difference is told, and nothing else is."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundsys.scheduling import Entry, Listing, ListingPart, ReadBack, Touch, newest_listing
from groundsys.scheduling.comparison import differences, read_back
from groundsys.values.instants import Instant

NOON = Instant.from_utc_iso("2031-08-20T12:00:00Z")
PACKETS = st.binary(min_size=1, max_size=4)
ENTRIES = st.lists(st.builds(Entry, st.integers(1, 6), PACKETS), max_size=6)


def name_of(packet: bytes) -> str:
    return packet.hex()


def listing(entries: list[Entry], *, enabled: bool = False) -> Listing:
    return Listing(7, NOON, enabled, tuple(entries))


def by_time(entries: list[Entry]) -> list[Entry]:
    return sorted(entries, key=lambda one: one.release_s)


@given(ENTRIES)
def test_what_was_loaded_does_not_differ(loaded: list[Entry]) -> None:
    assert differences(loaded, listing(by_time(loaded)), name_of) == ()


@given(ENTRIES, ENTRIES)
def test_there_is_a_difference_whenever_the_lists_differ(
    loaded: list[Entry], listed: list[Entry]
) -> None:
    same = by_time(loaded) == listed
    assert (differences(loaded, listing(listed), name_of) == ()) == same


@given(ENTRIES.filter(bool), st.data())
def test_a_lost_entry_is_told(loaded: list[Entry], data: st.DataObject) -> None:
    lost = data.draw(st.sampled_from(loaded))
    left = by_time(loaded)
    left.remove(lost)
    (told,) = differences(loaded, listing(left), name_of)
    assert told == f"{lost.packet.hex()} at {lost.release_s} is missing"


@given(ENTRIES.filter(bool), st.data())
def test_an_altered_octet_is_told(loaded: list[Entry], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(loaded) - 1))
    one = by_time(loaded)[place]
    at = data.draw(st.integers(0, len(one.packet) - 1))
    spoilt = one.packet[:at] + bytes((one.packet[at] ^ 1,)) + one.packet[at + 1 :]
    listed = by_time(loaded)
    listed[place] = replace(one, packet=spoilt)
    assert differences(loaded, listing(listed), name_of)


def test_each_reason_in_its_words() -> None:
    loaded = [Entry(10, b"\1\2"), Entry(20, b"\3\4"), Entry(30, b"\5"), Entry(40, b"\6")]
    listed = [Entry(11, b"\1\2"), Entry(20, b"\3\7"), Entry(30, b"\5"), Entry(50, b"\x08")]
    assert differences(loaded, listing(listed, enabled=True), name_of) == (
        "it is enabled already",
        "0102 is released at 11, not at 10",
        "0304 at 20 is another packet from octet 1 on: 0307 instead of 0304",
        "06 at 40 is missing",
        "08 at 50 was not loaded",
    )
    swapped = [Entry(10, b"\2"), Entry(10, b"\1")]
    assert differences(swapped[::-1], listing(swapped), name_of) == (
        "entries of one second stand in another order",
    )


def part(number: int, of: int, *, after_s: float = 0.0, enabled: bool = False) -> ListingPart:
    entry = Entry(number * 10, bytes((number,))) if number else None
    return ListingPart(7, NOON.plus_seconds(after_s), enabled, number, of, entry)


def test_parts_come_in_any_order_and_more_than_once() -> None:
    found = newest_listing([part(2, 3), part(1, 3), part(2, 3)])
    assert found == Listing(7, NOON, False, (Entry(10, b"\1"), Entry(20, b"\2")), lacking=(3,))
    later = newest_listing([part(1, 1), part(0, 0, after_s=60)])
    assert later == Listing(7, NOON.plus_seconds(60), False, ())
    assert newest_listing([]) is None


LOADED = [Entry(10, b"\1"), Entry(20, b"\2")]
LISTED = listing(LOADED)
EARLIER, LATER = NOON.plus_seconds(-1), NOON.plus_seconds(1)


@pytest.mark.parametrize(
    ("listed", "touches", "now_s", "state", "words"),
    [
        (LISTED, [Touch("otv-1 SCHEDULE_INSERT", EARLIER)], 5, "AS_LOADED", ""),
        (None, [], 5, "NOT_SHOWN", "never listed"),
        (LISTED, [Touch("otv-2 X", LATER)], 5, "NOT_SHOWN", "otv-2 X has acted since"),
        (LISTED, [Touch("otv-2 X", NOON)], 5, "NOT_SHOWN", "otv-2 X has acted since"),
        (LISTED, [Touch("otv-2 X", None)], 5, "NOT_SHOWN", "otv-2 X may still act"),
        (replace(LISTED, lacking=(2,)), [], 5, "NOT_SHOWN", "entries 2 have not come"),
        (LISTED, [], 10, "DIFFERENT", "01 is released at 10, before an enabling"),
        (replace(LISTED, enabled=True), [], 5, "DIFFERENT", "enabled already"),
        (listing(LOADED[:1]), [], 5, "DIFFERENT", "02 at 20 is missing"),
    ],
)
def test_how_a_sub_schedule_stands(
    listed: Listing | None, touches: list[Touch], now_s: float, state: str, words: str
) -> None:
    found = read_back(LOADED, touches, listed, now_s, name_of)
    assert found.state == state
    assert words in found.why
    assert bool(found.reasons) == (state != "AS_LOADED")


def test_a_run_that_has_loaded_nothing_shows_nothing() -> None:
    assert read_back([], [], LISTED, 5, name_of) == ReadBack("NOT_SHOWN", ("nothing was loaded",))
