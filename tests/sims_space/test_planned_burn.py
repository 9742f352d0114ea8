"""The path that navigation foresees through a burn: against SciPy, and read back as an OEM."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from groundsys.geometry import Geometry
from groundsys.geometry.central_bodies import known_bodies
from groundsys.geometry.orbits import SecularOrbit
from groundsys.geometry.time_scales import instants_ns, tdb_seconds
from groundsys.geometry.trajectories.oem_trajectory import OemTrajectory
from groundsys.geometry.trajectories.oem_writing import write_oem
from groundsys.mission import load_scenario
from groundsys.values.instants import Interval
from sims.craft.platform.engine import G0_M_S2
from sims.space.planned_burn import Foreseen, through_burn

MARS = known_bodies()["mars"]

MISSION, SCENARIO = load_scenario("orbit-insertion")
OTV = MISSION.spacecraft["otv"]
assert OTV.orbit is not None
ORBIT = OTV.orbit
(BURN,) = (one.burn for one in SCENARIO.solutions if one.burn is not None)


@pytest.fixture(scope="module")
def foreseen() -> Foreseen:
    return through_burn(OTV, ORBIT, BURN)


def test_after_the_burn_the_craft_is_where_scipy_integrates_it_to(foreseen: Foreseen) -> None:
    """Thrust, flow and gravity of Mars as a point, from the state at ignition on."""
    thrust_n, isp_s = OTV.platform["engine_low_thrust_n"], OTV.platform["engine_low_isp_s"]
    mass_kg, flow_kg_s = OTV.platform["mass_kg"], thrust_n / (G0_M_S2 * isp_s)
    wanted = np.array(BURN.delta_v_m_s)
    size_m_s = float(np.linalg.norm(wanted))
    # the rocket equation by hand
    lasts_s = mass_kg * (1.0 - np.exp(-size_m_s / (G0_M_S2 * isp_s))) / flow_kg_s
    assert foreseen.burn.seconds == pytest.approx(lasts_s, abs=0.01)

    def rate(seconds: float, state: np.ndarray) -> np.ndarray:  # type: ignore[type-arg]
        push = thrust_n / (mass_kg - flow_kg_s * seconds) / 1000.0 * wanted / size_m_s
        place = state[:3]
        pull = MARS.gm_km3_s2 * place / np.linalg.norm(place) ** 3
        return np.concatenate([state[3:], push - pull])

    start_s, over_s = tdb_seconds(instants_ns(foreseen.burn.start, foreseen.burn.end)).tolist()
    coasting = SecularOrbit(ORBIT)
    at = np.array([start_s])
    state = np.concatenate([coasting.position_km(at), coasting.velocity_km_s(at)])[:, 0]
    solved = solve_ivp(rate, (0.0, over_s - start_s), state, rtol=1e-10, atol=1e-9)
    after = np.array([over_s + 1e-3])
    place, motion = foreseen.path.position_km(after)[:, 0], foreseen.path.velocity_km_s(after)[:, 0]
    # J2, which SciPy leaves out here, moves it by some 100 m and 0.3 m/s in 24 minutes
    np.testing.assert_allclose(place, solved.y[:3, -1], atol=1.5)
    np.testing.assert_allclose(motion, solved.y[3:, -1], atol=2e-3)
    energy = motion @ motion / 2.0 - MARS.gm_km3_s2 / np.linalg.norm(place)
    assert energy < 0.0


def test_an_oem_leads_through_the_burn_in_a_segment_of_its_own(
    foreseen: Foreseen, tmp_path: Path
) -> None:
    geometry = Geometry(MISSION).with_trajectory("otv", foreseen.path)
    path = tmp_path / "burn.oem"
    text = write_oem(
        geometry, "otv", SCENARIO.span, SCENARIO.span.start, "TEST", burns=(foreseen.burn,)
    )
    path.write_text(text)
    assert text.count("META_START") == 3
    told = OemTrajectory(path)
    start, end = SCENARIO.span.start, SCENARIO.span.end
    before = Interval(start.plus_seconds(120.0), BURN.ignition.plus_seconds(-120.0))
    after = Interval(foreseen.burn.end.plus_seconds(120.0), end.plus_seconds(-120.0))
    for part, place_km, motion_km_s in (
        (before, 1e-5, 1e-8), (foreseen.burn, 0.03, 0.006), (after, 1e-5, 1e-8),
    ):  # fmt: skip
        moments = (part.start.plus_seconds(s) for s in np.linspace(0.0, part.seconds, 200))
        times = tdb_seconds(instants_ns(*moments))
        np.testing.assert_allclose(
            told.position_km(times), foreseen.path.position_km(times), atol=place_km
        )
        np.testing.assert_allclose(
            told.velocity_km_s(times), foreseen.path.velocity_km_s(times), atol=motion_km_s
        )
