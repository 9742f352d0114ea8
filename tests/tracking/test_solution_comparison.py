"""What a new orbit solution changes, against shifts that were made on purpose."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from groundsys.geometry import Geometry, view_periods
from groundsys.geometry.navigation import DisplacedTrajectory
from groundsys.geometry.solutions.covariances import Covariance
from groundsys.mission import load_mission
from groundsys.mission.model import Mission
from groundsys.mission.spacecraft.place_model import KeplerOrbit, Navigation
from groundsys.planning.plan import Plan, PlannedPass, PlanningRules
from groundsys.tracking.solution_comparison import (
    SolutionComparison,
    Stakes,
    compare_body,
    compare_craft,
)
from groundsys.tracking.solution_effects import LoadedSequence, MadeProduct
from groundsys.tracking.solution_page import (
    comparison_for_machines,
    solution_page,
    summary_of,
)
from groundsys.values.instants import EarthReceiveTime, Instant, Interval, TransmitTime
from tests.geometry.missions import MISSION, OTV, START

SPAN = Interval(START, START.plus_seconds(12 * 3600.0))
KNOWN = Navigation(
    along_track_km=2.0, along_track_growth_km_per_day=0.0, cross_track_km=1.0, radial_km=0.5
)


@pytest.fixture(scope="module")
def geometry() -> Geometry:
    otv = replace(OTV, navigation=KNOWN)
    return Geometry(replace(MISSION, spacecraft={**MISSION.spacecraft, "otv": otv}))


def booked(start: Instant, end: Instant, antenna: str = "usuda-64", craft: str = "otv") -> Plan:
    one = PlannedPass(
        "pass-01", antenna, craft, EarthReceiveTime(start.tai_ns), EarthReceiveTime(end.tai_ns),
        TransmitTime(start.tai_ns), TransmitTime(end.tai_ns), 600.0, 8000.0, 50.0,
    )  # fmt: skip
    return Plan("day", (one,), ())


def moved(
    geometry: Geometry, along_km: float, cross_km: float, radial_km: float, stakes: Stakes
) -> SolutionComparison:
    fresh = DisplacedTrajectory(geometry.craft("otv").trajectory, along_km, cross_km, radial_km)
    new = geometry.with_trajectory("otv", fresh)
    return compare_craft(geometry, new, "otv", fresh, SPAN, stakes)


def test_differences_are_what_was_displaced(geometry: Geometry) -> None:
    found = moved(geometry, 12.0, -0.5, 1.5, Stakes(Plan("day", (), ()), PlanningRules()))
    assert [one.km for one in found.differences] == pytest.approx([12.0, -0.5, 1.5], abs=1e-9)
    assert [one.sigmas for one in found.differences] == pytest.approx([6.0, 0.5, 3.0])
    assert found.worst_sigmas == pytest.approx(6.0)
    assert found.is_within(6.1)
    assert not found.is_within(5.9)
    assert "6.0 sigma off, changes nothing" in summary_of(comparison_for_machines(found))


def test_what_the_new_solution_states_of_itself_counts_too(geometry: Geometry) -> None:
    class Stating(DisplacedTrajectory):
        covariances = (Covariance(geometry.craft("otv").trajectory.epoch_tdb_s, np.eye(6) * 9.0),)

    fresh = Stating(geometry.craft("otv").trajectory, 12.0, 0.0, 0.0)
    new = geometry.with_trajectory("otv", fresh)
    stakes = Stakes(Plan("day", (), ()), PlanningRules())
    found = compare_craft(geometry, new, "otv", fresh, SPAN, stakes)
    assert found.differences[0].sigma_km == pytest.approx(np.hypot(2.0, 3.0), rel=0.01)


def test_without_any_uncertainty_nothing_is_within_expectation() -> None:
    geometry = Geometry(MISSION)
    found = moved(geometry, 0.001, 0.0, 0.0, Stakes(Plan("day", (), ()), PlanningRules()))
    assert found.worst_sigmas is None
    assert not found.is_within(1e9)
    assert "unknown uncertainty" in summary_of(comparison_for_machines(found))


def test_a_pass_that_the_new_orbit_ends_is_told(geometry: Geometry) -> None:
    """Along its track by as much as it flies in 100 s: so much sooner it is behind Mars."""
    view = view_periods(geometry, "usuda-64", "otv", SPAN)[1]
    inside = Interval(view.receive.start.plus_seconds(40.0), view.receive.end.plus_seconds(-40.0))
    stakes = Stakes(booked(inside.start, inside.end), PlanningRules())
    speed = 2.5
    (same,) = moved(geometry, 0.1, 0.0, 0.0, stakes).passes
    assert same.changes == ()
    assert same.rise_s == pytest.approx(-0.1 / speed, rel=0.3)
    (one,) = moved(geometry, 100.0 * speed, 0.0, 0.0, stakes).passes
    assert one.set_s == pytest.approx(-100.0, rel=0.3)
    assert one.changes == ("view ends within 30 s",)
    assert 0.0 < one.pointing_deg < 0.2 * one.beam_deg
    assert one.light_time_s != 0.0


def test_a_pass_that_must_be_pointed_elsewhere_is_told(geometry: Geometry) -> None:
    view = view_periods(geometry, "usuda-64", "otv", SPAN)[1]
    start = view.receive.start.plus_seconds(600.0)
    stakes = Stakes(booked(start, start.plus_seconds(600.0)), PlanningRules())
    (one,) = moved(geometry, 0.0, 300_000.0, 0.0, stakes).passes
    assert "pointing" in one.changes
    assert one.pointing_deg > 0.2 * one.beam_deg


def test_sequences_and_products_follow_the_track(geometry: Geometry) -> None:
    at = START.plus_seconds(3600.0)
    sequences = [
        LoadedSequence("otv", 1, ((at, "BURN"),)),
        LoadedSequence("cube-polar", 2, ((at, "MEASURE"),)),
    ]
    measured = Interval(START, at)
    products = [
        MadeProduct("417:1", "polar", "cube-polar", "otv", measured, 1e-6),
        MadeProduct("417:2", "polar", "otv", "otv", measured, 1.0),
        MadeProduct("9:1", "polar", "other", "other", measured, 1e-9),
    ]
    stakes = Stakes(Plan("day", (), ()), PlanningRules(), sequences, products)
    found = moved(geometry, 10.0, 0.0, 0.0, stakes)
    (sequence,) = found.sequences
    assert sequence.late_s == pytest.approx(10.0 / 2.5, rel=0.1)
    assert sequence.changes == ("acts at another place",)
    tagged, coarse = found.products
    assert (tagged.file, tagged.changes) == ("417:1", ("times",))
    assert 1e-6 < abs(tagged.off_s) <= 10.0 / 299_792.458 * 1.01
    assert coarse.changes == ()
    assert moved(geometry, 1.0, 0.0, 0.0, stakes).sequences[0].changes == ()


@pytest.fixture(scope="module")
def flyby() -> Mission:
    return load_mission()


def test_a_body_takes_with_it_what_is_about_it(flyby: Mission) -> None:
    """Ten kilometres along its way, past Earth at 7.4 km/s, are 1.3 s for whoever waits there."""
    escort = flyby.spacecraft["apophis-otv"]
    passage = Instant.from_utc_iso("2029-04-13T21:45:04Z")
    about = KeplerOrbit("APOPHIS", passage, 5.0, 0.1, 90.0, 0.0, 0.0, 0.0)
    bound = replace(escort, id="bound", orbit=about)
    geometry = Geometry(replace(flyby, spacecraft={**flyby.spacecraft, "bound": bound}))
    span = Interval(
        Instant.from_utc_iso("2029-04-13T19:00:00Z"), Instant.from_utc_iso("2029-04-14T01:00:00Z")
    )
    (view, *_) = view_periods(geometry, "usuda-64", "bound", span)
    start = view.receive.start.plus_seconds(60.0)
    stakes = Stakes(
        booked(start, start.plus_seconds(1800.0), craft="bound"),
        PlanningRules(),
        [LoadedSequence("apophis-otv", 1, ((passage, "TAKE_PICTURE"),))],
    )
    table = geometry.ephemeris.table_of("apophis")

    class Ahead:
        """Ten kilometres ahead on its way about Earth, as at the passage."""

        center, tdb_span, epoch_tdb_s = table.center, table.tdb_span, table.epoch_tdb_s

        def position_km(self, tdb_s: np.ndarray) -> np.ndarray:  # type: ignore[type-arg]
            motion = geometry.ephemeris.state("apophis", tdb_s)[1]
            earth = geometry.ephemeris.state("earth", tdb_s)[1]
            away = motion - earth
            return table.position_km(tdb_s) + 10.0 * away / np.linalg.norm(away, axis=0)

        def velocity_km_s(self, tdb_s: np.ndarray) -> np.ndarray:  # type: ignore[type-arg]
            return table.velocity_km_s(tdb_s)

    fresh = Ahead()
    new = geometry.with_body("apophis", fresh)
    found = compare_body(geometry, new, "apophis", fresh, span, stakes)
    assert found.worst_sigmas is None
    assert np.hypot.reduce([one.km for one in found.differences]) <= 18.0
    (sequence,) = found.sequences
    assert sequence.late_s == pytest.approx(10.0 / 7.42, rel=0.01)
    (one,) = found.passes
    assert one.pointing_deg > 0.0
    told = comparison_for_machines(found)
    page = solution_page(
        {"number": 1, "of": "apophis", "state": "proposed", "file": "a.json", "format": "JSON",
         "object_name": "99942", "name": "JPL#220", "sha256": "ab", "imported": "now", "by": "ada",
         "decided": None, "decided_by": "", "why": "", "comparison": told}
    )  # fmt: skip
    assert page.count("\n") < 40
    assert "unknown" in page
    assert "* apophis-otv schedule 1" in page
