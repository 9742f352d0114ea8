"""The calendar, by the letter of RFC 5545."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from groundsys.planning import Plan
from groundsys.planning.exchange.icalendar import write_icalendar
from groundsys.values.instants import Instant
from tests.geometry.missions import MISSION
from tests.planning.exchange.plans import PASS_01, PLAN, RELAY_01

GENERATED = Instant.from_utc_iso("2031-08-01T12:00:00.25Z")
_TIME = re.compile(r"\d{8}T\d{6}Z")


def content_lines(text: str) -> list[str]:
    """Unfolded content lines, after a check of ends and lengths (section 3.1)."""
    assert text.endswith("\r\n")
    physical = text.removesuffix("\r\n").split("\r\n")
    for line in physical:
        assert 0 < len(line.encode()) <= 75
        assert "\n" not in line
        assert "\r" not in line
    return re.sub("\r\n ", "", text).removesuffix("\r\n").split("\r\n")


def events_of(text: str) -> list[dict[str, str]]:
    """The events' properties, after a check of the components' nesting (section 3.6)."""
    lines = content_lines(text)
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-1] == "END:VCALENDAR"
    assert {"VERSION:2.0", "CALSCALE:GREGORIAN"} <= set(lines)
    assert sum(line.startswith("PRODID:") for line in lines) == 1
    events: list[dict[str, str]] = []
    inside = False
    for line in lines[1:-1]:
        name, colon, value = line.partition(":")
        assert colon
        assert re.fullmatch(r"[A-Z-]+", name)
        if name in ("BEGIN", "END"):
            assert value == "VEVENT"
            assert inside is (name == "END")
            inside = name == "BEGIN"
            if inside:
                events.append({})
        elif inside:
            assert name not in events[-1]
            events[-1][name] = value
    assert not inside
    return events


def plain(text: str) -> str:
    return re.sub(r"\\([\\;,nN])", lambda found: {"n": "\n"}.get(found[1], found[1]), text)


def test_every_contact_is_an_event_of_its_own() -> None:
    events = events_of(write_icalendar(PLAN, MISSION, GENERATED))
    assert [event["UID"] for event in events] == [
        "pass-01.day@groundsys",
        "relay-01.day@groundsys",
        "pass-02.day@groundsys",
    ]
    for event in events:
        assert event["DTSTAMP"] == "20310801T120000Z"
        assert _TIME.fullmatch(event["DTSTART"])
        assert _TIME.fullmatch(event["DTEND"])
        assert event["DTSTART"] < event["DTEND"]


def test_events_hold_the_whole_of_their_contact() -> None:
    first, relay, _ = events_of(write_icalendar(PLAN, MISSION, GENERATED))
    assert (first["DTSTART"], first["DTEND"]) == ("20310820T010000Z", "20310820T023001Z")
    assert (relay["DTSTART"], relay["DTEND"]) == ("20310820T032000Z", "20310820T033500Z")
    assert plain(first["SUMMARY"]) == "otv over Usuda 64 m"
    assert "Downlink 64000 bit/s" in plain(first["DESCRIPTION"]).split("\n")
    assert first["GEO"] == "36.132404;138.362765"


def test_a_pass_without_uplink_says_so() -> None:
    listening = replace(PASS_01, uplink_until=PASS_01.uplink_from)
    (event,) = events_of(write_icalendar(Plan("day", (listening,), ()), MISSION, GENERATED))
    assert "Uplink none" in plain(event["DESCRIPTION"]).split("\n")


@pytest.mark.parametrize("name", ["a;b,c\\d\ne", "Malargüe " * 20, "観測局" * 30])
def test_any_name_survives_folding_and_escapes(name: str) -> None:
    antenna = replace(MISSION.antennas["usuda-64"], name=name)
    mission = replace(MISSION, antennas={"usuda-64": antenna})
    plan = Plan("day", (PASS_01,), (replace(RELAY_01, relay="o,tv"),))
    first, relay = events_of(write_icalendar(plan, mission, GENERATED))
    assert plain(first["LOCATION"]) == name
    assert plain(relay["SUMMARY"]) == "cube-polar through o,tv"
