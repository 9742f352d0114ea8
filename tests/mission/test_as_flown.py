"""A scenario may fly a craft otherwise than its definition says: read whole or found wrong."""

from __future__ import annotations

import pytest

from groundsys.mission.as_flown import as_flown, stated
from groundsys.mission.model import Mission
from groundsys.mission.parsing.findings import Findings
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.mission.scenario.scenarios import read_scenarios
from groundsys.values.instants import Instant
from tests.mission.conftest import Definitions

DAY = "scenarios/quickstart.yaml"
TITLE = "title: One Mars day, end to end"
ARRIVAL = [
    "craft:",
    "  otv:",
    "    orbit: {center: MARS, epoch: 2031-08-20T12:00:00Z, semi_major_axis_km: -9475,",
    "      eccentricity: 1.41, inclination_deg: 80, raan_deg: 20, argument_of_periapsis_deg: 90,",
    "      mean_anomaly_deg: 0}",
    "    navigation: {along_track_km: 5}",
    "    platform: {mass_kg: 900}",
    "    radios: {x_band: {antenna_gain_dbi: 6, rates_bps: [500, 8000]}}",
    "solutions:",
    '  - {spacecraft: otv, at: "06:00", after_h: 2}',
]


def read(
    definitions: Definitions, mission: Mission, *lines: str
) -> tuple[Scenario, list[str], int]:
    first = definitions.replace(DAY, TITLE, "\n".join([TITLE, *lines])) + 1
    findings = Findings()
    scenarios = read_scenarios(
        definitions.root,
        mission.spacecraft,
        mission.antennas,
        mission.customers,
        mission.partners,
        mission.bodies,
        findings,
    )
    return scenarios["quickstart"], [str(one) for one in findings.ordered()], first


def test_a_craft_flies_as_the_scenario_says(definitions: Definitions, mission: Mission) -> None:
    scenario, findings, _ = read(definitions, mission, *ARRIVAL)
    assert findings == []
    flown, defined = as_flown(mission, scenario).spacecraft["otv"], mission.spacecraft["otv"]
    assert flown.orbit is not None
    assert (flown.orbit.semi_major_axis_km, flown.orbit.eccentricity) == (-9475.0, 1.41)
    assert flown.navigation.along_track_km == 5.0
    assert flown.platform == {**defined.platform, "mass_kg": 900.0}
    assert flown.radios["x_band"].rates_bps == (500.0, 8000.0)
    assert flown.radios["x_band"].antenna_gain_dbi == 6.0
    assert flown.radios["x_band"].frequency_mhz == defined.radios["x_band"].frequency_mhz
    assert flown.radios["uhf"] == defined.radios["uhf"]
    assert as_flown(mission, scenario).spacecraft["cube-polar"] is mission.spacecraft["cube-polar"]
    (solution,) = scenario.solutions
    assert solution.told_at == Instant.from_utc_iso("2031-08-20T06:00:00Z")
    assert solution.cut_off == Instant.from_utc_iso("2031-08-20T04:00:00Z")


def test_what_is_stated_reads_back_as_the_same_craft(
    definitions: Definitions, mission: Mission
) -> None:
    first, _, _ = read(definitions, mission, *ARRIVAL)
    plain = stated(first.craft["otv"])
    definitions.replace(DAY, "\n".join([TITLE, *ARRIVAL]), TITLE)
    again, findings, _ = read(definitions, mission, f"craft: {{otv: {plain}}}")
    assert findings == []
    assert again.craft == first.craft


@pytest.mark.parametrize(
    ("lines", "line", "found"),
    [
        (["craft: {ovt: {}}"], 0, "ovt"),
        (["craft:", "  cube-polar: {guests: [unowned]}"], 1, "unknown payload 'unowned'"),
        (["craft:", "  cube-polar: {guests: [seismometer]}"], 0, "two craft of the scenario"),
        (["craft:", "  otv: {platform: {wings: 2}}"], 1, "wings"),
        (["craft:", "  otv: {platform: {}, orbits: {}}"], 1, "unknown key 'orbits'"),
        (["craft:", "  otv: {radios: {s_band: {}}}"], 1, "s_band"),
        (["craft:", "  cube-polar:", "    orbit: {center: MARS, epoch: 2031-08-20T00:00:00Z,"
          " semi_major_axis_km: 9000, eccentricity: 0, inclination_deg: 0, raan_deg: 0,"
          " argument_of_periapsis_deg: 0, mean_anomaly_deg: 0}"], 2, "stands on MARS"),
        (["craft:", "  otv:", "    orbit: {center: EARTH, epoch: 2031-08-20T00:00:00Z,"
          " semi_major_axis_km: -40000, eccentricity: 0.5, inclination_deg: 0, raan_deg: 0,"
          " argument_of_periapsis_deg: 0, mean_anomaly_deg: 0}"], 2, "eccentricity is 0.5"),
        (["craft:", "  otv:", "    orbit: {center: EARTH, epoch: 2031-08-20T00:00:00Z,"
          " semi_major_axis_km: -4000, eccentricity: 2, inclination_deg: 0, raan_deg: 0,"
          " argument_of_periapsis_deg: 0, mean_anomaly_deg: 0}"], 2, "inside Earth"),
        (["solutions:", '  - {spacecraft: cube-polar, at: "06:00"}'], 1, "cube-polar"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_found_on_its_line(
    definitions: Definitions, mission: Mission, lines: list[str], line: int, found: str
) -> None:
    _, findings, first = read(definitions, mission, *lines)
    assert any(f"quickstart.yaml:{first + line}" in one and found in one for one in findings), (
        findings
    )


DEPARTURE = [
    "craft:",
    "  otv:",
    "    orbit: {center: EARTH, epoch: 2031-08-20T00:00:00Z, semi_major_axis_km: -40000,",
    "      eccentricity: 1.165, inclination_deg: 30, raan_deg: 20, argument_of_periapsis_deg: 90,",
    "      mean_anomaly_deg: 0}",
    "    radios: {x_band: {oscillator_ppm: 1.5}}",
    "separations:",
    '  - {spacecraft: otv, at: "00:10"}',
]


def test_a_craft_leaves_its_launcher_when_the_scenario_says(
    definitions: Definitions, mission: Mission
) -> None:
    scenario, findings, _ = read(definitions, mission, *DEPARTURE)
    assert findings == []
    [one] = scenario.separations
    assert one.at == Instant.from_utc_iso("2031-08-20T00:10:00Z")
    radio = as_flown(mission, scenario).spacecraft["otv"].radios["x_band"]
    assert radio.oscillator_ppm == 1.5
    assert radio.low_gain is not None
    assert radio.low_gain.width_deg == 90.0


def test_what_could_leave_no_launcher_is_found(definitions: Definitions, mission: Mission) -> None:
    lines = [*DEPARTURE[6:], '  - {spacecraft: otv, at: "00:20"}']
    _, findings, first = read(definitions, mission, *lines)
    assert findings == [
        f"{DAY}:{first + 1}: otv flies about MARS, and leaves no launcher there "
        f"(state its orbit about EARTH or SUN under `craft`)",
        f"{DAY}:{first + 2}: otv leaves its launcher twice (name it once)",
    ]


BURN = "{ignition: 2031-08-20T09:00:00Z, delta_v_m_s: [3.0, -4.0, 0.0], time_limit_s: 20}"


def with_solution(*lines: str) -> list[str]:
    return [*ARRIVAL[:-1], *lines]


def test_a_solution_may_lead_through_a_burn_that_is_ahead(
    definitions: Definitions, mission: Mission
) -> None:
    told = '  - {spacecraft: otv, at: "06:00", with_burn: ' + BURN + "}"
    scenario, findings, _ = read(definitions, mission, *with_solution(told))
    assert findings == []
    (solution,) = scenario.solutions
    assert solution.burn is not None
    assert solution.burn.ignition == Instant.from_utc_iso("2031-08-20T09:00:00Z")
    assert solution.burn.delta_v_m_s == (3.0, -4.0, 0.0)
    assert solution.burn.time_limit_s == 20.0


@pytest.mark.parametrize(
    ("told", "complaint"),
    [
        ('  - {spacecraft: otv, at: "10:00", with_burn: ' + BURN + "}", "not ahead"),
        (
            '  - {spacecraft: otv, at: "06:00", with_burn: '
            + BURN.replace("[3.0, -4.0, 0.0]", "[0, 0, 0]")
            + "}",
            "is no Δv",
        ),
        (
            '  - {spacecraft: otv, at: "06:00", with_burn: ' + BURN.replace("20}", "0}") + "}",
            "time_limit_s is 0",
        ),
    ],
)
def test_a_burn_that_makes_no_sense_is_a_finding(
    definitions: Definitions, mission: Mission, told: str, complaint: str
) -> None:
    _, findings, _ = read(definitions, mission, *with_solution(told))
    assert len(findings) == 1
    assert complaint in findings[0]


def test_criteria_of_a_burn_need_one(definitions: Definitions, mission: Mission) -> None:
    definitions.replace(DAY, "criteria:", "criteria:\n  max_heard_again_s: 240")
    _, findings, _ = read(definitions, mission, *ARRIVAL)
    assert len(findings) == 1
    assert "max_heard_again_s asks for a burn" in findings[0]
