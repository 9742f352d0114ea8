"""Simple Schedules: the standard's names and order, and what providers really send."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from xml.etree import ElementTree

import pytest

from groundsys.geometry import Geometry
from groundsys.geometry.time_scales import instants_ns
from groundsys.planning import Plan, PlanningRules
from groundsys.planning.exchange.schedule import Schedule, Service, band_of, schedule_of
from groundsys.planning.exchange.scheduled_passes import plan_of
from groundsys.planning.exchange.simple_schedule import (
    NAMESPACE,
    read_simple_schedule,
    write_simple_schedule,
)
from groundsys.values.errors import PlanError
from groundsys.values.instants import Instant
from tests.geometry.missions import MISSION, START
from tests.planning.exchange.plans import PASS_01, PASS_02, PLAN

GENERATED = Instant.from_utc_iso("2031-08-01T12:00:00.25Z")

#: As a commercial provider sends them: no namespace, activities without ours, other users.
FOREIGN = """<?xml version="1.0" encoding="UTF-8"?>
<simpleSchedule>
  <simpleScheduleHeader originatingOrganization="GES" generationTime="2031-230T12:25:28.379Z"
    version="1" startTime="2031-232T00:00:00.000Z" endTime="2031-240T00:00:00.000Z"
    status="OPERATIONAL" inclusionType="OVERLAP_INCLUSION"/>
  <scheduledPackage user="OTV" comment="" scheduledPackageId="EVENT-1">
    <servicePackageXRef serviceAgreementRef="A" servicePackageRef="B"/>
    <scheduledActivity scheduledActivityId="EVENT-1" siteRef="USU" apertureRef="USUDA-64"
      orbitNumber="7" beginningOfActivity="2031-232T00:30:00.000Z"
      endOfActivity="2031-232T03:00:00.000Z" beginningOfTrack="2031-232T01:00:00.000Z"
      endOfTrack="2031-232T02:45:00.000Z" activityStatus="COMMITTED">
      <serviceInfo serviceType="TELEMETRY" frequencyBand="X-DS">
        <extendedParameter name="polarisation"/>
      </serviceInfo>
      <stringParameter name="remark" value="none"/>
    </scheduledActivity>
    <scheduledActivity scheduledActivityId="EVENT-2" siteRef="USU" apertureRef="USUDA-64"
      beginningOfTrack="2031-233T01:00:00.000Z" endOfTrack="2031-233T02:45:00.000Z"
      activityStatus="AVAILABLE"/>
  </scheduledPackage>
  <scheduledPackage user="PROVIDER-CSSS" comment="" scheduledPackageId="REQ-3674">
    <scheduledActivity scheduledActivityId="REQ-3674" siteRef="GHY6" apertureRef="GHY6"
      beginningOfTrack="2031-232T16:00:00.000Z" endOfTrack="2031-232T18:15:00.000Z"
      activityStatus="TENTATIVE">
      <serviceInfo serviceType="TBD" frequencyBand="N/A"/>
    </scheduledActivity>
  </scheduledPackage>
</simpleSchedule>
"""

#: The standard's elements: attributes that must be, that may be, and children in their order.
STANDARD = {
    "simpleSchedule": (set(), {"srvMgtEntityType"}, ["simpleScheduleHeader", "scheduledPackage"]),
    "simpleScheduleHeader": (
        {
            "originatingOrganization", "generationTime", "version", "startTime", "endTime",
            "status", "inclusionType",
        },
        set(),
        [],
    ),
    "scheduledPackage": (
        {"user", "scheduledPackageId", "comment"},
        {"originatingRequestId"},
        ["servicePackageXRef", "scheduledActivity"],
    ),
    "scheduledActivity": (
        {
            "scheduledActivityId", "activityStatus", "siteRef", "apertureRef",
            "beginningOfTrack", "endOfTrack",
        },
        {"beginningOfActivity", "endOfActivity", "orbitNumber"},
        ["serviceInfo"],
    ),
    "serviceInfo": ({"serviceType", "frequencyBand"}, set(), []),
}  # fmt: skip
TOKENS = {
    "status": {"TEST", "PROVISIONAL", "OPERATIONAL", "OTHER"},
    "activityStatus": {"COMMITTED", "TENTATIVE", "AVAILABLE", "UNAVAILABLE"},
    "inclusionType": {"START_INCLUSION", "OVERLAP_INCLUSION"},
    "frequencyBand": {"S-NE", "S-DS", "X-NE", "X-DS", "Ka-NE", "Ka-DS", "UHF", "N/A"},
    "serviceType": {"TELEMETRY", "TELECOMMAND", "RANGING", "DOPPLER"},
    "srvMgtEntityType": {"SIMPLE_SCHEDULE"},
}


@cache
def the_geometry() -> Geometry:
    return Geometry(MISSION)


def the_schedule() -> Schedule:
    return schedule_of(PLAN, MISSION, GENERATED)


def test_a_schedule_comes_back_from_its_xml() -> None:
    assert read_simple_schedule(write_simple_schedule(the_schedule())) == the_schedule()


def test_the_document_is_made_of_the_standards_elements() -> None:
    text = write_simple_schedule(the_schedule())
    assert text.startswith('<?xml version="1.0" encoding="UTF-8"?>\n<simpleSchedule')
    elements = [*ElementTree.fromstring(text.encode()).iter()]
    assert len(elements) == 1 + 1 + 2 * (1 + 1 + 2)
    for element in elements:
        assert element.tag.startswith(f"{{{NAMESPACE}}}")
        needed, possible, children = STANDARD[element.tag.split("}")[1]]
        assert needed <= element.attrib.keys() <= needed | possible
        order = [children.index(child.tag.split("}")[1]) for child in element]
        assert order == sorted(order)
        for name, value in element.attrib.items():
            assert value in TOKENS.get(name, {value})
            if name.startswith(("generation", "start", "end", "beginning")):
                assert re.fullmatch(r"2031-\d{3}T\d\d:\d\d:\d\d\.\d{3}Z", value)


def test_tracks_are_the_passes_and_activities_surround_them() -> None:
    first, second = (package.activities[0] for package in the_schedule().packages)
    assert first.track_start.utc_iso(9) == "2031-08-20T01:00:00.123000Z"
    assert first.start == START.plus_seconds(3600.123 - 900.0)
    assert first.services == (Service("TELEMETRY", "X-DS"), Service("TELECOMMAND", "X-DS"))
    assert second.aperture == "malargue-35"
    assert second.site == "Malargüe"


def test_a_pass_without_uplink_asks_for_no_telecommand() -> None:
    listening = replace(PASS_02, uplink_until=PASS_02.uplink_from)
    schedule = schedule_of(Plan("day", (listening,), ()), MISSION, GENERATED)
    assert [one.type for one in schedule.packages[0].activities[0].services] == ["TELEMETRY"]


def test_what_is_scheduled_is_imported_as_it_was_planned() -> None:
    schedule = read_simple_schedule(write_simple_schedule(the_schedule()))
    plan = plan_of(schedule, MISSION, the_geometry(), "day", PlanningRules())
    assert [(one.id, one.antenna, one.spacecraft) for one in plan.passes] == [
        (one.id, one.antenna, one.spacecraft) for one in PLAN.passes
    ]
    for read, planned in zip(plan.passes, PLAN.passes, strict=True):
        assert 0.0 <= planned.start.seconds_since(read.start) < 0.001
        assert 0.0 <= planned.end.seconds_since(read.end) < 0.001
        middle = instants_ns(Instant((read.start.tai_ns + read.end.tai_ns) // 2))
        light_s = the_geometry().downlink_light_time_s(read.antenna, read.spacecraft, middle)
        assert read.light_time_s == pytest.approx(float(light_s[0]), abs=1e-6)
        answered_s = read.end.seconds_since(read.uplink_until) - 2 * read.light_time_s
        assert answered_s == pytest.approx(PlanningRules().uplink_margin_s, abs=1.0)


def test_a_providers_schedule_gives_our_committed_passes_alone() -> None:
    schedule = read_simple_schedule(FOREIGN)
    assert [package.user for package in schedule.packages] == ["OTV", "PROVIDER-CSSS"]
    assert schedule.packages[0].activities[1].services == ()
    plan = plan_of(schedule, MISSION, the_geometry(), "day", PlanningRules())
    (one,) = plan.passes
    assert (one.id, one.antenna, one.spacecraft) == ("EVENT-1", "usuda-64", "otv")
    assert one.start.utc_iso() == "2031-08-20T01:00:00.000Z"
    assert one.uplink_from == one.uplink_until
    assert one.rate_bps in MISSION.spacecraft["otv"].radios["x_band"].rates_bps


@pytest.mark.parametrize(
    ("found", "instead", "words"),
    [
        ("<simpleSchedule>", "<schedule>", "line 28, column 3 is no XML"),
        ("simpleSchedule>", "schedule>", "not a Simple Schedule"),
        ("<?xml version", "<!DOCTYPE x><?xml version", "a schedule with a document type"),
        ('status="OPERATIONAL"', 'status="GOOD"', "simpleScheduleHeader, status does not fit"),
        (' user="OTV"', "", "scheduledPackage 1 (EVENT-1) lacks the attribute user"),
        ('"2031-232T02:45:00.000Z"', '"noon"', "scheduledPackage 1 (EVENT-1), scheduledActivity 1"),
        ("2031-232T02:45", "2031-231T02:45", "scheduledPackage 1 (EVENT-1), scheduledActivity 1"),
        ('"AVAILABLE"', '"MAYBE"', "scheduledPackage 1 (EVENT-1), scheduledActivity 2"),
        ("servicePackageXRef", "party", "scheduledPackage 1 (EVENT-1) has an element"),
        ('apertureRef="USUDA-64"', 'apertureRef="DSS-99"', "EVENT-1 is on an antenna"),
        ('user="OTV"', 'user="ROVER"', "the schedule has no activity of our craft"),
        ('user="OTV"', 'user="cube-polar"', "EVENT-1 is with a craft that does not speak"),
    ],
)
def test_what_does_not_fit_is_named(found: str, instead: str, words: str) -> None:
    assert found in FOREIGN
    text = FOREIGN.replace(found, instead)
    with pytest.raises(PlanError) as refusal:
        plan_of(read_simple_schedule(text), MISSION, the_geometry(), "day", PlanningRules())
    assert refusal.value.message.startswith(words)


def test_a_header_that_is_missing_is_named() -> None:
    header = FOREIGN[FOREIGN.index("  <simpleScheduleHeader") : FOREIGN.index("  <scheduledPack")]
    with pytest.raises(PlanError, match="simpleSchedule needs one simpleScheduleHeader"):
        read_simple_schedule(FOREIGN.replace(header, ""))


@pytest.mark.parametrize(
    ("frequency_mhz", "band"),
    [(7167.0, "X-DS"), (8420.0, "X-DS"), (8460.0, "X-NE"), (7200.0, "X-NE"), (437.1, "UHF"),
     (2295.0, "S-DS"), (2250.0, "S-NE"), (32_050.0, "Ka-DS"), (26_000.0, "K"), (90_000.0, "OTHER")],
)  # fmt: skip
def test_bands_tell_deep_space_from_near_earth(frequency_mhz: float, band: str) -> None:
    assert band_of(frequency_mhz) == band


def test_a_plan_without_a_pass_is_no_schedule() -> None:
    with pytest.raises(PlanError, match="a schedule without a pass"):
        schedule_of(Plan("day", (), PLAN.relay_sessions), MISSION, GENERATED)
    unknown = Plan("day", (replace(PASS_01, antenna="dss-99"),), ())
    with pytest.raises(PlanError, match="pass-01 is of an antenna or craft"):
        schedule_of(unknown, MISSION, GENERATED)
