"""After a burn, frames come from where SPICE propagates the craft, and rise and set anew."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import spiceypy as spice

from groundsys.geometry import Geometry, view_periods
from groundsys.geometry.central_bodies import known_bodies
from groundsys.geometry.geometry import SPEED_OF_LIGHT_KM_S
from groundsys.geometry.orbits import SecularOrbit
from groundsys.geometry.time_scales import instants_ns, tdb_seconds
from groundsys.values.instants import Instant
from groundsys.values.messages import Message
from sims.space.pushed import PushedTrajectory, pushed_orbit
from tests.geometry.missions import DAY, MISSION
from tests.sims_space.flying import ANTENNA, VIEW, fly, frames, from_antenna, from_craft, record_of
from tests.sims_space.flying import space as make_space

MARS = known_bodies()["mars"]

ORBIT = MISSION.spacecraft["otv"].orbit
assert ORBIT is not None
BURN_AT = VIEW.receive.start.plus_seconds(-1_200.0)
POINTED = from_antenna("point", VIEW.receive.start.plus_seconds(-900.0), spacecraft="otv")
CARRIER_ON = from_craft("x_carrier", DAY.start, on=True)


def impulse(*delta_v_m_s: float) -> Message:
    told_at = BURN_AT.plus_seconds(20.0)
    return from_craft("impulse", told_at, at_ns=BURN_AT.tai_ns, delta_v_m_s=list(delta_v_m_s))


def test_a_frame_arrives_later_by_what_the_burn_has_moved_the_craft(tmp_path: Path) -> None:
    emitted = VIEW.receive.start.plus_seconds(600.0)
    geometry = Geometry(MISSION)
    burn_tdb, emission_tdb = tdb_seconds(instants_ns(BURN_AT, emitted))
    at_burn, at_emission = np.array([burn_tdb]), np.array([emission_tdb])
    to_earth = (
        geometry.ephemeris.position_km("earth", at_emission)
        - geometry.ephemeris.position_km("mars", at_emission)
    )[:, 0]
    to_earth /= np.linalg.norm(to_earth)
    delta_v_m_s = (-10.0 * to_earth).tolist()
    arrivals = []
    for name, burns in (("still", []), ("burnt", [impulse(*delta_v_m_s)])):
        said = fly(make_space(tmp_path / name), [*burns, POINTED, frames(emitted)], DAY.end)
        (down,) = (one for one in said if one.kind == "x_down")
        arrivals.append(down.body["frames"][0]["ert_ns"])

    before = SecularOrbit(ORBIT)
    state = np.concatenate([before.position_km(at_burn), before.velocity_km_s(at_burn)])[:, 0]
    pushed = state + np.concatenate([np.zeros(3), np.array(delta_v_m_s) / 1000.0])
    after, still = (
        spice.prop2b(MARS.gm_km3_s2, one, emission_tdb - burn_tdb)[:3] for one in (pushed, state)
    )
    later_ns = -(after - still) @ to_earth / SPEED_OF_LIGHT_KM_S * 1e9
    assert later_ns > 10_000
    assert arrivals[1] - arrivals[0] == pytest.approx(later_ns, rel=0.01)
    (noted,) = (one for one in record_of(tmp_path / "burnt") if one["record"] == "impulse")
    assert noted["delta_v_m_s"] == delta_v_m_s


def test_the_craft_sets_when_its_new_orbit_says_so(tmp_path: Path) -> None:
    delta_v_m_s = (60.0, -90.0, 50.0)
    told = {}
    for name, burns in (("still", []), ("burnt", [impulse(*delta_v_m_s)])):
        said = fly(make_space(tmp_path / name), [CARRIER_ON, *burns, POINTED], DAY.end)
        signals = [one for one in said if one.kind == "x_signal"]
        told[name] = [(one.body["present"], one.time) for one in signals]
    moment = float(tdb_seconds(instants_ns(BURN_AT))[0])
    after = SecularOrbit(pushed_orbit(ORBIT, BURN_AT, delta_v_m_s))
    path = PushedTrajectory(SecularOrbit(ORBIT), (moment, after))
    geometries = {
        "still": Geometry(MISSION),
        "burnt": Geometry(MISSION).with_trajectory("otv", path),
    }
    sets = []
    for name, geometry in geometries.items():
        periods = view_periods(geometry, ANTENNA, "otv", DAY)
        expected = next(one.receive for one in periods if one.receive.end > POINTED.time)
        changes = [time for present, time in told[name] if not present]
        ends: Instant = changes[0]
        assert abs(ends.seconds_since(expected.end)) < 0.05, name
        sets.append(ends)
    assert abs(sets[1].seconds_since(sets[0])) > 60.0
