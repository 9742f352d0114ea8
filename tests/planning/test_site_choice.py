"""Sites of a small body as they are when they are touched: SPICE turns it and lifts its Sun."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import spiceypy

from groundsys.geometry import Geometry
from groundsys.geometry.time_scales import tdb_seconds
from groundsys.mission import load_scenario
from groundsys.mission.arrival.descent_model import LandingCandidate, SiteLimits
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.planning.site_choice import Figure, Opportunity, opportunities
from groundsys.values.instants import Instant

EXPLORER = "ryugu-explorer"


@pytest.fixture(scope="module")
def loaded() -> tuple[Mission, Scenario]:
    return load_scenario("sample-taking")


@pytest.fixture(scope="module")
def found(loaded: tuple[Mission, Scenario]) -> tuple[Opportunity, ...]:
    mission, scenario = loaded
    return opportunities(mission, scenario, Geometry(mission))


def figures(one: Opportunity) -> dict[str, float]:
    return {figure.name: figure.value for figure in one.figures}


def changed(loaded: tuple[Mission, Scenario], **limits: float) -> Mission:
    mission, _ = loaded
    craft = mission.spacecraft[EXPLORER]
    assert craft.descent is not None
    choice = replace(craft.descent.choice, **limits)
    craft = replace(craft, descent=replace(craft.descent, choice=choice))
    return replace(mission, spacecraft={**mission.spacecraft, EXPLORER: craft})


def test_sun_and_earth_stand_where_spice_puts_them(
    loaded: tuple[Mission, Scenario], found: tuple[Opportunity, ...]
) -> None:
    mission, _ = loaded
    body, ephemeris = mission.bodies["ryugu"], Geometry(mission).ephemeris
    for name, values in (
        ("RADII", body.radii_km),
        ("POLE_RA", body.rotation.pole_right_ascension_deg),
        ("POLE_DEC", body.rotation.pole_declination_deg),
        ("PM", body.rotation.prime_meridian_deg),
    ):
        spiceypy.pdpool(f"BODY{body.naif_id}_{name}", [*values, 0.0, 0.0][:3])
    for one in found:
        tdb_s = tdb_seconds(np.array([one.touches.tai_ns]))
        turned = spiceypy.tipbod("J2000", body.naif_id, float(tdb_s[0]))
        place = spiceypy.srfrec(
            body.naif_id, *np.radians([one.site.longitude_deg, one.site.latitude_deg])
        )
        upright = spiceypy.surfnm(*body.radii_km, place)
        for target in ("Sun", "Earth"):
            way = ephemeris.position_km(target.lower(), tdb_s) - ephemeris.position_km(
                "ryugu", tdb_s
            )
            above_deg = 90.0 - np.degrees(spiceypy.vsep(upright, turned @ way[:, 0]))
            assert figures(one)[target] == pytest.approx(above_deg, abs=1e-3)


def test_each_site_comes_beneath_once_a_turn(
    loaded: tuple[Mission, Scenario], found: tuple[Opportunity, ...]
) -> None:
    _, scenario = loaded
    turn_s = 7.63262 * 3600.0  # S. Watanabe et al., Science 364 (2019) 268
    for number in (1, 2, 3):
        times = sorted(one.touches for one in found if one.site.number == number)
        gaps = np.diff([one.tai_ns for one in times]) / 1e9
        assert gaps == pytest.approx(np.full(len(gaps), turn_s), abs=40.0)
        assert times[0].seconds_since(scenario.span.start) < turn_s + 3.5 * 3600.0
        assert scenario.span.end.seconds_since(times[-1]) < turn_s + 40.0


def test_what_nothing_speaks_against_comes_first(found: tuple[Opportunity, ...]) -> None:
    assert [bool(one.against) for one in found] == sorted(bool(one.against) for one in found)
    fit = [one for one in found if not one.against]
    assert {one.site.number for one in fit} == {1}
    assert all(one.left >= 0.0 and one.sending and one.hearing for one in fit)


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        ({"steepest_deg": 5.0}, "slope 6°, at most 5° is asked"),
        ({"largest_boulder_m": 0.5}, "boulders 0.6 m, at most 0.5 m is asked"),
        ({"lean_deg": 10.0}, "lean 12.8°, at most 10° is asked"),
        ({"sun_deg": 70.0}, "Sun 66"),
        ({"earth_deg": 80.0}, "Earth 78.9°, at least 80° is asked"),
    ],
)
def test_each_limit_speaks_against_a_site_beyond_it(
    loaded: tuple[Mission, Scenario], limits: dict[str, float], words: str
) -> None:
    mission = changed(loaded, **limits)
    found = opportunities(mission, loaded[1], Geometry(mission))
    first = min((one for one in found if one.site.number == 1), key=lambda one: one.touches)
    assert [text for text in first.against if text.startswith(words)]
    assert all(one.against for one in found)


def test_a_go_that_no_antenna_can_send_speaks_against_it(loaded: tuple[Mission, Scenario]) -> None:
    mission, scenario = loaded
    alone = replace(scenario, antennas=("dss-63",))
    found = [
        one for one in opportunities(mission, alone, Geometry(mission)) if one.site.number == 1
    ]
    assert {one.against for one in found if not one.sending} >= {
        ("no antenna can send the go", "no antenna hears the touch-down")
    }
    assert [one for one in found if one.sending == ("dss-63",) and not one.against]


def test_the_tightest_figure_ranks() -> None:
    figures = (Figure("slope", 6.0, 12.0, "°"), Figure("Sun", 22.0, 20.0, "°", at_least=True))
    one = _opportunity(figures)
    assert one.left == pytest.approx(0.1)
    assert one.plain()["figures"]["Sun"] == {"value": 22.0, "limit": 20.0, "unit": "°"}


def _opportunity(figures: tuple[Figure, ...]) -> Opportunity:
    site = LandingCandidate(1, "one", 0.0, 0.0, 6.0, 0.5)
    when = Instant.from_utc_iso("2031-08-15T06:00:00Z")
    return Opportunity("explorer", site, when, when, when, ("a",), ("a",), figures)


def test_limits_are_read_from_the_craft(loaded: tuple[Mission, Scenario]) -> None:
    descent = loaded[0].spacecraft[EXPLORER].descent
    assert descent is not None
    assert descent.choice == SiteLimits(12.0, 1.0, 30.0, 20.0, 20.0)
