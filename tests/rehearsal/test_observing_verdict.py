"""Pictures out of their windows are found, by the plan or by truth alone."""

from __future__ import annotations

import numpy as np
import pytest

from groundsys.geometry.observing import ObservationLimits
from groundsys.rehearsal.truth.record import TruePicture
from groundsys.rehearsal.verdict.observing_verdict import (
    ObservingEvidence,
    judge_observing,
    judged_pictures,
)
from groundsys.values.instants import Instant, Interval

AT = Instant.from_utc_iso("2029-04-13T18:00:00Z")
WINDOW = Interval(AT.plus_seconds(-60.0), AT.plus_seconds(60.0))
LIMITS = ObservationLimits(
    highest_phase_deg=90.0,
    nearest_km=5.0,
    farthest_km=100.0,
    fastest_deg_s=0.01,
    picture_every_s=60.0,
    picture_bits=1.0,
    room_bits=100.0,
)
SUN_KM = np.array([[1.5e8], [0.0], [0.0]])
ASIDE = (0.0, 0.001, 0.0)


@pytest.mark.parametrize(
    ("place_km", "motion_km_s", "window", "why"),
    [
        ((50.0, 0.0, 0.0), ASIDE, WINDOW, ""),
        ((50.0, 0.0, 0.0), ASIDE, Interval(WINDOW.end, WINDOW.end), "in no window"),
        ((120.0, 0.0, 0.0), ASIDE, WINDOW, "from 120.0 km"),
        ((4.0, 0.0, 0.0), (0.0, 0.0, 0.0), WINDOW, "from 4.0 km"),
        ((-50.0, 0.0, 0.0), ASIDE, WINDOW, "phase 180°"),
        # 50 m/s across 50 km: 0.0573 °/s
        ((50.0, 0.0, 0.0), (0.0, 0.05, 0.0), WINDOW, "turning by 206 °/h"),
    ],
)
def test_a_picture_is_judged_by_plan_and_truth(
    place_km: tuple[float, ...], motion_km_s: tuple[float, ...], window: Interval, why: str
) -> None:
    taken = {AT: TruePicture(place_km, motion_km_s)}
    found = judged_pictures(taken, {AT: SUN_KM}, LIMITS, [window], 2)
    assert found.good == (not why)
    by_plan = window is not WINDOW
    for told, whether in ((found.outside, by_plan), (found.beyond, not by_plan)):
        assert [one.partition(": ")[2] for one in told] == ([why] if why and whether else [])


@pytest.mark.parametrize(
    ("good", "outside", "failing"),
    [
        (8, (), []),
        (7, (), ["pictures_in_windows[camera]"]),
        (8, ("x",), ["pictures_outside[camera]"]),
    ],
)
def test_too_few_within_and_too_many_without_fail(
    good: int, outside: tuple[str, ...], failing: list[str]
) -> None:
    limits = {"min_pictures_in_windows_share": 0.8, "max_pictures_outside_windows": 0}
    told = judge_observing({"camera": ObservingEvidence(10, good, outside)}, limits)
    assert [one.name for one in told if not one.ok] == failing
