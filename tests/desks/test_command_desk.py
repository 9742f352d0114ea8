"""Commands survive crashes between two steps, refusals and a sequence control that gives up."""

from __future__ import annotations

from datetime import timedelta

import pytest

from groundsys.authority import Role
from groundsys.ccsds.requests import source_of_life
from groundsys.ccsds.space_packets import TcPacket, encode_tc_packet
from groundsys.ccsds.tc_frames import TcFrame, encode_tc_frame
from groundsys.commanding.events import Intended, Issued, Reported
from groundsys.commanding.ledger import Command
from groundsys.desks.telemetry.clock_desk import ClockDesk
from groundsys.geometry import Geometry
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.planning import Plan
from groundsys.telemetry.completeness import Coverage
from groundsys.values.errors import BackendError
from groundsys.values.instants import Instant, Interval, SpacecraftEventTime
from groundsys.values.messages import Message
from groundsys.values.records import CommandRecord
from tests.desks.conftest import MakeRoom, Room
from tests.desks.fake_world import FakeYamcs
from tests.desks.people import token_of
from tests.desks.test_day import make_world

MORNING = timedelta(hours=2.4)


@pytest.mark.parametrize("taken", [True, False])
def test_a_crash_while_issuing_neither_loses_nor_doubles(
    make_room: MakeRoom,
    mission: Mission,
    scenario: Scenario,
    plan: Plan,
    geometry: Geometry,
    taken: bool,
) -> None:
    room = make_room()
    world = make_world(mission, scenario, plan, geometry, room.yamcs)
    world.fly(room.desks, scenario.span.start + timedelta(minutes=21))
    crash = BackendError("the connection broke")
    if taken:
        room.yamcs.fail_after = crash
    else:
        room.yamcs.fail_before = crash
    with pytest.raises(BackendError, match="broke"):
        world.fly(room.desks, scenario.span.start + MORNING)
    (hanging,) = [c for c in room.store.commands.all() if c.state == "issuing"]
    room = make_room(yamcs=room.yamcs, start=world.now)
    found = next(c for c in room.store.commands.all() if c.id == hanging.id)
    assert found.state == ("issued" if taken else "queued")
    world.fly(room.desks, scenario.span.start + MORNING)
    names = [name for craft, name, _ in world.executed if craft == "otv"]
    assert names.count("PING") == 1
    done = next(c for c in room.store.commands.all() if c.id == hanging.id)
    if hanging.spacecraft == "otv":
        assert done.state == "completed"
    assert [one.source for one in done.attempts] == [room.yamcs.source]


def test_when_sequence_control_gives_up_it_is_begun_anew(
    make_room: MakeRoom, mission: Mission, scenario: Scenario, plan: Plan, geometry: Geometry
) -> None:
    room = make_room()
    world = make_world(mission, scenario, plan, geometry, room.yamcs)
    world.fly(room.desks, scenario.span.start + timedelta(minutes=50))
    begun = room.yamcs.calls["initialise_cop1"]
    assert room.yamcs.t1_s > 0
    room.yamcs.instances["otv"].cop1 = "initial"
    world.fly(room.desks, scenario.span.start + MORNING)
    assert room.yamcs.calls["initialise_cop1"] > begun
    done = {c.name for c in room.store.commands.all() if c.state == "completed"}
    assert {"SET_HEATER", "PING", "RELAY_SESSION_ADD"} <= done


def test_when_the_hub_cannot_read_what_is_sent_again_sequence_control_begins_anew(
    make_room: MakeRoom, mission: Mission, scenario: Scenario, plan: Plan, geometry: Geometry
) -> None:
    room = make_room()
    world = make_world(mission, scenario, plan, geometry, room.yamcs)
    world.fly(room.desks, scenario.span.start + timedelta(minutes=50))
    begun = room.yamcs.calls["initialise_cop1"]
    body = {"radiation_id": "otv-refused", "reason": "no packet", "spoilt": "otv"}
    told = [Message("hub", "desks", "not_radiated", world.now, body)] * 3
    room.desks.advance(world.now, told)
    world.fly(room.desks, scenario.span.start + MORNING)
    assert room.yamcs.calls["initialise_cop1"] == begun + 1
    assert all(c.state != "expired" for c in room.store.commands.all())


def test_nothing_leaves_outside_an_uplink(
    make_room: MakeRoom, mission: Mission, scenario: Scenario, plan: Plan, geometry: Geometry
) -> None:
    room = make_room()
    world = make_world(mission, scenario, plan, geometry, room.yamcs)
    world.fly(room.desks, scenario.span.start + timedelta(hours=6))
    windows = [(one.uplink_from, one.uplink_until) for one in plan.passes]
    issued = [
        attempt.issued_at for command in room.store.commands.all() for attempt in command.attempts
    ]
    assert issued
    assert all(any(start <= at < end for start, end in windows) for at in issued)


@pytest.mark.parametrize("unmended", [set(), {"RECORDER_REPLAY", "CFDP_PDU"}])
def test_what_was_lost_at_the_end_of_a_pass_leaves_again_early_in_the_next(
    make_room: MakeRoom,
    mission: Mission,
    scenario: Scenario,
    plan: Plan,
    geometry: Geometry,
    unmended: set[str],
) -> None:
    """Also while other packets lack, which tell nothing of commands."""
    room = make_room()
    world = make_world(mission, scenario, plan, geometry, room.yamcs)
    world.loses = lambda apid, number: bool(unmended) and apid == 3
    first, second = plan.passes[:2]
    world.fly(room.desks, first.uplink_until.plus_seconds(-300))
    world.deaf_to = {"RESET_COUNTERS", *unmended}
    world.generate("otv", 3, "RELAY_FILES", bytes(16))
    token = token_of(room.desks, Role.OPERATOR)
    request = {"spacecraft": "otv", "command": "RESET_COUNTERS", "token": token}
    queued = room.desks.handle({"verb": "command_draft", **request})["command"]
    world.fly(room.desks, second.start.plus_seconds(1_800))
    command = next(c for c in room.store.commands.all() if c.id == queued["id"])
    assert [attempt.issued_at < second.start for attempt in command.attempts] == [True, False]
    assert command.state == "completed"


def test_what_may_have_been_executed_never_leaves_again(
    make_room: MakeRoom, mission: Mission, scenario: Scenario, plan: Plan, geometry: Geometry
) -> None:
    """Executed, but every report of it is lost for good: it is not said twice."""
    room = make_room()
    world = make_world(mission, scenario, plan, geometry, room.yamcs)
    world.silent_about = {"SET_HEATER"}
    world.fly(room.desks, scenario.span.end)
    mute = [one for one in room.store.commands.all() if one.name == "SET_HEATER"]
    mute = [one for one in mute if one.spacecraft == "otv" and one.attempts]
    assert mute
    executed = [name for craft, name, _ in world.executed if craft == "otv"]
    assert executed.count("SET_HEATER") == sum(len(one.attempts) for one in mute) == len(mute)


def test_a_command_waits_while_fop_1_has_as_many_frames_unacknowledged_as_may_be(
    make_room: MakeRoom, mission: Mission, scenario: Scenario, plan: Plan, geometry: Geometry
) -> None:
    room = make_room()
    world = make_world(mission, scenario, plan, geometry, room.yamcs)
    while room.yamcs.instances["otv"].cop1 != "active":
        world.fly(room.desks, world.now.plus_seconds(60.0))
    room.yamcs.instances["otv"].cop1 = "full"
    token = token_of(room.desks, Role.OPERATOR)
    ping = {"verb": "command_draft", "spacecraft": "otv", "command": "PING", "token": token}
    asked = room.desks.handle(ping)["command"]["id"]
    world.fly(room.desks, world.now.plus_seconds(300.0))

    def state() -> str:
        return next(one.state for one in room.store.commands.all() if one.id == asked)

    assert state() == "queued"
    told = [str(event["text"]) for event in room.publisher.events]
    assert sum("FOP-1's window is full" in one for one in told) == 1
    room.yamcs.instances["otv"].cop1 = "active"
    world.fly(room.desks, world.now.plus_seconds(900.0))
    assert state() in ("radiated", "accepted", "completed")


def the_radiated(room: Room, name: str) -> Command:
    """The OTV's only command of a name on whose way nothing more is known."""
    (found,) = [
        one
        for one in room.store.commands.all()
        if (one.spacecraft, one.name, one.state) == ("otv", name, "radiated")
    ]
    return found


@pytest.mark.parametrize(("before_arrival_s", "state"), [(0.001, "radiated"), (300.0, "queued")])
def test_a_gap_that_ends_about_when_a_command_arrives_may_be_its_report(
    make_room: MakeRoom,
    mission: Mission,
    scenario: Scenario,
    plan: Plan,
    geometry: Geometry,
    before_arrival_s: float,
    state: str,
) -> None:
    """Both edges of a gap are dated by a clock that is known to milliseconds at best."""
    room = make_room()
    world = make_world(mission, scenario, plan, geometry, room.yamcs)
    world.deaf_to = {"SET_HEATER"}
    world.fly(room.desks, scenario.span.start + MORNING)
    mute = the_radiated(room, "SET_HEATER")
    arrived = mute.attempts[-1].arrives_at
    assert arrived is not None
    ends = Instant(arrived.tai_ns).plus_seconds(-before_arrival_s)
    archived = Coverage(scenario.span.end, (Interval(ends.plus_seconds(-60.0), ends),))
    room.desks.command_reports.take_coverage(mission.spacecraft["otv"], archived)
    after = next(one for one in room.desks.ledger.all if one.id == mute.id)
    assert after.state == state


def test_silence_proves_nothing_of_a_command_whose_frame_was_acknowledged(
    make_room: MakeRoom, mission: Mission, scenario: Scenario, plan: Plan, geometry: Geometry
) -> None:
    """A craft whose reports fail was commanded twice, although FOP-1 had heard of the first."""
    room = make_room()
    world = make_world(mission, scenario, plan, geometry, room.yamcs)
    world.silent_about = {"SET_HEATER"}
    world.fly(room.desks, scenario.span.start + MORNING)
    mute = the_radiated(room, "SET_HEATER")
    assert not mute.attempts[-1].bypass
    for _ in range(2):
        whole = Coverage(scenario.span.end)
        room.desks.command_reports.take_coverage(mission.spacecraft["otv"], whole)
    after = next(one for one in room.desks.ledger.all if one.id == mute.id)
    assert (after.state, after.attempts[-1].absent) == ("radiated", False)
    told = [one.text for one in room.desks.room.take_events()]
    assert sum(f"{mute.id} SET_HEATER: its frame was acknowledged" in one for one in told) == 1


def test_a_clock_that_is_believed_wrongly_proves_no_command_absent(
    make_room: MakeRoom,
    mission: Mission,
    scenario: Scenario,
    plan: Plan,
    geometry: Geometry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Reports dated before anything left fit no command, until the clock is known again."""
    true_time = ClockDesk.event_time
    spoilt_until = scenario.span.start + MORNING

    def believed(desk: ClockDesk, craft: Spacecraft, generation: Instant) -> SpacecraftEventTime:
        early = timedelta(0) if world.now > spoilt_until else timedelta(hours=1)
        return SpacecraftEventTime((true_time(desk, craft, generation) - early).tai_ns)

    monkeypatch.setattr(ClockDesk, "event_time", believed)
    monkeypatch.setattr(FakeYamcs, "command_records", lambda *_: ())
    room = make_room()
    world = make_world(mission, scenario, plan, geometry, room.yamcs)
    world.fly(room.desks, spoilt_until)
    lasting = [c for c in room.store.commands.all() if c.purpose == "plan" and c.attempts]
    lasting = [c for c in lasting if c.spacecraft == "otv"]
    assert lasting
    assert {c.state for c in lasting} <= {"issued", "radiated"}
    world.fly(room.desks, scenario.span.start + timedelta(hours=6))
    after = {c.id: c for c in room.store.commands.all()}
    assert {after[c.id].state for c in lasting} == {"completed"}
    assert {len(after[c.id].attempts) for c in lasting} == {1}


def test_a_refused_radiation_is_told(make_room: MakeRoom, scenario: Scenario) -> None:
    room = make_room()
    now = scenario.span.start
    body = {"radiation_id": "otv:AD3:p7", "reason": "the uplink closed"}
    room.desks.advance(now, [Message("antenna:usuda-64", "desks", "not_radiated", now, body)])
    assert any("otv:AD3:p7" in str(event["text"]) for event in room.publisher.events)


def test_frames_and_radiations_of_one_count_from_two_lives_of_yamcs_reach_their_own(
    make_room: MakeRoom, mission: Mission, scenario: Scenario
) -> None:
    """Both attempts are open; the frame of the earlier life comes last."""
    room, now = make_room(), scenario.span.start
    room.desks.advance(now, [])
    ledger, lives = room.desks.ledger, (source_of_life(0), source_of_life(1))
    waiting = {}
    for craft in ("cube-polar", "otv"):
        for source in lives:
            command = ledger.queue(craft, "PING", {}, purpose="operator")
            ledger.advance(command, Intended())
            ledger.advance(command, Issued(f"{craft}:{source}", 5, None, source=source))
            waiting[craft, source] = command.id

    scid = mission.spacecraft["cube-polar"].framing.spacecraft_id
    for source in reversed(lives):
        packet = encode_tc_packet(TcPacket(1, 5, 17, 1, bytes(1), source))
        frame = encode_tc_frame(TcFrame(scid, 0, 0, True, False, packet))
        body = {"spacecraft": "cube-polar", "tc_frame": frame, "sequence_count": 5}
        room.desks.commands.take_forward_request({**body, "source": source})
        forward = ledger.of("forward")[-1]
        assert forward.subject == waiting["cube-polar", source]
        radiation = {"spacecraft": "otv", "radiation_id": f"otv-1-1:AD3:s{source}:p5"}
        room.desks.commands.take_radiated({**radiation, "txt_ns": now.tai_ns})
        states = [ledger.get(waiting["otv", one]).state for one in lives]  # type: ignore[union-attr]
        expected = ["issued", "radiated"] if source == lives[1] else ["radiated", "radiated"]
        assert states == expected
    assert len(ledger.of("forward")) == 2


def test_what_a_later_frame_overtakes_on_its_way_to_the_relay_is_protected_anew(
    make_room: MakeRoom, mission: Mission, scenario: Scenario, plan: Plan, geometry: Geometry
) -> None:
    """Yamcs starts anew and numbers from far above: the lost frame is of no use any more."""
    room = make_room()
    world = make_world(mission, scenario, plan, geometry, room.yamcs)
    world.fly(room.desks, scenario.span.start + timedelta(minutes=10))
    token = token_of(room.desks, Role.OPERATOR)
    ping = {"verb": "command_draft", "spacecraft": "cube-polar", "command": "PING", "token": token}
    world.deaf_to = {"FORWARD_FRAME"}
    room.desks.handle(ping)
    while world.deaf_to:
        world.fly(room.desks, world.now.plus_seconds(20.0))
    room.yamcs.source = source_of_life(4)
    room.desks.handle(ping)
    room.desks.handle(ping)
    world.fly(room.desks, scenario.span.end)
    commands = {one.id: one for one in room.store.commands.all()}
    (lost,) = [
        one for one in commands.values() if one.purpose == "forward" and one.attempts[0].absent
    ]
    assert lost.state == "cancelled"
    carried = commands[lost.subject]
    assert carried.state == "completed"
    assert [one.absent for one in carried.attempts] == [True, False]
    assert {one.state for one in commands.values() if one.spacecraft == "cube-polar"} == {
        "completed"
    }
    assert world.refused == []


def test_what_a_cube_did_not_report_before_it_accepted_a_later_frame_is_absent(
    make_room: MakeRoom, mission: Mission, scenario: Scenario
) -> None:
    room, start = make_room(), scenario.span.start
    room.desks.advance(start, [])
    ledger, cube = room.desks.ledger, mission.spacecraft["cube-polar"]
    early, late = (
        ledger.queue(cube.id, "PING", {}, purpose="operator", attempt_limit=1) for _ in range(2)
    )
    for life, command in enumerate((early, late)):
        room.desks.advance(start.plus_seconds(life + 1.0), [])
        ledger.advance(command, Intended())
        ledger.advance(command, Issued(command.id, 1, None, source=source_of_life(life)))
    accepted_at = SpacecraftEventTime(start.plus_seconds(5_000).tai_ns)
    whole = Coverage(start.plus_seconds(9_000))
    reports = room.desks.command_reports

    def state_after(coverage: Coverage) -> str:
        reports.take_coverage(cube, coverage)
        return ledger.get(early.id).state  # type: ignore[union-attr]

    assert state_after(whole) == "issued"  # the relay may still have it
    record = CommandRecord(late.id, "PING", start, True, acceptance="ok")
    ledger.advance(late, Reported(record, accepted_at))
    assert state_after(Coverage(start.plus_seconds(4_000))) == "issued"
    a_gap = Interval(start.plus_seconds(4_500), start.plus_seconds(4_600))
    assert state_after(Coverage(whole.until, (a_gap,))) == "issued"
    assert state_after(whole) == "expired"
    assert ledger.get(early.id).attempts[-1].absent  # type: ignore[union-attr]
    assert ledger.get(late.id).state == "accepted"  # type: ignore[union-attr]
