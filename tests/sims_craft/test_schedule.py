"""The craft's schedule: what it takes, when it releases, and what it survives."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from groundsys.ccsds.fields import decode_fields
from groundsys.ccsds.requests import SCHEDULE_SOURCE, with_source
from groundsys.ccsds.space_packets import TcPacket, decode_tm_packet, encode_tc_packet
from groundsys.mission import load_mission
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from sims.craft.computer.board import Board
from sims.craft.computer.commands import CommandFailure, read_command
from sims.craft.computer.packets import Packet
from sims.craft.computer.schedule import OnboardSchedule
from tests.sims_craft.air import command_packet
from tests.sims_craft.flight import Flight, in_order, readings

_SECOND = 1_000_000_000
_CAPACITY = 4


def _scheduled(mission: Mission, name: str, count: int, **arguments: Any) -> bytes:
    packet = command_packet(mission.spacecraft["otv"], name, count, arguments)
    return with_source(packet, SCHEDULE_SOURCE, count)


class _Bench:
    """A schedule on a board of its own; times are seconds since the start."""

    def __init__(self, mission: Mission, directory: Path, **scenario: Any) -> None:
        otv = mission.spacecraft["otv"]
        self.craft = replace(otv, platform={**otv.platform, "schedule_entries": _CAPACITY})
        flown = replace(mission.scenarios["quickstart"], **{"truth": {}, "faults": (), **scenario})
        self.board = Board(self.craft, flown, 1, directory)
        self.made: list[Packet] = []
        self.board.store = lambda packet, now_ns: self.made.append(packet)
        self.released: list[tuple[float, bytes]] = []
        self.schedule = OnboardSchedule(
            self.board,
            lambda packet: read_command(self.craft.model, packet),
            lambda packet, now_ns: self.released.append((self.seconds(now_ns), packet)),
        )

    def close(self) -> None:
        self.board.truth.close()

    @property
    def now_ns(self) -> int:
        return self.board.agenda.now_ns

    def seconds(self, now_ns: int) -> float:
        return (now_ns - self.board.start_ns) / _SECOND

    def sclk(self, seconds: int) -> int:
        return self.board.clock.reading(self.board.start_ns) // _SECOND + seconds

    def run(self, seconds: float) -> None:
        self.board.agenda.run_until(self.board.start_ns + round(seconds * _SECOND))

    def insert(self, sub: int, seconds: int, packet: bytes) -> None:
        self.schedule.insert(sub, self.sclk(seconds), packet, self.now_ns)

    def listing(self, sub: int) -> list[dict[str, Any]]:
        self.made.clear()
        self.schedule.report(sub, self.now_ns)
        fields = self.craft.model.packet("SCHEDULE_LISTING").fields
        packets = [decode_tm_packet(one.data) for one in self.made]
        assert {(one.service, one.subtype) for one in packets} == {(11, 10)}
        assert len({one.sclk_ns for one in packets}) == 1
        return [decode_fields(fields, one.data) for one in packets]


@pytest.fixture
def bench(mission: Mission, tmp_path: Path) -> Iterator[_Bench]:
    with contextlib.closing(_Bench(mission, tmp_path)) as bench:
        yield bench


def _refused(action: Callable[[], object]) -> str:
    with pytest.raises(CommandFailure) as refused:
        action()
    return refused.value.code


def test_entries_are_released_at_their_seconds_once_enabled(
    bench: _Bench, mission: Mission
) -> None:
    late, soon = (_scheduled(mission, "PING", count) for count in (1, 2))
    bench.insert(7, 200, late)
    bench.insert(7, 100, soon)
    assert bench.schedule.telemetry()["schedule_entries_held"] == 2
    bench.schedule.enable(7, bench.now_ns)
    assert bench.schedule.telemetry()["schedule_enabled"] == 1
    bench.run(150)
    assert bench.released == [(100.0, soon)]
    bench.run(300)
    assert bench.released == [(100.0, soon), (200.0, late)]
    assert bench.schedule.telemetry() == {
        "schedule_entries_held": 0, "schedule_enabled": 0,
        "schedule_released": 2, "schedule_lapsed": 0,
    }  # fmt: skip


def test_the_listing_tells_each_entry_by_release_time(bench: _Bench, mission: Mission) -> None:
    late, soon = (_scheduled(mission, "PING", count) for count in (1, 2))
    bench.insert(7, 200, late)
    bench.insert(7, 100, soon)
    bench.insert(8, 50, late)
    listed = bench.listing(7)
    assert [one["schedule_packet"] for one in listed] == [soon, late]
    assert [one["schedule_release_sclk"] for one in listed] == [bench.sclk(100), bench.sclk(200)]
    assert [(one["schedule_entry"], one["schedule_entries"]) for one in listed] == [(1, 2), (2, 2)]
    assert {one["schedule_state"] for one in listed} == {0}
    (empty,) = bench.listing(9)
    assert (empty["schedule_entry"], empty["schedule_entries"]) == (0, 0)
    assert empty["schedule_packet"] == b""


def test_what_is_refused(bench: _Bench, mission: Mission) -> None:
    ping = _scheduled(mission, "PING", 1)
    harmed = ping[:-1] + bytes((ping[-1] ^ 1,))
    unknown = encode_tc_packet(TcPacket(1, 1, 8, 1, bytes((250,)), SCHEDULE_SOURCE))
    schedule = bench.schedule
    bench.run(10)
    assert _refused(lambda: bench.insert(7, 10, ping)) == "ARGUMENT_OUT_OF_RANGE"
    assert _refused(lambda: bench.insert(7, 20, harmed)) == "BAD_CHECKSUM"
    assert _refused(lambda: bench.insert(7, 20, unknown)) == "UNKNOWN_COMMAND"
    assert _refused(lambda: schedule.enable(7, bench.now_ns)) == "NOT_FOUND"
    for _ in range(_CAPACITY):
        bench.insert(7, 20, ping)
    assert _refused(lambda: bench.insert(8, 20, ping)) == "TABLE_FULL"
    schedule.enable(7, bench.now_ns)
    assert _refused(lambda: bench.insert(7, 30, ping)) == "WRONG_MODE"
    assert _refused(lambda: schedule.delete(7, bench.now_ns)) == "WRONG_MODE"
    schedule.disable(7, bench.now_ns)
    schedule.delete(7, bench.now_ns)
    assert schedule.entries_held == 0
    bench.run(30)
    assert bench.released == []


def test_a_sub_schedule_that_has_let_an_entry_lapse_is_not_enabled_again(
    bench: _Bench, mission: Mission
) -> None:
    ping = _scheduled(mission, "PING", 1)
    bench.insert(7, 20, ping)
    bench.insert(7, 60, ping)
    bench.run(30)
    assert bench.schedule.telemetry()["schedule_lapsed"] == 1
    assert _refused(lambda: bench.schedule.enable(7, bench.now_ns)) == "WRONG_MODE"
    bench.schedule.delete(7, bench.now_ns)
    bench.insert(7, 60, ping)
    bench.schedule.enable(7, bench.now_ns)
    bench.run(90)
    assert bench.released == [(60.0, ping)]


def test_safe_mode_disables_and_keeps_the_entries(bench: _Bench, mission: Mission) -> None:
    bench.insert(7, 20, _scheduled(mission, "PING", 1))
    bench.schedule.enable(7, bench.now_ns)
    bench.board.set_mode("SAFE", bench.now_ns)
    assert bench.listing(7)[0]["schedule_state"] == 0
    assert _refused(lambda: bench.schedule.enable(7, bench.now_ns)) == "WRONG_MODE"
    bench.run(30)
    assert bench.released == []


@pytest.mark.parametrize("fault", ["lose_scheduled", "alter_scheduled"])
def test_a_memory_that_spoils_an_insertion(mission: Mission, tmp_path: Path, fault: str) -> None:
    ping = _scheduled(mission, "PING", 1)
    faults = ({"fault": fault, "insertion": 2},)
    with contextlib.closing(_Bench(mission, tmp_path, faults=faults)) as bench:
        bench.insert(7, 20, ping)
        bench.insert(7, 30, ping)
        packets = [one["schedule_packet"] for one in bench.listing(7)]
    kept = [] if fault == "lose_scheduled" else [ping[:-1] + bytes((ping[-1] ^ 1,))]
    assert packets == [ping, *kept]


def _report_of(flight: Flight) -> list[tuple[str, int, int]]:
    """Reports as (packet, destination, count), in the order in which they were made."""
    names = {
        (one.service, one.subtype): one
        for one in flight.otv.model.packets
        if one.service == 1
    }  # fmt: skip
    found = []
    for packet in in_order(flight.air.packets()):
        definition = names.get((packet.service, packet.subtype))
        if definition is not None:
            count = decode_fields(definition.fields, packet.data)["request_sequence_count"]
            found.append((definition.name, packet.destination_id, count))
    return found


def test_a_flown_sequence_reports_under_its_own_source(
    mission: Mission, scenario: Scenario, tmp_path: Path
) -> None:
    flight = Flight(mission, scenario, tmp_path)
    start_s = (flight.after(0).tai_ns - flight.otv.sclk_epoch.tai_ns) // _SECOND
    flight.carrier(100, True)
    # the very count that the first radiated command bears
    packet = _scheduled(mission, "SET_HEATER", 0, heater_state="ON")
    entry = {"release_sclk": start_s + 1000, "scheduled_packet": packet}
    arguments = {"schedule_id": 3, "scheduled_length": len(packet), **entry}
    flight.command(200, "SCHEDULE_INSERT", **arguments)
    flight.command(210, "SCHEDULE_REPORT", schedule_id=3)
    flight.command(220, "SCHEDULE_ENABLE", schedule_id=3)
    flight.command(1100, "REPORT_HOUSEKEEPING", housekeeping_structure=9)
    flight.run(1500)
    flight.close()
    packets = flight.air.packets()
    listed = readings(flight.otv.model, packets, "SCHEDULE_LISTING")
    assert [values["schedule_packet"] for _, values in listed] == [packet]
    reports = _report_of(flight)
    assert [one for one in reports if one[1] == SCHEDULE_SOURCE] == [
        (name, SCHEDULE_SOURCE, 0)
        for name in ("ACCEPTANCE_SUCCESS", "START_SUCCESS", "COMPLETION_SUCCESS")
    ]
    assert reports.count(("COMPLETION_SUCCESS", 0, 0)) == 1
    accepted = next(one for one in packets if one.destination_id == SCHEDULE_SOURCE)
    assert accepted.sclk_ns // _SECOND == start_s + 1000
    (done,) = [
        one
        for one in flight.truth("otv", "command")
        if one["source"] == SCHEDULE_SOURCE and one["outcome"] == "completed"
    ]
    assert done["name"] == "SET_HEATER"
    events = [one["event"] for one in flight.truth("otv", "schedule")]
    assert events == ["inserted", "enabled", "released"]
    told = dict(readings(flight.otv.model, packets, "SCHEDULE")[-1][1])
    assert (told["schedule_released"], told["schedule_entries_held"]) == (1, 0)


def test_a_reset_of_the_computer_keeps_entries_and_enables_none(
    mission: Mission, scenario: Scenario, tmp_path: Path
) -> None:
    flight = Flight(mission, scenario, tmp_path)
    start_s = (flight.after(0).tai_ns - flight.otv.sclk_epoch.tai_ns) // _SECOND
    packet = _scheduled(mission, "PING", 5)
    flight.carrier(100, True)
    entry = {"release_sclk": start_s + 1000, "scheduled_packet": packet}
    arguments = {"schedule_id": 3, "scheduled_length": len(packet), **entry}
    flight.command(200, "SCHEDULE_INSERT", **arguments)
    flight.command(210, "SCHEDULE_ENABLE", schedule_id=3)
    flight.command(220, "RESET_SUBSYSTEM", subsystem="OBC")
    flight.command(400, "SCHEDULE_REPORT", schedule_id=3)
    flight.run(1500)
    flight.close()
    ((_, listed),) = readings(flight.otv.model, flight.air.packets(), "SCHEDULE_LISTING")
    assert (listed["schedule_state"], listed["schedule_entries"]) == ("DISABLED", 1)
    events = [one["event"] for one in flight.truth("otv", "schedule")]
    assert events == ["inserted", "enabled", "disabled", "lapsed"]


# --- whatever comes in whatever order ----------------------------------------------------------


@dataclass
class _Expected:
    """A sub-schedule as an oracle knows it: releases and packets, in order of insertion."""

    enabled: bool = False
    has_lapsed: bool = False
    entries: list[tuple[int, bytes]] = field(default_factory=list)


class Schedules(RuleBasedStateMachine):
    """The table against a plain model of its rules."""

    def __init__(self) -> None:
        super().__init__()
        self.directory = tempfile.TemporaryDirectory()
        self.mission = load_mission()
        self.bench = _Bench(self.mission, Path(self.directory.name))
        self.at_s = 0
        self.count = 0
        self.subs: dict[int, _Expected] = {}
        self.due: list[tuple[float, bytes]] = []

    def teardown(self) -> None:
        self.bench.close()
        self.directory.cleanup()

    def of(self, sub: int) -> _Expected:
        return self.subs.setdefault(sub, _Expected())

    def held(self) -> int:
        return sum(len(one.entries) for one in self.subs.values())

    def tries(self, action: Callable[[], object], allowed: bool) -> bool:
        if not allowed:
            _refused(action)
        else:
            action()
        return allowed

    @rule(sub=st.integers(1, 2), ahead=st.integers(-1, 5))
    def insert(self, sub: int, ahead: int) -> None:
        known, release = self.of(sub), self.at_s + ahead
        self.count += 1
        packet = _scheduled(self.mission, "PING", self.count)
        allowed = not known.enabled and ahead > 0 and self.held() < _CAPACITY
        if self.tries(lambda: self.bench.insert(sub, release, packet), allowed):
            known.entries.append((release, packet))

    @rule(sub=st.integers(1, 2))
    def enable(self, sub: int) -> None:
        known = self.of(sub)
        allowed = bool(known.entries) and not known.has_lapsed and self.bench.board.mode != "SAFE"
        if self.tries(lambda: self.bench.schedule.enable(sub, self.bench.now_ns), allowed):
            known.enabled = True

    @rule(sub=st.integers(1, 2))
    def disable(self, sub: int) -> None:
        self.bench.schedule.disable(sub, self.bench.now_ns)
        self.of(sub).enabled = False

    @rule(sub=st.integers(1, 2))
    def delete(self, sub: int) -> None:
        known = self.of(sub)
        schedule = self.bench.schedule
        if self.tries(lambda: schedule.delete(sub, self.bench.now_ns), not known.enabled):
            self.subs[sub] = _Expected()

    @rule(safe=st.booleans())
    def change_mode(self, safe: bool) -> None:
        self.bench.board.set_mode("SAFE" if safe else "NOMINAL", self.bench.now_ns)
        if safe:
            for known in self.subs.values():
                known.enabled = False

    @precondition(lambda self: self.subs)
    @rule(seconds=st.integers(1, 3))
    def time_passes(self, seconds: int) -> None:
        for second in range(self.at_s + 1, self.at_s + seconds + 1):
            for known in self.subs.values():
                self.come_due(known, second)
        self.at_s += seconds
        self.bench.run(self.at_s)

    def come_due(self, known: _Expected, second: int) -> None:
        for entry in [one for one in known.entries if one[0] == second]:
            known.entries.remove(entry)
            if known.enabled:
                self.due.append((float(second), entry[1]))
                known.enabled = bool(known.entries)
            else:
                known.has_lapsed = True

    @invariant()
    def what_is_released_was_enabled_and_each_once(self) -> None:
        assert sorted(self.bench.released) == sorted(self.due)
        assert len({packet for _, packet in self.due}) == len(self.due)

    @invariant()
    def the_listing_is_what_is_held(self) -> None:
        for sub, known in self.subs.items():
            listed = self.bench.listing(sub)
            found = [
                (one["schedule_release_sclk"] - self.bench.sclk(0), one["schedule_packet"])
                for one in listed
                if one["schedule_entries"]
            ]
            assert found == sorted(known.entries, key=lambda one: one[0])
            assert bool(listed[0]["schedule_state"]) == known.enabled


Schedules.TestCase.settings = settings(max_examples=25, stateful_step_count=30, deadline=None)
TestSchedules = Schedules.TestCase


@pytest.mark.parametrize(
    ("jump_s", "released_s"), [(-400.0, 1_000.0), (300.0, 300.0), (1_000.0, 100.0), (None, None)]
)
def test_a_clock_that_jumps_moves_what_waits_for_it(
    mission: Mission, tmp_path: Path, jump_s: float | None, released_s: float | None
) -> None:
    """Set back, an entry comes later; set forward, sooner or at once; from zero on, never."""
    reset = {"fault": "clock_reset", "spacecraft": "otv", "after_s": 100}
    if jump_s is not None:
        reset["jump_s"] = jump_s
    bench = _Bench(mission, tmp_path, faults=(reset,))
    bench.insert(1, 600, _scheduled(mission, "PING", 0))
    bench.schedule.enable(1, bench.now_ns)
    bench.run(5_000)
    bench.close()
    assert [at for at, _ in bench.released] == ([] if released_s is None else [released_s])
    assert bench.schedule.entries_held == (released_s is None)


def test_relay_sessions_come_by_the_clock_that_they_were_loaded_by(
    mission: Mission, tmp_path: Path
) -> None:
    reset = {"fault": "clock_reset", "spacecraft": "otv", "after_s": 1_000, "jump_s": -500.0}
    flown = replace(mission.scenarios["quickstart"], truth={}, faults=(reset,))
    flight = Flight(mission, flown, tmp_path)
    flight.carrier(100, True)
    flight.session(200, 2_000, 600, "cube-polar")
    flight.run(3_500)
    flight.close()
    [started] = [one for one in flight.truth("otv", "session") if one["event"] == "started"]
    assert started["time_ns"] == pytest.approx(flight.after(2_500).tai_ns, abs=1_100_000_000)
