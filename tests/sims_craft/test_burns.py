"""Burns and releases of the simulated OTV: what is refused, what happens, what telemetry shows."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from tests.sims_craft.flight import Flight, outcomes, readings

DELTA_V = (3.0, -4.0, 12.0)
SIZE_M_S = 13.0
#: the catalyst bed is warm after it
WARM_S = 1_500.0
Fly = Callable[..., Flight]


@pytest.fixture
def fly(mission: Mission, scenario: Scenario, tmp_path: Path) -> Fly:
    """An OTV in contact, with cube-polar and what a test changes of the scenario."""

    def start(platform: dict[str, float] | None = None, **changes: Any) -> Flight:
        otv = mission.spacecraft["otv"]
        otv = replace(otv, platform={**otv.platform, **(platform or {})})
        flown = replace(mission, spacecraft={**mission.spacecraft, "otv": otv})
        flying = replace(scenario, **changes)
        cubes = flying.attached or ("cube-polar",)
        flight = Flight(flown, flying, tmp_path, cubes=cubes)
        flight.carrier(100, True)
        return flight

    return start


def set_burn(flight: Flight, at: float, limit_s: int = 120, **changes: float) -> None:
    x, y, z = DELTA_V
    arguments = {"burn_delta_v_x": x, "burn_delta_v_y": y, "burn_delta_v_z": z, **changes}
    flight.command(at, "SET_BURN", burn_time_limit_s=limit_s, **arguments)


def burn(flight: Flight, *, arm: bool = True, heat: bool = True, lead_s: int = 600) -> float:
    """Command a whole burn; when it ignites."""
    if heat:
        flight.command(200, "CATBED_HEATER", catbed_heater="ON")
    set_burn(flight, 210)
    if arm:
        flight.command(WARM_S + 300, "PROPULSION_ARM")
    flight.command(WARM_S + 310, "EXECUTE_BURN", burn_lead_s=lead_s)
    return WARM_S + 310 + lead_s


def last(flight: Flight, name: str) -> dict[str, Any]:
    return readings(flight.otv.model, flight.air.packets(), name)[-1][1]


def ends(flight: Flight) -> list[tuple[str, str | None]]:
    """Each command's last report, in the order in which they were sent."""
    told = outcomes(flight.otv.model, flight.air.packets())
    return [told[count][-1] for count in sorted(told)]


def events(flight: Flight) -> list[str]:
    packets = flight.air.packets()
    found = [
        reading
        for name in ("EVENT_INFO", "EVENT_MEDIUM", "EVENT_HIGH")
        for reading in readings(flight.otv.model, packets, name)
    ]
    return [values["event_id"] for _, values in sorted(found, key=lambda one: one[0])]


DONE = ("COMPLETION_SUCCESS", None)


def test_a_burn_turns_burns_and_comes_back_to_earth(fly: Fly) -> None:
    flight = fly()
    ignition_s = burn(flight)
    flight.run(ignition_s + 5.0)
    assert flight.air.carrier_on["otv"] is False  # the dish looks elsewhere
    flight.run(ignition_s + 1_200)
    flight.close()
    assert ends(flight) == [DONE] * 4
    assert flight.air.carrier_on["otv"] is True
    shown = last(flight, "PROPULSION")
    assert (shown["prop_burn_state"], shown["prop_burn_end"]) == ("ENDED", "REACHED")
    assert shown["prop_delta_v"] == pytest.approx(SIZE_M_S, abs=1e-5)
    assert (shown["prop_armed"], shown["prop_latch_valve"]) == ("OFF", "CLOSED")
    assert (shown["prop_burns_done"], shown["prop_burns_aborted"]) == (1, 0)
    used_kg = 62.4 - shown["prop_propellant_mass"]
    # the rocket equation at 219 s, which is the engine's at 22 bar
    assert used_kg == pytest.approx(480.0 * -math.expm1(-SIZE_M_S / (9.80665 * 218.4)), abs=0.02)
    wanted = flight.after(ignition_s).tai_ns - flight.otv.sclk_epoch.tai_ns
    assert shown["prop_ignition_sclk"] == pytest.approx(wanted / 1e9, abs=2.0)
    assert [one for one in events(flight) if "BURN" in one or "PROP" in one] == [
        "PROPULSION_ARMED", "BURN_STARTED", "BURN_ENDED",
    ]  # fmt: skip


def test_space_is_told_what_the_craft_truly_got(fly: Fly) -> None:
    flight = fly(truth={"burn_magnitude": 0.01, "burn_pointing_rad": 0.02})
    heard: list[Any] = []
    advance = flight.air.advance

    def listen(now: Any, inbox: Any) -> Any:
        heard.extend(one for one in inbox if one.kind == "impulse")
        return advance(now, inbox)

    flight.air.advance = listen  # type: ignore[method-assign]
    ignition_s = burn(flight)
    flight.run(ignition_s + 900)
    flight.close()
    (message,) = heard
    got = message.body["delta_v_m_s"]
    (truth,) = flight.truth("otv", "burn")
    assert got == truth["delta_v_m_s"]
    assert 0.0 < math.dist(got, DELTA_V) < 4 * 0.03 * SIZE_M_S
    centroid_s = (message.body["at_ns"] - truth["ignition_ns"]) / 1e9
    assert centroid_s == pytest.approx(truth["seconds"] / 2.0, rel=0.03)
    assert last(flight, "PROPULSION")["prop_delta_v"] == pytest.approx(SIZE_M_S, abs=1e-5)


def test_nothing_fires_that_is_not_set_armed_warm_and_turned(fly: Fly) -> None:
    flight = fly()
    flight.command(200, "EXECUTE_BURN", burn_lead_s=600)
    flight.command(210, "SET_ATTITUDE_MODE", attitude_mode="BURN")
    set_burn(flight, 220, burn_delta_v_x=0.01, burn_delta_v_y=0.0, burn_delta_v_z=0.0)
    set_burn(flight, 230, burn_delta_v_x=1e9)
    set_burn(flight, 240)
    flight.command(250, "EXECUTE_BURN", burn_lead_s=600)
    flight.command(260, "PROPULSION_ARM")
    flight.command(270, "EXECUTE_BURN", burn_lead_s=299)
    flight.command(280, "EXECUTE_BURN", burn_lead_s=600)
    set_burn(flight, 290)
    flight.command(300, "PROPULSION_ARM")
    flight.command(310, "SET_ATTITUDE_MODE", attitude_mode="SUN_POINTING")
    flight.command(320, "RESET_SUBSYSTEM", subsystem="AOCS")
    flight.run(1_600)
    flight.close()
    assert ends(flight) == [
        ("START_FAILURE", "NOT_FOUND"),
        ("START_FAILURE", "WRONG_MODE"),
        ("START_FAILURE", "ARGUMENT_OUT_OF_RANGE"),
        ("ACCEPTANCE_FAILURE", "ARGUMENT_OUT_OF_RANGE"),
        DONE,
        ("START_FAILURE", "NOT_ARMED"),
        DONE,
        ("START_FAILURE", "ARGUMENT_OUT_OF_RANGE"),
        DONE,
        *[("START_FAILURE", "WRONG_MODE")] * 4,
    ]
    shown = last(flight, "PROPULSION")
    assert (shown["prop_burn_state"], shown["prop_burn_end"]) == ("ENDED", "CATBED_COLD")
    assert (shown["prop_burns_done"], shown["prop_burns_aborted"]) == (0, 1)
    assert shown["prop_propellant_mass"] == pytest.approx(62.4, abs=0.01)
    assert flight.truth("otv", "burn") == []


def test_a_burn_can_be_called_off_and_forgotten(fly: Fly) -> None:
    flight = fly()
    flight.command(150, "ABORT_BURN")
    ignition_s = burn(flight)
    flight.command(ignition_s - 400, "ABORT_BURN")
    set_burn(flight, ignition_s - 390)
    flight.command(ignition_s - 380, "ABORT_BURN")
    flight.run(ignition_s + 300)
    flight.close()
    assert ends(flight) == [("START_FAILURE", "NOT_FOUND"), *[DONE] * 7]
    shown = last(flight, "PROPULSION")
    assert (shown["prop_burn_state"], shown["prop_burns_aborted"]) == ("NONE", 1)
    assert flight.truth("otv", "burn") == []


def test_safe_mode_cuts_a_burn_within_a_second_and_disarms(fly: Fly) -> None:
    flight = fly()
    ignition_s = burn(flight)
    flight.run(ignition_s + 3.0)
    board = flight.orbiter.orbiter.board
    board.agenda.at(
        flight.after(ignition_s + 8.0).tai_ns, lambda now_ns: board.set_mode("SAFE", now_ns)
    )
    flight.run(ignition_s + 1_200)
    flight.close()
    (truth,) = flight.truth("otv", "burn")
    assert truth["end"] == "SAFE_MODE"
    assert truth["seconds"] == pytest.approx(7.0, abs=1.2)
    assert 4.0 < truth["counted_m_s"] < 7.0
    shown = last(flight, "PROPULSION")
    assert (shown["prop_burn_end"], shown["prop_armed"]) == ("SAFE_MODE", "OFF")
    assert shown["prop_delta_v"] == pytest.approx(truth["counted_m_s"], abs=1e-4)


def test_a_low_battery_lets_no_burn_begin(fly: Fly) -> None:
    flight = fly({"battery_initial_percent": 39.0, "panel_w": 100.0})
    burn(flight)
    flight.run(WARM_S + 400)
    flight.close()
    assert ends(flight)[-1] == ("START_FAILURE", "LOW_POWER")


def test_a_valve_that_sticks_leaves_the_engine_unarmed(fly: Fly) -> None:
    flight = fly(faults=({"fault": "stuck_valve", "spacecraft": "otv"},))
    burn(flight)
    flight.run(WARM_S + 700)
    flight.close()
    assert ends(flight)[-2:] == [
        ("COMPLETION_FAILURE", "HARDWARE_FAULT"),
        ("START_FAILURE", "NOT_ARMED"),
    ]
    assert last(flight, "PROPULSION")["prop_latch_valve"] == "CLOSED"
    assert [one["fault"] for one in flight.truth("otv", "fault")] == ["stuck_valve"]


def test_a_weak_engine_is_cut_off_by_its_time_limit(fly: Fly) -> None:
    flight = fly(faults=({"fault": "weak_engine", "share": 0.1},))
    ignition_s = burn(flight)
    flight.run(ignition_s + 1_500)
    flight.close()
    shown = last(flight, "PROPULSION")
    assert shown["prop_burn_end"] == "TIME_LIMIT"
    assert shown["prop_burn_duration"] == pytest.approx(120.0)
    assert 5.0 < shown["prop_delta_v"] < SIZE_M_S
    assert "BURN_ABORTED" in events(flight)


# --- release -----------------------------------------------------------------------------------

FIRST, SECOND = 451, 453
CUBE = "cube-parker-1"


def release(flight: Flight, at: float, name: str, cube: int = FIRST) -> None:
    flight.command(at, name, release_spacecraft_id=cube)


def test_one_cube_leaves_at_a_time(fly: Fly) -> None:
    both = ("cube-parker-1", "cube-kiso")
    flight = fly(attached=both, spacecraft=("otv", *both))
    mass_kg = flight.orbiter.orbiter.mass_kg
    release(flight, 200, "RELEASE_CUBE")
    release(flight, 210, "RELEASE_ARM")
    release(flight, 220, "RELEASE_ARM", SECOND)
    release(flight, 230, "RELEASE_CUBE", SECOND)
    flight.command(240, "REPORT_HOUSEKEEPING", housekeeping_structure=21)
    release(flight, 250, "RELEASE_CUBE")
    release(flight, 260, "RELEASE_CUBE")
    release(flight, 270, "RELEASE_ARM")
    flight.command(280, "REPORT_HOUSEKEEPING", housekeeping_structure=21)
    flight.run(400)
    flight.close()
    assert ends(flight) == [
        ("START_FAILURE", "NOT_ARMED"),
        DONE,
        ("START_FAILURE", "WRONG_MODE"),
        ("START_FAILURE", "NOT_ARMED"),
        DONE,
        DONE,
        ("START_FAILURE", "NOT_FOUND"),
        ("START_FAILURE", "NOT_FOUND"),
        DONE,
    ]
    shown = readings(flight.otv.model, flight.air.packets(), "RELEASE")
    armed, left = shown[-2][1], shown[-1][1]
    assert (armed["release_armed_spacecraft_id"], armed["release_attached"]) == (FIRST, 0b11)
    assert left == {
        "structure_id": 21, "release_armed_spacecraft_id": 0, "release_attached": 0b10,
        "release_attached_count": 1, "release_spacecraft_id": FIRST,
        "release_separation_switch": "SEPARATED", "releases_done": 1, "releases_failed": 0,
    }  # fmt: skip
    (truth,) = flight.truth("otv", "release")
    # a P-POD's spring gives 3 kg 1.6 m/s, so 12 kg half of that
    assert truth["relative_m_s"] == pytest.approx(1.6 * (3.0 / 12.0) ** 0.5)
    assert truth["recoil_m_s"] == pytest.approx(truth["relative_m_s"] * 12.0 / mass_kg, rel=1e-3)
    assert mass_kg - flight.orbiter.orbiter.mass_kg == pytest.approx(12.0, abs=0.1)


def test_no_cube_leaves_a_craft_that_turns_or_one_that_is_in_safe_mode(fly: Fly) -> None:
    flight = fly(attached=(CUBE,), spacecraft=("otv", CUBE))
    release(flight, 200, "RELEASE_ARM")
    # two seconds later: the tracker searches, and then the craft turns
    flight.command(210, "RESET_SUBSYSTEM", subsystem="AOCS")
    release(flight, 222, "RELEASE_CUBE")
    flight.command(260, "SAFE_MODE")
    release(flight, 270, "RELEASE_CUBE")
    release(flight, 280, "RELEASE_ARM")
    flight.run(400)
    flight.close()
    assert ends(flight)[2:] == [
        ("START_FAILURE", "NOT_POINTED"),
        DONE,
        ("START_FAILURE", "NOT_ARMED"),
        ("START_FAILURE", "WRONG_MODE"),
    ]
    assert last(flight, "RELEASE")["release_attached_count"] == 1


def test_a_cube_that_hangs_is_told_and_still_counted(fly: Fly) -> None:
    flight = fly(attached=(CUBE,), spacecraft=("otv", CUBE), faults=({"fault": "stuck_release"},))
    release(flight, 200, "RELEASE_ARM")
    release(flight, 210, "RELEASE_CUBE")
    flight.command(220, "REPORT_HOUSEKEEPING", housekeeping_structure=21)
    flight.run(400)
    flight.close()
    assert ends(flight)[1] == ("COMPLETION_FAILURE", "HARDWARE_FAULT")
    shown = last(flight, "RELEASE")
    assert (shown["release_separation_switch"], shown["release_attached_count"]) == ("MATED", 1)
    assert shown["releases_failed"] == 1
    assert flight.truth("otv", "release") == []


def test_by_today_s_scenarios_every_cube_has_left(fly: Fly) -> None:
    flight = fly()
    release(flight, 200, "RELEASE_ARM")
    flight.run(300)
    flight.close()
    assert ends(flight) == [("START_FAILURE", "NOT_FOUND")]
    assert last(flight, "RELEASE")["release_attached"] == 0
