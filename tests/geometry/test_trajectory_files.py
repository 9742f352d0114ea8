"""A craft that flies by a file is seen when one that flies by the same elements is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from groundsys.geometry import Geometry, relay_windows, uplink_intervals, view_periods
from groundsys.mission.model import Mission
from groundsys.mission.spacecraft.place_model import TrajectoryFile
from groundsys.values.errors import DefinitionError
from groundsys.values.instants import Instant, Interval
from tests.geometry.messages import segment_text, times_of, write_message
from tests.geometry.missions import DAY, MISSION, OTV, START


def flown_by_message(folder: Path, hours: float, start_s: float) -> Mission:
    path = write_message(folder, segment_text(times_of(hours, 120.0, start_s)))
    otv = replace(OTV, orbit=None, trajectory=TrajectoryFile("oem", path.name))
    return replace(MISSION, root=str(folder), spacecraft={**MISSION.spacecraft, "otv": otv})


def ends(geometry: Geometry, span: Interval) -> list[Instant]:
    intervals = [
        *(one.receive for one in view_periods(geometry, "usuda-64", "otv", span)),
        *uplink_intervals(geometry, "malargue-35", "otv", span),
        *(one.interval for one in relay_windows(geometry, "otv", "cube-polar", span)),
    ]
    return [end for one in intervals for end in (one.start, one.end)]


def test_windows_by_message_are_those_by_elements(tmp_path: Path) -> None:
    flown = ends(Geometry(flown_by_message(tmp_path, 26.0, -3600.0)), DAY)
    computed = ends(Geometry(MISSION), DAY)
    assert len(flown) == len(computed) > 20
    for one, other in zip(flown, computed, strict=True):
        assert abs(one.seconds_since(other)) < 1e-3


def test_a_new_orbit_determination_takes_the_place_of_a_file(tmp_path: Path) -> None:
    mission = flown_by_message(tmp_path, 1.0, 0.0)
    assert OTV.orbit is not None
    assert ends(Geometry(mission, {"otv": OTV.orbit}), DAY) == ends(Geometry(MISSION), DAY)


def test_a_span_past_the_files_end_is_refused_with_both_ends(tmp_path: Path) -> None:
    geometry = Geometry(flown_by_message(tmp_path, 20.0, -3600.0))
    short = Interval(START, START.plus_seconds(18 * 3600.0))
    assert view_periods(geometry, "usuda-64", "otv", short)
    for ask in (
        lambda: view_periods(geometry, "usuda-64", "otv", DAY),
        lambda: relay_windows(geometry, "otv", "cube-polar", DAY),
    ):
        with pytest.raises(DefinitionError, match=r"past its end|reach") as caught:
            ask()
        assert "2031-08-20T19:00:00" in caught.value.expected
        assert caught.value.remedy
