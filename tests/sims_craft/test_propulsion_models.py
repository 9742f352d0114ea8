"""Tank, engine and burn against the rocket equation and the engine's published range."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundsys.mission import load_mission, load_scenario
from sims.craft.nature.planets import dot
from sims.craft.platform.burn import Burn, BurnPlan, Execution, draw_execution
from sims.craft.platform.engine import G0_M_S2, Engine, delta_v_m_s, propellant_kg
from sims.craft.platform.tank import HYDRAZINE_KG_M3, UNUSABLE_KG, Tank

PLATFORM = load_mission().spacecraft["otv"].platform
ENGINE = Engine.of(PLATFORM)
TRUE = Execution(1.0, (1.0, 0.0, 0.0))
#: as the Cassini project assumed for its main engine before launch (S. V. Wagner & T. D. Goodson,
#: *Execution-Error Modeling and Analysis of the Cassini-Huygens Spacecraft*, AAS 08-113)
SIZES = {
    "burn_magnitude": 0.0035, "burn_magnitude_m_s": 0.010,
    "burn_pointing_rad": 0.010, "burn_pointing_m_s": 0.0175,
}  # fmt: skip


def tank() -> Tank:
    return Tank.of(PLATFORM, 18.0)


def burn(size_m_s: float, time_limit_s: float = 900.0, execution: Execution = TRUE) -> Burn:
    return Burn(BurnPlan((size_m_s, 0.0, 0.0), time_limit_s), execution, ENGINE, tank(), 480.0)


def test_the_engine_has_its_published_range() -> None:
    # ArianeGroup, 400 N monopropellant thruster: 120-420 N, 212-220 s, 58-190 g/s at 5.5-26 bar
    for bar, thrust_n, isp_s, flow_g_s in ((5.5, 120, 212, 58), (26.0, 420, 220, 190)):
        assert ENGINE.thrust_n(bar * 1e5) == pytest.approx(thrust_n)
        assert ENGINE.isp_s(bar * 1e5) == pytest.approx(isp_s)
        assert ENGINE.flow_kg_s(bar * 1e5) * 1000.0 == pytest.approx(flow_g_s, rel=0.03)


def test_the_tank_blows_down_within_the_engines_inlet_pressures() -> None:
    full = tank()
    assert full.pressure_pa == pytest.approx(22e5)
    gas_m3 = 0.090 - 62.4 / HYDRAZINE_KG_M3
    half = replace(full, propellant_kg=62.4 - gas_m3 * HYDRAZINE_KG_M3)
    assert half.pressure_pa == pytest.approx(11e5)  # twice the gas volume: Boyle
    assert 5.5e5 < replace(full, propellant_kg=UNUSABLE_KG).pressure_pa < 8e5
    warm = replace(full, temperature_c=18.0 + 29.115)
    assert warm.pressure_pa == pytest.approx(22e5 * 1.1)


def test_a_regulated_tank_keeps_its_pressure_and_gives_no_more_than_that() -> None:
    full = replace(tank(), regulator_pa=17e5)
    assert full.pressure_pa == pytest.approx(22e5)  # above the regulator's: blow-down still
    assert replace(full, propellant_kg=UNUSABLE_KG).pressure_pa == 17e5


def test_the_engine_of_arrival_takes_what_that_of_mars_odyssey_took() -> None:
    """JPL, *2001 Mars Odyssey Arrival* press kit: 695 N, 19.7 minutes, 266 kg (by 0.5 kg)."""
    arriving, _ = load_scenario("orbit-insertion")
    engine = Engine.of(arriving.spacecraft["otv"].platform)
    tank_pa = arriving.spacecraft["otv"].platform["tank_regulator_bar"] * 1e5
    assert engine.thrust_n(tank_pa) == 695.0
    assert engine.flow_kg_s(tank_pa) * 19.7 * 60.0 == pytest.approx(266.0, abs=0.5)


def test_rocket_equation_by_heart() -> None:
    # Tsiolkovsky: a mass ratio of e gives the exhaust velocity
    assert delta_v_m_s(220.0, math.e, math.e - 1.0) == pytest.approx(220.0 * G0_M_S2)
    assert propellant_kg(220.0, 480.0, 10.0) == pytest.approx(2.220, abs=0.001)
    assert delta_v_m_s(220.0, 480.0, propellant_kg(220.0, 480.0, 137.0)) == pytest.approx(137.0)


def test_a_burn_takes_the_propellant_that_the_rocket_equation_says() -> None:
    one = burn(10.0)
    assert one.advance(1e4) == pytest.approx(one.seconds)
    assert (one.ended, one.counted_m_s) == ("REACHED", pytest.approx(10.0, abs=1e-9))
    first_pa = tank().pressure_pa
    used_kg = 62.4 - one.tank.propellant_kg
    low, high = (
        propellant_kg(ENGINE.isp_s(pressure), 480.0, 10.0)
        for pressure in (first_pa, one.tank.pressure_pa)
    )
    assert low < used_kg < high
    # 361.5 N at 22 bar give 0.753 m/s² and more as the craft grows light, less as pressure falls
    assert one.seconds == pytest.approx(10.0 * 478.9 / 350.0, rel=0.03)
    # the thrust falls with the pressure: more of the Δv comes in the first half
    assert one.centroid_s == pytest.approx(one.seconds / 2.0, rel=0.02)
    assert one.centroid_s < one.seconds / 2.0


def test_all_its_propellant_gives_what_its_mean_specific_impulse_does() -> None:
    one = burn(1_000.0)
    one.advance(1e4)
    assert one.ended == "NO_PROPELLANT"
    assert one.tank.propellant_kg == pytest.approx(UNUSABLE_KG)
    least, most = (delta_v_m_s(isp, 480.0, 62.4 - UNUSABLE_KG) for isp in (212.0, 220.0))
    assert least < one.gained_m_s < most


def test_the_time_limit_and_a_weak_engine_cut_a_burn_short() -> None:
    limited = burn(10.0, time_limit_s=5.0)
    limited.advance(60.0)
    assert (limited.ended, limited.seconds) == ("TIME_LIMIT", pytest.approx(5.0))
    weak = replace(burn(10.0, time_limit_s=16.0), thrust_share=0.5)
    weak.advance(60.0)
    assert weak.ended == "TIME_LIMIT"
    assert weak.gained_m_s == pytest.approx(5.8, abs=0.2)


@given(
    size=st.floats(0.1, 280.0),
    pieces=st.lists(st.floats(0.01, 40.0), max_size=20),
    share=st.floats(0.9, 1.1),
)
def test_a_burn_is_the_same_however_time_is_cut(
    size: float, pieces: list[float], share: float
) -> None:
    execution = Execution(share, (0.0, 1.0, 0.0))
    whole, cut = burn(size, execution=execution), burn(size, execution=execution)
    whole.advance(2_000.0)
    for piece in pieces:
        cut.advance(piece)
    cut.advance(2_000.0)
    assert cut.ended == whole.ended
    assert cut.gained_m_s == pytest.approx(whole.gained_m_s, rel=1e-5)
    assert cut.seconds == pytest.approx(whole.seconds, rel=1e-4)
    assert cut.mass_kg == pytest.approx(480.0 - 62.4 + cut.tank.propellant_kg)
    if whole.ended == "REACHED":
        assert whole.counted_m_s == pytest.approx(size)
        assert whole.gained_m_s == pytest.approx(size * share)


def test_execution_errors_have_the_sizes_of_gates_model() -> None:
    plan = BurnPlan((3.0, -4.0, 12.0), 900.0)
    along = tuple(part / 13.0 for part in plan.delta_v_m_s)
    drawn = [draw_execution(plan, SIZES, 1, "otv", number) for number in range(4_000)]
    magnitude = [13.0 * (one.true_share - 1.0) for one in drawn]
    across = [13.0 * math.sqrt(max(0.0, 1.0 - dot(one.direction, along) ** 2)) for one in drawn]  # type: ignore[arg-type]
    rms = [math.sqrt(sum(x * x for x in values) / len(drawn)) for values in (magnitude, across)]
    assert rms[0] == pytest.approx(math.hypot(13.0 * 0.0035, 0.010), rel=0.05)
    # two axes, each of a proportional and a fixed part
    assert rms[1] == pytest.approx(math.sqrt(2.0) * math.hypot(0.130, 0.0175), rel=0.05)
    exact = draw_execution(plan, {}, 1, "otv", 1)
    assert exact.true_share == 1.0
    assert dot(exact.direction, along) == pytest.approx(1.0)  # type: ignore[arg-type]
    assert draw_execution(plan, SIZES, 1, "otv", 1) == drawn[1]
