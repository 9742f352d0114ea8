"""A cube that is carried and let go: its cable, its power, its silence, and its radio."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.values.instants import Instant
from sims.craft.nature.mars import sun_from_mars
from sims.craft.nature.surroundings import light_at
from sims.craft.payload.interplanetary_field import COMPONENTS, InterplanetaryField, spiral_nt
from sims.craft.platform.power import RATED_IRRADIANCE_W_M2
from sims.craft.probe.carried_platform import FACES_SHOWN, CarriedPlatform
from sims.craft.probe.lander_platform import LanderLoads
from tests.sims_craft.flight import Flight

CUBE = "cube-parker-1"
SCID = 451
ASLEEP = LanderLoads(awake=False, payload=True, transmitting=0.0)
Carry = Callable[..., Flight]


@pytest.fixture
def carry(mission: Mission, scenario: Scenario, tmp_path: Path) -> Carry:
    """The OTV with one cube, which it holds; `changes` are of the scenario."""

    def start(**changes: object) -> Flight:
        flown = {"spacecraft": ("otv", CUBE), "attached": (CUBE,), **changes}
        flight = Flight(
            mission,
            replace(scenario, **flown),
            tmp_path,
            cubes=(CUBE,),  # type: ignore[arg-type]
        )
        flight.carrier(100, True)
        return flight

    return start


def let_go(flight: Flight, at: float) -> None:
    flight.command(at, "RELEASE_ARM", release_spacecraft_id=SCID)
    flight.command(at + 20.0, "RELEASE_CUBE", release_spacecraft_id=SCID)


def test_held_it_speaks_by_cable_and_not_by_radio(carry: Carry) -> None:
    flight = carry()
    flight.session(150, 300, 200, CUBE)
    flight.forward(160, CUBE, flight.cube_frame(CUBE, "PING"))
    flight.run(600)
    flight.close()
    assert flight.air.proximity == []
    by = {line["link"] for line in flight.truth(CUBE, "frames")}
    assert by == {"umbilical"}
    assert flight.relayed(CUBE)
    outcomes = [(line["name"], line["outcome"]) for line in flight.truth(CUBE, "command")]
    assert ("PING", "completed") in outcomes


def test_the_cable_carries_so_many_bits_a_second(mission: Mission, carry: Carry) -> None:
    """Frames that follow each other in a burst are as far apart as their bits take."""
    flight = carry()
    flight.session(150, 300, 200, CUBE)
    flight.run(600)
    flight.close()
    craft = mission.spacecraft[CUBE]
    rate = craft.platform["umbilical_bps"]
    took_ns = round((craft.framing.tm_frame_length + 5) * 8 / rate * 1e9)
    arrived = [sclk_ns for sclk_ns, _ in flight.relayed(CUBE)]
    apart_ns = [later - sooner for sooner, later in itertools.pairwise(arrived)]
    assert any(abs(one - took_ns) < 1_000 for one in apart_ns)  # by a clock that drifts


def test_let_go_it_is_silent_for_45_minutes_and_then_speaks_by_radio(
    mission: Mission, carry: Carry
) -> None:
    release = mission.spacecraft[CUBE].release
    assert release is not None
    assert release.silent_s == 2700.0
    flight = carry()
    let_go(flight, 200)
    flight.session(300, 600, 300, CUBE)
    flight.session(310, 3200, 300, CUBE)
    flight.run(3600)
    flight.close()
    (parted,) = flight.truth(CUBE, "parted")
    (released,) = flight.truth("otv", "release")
    assert parted["time_ns"] == released["time_ns"]
    sessions = [line["event"] for line in flight.truth("otv", "session")]
    assert sessions == ["started", "unanswered", "started", "heard", "ended"]
    heard = [one for one in flight.air.proximity if one.source == CUBE]
    silent_until = Instant(parted["time_ns"]).plus_seconds(release.silent_s)
    assert min(one.time for one in heard) > silent_until
    assert {line["link"] for line in flight.truth(CUBE, "frames")} == {"proximity"}


def test_a_session_by_cable_ends_with_the_cable(carry: Carry) -> None:
    flight = carry()
    flight.session(150, 300, 600, CUBE)
    let_go(flight, 400)
    flight.run(1000)
    flight.close()
    ends = [line for line in flight.truth("otv", "session") if line["event"] == "ended"]
    (released,) = flight.truth("otv", "release")
    assert [line["time_ns"] for line in ends] == [released["time_ns"]]
    assert [line["event"] for line in flight.truth(CUBE, "session")] == ["started", "ended"]
    # not a word by radio: to a cube that is held, space knows no way
    assert flight.air.proximity == []


def test_a_cube_that_hangs_stays_on_its_cable(carry: Carry) -> None:
    flight = carry(faults=({"fault": "stuck_release"},))
    flight.session(150, 600, 300, CUBE)
    let_go(flight, 200)
    flight.run(1000)
    flight.close()
    assert flight.truth(CUBE, "parted") == []
    assert {line["link"] for line in flight.truth(CUBE, "frames")} == {"umbilical"}


def test_held_it_is_fed_by_its_carrier_and_as_warm_as_that(carry: Carry) -> None:
    flight = carry()
    flight.run(4 * 3600)
    otv, cube = flight.orbiter.orbiter, flight.landers[CUBE].lander
    assert isinstance(cube.platform, CarriedPlatform)
    assert cube.platform.battery.percent == pytest.approx(100.0, abs=0.1)
    assert cube.platform.deck_c == pytest.approx(otv.platform.structure_c, abs=1.0)
    load_w = float(otv.platform.telemetry()["eps_load_power"])
    held_w = cube.board.craft.platform["umbilical_w"]
    let_go(flight, 4 * 3600 + 10)
    flight.run(4 * 3600 + 400)
    free_w = float(otv.platform.telemetry()["eps_load_power"])
    flight.close()
    assert load_w - free_w == pytest.approx(held_w, abs=4.0)  # its noise is 1 W


def test_free_it_gets_the_sun_on_one_and_a_half_faces_and_none_in_the_shadow(
    mission: Mission, scenario: Scenario
) -> None:
    """Cauchy: a cube turned at random shows a quarter of its six faces."""
    assert pytest.approx(6.0 / 4.0) == FACES_SHOWN
    craft, orbit = mission.spacecraft[CUBE], mission.spacecraft["otv"].orbit
    assert orbit is not None
    start_ns = scenario.span.start.tai_ns
    moments = [start_ns + minute * 60_000_000_000 for minute in range(0, 240, 5)]
    turned = (replace(orbit, raan_deg=raan) for raan in range(0, 360, 30))
    orbit = next(one for one in turned if not all(light_at(one, ns).is_lit for ns in moments))
    body = CarriedPlatform(craft, 1, start_ns, orbit)
    seen = {True: set(), False: set()}  # type: dict[bool, set[float]]
    for minute in range(1, 240):
        now_ns = start_ns + minute * 60_000_000_000
        lit = light_at(orbit, now_ns - 60_000_000_000)
        body.advance(now_ns, ASLEEP)
        volts = max(body.battery.voltage_v, 1.0)
        solar_w = float(body.telemetry()["eps_solar_current"]) * volts
        wanted_w = 1.5 * craft.platform["panel_w"] * lit.irradiance_w_m2 / RATED_IRRADIANCE_W_M2
        assert solar_w == pytest.approx(wanted_w if lit.is_lit else 0.0, rel=1e-3, abs=1e-9)
        seen[lit.is_lit].add(round(solar_w, 2))
    assert all(seen.values())


def test_the_field_of_the_solar_wind_at_mars_is_as_large_and_as_bent_as_measured() -> None:
    """Slavin & Holzer 1981: 3.3 nT, 57° from the Sun's line."""
    radial, across = spiral_nt(1.524)
    assert math.hypot(radial, across) == pytest.approx(3.3, abs=0.3)
    assert math.degrees(math.atan2(abs(across), radial)) == pytest.approx(57.0, abs=3.0)


def at_mars(tai_ns: int) -> float:
    return sun_from_mars(tai_ns).distance_au


def test_a_cube_samples_that_field_with_waves_upon_it(scenario: Scenario) -> None:
    times = scenario.span.start.tai_ns + np.arange(720, dtype=np.int64) * 5_000_000_000
    found = InterplanetaryField(1, CUBE, at_mars).sample(times, 1)
    sizes = np.sqrt(sum(found[name] ** 2 for name in COMPONENTS))
    assert 1.5 < float(sizes.mean()) < 6.0
    assert float(found["b_sunward"].std()) > 0.1
    again = InterplanetaryField(1, CUBE, at_mars).sample(times, 1)
    assert all(np.array_equal(found[name], again[name]) for name in found)
    other = InterplanetaryField(1, "cube-kiso", at_mars).sample(times, 1)
    assert not np.array_equal(found["b_north"], other["b_north"])
