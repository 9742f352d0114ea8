"""A capsule from space to its first session, through an air without losses."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from groundsys.ccsds.fields import decode_fields, engineering
from groundsys.ccsds.space_packets import decode_tm_packet
from groundsys.ccsds.tm_frames import decode_tm_frame, first_packet
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.values.instants import Interval
from tests.sims_craft.flight import Flight, keys

CAPSULE = "capsule-1"


@pytest.fixture
def entering(mission: Mission) -> Scenario:
    """The scenario edl with true clocks and nothing in error, from ten minutes before."""
    edl = mission.scenarios["edl"]
    start = edl.span.start.plus_seconds(4_080.0)
    return replace(edl, span=Interval(start, edl.span.end), truth={}, faults=())


def _fly(mission: Mission, scenario: Scenario, folder: Path, *capsules: str) -> Flight:
    """Down and through a session half an hour later, with Earth listening all the time."""
    flight = Flight(mission, scenario, folder, cubes=capsules or (CAPSULE,))
    flight.carrier(1.0, True)
    flight.command(5.0, "SET_DOWNLINK_RATE", downlink_rate_bps=64_000)
    flight.session(60.0, 1_800.0, 600, CAPSULE)
    flight.run(2_600.0)
    flight.close()
    return flight


@pytest.fixture
def flown(mission: Mission, entering: Scenario, tmp_path: Path) -> Flight:
    return _fly(mission, entering, tmp_path)


def _live(flight: Flight, capsule: str = CAPSULE) -> list[dict[str, object]]:
    """What came on the capsule's live channel, in order."""
    craft = flight.mission.spacecraft[capsule]
    fields = craft.model.packet("ENTRY").fields
    channel = craft.framing.virtual_channels["LIVE"]
    found = []
    for _, octets in flight.relayed(capsule):
        frame = decode_tm_frame(octets)
        packet = first_packet(frame) if frame.virtual_channel == channel else None
        if packet is not None:
            content = decode_tm_packet(packet)
            raw = decode_fields(fields, content.data)
            values = {one.name: engineering(one, raw[one.name]) for one in fields}
            found.append({"count": content.sequence_count, "sclk_ns": content.sclk_ns, **values})
    return found


def test_a_packet_a_second_comes_live_through_every_phase(flown: Flight) -> None:
    live = _live(flown)
    assert [one["count"] for one in live] == list(range(len(live)))
    gaps = {int(b["sclk_ns"]) - int(a["sclk_ns"]) for a, b in pairwise(live)}  # type: ignore[call-overload]
    assert all(abs(gap - 10**9) < 20_000 for gap in gaps)  # the clock drifts by some ppm
    phases = [one["entry_phase"] for one in live]
    order = list(dict.fromkeys(phases))
    assert order == ["COAST", "ENTRY", "SUBSONIC", "SECOND_STAGE", "LANDED"]
    assert max(float(str(one["entry_deceleration"])) for one in live) == pytest.approx(93.5, abs=2)


def test_everything_told_live_comes_again_from_memory_in_a_session(flown: Flight) -> None:
    """The air loses nothing, plasma included, so each packet of the entry comes twice."""
    channel = flown.mission.spacecraft[CAPSULE].framing.virtual_channels["TELEMETRY"]
    stored = [
        packet
        for packet in flown.cube_packets(CAPSULE)
        if (packet.service, packet.subtype) == (202, 1)
    ]
    live = {one["count"] for one in _live(flown)}
    counts = [packet.sequence_count for packet in stored]
    assert {count: counts.count(count) for count in live} == dict.fromkeys(live, 2)
    assert flown.generated(CAPSULE) == keys(flown.cube_packets(CAPSULE))
    assert channel == 0


def test_tones_tell_each_phase_once(flown: Flight) -> None:
    definition = flown.otv.model.packet("RELAY_TONE")
    tones = [
        decode_fields(definition.fields, packet.data)["tone_phase"]
        for packet in flown.air.packets()
        if (packet.service, packet.subtype) == (202, 2)
    ]
    assert tones == [0, 1, 2, 3, 4]


def test_the_instrument_begins_on_the_ground(flown: Flight) -> None:
    (entry,) = flown.truth(CAPSULE, "entry")
    lander = flown.landers[CAPSULE].lander
    assert entry["lost"] is None
    assert lander.logger.is_on
    assert lander.logger.records_taken(flown.after(2_600.0).tai_ns) > 50


def test_a_capsule_that_hits_too_hard_is_never_heard_again(
    mission: Mission, entering: Scenario, tmp_path: Path
) -> None:
    flight = _fly(mission, replace(entering, truth={"second_stage_fails": 1.0}), tmp_path)
    (entry,) = flight.truth(CAPSULE, "entry")
    assert entry["lost"] == "hit_too_hard"
    assert {one["entry_phase"] for one in _live(flight)} == {"COAST", "ENTRY", "SUBSONIC"}
    assert flight.orbiter.orbiter.relay.sessions_failed == 1
    assert not flight.landers[CAPSULE].lander.logger.is_on


def test_an_ear_with_two_channels_leaves_a_third_capsule_unheard(
    mission: Mission, entering: Scenario, tmp_path: Path
) -> None:
    deaf = replace(entering, faults=({"fault": "few_channels", "channels": 2},))
    capsules = ("capsule-1", "capsule-2", "capsule-3")
    flight = _fly(mission, deaf, tmp_path, *capsules)
    first, second, third = (len(_live(flight, one)) for one in capsules)
    told = [len(flight.truth(one, "frames")) for one in capsules]
    assert (first, second) == (told[0] - _session_frames(flight), told[1])
    assert third < 0.6 * told[2]


def _session_frames(flight: Flight) -> int:
    """Lines on frames that the first capsule sent in its session."""
    return sum(one["link"] != "live" for one in flight.truth(CAPSULE, "frames"))


def test_an_accelerometer_that_sticks_says_the_same_from_then_on(
    mission: Mission, entering: Scenario, tmp_path: Path
) -> None:
    stuck = replace(entering, faults=({"fault": "stuck_accelerometer", "m_s2": 40.0},))
    flight = _fly(mission, stuck, tmp_path)
    felt = [float(str(one["entry_deceleration"])) for one in _live(flight)]
    assert felt[-1] == max(felt) == 40.0


def test_a_landing_that_breaks_the_radio_is_followed_by_silence(
    mission: Mission, entering: Scenario, tmp_path: Path
) -> None:
    mute = replace(entering, faults=({"fault": "mute_on_ground"},))
    flight = _fly(mission, mute, tmp_path)
    assert flight.truth(CAPSULE, "entry")[0]["lost"] is None
    assert "LANDED" not in {one["entry_phase"] for one in _live(flight)}
    assert flight.orbiter.orbiter.relay.sessions_failed == 1


def test_a_capsule_whose_entry_lies_before_the_flight_has_landed(
    mission: Mission, entering: Scenario, tmp_path: Path
) -> None:
    later = entering.span.start.plus_seconds(3_600.0)
    flight = _fly(mission, replace(entering, span=Interval(later, entering.span.end)), tmp_path)
    assert flight.truth(CAPSULE, "entry") == []
    assert flight.landers[CAPSULE].lander.logger.is_on
    assert flight.orbiter.orbiter.relay.sessions_done == 1
