"""The reference mission's critical procedures: which way they go, and when they do not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from groundsys.mission.model import Mission
from groundsys.mission.parsing.findings import Findings
from groundsys.procedures import advance_run, default_procedures, read_library, start_run
from groundsys.procedures.bioburden_files import read_bioburden
from groundsys.procedures.checking import HAZARDOUS
from groundsys.procedures.conditions import Sample
from groundsys.procedures.planetary_protection import assess
from groundsys.procedures.run import (
    Aborted,
    Book,
    CommandKnown,
    Observed,
    QueueCommand,
    Run,
    RunCommand,
    RunEvent,
    Voted,
)
from groundsys.procedures.standing import gate_of
from groundsys.scheduling import ReadBack
from groundsys.values.instants import Instant, Interval

START = Instant.from_utc_iso("2031-08-20T00:00:00Z")
PEOPLE = {"operator": "ben", "flight_director": "cleo"}
DELTA_V = {"delta_v_x": 0.6, "delta_v_y": -0.8, "delta_v_z": 0.1}

NOMINAL: dict[str, dict[str, Any]] = {
    "otv": {
        "ground.uplink": "OPEN", "ground.clock_uncertainty_ms": 2.0, "obc_mode": "NOMINAL",
        "eps_battery_charge": 90.0, "aocs_star_tracker": "TRACKING", "aocs_rate_x": 0.0,
        "aocs_rate_y": 0.0, "aocs_rate_z": 0.0, "prop_propellant_mass": 60.0,
        "prop_tank_pressure": 2.2e6, "prop_armed": "OFF", "prop_latch_valve": "CLOSED",
        "prop_catbed_temperature": 180.0, "prop_burn_state": "NONE", "prop_burn_end": "NONE",
        "prop_ignition_sclk": 0, "release_armed_spacecraft_id": 0, "release_attached_count": 2,
        "release_spacecraft_id": 0, "release_separation_switch": "MATED",
        "relay_sessions_planned": 2,
    },
    "cube": {
        "eps_battery_charge": 90.0, "eps_battery_voltage": 8.0, "eps_battery_temperature": 0.0,
        "obc_temperature": 0.0, "recorder_fill": 5.0, "payload_power": "ON",
    },
}  # fmt: skip


@dataclass
class Flown:
    """A run among craft that do what they are told, and show it."""

    mission: Mission
    craft: str
    book: Book
    run: Run
    now: Instant = START
    shown: dict[str, dict[str, Any]] = field(default_factory=dict)
    #: how a command ends, if not well
    fails: Mapping[str, str] = field(default_factory=dict)
    sent: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    burn_ends: str = "REACHED"
    #: what telemetry shows whatever the craft is told
    wrong: dict[str, Any] = field(default_factory=dict)
    #: how sub-schedule 2 compares with what was loaded
    schedule: ReadBack = field(default_factory=lambda: ReadBack("AS_LOADED"))

    @classmethod
    def of(cls, mission: Mission, name: str, craft: str, **parameters: Any) -> Flown:
        library = read_library(default_procedures(mission), mission)
        procedure = library.sound(name)
        fleet = mission.spacecraft.values()
        book = Book(
            library.procedures,
            relay_of={one.id: one.relay for one in fleet if one.relay},
            scid_of={one.id: one.framing.spacecraft_id for one in fleet},
            hazardous=frozenset(
                (one.id, command.name)
                for one in fleet
                for command in one.model.commands
                if command.significance in HAZARDOUS
            ),
        )
        stated = {one.name: one.default for one in procedure.parameters} | parameters
        run = start_run("run", procedure, craft, stated, who="aiko", now=START)
        shown = {"otv": dict(NOMINAL["otv"]), craft: dict(NOMINAL["cube"])} | (
            {"otv": dict(NOMINAL["otv"])} if craft == "otv" else {}
        )
        found = assess(craft, read_bioburden(mission, Findings()), START)
        shown[craft]["ground.bioburden"] = "WITHIN_LIMITS" if found.within_limits else "NOT_SHOWN"
        return cls(mission, craft, book, run, shown=shown)

    @property
    def step(self) -> str:
        return self.run.stack[-1].step if self.run.stack else ""

    @property
    def names(self) -> list[str]:
        return [name for _, name, _ in self.sent]

    def give(self, event: RunEvent) -> None:
        self.run, effects = advance_run(self.run, event, self.now, self.book)
        for effect in effects:
            if isinstance(effect, QueueCommand):
                self.obey(effect.command)

    def obey(self, command: RunCommand) -> None:
        name, arguments = command.name, dict(command.arguments)
        self.sent.append((command.spacecraft, name, arguments))
        state = self.fails.get(name, "completed")
        if state == "completed":
            self.take_effect(command.spacecraft, name, arguments)
        self.give(CommandKnown(command.key, command.key, state, "so it is", self.now))

    def take_effect(self, craft: str, name: str, arguments: Mapping[str, Any]) -> None:
        shows = self.shown[craft]
        match name:
            case "SET_BURN":
                shows |= {f"prop_burn_{axis}": arguments[f"burn_delta_v_{axis}"] for axis in "xyz"}
                shows["prop_burn_time_limit"] = arguments["burn_time_limit_s"]
                shows["prop_burn_state"] = "SET"
            case "PROPULSION_ARM":
                shows |= {"prop_armed": "ON", "prop_latch_valve": "OPEN"}
            case "EXECUTE_BURN":
                shows |= {
                    "prop_burn_state": "ENDED", "prop_burn_end": self.burn_ends,
                    "prop_armed": "OFF", "prop_latch_valve": "CLOSED", "prop_ignition_sclk": 7,
                }  # fmt: skip
            case "CATBED_HEATER":
                shows["prop_catbed_heater"] = arguments["catbed_heater"]
            case "SCHEDULE_ENABLE":
                shows["schedule_enabled"] = 1
                for one in self.run.loaded_into(craft, arguments["schedule_id"]):
                    assert one.scheduled is not None
                    self.take_effect(craft, one.scheduled.name, one.scheduled.arguments)
            case "RELEASE_ARM":
                shows["release_armed_spacecraft_id"] = arguments["release_spacecraft_id"]
            case "RELEASE_CUBE":
                shows |= {
                    "release_armed_spacecraft_id": 0, "release_separation_switch": "SEPARATED",
                    "release_spacecraft_id": arguments["release_spacecraft_id"],
                }  # fmt: skip
            case "PAYLOAD_POWER":
                shows["payload_power"] = arguments["payload_power"]
            case "SET_TRANSMIT_POWER":
                shows["comm_transmit_power"] = arguments["transmit_power"]
            case "SET_HEATER_SETPOINT":
                shows["thermal_setpoint"] = arguments["heater_setpoint"]
            case "SET_BATTERY_THRESHOLD":
                shows["eps_battery_threshold"] = arguments["threshold_percent"]

    def vote(self) -> None:
        gate = gate_of(self.run, self.book)
        for role in gate[0].roles if gate else ():
            self.give(Voted(PEOPLE[role], role, True))

    def look(self) -> None:
        self.now = self.now.plus_seconds(10.0)
        samples = {
            (craft, name): Sample(self.wrong.get(name, value), self.now)
            for craft, values in self.shown.items()
            for name, value in values.items()
        }
        contacts = (Interval(START, START.plus_seconds(1e6)),)
        fleet = self.shown
        schedules = {("otv", 2): self.schedule}
        samples["otv", "ground.schedule of 2"] = Sample(self.schedule.state, self.now)
        light_times = dict.fromkeys(fleet, 600.0)
        self.give(
            Observed(samples, dict.fromkeys(fleet, contacts), light_times, schedules=schedules)
        )

    def go_on(self, until: str = "", looks: int = 60) -> None:
        """Look and say go at every gate, up to a step or the end."""
        for _ in range(looks):
            if self.run.state != "running" or (until and self.step == until):
                return
            self.vote()
            self.look()


def correction(mission: Mission) -> Flown:
    return Flown.of(mission, "trajectory-correction", "otv", **DELTA_V, time_limit_s=20)


BURN = ["CATBED_HEATER", "SET_BURN", "PROPULSION_ARM", "EXECUTE_BURN", "CATBED_HEATER"]
UNDONE = ["PROPULSION_DISARM", "ABORT_BURN", "CATBED_HEATER"]


def without_reports(names: list[str]) -> list[str]:
    return [name for name in names if name != "REPORT_HOUSEKEEPING"]


def test_a_trajectory_correction_to_its_end(mission: Mission) -> None:
    flown = correction(mission)
    flown.go_on()
    assert (flown.run.state, flown.run.outcome) == ("ended", "completed")
    assert without_reports(flown.names) == BURN


@pytest.mark.parametrize(
    ("parameter", "value"),
    [("prop_burn_x", 0.5), ("prop_burn_state", "ENDED"), ("prop_burn_time_limit", 21)],
)
def test_a_burn_read_back_otherwise_than_ordered_is_not_armed(
    mission: Mission, parameter: str, value: Any
) -> None:
    flown = correction(mission)
    flown.wrong[parameter] = value
    flown.go_on(looks=400)
    assert (flown.run.state, flown.run.outcome) == ("ended", "aborted")
    assert "PROPULSION_ARM" not in flown.names
    assert without_reports(flown.names)[-3:] == UNDONE


@pytest.mark.parametrize(
    ("gate", "parameter", "value"),
    [
        ("agreed", "prop_propellant_mass", 14.0),
        ("agreed", "prop_armed", "ON"),
        ("go-to-arm", "prop_catbed_temperature", 119.0),
        ("go-to-arm", "aocs_star_tracker", "SEARCHING"),
        ("go-to-burn", "prop_armed", "OFF"),
        ("go-to-burn", "eps_battery_charge", 50.0),
        ("go-to-burn", "obc_mode", "SAFE"),
        ("go-to-burn", "ground.uplink", "CLOSED"),
    ],
)
def test_no_gate_of_a_burn_opens_while_a_condition_fails(
    mission: Mission, gate: str, parameter: str, value: Any
) -> None:
    flown = correction(mission)
    flown.go_on(until=gate)
    flown.shown["otv"][parameter] = value
    flown.go_on()
    assert flown.step == gate
    assert "EXECUTE_BURN" not in flown.names
    flown.give(Aborted("cleo", "not today"))
    flown.go_on()
    assert flown.run.outcome == "aborted"
    assert without_reports(flown.names)[-3:] == UNDONE


def test_a_burn_that_ends_before_its_delta_v_is_held_for_navigation(mission: Mission) -> None:
    flown = correction(mission)
    flown.burn_ends = "TIME_LIMIT"
    flown.go_on()
    assert (flown.run.state, flown.step) == ("held", "short")


@pytest.mark.parametrize(
    ("lost", "gate"), [("PROPULSION_ARM", "go-to-arm"), ("EXECUTE_BURN", "go-to-burn")]
)
def test_what_is_lost_is_sent_again_only_through_its_gate(
    mission: Mission, lost: str, gate: str
) -> None:
    flown = correction(mission)
    flown.go_on(until=gate)
    flown.fails = {lost: "expired"}
    flown.go_on(looks=1)
    flown.look()
    assert (flown.run.state, flown.step) == ("running", gate)
    flown.look()
    assert flown.names.count(lost) == 1  # nobody has said go again
    flown.fails = {}
    flown.go_on()
    assert (flown.run.outcome, flown.names.count(lost)) == ("completed", 2)


def test_a_burn_that_began_though_its_report_was_lost_is_not_begun_again(mission: Mission) -> None:
    flown = correction(mission)
    flown.go_on(until="go-to-burn")
    flown.fails = {"EXECUTE_BURN": "expired"}
    flown.wrong["prop_burn_state"] = "SET"
    flown.go_on(looks=1)
    flown.wrong["prop_burn_state"] = "BURNING"
    flown.go_on()
    assert (flown.step, flown.names.count("EXECUTE_BURN")) == ("go-to-burn", 1)


def test_what_cannot_be_undone_any_more_keeps_no_abort_from_its_end(mission: Mission) -> None:
    flown = correction(mission)
    flown.go_on(until="go-to-burn")
    flown.fails = {"PROPULSION_DISARM": "failed", "ABORT_BURN": "failed"}
    flown.give(Aborted("cleo", "not today"))
    flown.go_on()
    assert flown.run.outcome == "aborted"
    assert without_reports(flown.names) == [*BURN[:3], *UNDONE]


# --- insertion ---------------------------------------------------------------------------------

IGNITION = Instant.from_utc_iso("2031-08-22T12:00:00Z")


def insertion(mission: Mission) -> Flown:
    return Flown.of(
        mission, "mars-orbit-insertion", "otv", **DELTA_V, time_limit_s=400,
        ignition=IGNITION.utc_iso(0), least_propellant=40,
    )  # fmt: skip


def test_an_insertion_is_a_sequence_that_the_craft_releases(mission: Mission) -> None:
    flown = insertion(mission)
    flown.go_on(looks=200)
    assert (flown.run.state, flown.run.outcome) == ("ended", "completed")
    loaded = [one for one in flown.run.commands if one.scheduled is not None]
    assert [
        (one.scheduled.name, one.at.seconds_since(IGNITION))
        for one in loaded
        if one.scheduled is not None and one.at is not None
    ] == [
        ("CATBED_HEATER", -3600.0), ("PROPULSION_ARM", -700.0), ("EXECUTE_BURN", -600.0),
        ("CATBED_HEATER", 3660.0),
    ]  # fmt: skip
    # the engine is never commanded but by the craft's own clock
    assert not {"PROPULSION_ARM", "EXECUTE_BURN"} & set(flown.names)
    thresholds = [given for _, name, given in flown.sent if name == "SET_BATTERY_THRESHOLD"]
    assert thresholds == [{"threshold_percent": 10}, {"threshold_percent": 30}]


@pytest.mark.parametrize("found", ["DIFFERENT", "NOT_SHOWN"])
def test_a_sequence_that_is_not_as_loaded_is_not_enabled(mission: Mission, found: Any) -> None:
    flown = insertion(mission)
    flown.go_on(until="go", looks=200)
    flown.schedule = ReadBack(found, ("entry 2 lacks",))
    flown.go_on()
    assert flown.step == "go"
    assert "SCHEDULE_ENABLE" not in flown.names


def test_nobody_stops_an_insertion_without_being_asked_whether_it_is_still_ahead(
    mission: Mission,
) -> None:
    flown = insertion(mission)
    flown.wrong["prop_burn_state"] = "SET"
    flown.go_on(until="over", looks=200)
    flown.give(Aborted("ben", "the battery looks odd"))
    for _ in range(5):
        flown.look()
    assert flown.step == "still-ahead"
    assert "SCHEDULE_DISABLE" not in flown.names
    flown.go_on()
    assert flown.run.outcome == "aborted"
    assert flown.names[-6:] == [
        "SCHEDULE_DISABLE", "SCHEDULE_DELETE", *UNDONE, "SET_BATTERY_THRESHOLD",
    ]  # fmt: skip


# --- release -----------------------------------------------------------------------------------


def releasing(mission: Mission, cube: str) -> Flown:
    return Flown.of(mission, "cube-release", cube)


@pytest.mark.parametrize("cube", ["cube-polar", "cube-tharsis"])
def test_a_release_speaks_of_its_own_cube_alone(mission: Mission, cube: str) -> None:
    flown = releasing(mission, cube)
    flown.go_on()
    assert (flown.run.state, flown.run.outcome) == ("ended", "completed")
    scid = mission.spacecraft[cube].framing.spacecraft_id
    told = [(craft, name, given) for craft, name, given in flown.sent if "RELEASE" in name]
    assert told == [
        ("otv", "RELEASE_ARM", {"release_spacecraft_id": scid}),
        ("otv", "RELEASE_CUBE", {"release_spacecraft_id": scid}),
    ]


def test_a_cube_without_assay_records_is_never_armed_whoever_says_go(mission: Mission) -> None:
    flown = releasing(mission, "cube-hellas")
    flown.go_on(looks=500)
    assert flown.run.state == "running"
    assert [frame.procedure for frame in flown.run.stack] == ["cube-release", "release-readiness"]
    assert flown.step == "planetary-protection"
    assert {craft for craft, _, _ in flown.sent} == {"cube-hellas"}  # its check-out


@pytest.mark.parametrize("gate", ["go-to-arm", "go-to-release"])
def test_records_that_lapse_on_the_way_shut_the_next_gate(mission: Mission, gate: str) -> None:
    flown = releasing(mission, "cube-polar")
    flown.go_on(until=gate)
    flown.shown["cube-polar"]["ground.bioburden"] = "NOT_SHOWN"
    flown.go_on()
    assert flown.step == gate
    assert "RELEASE_CUBE" not in flown.names
    flown.give(Aborted("cleo", "not today"))
    flown.go_on()
    assert flown.names[-1] == "RELEASE_DISARM"


def test_one_cube_at_a_time(mission: Mission) -> None:
    flown = releasing(mission, "cube-polar")
    flown.go_on(until="go-to-arm")
    flown.shown["otv"]["release_armed_spacecraft_id"] = 419
    flown.go_on()
    assert flown.step == "go-to-arm"


def test_a_turning_mothership_releases_nothing(mission: Mission) -> None:
    flown = releasing(mission, "cube-polar")
    flown.go_on(until="go-to-release")
    flown.shown["otv"]["aocs_rate_z"] = 0.35
    flown.go_on()
    assert flown.step == "go-to-release"


def test_a_cube_that_hangs_holds_everything(mission: Mission) -> None:
    flown = releasing(mission, "cube-polar")
    flown.fails = {"RELEASE_CUBE": "failed"}
    flown.go_on(until="look")
    flown.shown["otv"]["release_armed_spacecraft_id"] = 0
    flown.go_on(looks=400)
    assert (flown.run.state, flown.step) == ("held", "hung")
    assert flown.names.count("RELEASE_CUBE") == 1


def test_a_release_that_was_lost_is_asked_for_again_at_its_gate(mission: Mission) -> None:
    flown = releasing(mission, "cube-polar")
    flown.fails = {"RELEASE_CUBE": "expired"}
    flown.go_on(until="look")
    flown.fails = {}
    flown.go_on(until="go-to-release")
    assert flown.names.count("RELEASE_CUBE") == 1
    flown.go_on(looks=200)
    assert (flown.run.state, flown.run.outcome) == ("ended", "completed")
    assert flown.names.count("RELEASE_CUBE") == 2


# --- entry -------------------------------------------------------------------------------------


def test_entry_is_prepared_on_relay_and_cube_and_handed_to_the_surface(mission: Mission) -> None:
    flown = Flown.of(
        mission, "edl-preparation", "cube-polar", entry="2031-08-21T06:00:00Z",
        first_overflight="2031-08-21T09:00:00Z", coast_s=36_000,
    )  # fmt: skip
    flown.go_on(looks=300)
    assert (flown.run.state, flown.run.outcome) == ("ended", "completed")
    windows = [one for one in flown.run.commands if one.name == "RELAY_SESSION_ADD"]
    assert [one.at and one.at.utc_iso(0) for one in windows] == [
        "2031-08-21T05:50:00Z", "2031-08-21T09:00:00Z",
    ]  # fmt: skip
    assert {one.arguments["session_spacecraft_id"] for one in windows} == {418}
    assert {one.spacecraft for one in windows} == {"otv"}
    asleep = flown.names.index("HIBERNATE")
    assert flown.names.index("PAYLOAD_POWER") < asleep
    assert "PING" in flown.names[asleep:]  # the first contact's


def test_nobody_lets_a_cube_enter_that_has_not_taken_its_settings(mission: Mission) -> None:
    flown = Flown.of(
        mission, "edl-preparation", "cube-polar", entry="2031-08-21T06:00:00Z",
        first_overflight="2031-08-21T09:00:00Z", coast_s=36_000,
    )  # fmt: skip
    flown.wrong["thermal_setpoint"] = -25.0
    flown.go_on(looks=3_000)
    assert flown.run.state == "held"
    assert "HIBERNATE" not in flown.names
