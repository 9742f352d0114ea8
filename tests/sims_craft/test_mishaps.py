"""Faults that befall a craft: each shows in what the craft does, not in a script of outcomes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from groundsys.mission.faults.fault_catalogue import FAULTS
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.rehearsal.flying.attendance import EVERYBODY, Attendance
from groundsys.rehearsal.flying.customers import FetchingFaults
from groundsys.rehearsal.flying.killing import strikes_of
from groundsys.rehearsal.flying.tampering import is_rewritten
from groundsys.values.instants import Instant
from groundsys.values.messages import Message
from sims.craft.computer.faults import Faults, StuckSensor, brought_about, faults_of
from sims.craft.computer.sensors import Sensors
from sims.craft.nature.dust import CLEAR_OPTICAL_DEPTH
from sims.faults import Stretch, joined
from sims.space.faults import SpaceFaults, space_faults_of
from tests.sims_craft.flight import Flight, keys, outcomes, readings

CUBE = "cube-polar"


def with_faults(scenario: Scenario, *faults: dict[str, Any]) -> Scenario:
    return replace(scenario, faults=faults)


@pytest.mark.parametrize("name", sorted(FAULTS))
def test_every_fault_of_the_catalogue_is_carried_out_by_somebody(
    scenario: Scenario, name: str
) -> None:
    needed = {
        "sensor_stuck": {"parameter": "eps_load_power"},
        "kill": {"process": "hub"},
        "disk_full": {"process": "hub"},
        "stand_in": {"person": "birch", "by": "dune"},
        "mixed_up_key": {"customer": "one", "of": "another"},
    }
    fault = {"fault": name, **needed.get(name, {})}
    start = scenario.span.start
    assert (
        faults_of("otv", (fault,), start) != Faults()
        or space_faults_of((fault,), start) != SpaceFaults()
        or strikes_of(with_faults(scenario, fault), 1)
        or Attendance.of((fault,)) != EVERYBODY
        or FetchingFaults.of((fault,)) != FetchingFaults()
        or is_rewritten((fault,))
    )


@pytest.mark.parametrize("name", sorted(one.name for one in FAULTS.values() if one.may_await_event))
def test_every_fault_that_may_wait_is_kept_beside_those_that_hold(
    scenario: Scenario, name: str
) -> None:
    fault = {"fault": name, "spacecraft": "otv", "parameter": "eps_load_power"}
    waits = {**fault, "at_event": "BOOT", "after_s": 60}
    assert faults_of("otv", (waits,), scenario.span.start) == Faults()
    come = faults_of("otv", (brought_about(waits, 100.0),), scenario.span.start)
    assert come == faults_of("otv", ({**fault, "after_s": 160},), scenario.span.start)
    assert joined(Faults(), come) == come != Faults()


def test_a_storm_may_come_up_with_an_event(
    mission: Mission, scenario: Scenario, tmp_path: Path
) -> None:
    storm = {"fault": "dust_storm", "spacecraft": CUBE, "at_event": "BOOT", "rise_sols": 0.01}
    flight = Flight(mission, with_faults(scenario, storm), tmp_path)
    dust = flight.landers[CUBE].lander.platform.dust
    assert dust.optical_depth(flight.after(3_600).tai_ns) == CLEAR_OPTICAL_DEPTH
    flight.carrier(100, True)
    flight.session(200, 1_000, 300, CUBE)  # which wakes it
    flight.run(3_600)
    flight.close()
    assert dust.optical_depth(flight.after(3_600).tai_ns) == 10.8


def test_safe_mode_of_an_orbiter_costs_it_sight_of_earth_and_its_relay(
    mission: Mission, scenario: Scenario, tmp_path: Path
) -> None:
    """Turned to the Sun for an hour, it comes back at its lowest rate, and begins no session."""
    tripped = with_faults(scenario, {"fault": "safe_mode", "spacecraft": "otv", "after_s": 1000})
    flight = Flight(mission, tripped, tmp_path)
    flight.carrier(100, True)
    flight.session(200, 5500, 600, CUBE)
    flight.run(2000)
    assert flight.air.carrier_on["otv"] is False
    flight.run(7000)
    flight.close()
    assert flight.air.carrier_on["otv"] is True
    modes = readings(flight.otv.model, flight.air.packets(), "OBC")
    epoch_ns = flight.otv.sclk_epoch.tai_ns
    since = [(sclk_ns + epoch_ns - flight.after(0).tai_ns, values) for sclk_ns, values in modes]
    assert {values["obc_mode"] for ns, values in since if ns < 1000e9} == {"NOMINAL"}
    assert {values["obc_mode"] for ns, values in since if ns > 1000e9} == {"SAFE"}
    before, after = (
        [body["rate_bps"] for body in flight.air.downlinks
         if (body["frames"][0]["start_ns"] < flight.after(1000).tai_ns) is early]
        for early in (True, False)
    )  # fmt: skip
    assert set(before) == {64_000.0}
    assert set(after) == {8_000.0}
    # no frame while it is turned away
    hour = range(flight.after(1010).tai_ns, flight.after(1000 + 3600).tai_ns)
    assert not [start_ns for start_ns, _ in flight.air.down if start_ns in hour]
    assert flight.truth(CUBE, "session") == []


def test_a_fault_may_wait_for_what_happens_to_the_craft(
    mission: Mission, scenario: Scenario, tmp_path: Path
) -> None:
    """A minute into its first relay session the OTV's receiver drops out for ten minutes; once."""
    awaited: dict[str, Any] = {
        "fault": "uplink_lock_lost", "spacecraft": "otv", "at_event": "RELAY_SESSION_STARTED",
        "after_s": 60, "until_s": 660,
    }  # fmt: skip
    elsewhere = {**awaited, "fault": "safe_mode", "spacecraft": CUBE, "at_event": "SELF_TEST_DONE"}
    flight = Flight(mission, with_faults(scenario, awaited, elsewhere), tmp_path)
    flight.carrier(100, True)
    flight.session(200, 1_000, 300, CUBE)
    flight.session(250, 4_000, 300, CUBE)
    flight.run(6_000)
    flight.close()
    (struck,) = flight.truth("otv", "awaited_fault")
    begun_s = (struck["time_ns"] - flight.after(0).tai_ns) / 1e9
    assert 1_000 <= begun_s < 1_300
    comm = readings(flight.otv.model, flight.air.packets(), "COMM")
    epoch_ns = flight.otv.sclk_epoch.tai_ns
    since = [
        ((sclk_ns + epoch_ns - flight.after(0).tai_ns) / 1e9 - begun_s, values["comm_uplink_lock"])
        for sclk_ns, values in comm
    ]
    lost = {lock for second, lock in since if 62 < second < 658}
    held = {lock for second, lock in since if 0 < second < 58 or second > 720}
    assert (lost, held) == ({"UNLOCKED"}, {"LOCKED"})
    assert flight.truth(CUBE, "awaited_fault") == []


def test_safe_mode_of_a_cube_keeps_its_files_back(
    mission: Mission, scenario: Scenario, tmp_path: Path
) -> None:
    tripped = with_faults(scenario, {"fault": "safe_mode", "spacecraft": CUBE, "after_s": 3650})
    flight = Flight(mission, tripped, tmp_path)
    flight.carrier(100, True)
    flight.session(200, 3700, 600, CUBE)
    flight.run(5390)
    flight.close()
    packets = flight.cube_packets(CUBE)
    assert len(flight.truth(CUBE, "file")) == 1
    assert not [packet for packet in packets if packet.service == 201]
    cube = mission.spacecraft[CUBE].model
    assert {values["obc_mode"] for _, values in readings(cube, packets, "OBC")} == {"SAFE"}


def test_a_receiver_out_of_lock_takes_no_command_and_says_so(
    mission: Mission, scenario: Scenario, tmp_path: Path
) -> None:
    out = {"fault": "uplink_lock_lost", "after_s": 900, "until_s": 1800}
    flight = Flight(mission, with_faults(scenario, out), tmp_path, cubes=())
    flight.carrier(100, True)
    flight.command(1000, "PING")
    flight.run(1790)
    assert outcomes(flight.otv.model, flight.air.packets()) == {}
    while_out = [
        frame
        for start_ns, frame in flight.air.frames()
        if flight.after(910).tai_ns < start_ns < flight.after(1790).tai_ns
    ]
    # its carrier is there, with an idle frame a minute
    assert {frame.virtual_channel for frame in while_out} == {7}
    assert 13 <= len(while_out) <= 15
    flight.run(2400)
    flight.close()
    assert flight.truth("otv", "fault")[0]["fault"] == "uplink_lock_lost"
    events = readings(flight.otv.model, flight.air.packets(), "EVENT_INFO")
    told = [values["event_id"] for _, values in events if "UPLINK" in values["event_id"]]
    assert told == ["UPLINK_ACQUIRED", "UPLINK_LOST", "UPLINK_ACQUIRED"]


def test_a_recorder_without_memory_loses_what_was_not_sent(
    mission: Mission, scenario: Scenario, tmp_path: Path
) -> None:
    """An hour of housekeeping without contact is more than 3 kB, of which the newest are left."""
    full = {"fault": "recorder_full", "after_s": 600, "left_kb": 3}
    flight = Flight(mission, with_faults(scenario, full), tmp_path, cubes=())
    flight.run(3600)
    flight.carrier(3600, True)
    flight.run(3900)
    flight.close()
    made = flight.truth("otv", "packet")
    came = keys(flight.air.packets())
    lost = [(one["apid"], one["count"], one["sclk_ns"]) in came for one in made].index(True)
    assert lost > 10
    assert flight.orbiter.orbiter.recorder.used_bytes <= 3_000
    # all that came after the first that was kept came home, but for the last seconds' own
    until_ns = flight.after(3880).tai_ns - flight.otv.sclk_epoch.tai_ns
    kept = {(one["apid"], one["count"], one["sclk_ns"]) for one in made[lost:]}
    assert {key for key in kept if key[2] < until_ns} <= came
    fills = [values["recorder_fill"] for _, values in readings(
        flight.otv.model, flight.air.packets(), "RECORDER")]  # fmt: skip
    assert fills[0] > 95.0


def test_a_stuck_sensor_tells_for_ever_what_it_told(
    mission: Mission, scenario: Scenario, tmp_path: Path
) -> None:
    stuck = {"fault": "sensor_stuck", "parameter": "eps_battery_voltage", "after_s": 700,
             "until_s": 1500}  # fmt: skip
    flight = Flight(mission, with_faults(scenario, stuck), tmp_path, cubes=())
    flight.carrier(100, True)
    flight.run(2400)
    flight.close()
    told = [
        ((sclk_ns + flight.otv.sclk_epoch.tai_ns - flight.after(0).tai_ns) / 1e9, values)
        for sclk_ns, values in readings(flight.otv.model, flight.air.packets(), "EPS")
    ]
    while_stuck = [one for at_s, one in told if 700 <= at_s < 1500]
    others = [one for at_s, one in told if not 700 <= at_s < 1500]
    assert len(while_stuck) > 5
    assert len({one["eps_battery_voltage"] for one in while_stuck}) == 1
    assert len({one["eps_load_power"] for one in while_stuck}) > 1
    assert len({one["eps_battery_voltage"] for one in others}) > 5


def test_a_cubes_sensor_may_be_stuck_too(
    mission: Mission, scenario: Scenario, tmp_path: Path
) -> None:
    stuck = {"fault": "sensor_stuck", "spacecraft": CUBE, "parameter": "eps_battery_voltage"}
    flight = Flight(mission, with_faults(scenario, stuck), tmp_path)
    flight.carrier(100, True)
    flight.session(200, 300, 600, CUBE)
    flight.run(1500)
    flight.close()
    told = readings(mission.spacecraft[CUBE].model, flight.cube_packets(CUBE), "EPS")
    assert len(told) > 5
    assert len({values["eps_battery_voltage"] for _, values in told}) == 1
    assert len({values["eps_battery_current"] for _, values in told}) > 1


def test_the_computer_believes_a_stuck_gauge(
    mission: Mission, scenario: Scenario, tmp_path: Path
) -> None:
    """A battery that drains unseen leads to no safe mode."""
    initial = {"otv": {"battery_percent": 31.0}}
    modes = {}
    for name, faults in (
        ("sound", ()),
        ("stuck", ({"fault": "sensor_stuck", "parameter": "eps_battery_charge"},)),
    ):
        dark = replace(with_faults(scenario, *faults), initial=initial)
        hungry = dict(mission.spacecraft["otv"].platform, panel_w=1.0)
        otv = replace(mission.spacecraft["otv"], platform=hungry)
        starved = replace(mission, spacecraft={**mission.spacecraft, "otv": otv})
        flight = Flight(starved, dark, tmp_path / name, cubes=())
        flight.run(1800)
        modes[name] = flight.orbiter.orbiter.board.mode
        flight.close()
    assert modes == {"sound": "SAFE", "stuck": "NOMINAL"}


def test_a_cube_may_be_silent_for_a_while(
    mission: Mission, scenario: Scenario, tmp_path: Path
) -> None:
    silent = {"fault": "silent_cube", "spacecraft": CUBE, "after_s": 1000, "until_s": 4000}
    flight = Flight(mission, with_faults(scenario, silent), tmp_path)
    flight.carrier(100, True)
    for start_s in (300, 2000, 4500):
        flight.session(200, start_s, 400, CUBE)
    flight.run(5390)
    flight.close()
    events = [line["event"] for line in flight.truth("otv", "session")]
    assert events == ["started", "heard", "ended", "started", "unanswered",
                      "started", "heard", "ended"]  # fmt: skip


def test_two_faults_of_one_kind_both_strike(scenario: Scenario) -> None:
    entries = (
        {"fault": "drop_file", "spacecraft": CUBE, "sequence": 1},
        {"fault": "drop_file", "sequence": 4},
    )
    start = scenario.span.start
    assert faults_of(CUBE, entries, start).drop_file == {1, 4}
    assert faults_of("cube-tharsis", entries, start).drop_file == {4}


def test_a_sensor_holds_what_it_read_first() -> None:
    sensors = Sensors((StuckSensor("pressure", Stretch(10, 20)),))
    told = [sensors.read({"pressure": ns, "other": ns}, ns) for ns in (5, 12, 19, 20)]
    assert [one["pressure"] for one in told] == [5, 12, 12, 20]
    assert [one["other"] for one in told] == [5, 12, 19, 20]


def injected(target: str, at: Instant, **fault: Any) -> Message:
    return Message("exchange", target, "inject", at, {"fault": fault})


def test_a_fault_injected_under_way_does_what_one_of_the_scenario_does(
    mission: Mission, scenario: Scenario, tmp_path: Path
) -> None:
    """Safe mode and a receiver out of lock: the same, whenever they were told."""
    mode = {"fault": "safe_mode", "spacecraft": "otv", "after_s": 1_000.0}
    deaf = {"fault": "uplink_lock_lost", "spacecraft": "otv", "after_s": 300.0, "until_s": 600.0}
    seen = []
    for name, stated in (("stated", True), ("injected", False)):
        flown = with_faults(scenario, mode, deaf) if stated else scenario
        flight = Flight(mission, flown, tmp_path / name)
        flight.carrier(100, True)
        for seconds in (200, 400, 700):
            flight.command(seconds, "PING")
        flight.run(250)
        for fault in () if stated else (mode, deaf):
            for target in ("otv", CUBE):
                flight.exchange.say(injected(target, flight.exchange.now, **fault))
        flight.run(2_000)
        flight.close()
        assert len(flight.truth("otv", "injected_fault")) == (0 if stated else 2)
        assert flight.truth(CUBE, "injected_fault") == []
        accepted = outcomes(flight.otv.model, flight.air.packets())
        seen.append((accepted, keys(flight.air.packets()), flight.air.carrier_on["otv"]))
    assert seen[0] == seen[1]
    assert seen[0][2] is False  # turned to the Sun
