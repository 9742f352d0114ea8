"""How a craft moves, as its definition says: orbits about three bodies, or a file."""

from __future__ import annotations

import pytest

from groundsys.mission import check_mission, load_mission
from groundsys.mission.spacecraft.link_model import SolarConjunction
from groundsys.mission.spacecraft.place_model import TrajectoryFile
from tests.mission.conftest import Definitions

RELAY = "spacecraft/otv.yaml"
ORBIT = """orbit:
  center: MARS
  epoch: 2031-08-20T00:00:00Z
  semi_major_axis_km: 5600.0
  eccentricity: 0.005
  inclination_deg: 80.0
  raan_deg: 20.0
  argument_of_periapsis_deg: 90.0
  mean_anomaly_deg: 165.0
"""


def test_a_trajectory_file_takes_the_place_of_an_orbit(definitions: Definitions) -> None:
    (definitions.root / "otv.oem").write_text("", encoding="utf-8")
    definitions.replace(RELAY, ORBIT, "trajectory: {kind: oem, path: otv.oem}\n")
    otv = load_mission(definitions.root).spacecraft["otv"]
    assert otv.orbit is None
    assert otv.trajectory == TrajectoryFile("oem", "otv.oem")


@pytest.mark.parametrize(
    ("center", "frame", "axis_km"),
    [("EARTH", "ICRF", "7000"), ("SUN", "ICRF", "1.6e8"), ("MARS", "MARS_IAU_OF_EPOCH", "3800")],
)
def test_an_orbit_is_about_one_of_three_bodies(
    definitions: Definitions, center: str, frame: str, axis_km: str
) -> None:
    orbit = ORBIT.replace("MARS", center).replace("5600.0", axis_km)
    definitions.replace(RELAY, ORBIT, orbit)
    read = load_mission(definitions.root).spacecraft["otv"].orbit
    assert read is not None
    assert (read.center, read.frame, read.semi_major_axis_km) == (center, frame, float(axis_km))


def test_limits_near_the_sun_are_data(definitions: Definitions) -> None:
    assert load_mission(definitions.root).spacecraft["otv"].conjunction == SolarConjunction()
    definitions.replace(RELAY, ORBIT, ORBIT + "conjunction: {degraded_below_deg: 5}\n")
    read = load_mission(definitions.root).spacecraft["otv"].conjunction
    assert read == SolarConjunction(degraded_below_deg=5.0)


@pytest.mark.parametrize(
    ("replacement", "line", "message"),
    [
        ("trajectory: {kind: oem, path: lost.oem}\n", 16, "there is no file lost.oem"),
        ("trajectory:\n  kind: spk\n  path: otv.bsp\n", 17, "target is missing"),
        ("trajectory:\n  kind: oem\n  path: otv.bsp\n  target: -417\n", 19, "needs no target"),
        ("trajectory: {kind: tle, path: otv.bsp}\n", 16, "kind is 'tle'"),
        ("", 2, "needs an orbit, a site, a trajectory or a release"),
        (ORBIT + "trajectory: {kind: oem, path: otv.bsp}\n", 2, "and one of them only"),
        (ORBIT.replace("MARS", "VENUS"), 17, "center is 'VENUS'"),
        (ORBIT.replace("MARS", "EARTH"), 19, "semi_major_axis_km is 5600"),
        (ORBIT.replace("MARS", "EARTH").replace("5600", "8000").replace(".005", ".3"), 20,
         "inside Earth's atmosphere"),
        (ORBIT + "conjunction: {degraded_below: 5}\n", 25, "unknown key 'degraded_below'"),
    ],
)  # fmt: skip
def test_a_finding_names_file_and_line(
    definitions: Definitions, replacement: str, line: int, message: str
) -> None:
    (definitions.root / "otv.bsp").write_bytes(b"")
    definitions.replace(RELAY, ORBIT, replacement)
    findings = check_mission(definitions.root)
    matching = [one for one in findings if message in str(one)]
    assert [(one.file, one.line) for one in matching] == [(RELAY, line)], findings
