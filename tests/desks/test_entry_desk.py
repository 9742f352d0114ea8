"""The entry desk: what operators are told of a capsule, once each, and when silence is a loss."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from groundsys.ccsds.fields import encode_fields, raw_from_engineering
from groundsys.ccsds.space_packets import TmPacket, encode_tm_packet
from groundsys.desks.control_room import ControlRoom
from groundsys.desks.entry.entry_desk import EntryDesk, fact_of
from groundsys.desks.watching.alarm_desk import AlarmDesk
from groundsys.entry.telling import ENTRY_PACKET, EntrySample
from groundsys.geometry import Geometry
from groundsys.mission.model import Mission
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.store import Store
from groundsys.telemetry.completeness import Coverage
from groundsys.values.instants import Instant
from groundsys.values.records import ArchivedPacket
from tests.desks.fake_world import FakeYamcs
from tests.entry.test_telling import flown_samples

CAPSULE = "capsule-1"
#: the relay's recorder is archived up to then
LONG_AFTER = Instant.from_utc_iso("2031-08-20T02:30:00Z")
MakeDesk = Callable[[], EntryDesk]


@pytest.fixture
def room(mission: Mission, geometry: Geometry, tmp_path: Path) -> Iterator[ControlRoom]:
    scenario = replace(mission.scenarios["edl"], spacecraft=("otv", CAPSULE))
    with Store(tmp_path / "store.sqlite") as store:
        yield ControlRoom(mission, scenario, geometry, store, FakeYamcs(mission))


@pytest.fixture
def desk(room: ControlRoom) -> EntryDesk:
    return _desk(room)


def _desk(room: ControlRoom) -> EntryDesk:
    return EntryDesk(room, lambda craft, generation: generation, AlarmDesk(room))


def _archived(craft: Spacecraft, samples: Sequence[EntrySample]) -> list[ArchivedPacket]:
    definition = craft.model.packet(ENTRY_PACKET)
    packets = []
    for count, sample in enumerate(samples):
        values = {
            "entry_phase": sample.phase,
            "entry_deceleration": sample.deceleration_m_s2,
            "entry_nose_temperature": sample.nose_temperature_k,
            "entry_speed": sample.speed_m_s,
        }
        raw = {
            field.name: raw_from_engineering(field, values[field.name])
            for field in definition.fields
        }
        sclk_ns = sample.time.tai_ns - craft.sclk_epoch.tai_ns
        octets = encode_tm_packet(
            TmPacket(2, count, 202, 1, sclk_ns, encode_fields(definition.fields, raw))
        )
        packets.append(ArchivedPacket(ENTRY_PACKET, sample.time, 2, count, sample.time, octets))
    return packets


def _samples(craft: Spacecraft, *, opens: bool = True) -> list[EntrySample]:
    assert craft.entry is not None
    assert craft.site is not None
    return flown_samples(craft.entry, craft.site.altitude_m, opens=opens)[0]


def _nothing(relay: Spacecraft) -> Coverage | None:
    return None


def _everything(relay: Spacecraft) -> Coverage | None:
    return Coverage(LONG_AFTER)


def _said(room: ControlRoom) -> list[tuple[str, str]]:
    return [(event.severity, event.text) for event in room.take_events()]


def test_an_entry_is_foretold_and_then_told_event_by_event(
    room: ControlRoom, desk: EntryDesk, mission: Mission
) -> None:
    capsule = mission.spacecraft[CAPSULE]
    desk.work(_nothing)
    ((severity, text),) = _said(room)
    assert severity == "info"
    assert text.startswith("entry foretold: interface 01:18:0")
    packets = _archived(capsule, [one for one in _samples(capsule) if one.live])
    desk.take_packets(capsule, packets[:120])
    desk.work(_nothing)
    said = [text for _, text in _said(room)]
    assert [text.partition(" at ")[0] for text in said] == [
        "blackout begin",
        "blackout end",
        "peak deceleration",
    ]
    assert "foretold 01:19:32.4Z ± " in said[-1]
    desk.take_packets(capsule, packets)
    desk.work(_nothing)
    assert [text.partition(" at ")[0] for _, text in _said(room)] == [
        "subsonic",
        "second stage",
        "landing",
        "landed: it has reported from the ground",
    ]


def test_after_a_restart_nothing_is_said_again(
    room: ControlRoom, desk: EntryDesk, mission: Mission
) -> None:
    capsule = mission.spacecraft[CAPSULE]
    packets = _archived(capsule, _samples(capsule))
    desk.take_packets(capsule, packets)
    desk.work(_everything)
    assert _said(room)
    again = _desk(room)
    again.take_packets(capsule, packets)
    again.work(_everything)
    assert _said(room) == []


def test_silence_is_a_loss_only_once_the_relay_has_told_all_that_it_heard(
    room: ControlRoom, desk: EntryDesk, mission: Mission
) -> None:
    capsule = mission.spacecraft[CAPSULE]
    desk.take_packets(capsule, _archived(capsule, _samples(capsule, opens=False)))
    desk.work(_nothing)
    room.let_time_pass(LONG_AFTER)
    desk.work(lambda relay: Coverage(Instant.from_utc_iso("2031-08-20T01:24:00Z")))
    assert all(severity == "info" for severity, _ in _said(room))
    desk.work(_everything)
    ((severity, text),) = _said(room)
    assert severity == "critical"
    assert text.startswith("entry is lost: silent since 2031-08-20T01:2")
    assert "its second stage had not opened" in text
    desk.work(_everything)
    assert _said(room) == []
    assert room.store.facts.get(fact_of(CAPSULE))["reason"] == "hit_too_hard"


def test_who_is_heard_again_was_not_lost(
    room: ControlRoom, desk: EntryDesk, mission: Mission
) -> None:
    capsule = mission.spacecraft[CAPSULE]
    packets = _archived(capsule, _samples(capsule))
    desk.take_packets(capsule, packets[:150])
    desk.work(_everything)
    assert room.store.facts.get(fact_of(CAPSULE))["state"] == "lost"
    (alarm,) = room.store.watch.alarms()
    assert (alarm.spacecraft, alarm.parameter, alarm.level) == (CAPSULE, "entry", "critical")
    assert alarm.cleared_at is None
    desk.take_packets(capsule, packets)
    desk.work(_everything)
    assert room.store.facts.get(fact_of(CAPSULE))["state"] == "landed"
    (alarm,) = room.store.watch.alarms()
    assert alarm.cleared_at is not None


def test_a_fleet_without_capsules_is_nothing_to_it(
    mission: Mission, geometry: Geometry, tmp_path: Path
) -> None:
    with Store(tmp_path / "store.sqlite") as store:
        scenario = mission.scenarios["quickstart"]
        room = ControlRoom(mission, scenario, geometry, store, FakeYamcs(mission))
        _desk(room).work(_everything)
        assert _said(room) == []


def test_an_entry_that_nothing_survives_is_told_and_stops_nobody(
    mission: Mission, geometry: Geometry, tmp_path: Path
) -> None:
    """Its aeroshell is said to bear no deceleration at all."""
    craft = mission.spacecraft[CAPSULE]
    assert craft.entry is not None
    limits = replace(craft.entry.limits, deceleration_m_s2=1.0)
    doomed = replace(craft, entry=replace(craft.entry, limits=limits))
    spoilt = replace(mission, spacecraft={**mission.spacecraft, CAPSULE: doomed})
    scenario = replace(mission.scenarios["edl"], spacecraft=("otv", CAPSULE))
    with Store(tmp_path / "store.sqlite") as store:
        room = ControlRoom(spoilt, scenario, geometry, store, FakeYamcs(spoilt))
        desk = _desk(room)
        desk.work(_everything)
        desk.work(_everything)
        told = [one for one in room.store.watch.recent_events(50) if one.severity == "critical"]
    assert [one.spacecraft for one in told] == [CAPSULE]
    assert "not followed" in told[0].text
