"""An OTV on its launcher and after it, on the mission clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from groundsys.mission import load_scenario
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.values.instants import Instant
from groundsys.values.messages import Message, Step
from tests.sims_craft.air import LosslessAir
from tests.sims_craft.flight import Flight, readings

MISSION, LAUNCH = load_scenario("launch-short")
[SEPARATION] = [one.at for one in LAUNCH.separations]
SEPARATED_S = SEPARATION.seconds_since(LAUNCH.span.start)


class WatchedAir(LosslessAir):
    """It also keeps what the craft tells of its carrier: when, whether, and how strong."""

    def __init__(self) -> None:
        super().__init__()
        self.carriers: list[tuple[Instant, bool, float]] = []

    def advance(self, now: Instant, inbox: Sequence[Message]) -> Step:
        self.carriers += [
            (one.time, one.body["on"], one.body["gain_db"])
            for one in inbox
            if one.kind == "x_carrier"
        ]
        return super().advance(now, inbox)


def fly(folder: Path, scenario: Scenario, seconds: float) -> tuple[Flight, WatchedAir]:
    air = WatchedAir()
    flight = Flight(MISSION, scenario, folder, cubes=(), air=air)
    flight.carrier(SEPARATED_S + 300.0, on=True)
    flight.run(seconds)
    flight.close()
    return flight, air


def test_a_craft_is_silent_on_its_launcher_and_lives_from_its_battery(tmp_path: Path) -> None:
    flight, air = fly(tmp_path, LAUNCH, SEPARATED_S - 1.0)
    assert air.carriers == []
    assert air.down == []
    battery = flight.orbiter.orbiter.platform.battery
    # the base load and the heater at most, the transmitter off, and no sunlight
    assert -320.0 <= battery.power_w <= -260.0
    assert 0.80 * 1600.0 < battery.charge_wh < 0.83 * 1600.0


def test_after_it_the_link_fades_with_the_spin_until_the_sun_is_found(tmp_path: Path) -> None:
    flight, air = fly(tmp_path, LAUNCH, SEPARATED_S + 3_600.0)
    first, _, _ = air.carriers[0]
    assert first == SEPARATION
    assert all(on for _, on, _ in air.carriers)
    tumbling = [gain for at, _, gain in air.carriers if at.seconds_since(SEPARATION) < 600.0]
    assert np.ptp(tumbling) > 10.0
    # between the peak of the low-gain antenna and what it has behind, over the dish's 41.5 dBi
    assert -15.0 - 41.5 <= min(tumbling) < max(tumbling) <= 6.0 - 41.5
    pointed = [gain for at, _, gain in air.carriers if at.seconds_since(SEPARATION) > 2_400.0]
    assert np.ptp(pointed or [0.0]) < 3.0
    modes = [one["mode"] for one in flight.truth("otv", "attitude")]
    assert modes == ["RATE_DAMPING", "SUN_ACQUISITION", "SUN_POINTING"]


def test_telemetry_shows_the_tumbling_and_its_end(tmp_path: Path) -> None:
    flight, air = fly(tmp_path, LAUNCH, SEPARATED_S + 3_600.0)
    model = flight.otv.model
    attitude = readings(model, air.packets(), "AOCS")
    by_mode = {values["aocs_mode"]: values for _, values in attitude}
    assert list(by_mode) == ["STANDBY", "RATE_DAMPING", "SUN_ACQUISITION", "SUN_POINTING"]
    rates = [by_mode["RATE_DAMPING"][f"aocs_rate_{axis}"] for axis in "xyz"]
    assert np.linalg.norm(rates) > 0.1
    assert by_mode["RATE_DAMPING"]["aocs_star_tracker"] == "SEARCHING"
    assert by_mode["SUN_POINTING"]["aocs_star_tracker"] == "TRACKING"
    assert abs(by_mode["SUN_POINTING"]["aocs_rate_x"]) < 0.01
    power = [values["eps_solar_current"] for _, values in readings(model, air.packets(), "EPS")]
    assert power[0] == 0.0
    assert max(power) > 40.0


def test_it_turns_nowhere_before_the_sun_is_found_and_then_uses_its_dish(tmp_path: Path) -> None:
    air = WatchedAir()
    flight = Flight(MISSION, LAUNCH, tmp_path, cubes=(), air=air)
    flight.carrier(SEPARATED_S + 60.0, on=True)
    flight.command(SEPARATED_S + 120.0, "SET_ATTITUDE_MODE", attitude_mode="EARTH_POINTING")
    flight.command(SEPARATED_S + 3_000.0, "SET_ATTITUDE_MODE", attitude_mode="EARTH_POINTING")
    flight.run(SEPARATED_S + 3_400.0)
    flight.close()
    outcomes = [one["outcome"] for one in flight.truth("otv", "command")]
    assert [one for one in outcomes if one != "received"] == ["failed", "completed"]
    at, on, gain = air.carriers[-1]
    assert (on, gain) == (True, 0.0)
    assert at.seconds_since(SEPARATION) == pytest.approx(3_241.0, abs=5.0)


def test_a_craft_that_damps_nothing_runs_down(tmp_path: Path) -> None:
    """Panels stay folded: what they give is less than what the craft draws."""
    fault = {"fault": "tumbling", "spacecraft": "otv"}
    flight, _ = fly(tmp_path, replace(LAUNCH, faults=(fault,)), SEPARATED_S + 3 * 3_600.0)
    battery = flight.orbiter.orbiter.battery_percent
    assert flight.orbiter.orbiter.platform.attitude.mode == "RATE_DAMPING"
    # 355 W less the hundred of folded panels, for three hours, of 1 600 Wh
    assert 20.0 < battery < 40.0
    least = flight.truth("otv", "battery")[-1]["percent"]
    assert least == pytest.approx(battery, abs=1.0)
