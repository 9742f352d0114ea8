"""View periods against SPICE's own search, gfposc and gfoclt: every end within 0.05 s.

The whole year over eight stations, and days in which Mars' limb is grazed, are compared by
`python -m tests.benchmarks.geometry`.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from groundsys.geometry import Geometry, uplink_intervals, view_periods
from groundsys.geometry.sight import RECEIVING, TRANSMITTING
from groundsys.mission.ground.antenna_model import Antenna
from groundsys.values.instants import Instant, Interval
from tests.geometry.missions import MALARGUE, MISSION, ORBIT, OTV, START, USUDA
from tests.truth.spice_scene import SpiceScene, et_of, spice_scene

AGREEMENT_S = 0.05
DAYS = Interval(START, START.plus_seconds(4 * 86_400.0))
GOLDSTONE = replace(
    USUDA, id="goldstone", latitude_deg=35.34, longitude_deg=-116.88, altitude_m=960.0,
    transmit_elevation_mask_deg=20.0,
)  # fmt: skip
#: hills all round, with a notch in the south-east and a cliff in the south-west
HILLS = ((0.0, 12.0), (60.0, 25.0), (122.0, 30.0), (124.0, 8.0), (133.0, 9.0), (136.0, 28.0),
         (150.0, 14.0), (189.0, 12.0), (190.0, 33.0), (300.0, 31.0))  # fmt: skip
HILLY = replace(USUDA, id="hilly", horizon=HILLS)
ANTENNAS = (USUDA, MALARGUE, GOLDSTONE, HILLY)
LOW_ORBIT = replace(
    ORBIT, semi_major_axis_km=3796.19, eccentricity=0.001, inclination_deg=92.9, raan_deg=40.0
)
LOW = Geometry(
    replace(
        MISSION,
        antennas={antenna.id: antenna for antenna in ANTENNAS},
        spacecraft={"otv": replace(OTV, orbit=LOW_ORBIT)},
    )
)


def ours(geometry: Geometry, antenna: Antenna, span: Interval, transmit: bool) -> list[Interval]:
    if transmit:
        return list(uplink_intervals(geometry, antenna.id, "otv", span))
    return [period.receive for period in view_periods(geometry, antenna.id, "otv", span)]


def ends_et(intervals: list[Interval]) -> list[list[float]]:
    return [[et_of(one.start), et_of(one.end)] for one in intervals]


@pytest.mark.parametrize("transmit", [False, True], ids=["down", "up"])
def test_ends_agree_with_spice(tmp_path: Path, transmit: bool) -> None:
    """A low orbit over three stations: risings, settings and the limb of Mars, 100 windows."""
    antennas = ANTENNAS[:3]
    count = 0
    with spice_scene(tmp_path, antennas, LOW.craft("otv").trajectory, DAYS) as scene:
        for antenna in antennas:
            theirs = scene.view_periods(antenna.id, DAYS, 7200.0, 300.0, transmit=transmit)
            found = ours(LOW, antenna, DAYS, transmit)
            assert len(found) == len(theirs)
            np.testing.assert_allclose(ends_et(found), theirs, rtol=0.0, atol=AGREEMENT_S)
            count += len(found)
    assert count > 50


def test_grazing_ends_agree_with_spice(tmp_path: Path) -> None:
    """The last days on which the orbit meets Mars' limb: the ends there move fast for little."""
    geometry = Geometry(
        replace(MISSION, spacecraft={"otv": replace(OTV, orbit=replace(LOW_ORBIT, raan_deg=0.0))})
    )
    start = START.plus_seconds(246.2 * 86_400.0)
    span = Interval(start, start.plus_seconds(2.0 * 86_400.0))
    with spice_scene(tmp_path, [MALARGUE], geometry.craft("otv").trajectory, span) as scene:
        theirs = scene.view_periods(MALARGUE.id, span, 7200.0, 20.0)
        found = ours(geometry, MALARGUE, span, transmit=False)
        gaps = [later.start.seconds_since(earlier.end) for earlier, later in pairwise(found)]
        assert min(gaps) < 120.0, "the limb should be grazed"
        assert len(found) == len(theirs)
        np.testing.assert_allclose(ends_et(found), theirs, rtol=0.0, atol=AGREEMENT_S)


@pytest.mark.parametrize("transmit", [False, True], ids=["down", "up"])
def test_masks_by_azimuth_agree_with_sampling_by_spice(tmp_path: Path, transmit: bool) -> None:
    """SPICE's search knows no such masks: its azimuth, elevation and occultation are sampled."""
    span = Interval(START, START.plus_seconds(2 * 86_400.0))
    with spice_scene(tmp_path, [HILLY], LOW.craft("otv").trajectory, span) as scene:
        found = ours(LOW, HILLY, span, transmit)
        assert len(found) > 5

        def seen(instant: Instant) -> bool:
            return _seen(scene, et_of(instant), transmit)

        for one in found:
            for end, outwards in ((one.start, -1.0), (one.end, 1.0)):
                if end in (span.start, span.end):
                    continue
                assert seen(end.plus_seconds(-outwards * AGREEMENT_S))
                assert not seen(end.plus_seconds(outwards * AGREEMENT_S))
        ends = np.array([[one.start.tai_ns, one.end.tai_ns] for one in found])
        for minute in range(0, 2 * 24 * 60, 3):
            instant = START.plus_seconds(60.0 * minute)
            if np.abs(ends - instant.tai_ns).min() > AGREEMENT_S * 1e9:
                assert seen(instant) == any(one.contains(instant) for one in found)

    # the notch is used: the craft is seen lower than the hills beside it allow
    azimuth, elevation = LOW.azimuth_elevation_deg(
        HILLY.id, "otv", ends.ravel(), TRANSMITTING if transmit else RECEIVING
    )
    notch = (azimuth > 124.0) & (azimuth < 133.0)
    assert elevation[notch].min() < 12.0
    assert (np.abs(azimuth - 189.5) < 0.5).any(), "the cliff should end a window"


def _seen(scene: SpiceScene, et: float, transmit: bool) -> bool:
    azimuth, elevation = scene.look_deg(HILLY.id, et, transmit=transmit)
    azimuths, heights = zip(*HILLS, strict=True)
    mask = max(HILLY.elevation_mask_deg, np.interp(azimuth, azimuths, heights, period=360.0))
    return bool(elevation >= mask) and not scene.hidden(HILLY.id, et, transmit=transmit)
