"""What antennas hear of a beacon's tones between passes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from groundsys.geometry import Geometry, view_periods
from groundsys.geometry.tone_detection import Heard, hear_tone
from groundsys.mission import load_scenario
from groundsys.values.instants import Interval
from groundsys.values.messages import Message
from sims.space import Space
from tests.sims_space.flying import fly, record_of

MISSION, SCENARIO = load_scenario("tiny-probe")
CRAFT, ANTENNA = "fernweh", "dss-17"
DAY = Interval(SCENARIO.span.start, SCENARIO.span.start.plus_seconds(86_400.0))
VIEW = view_periods(Geometry(MISSION), ANTENNA, CRAFT, DAY)[0].receive
BEGINS, ENDS = VIEW.start.plus_seconds(3600.0), VIEW.start.plus_seconds(4200.0)


def listened(folder: Path, tone: str, *faults: dict[str, Any]) -> Heard:
    """What the antenna's detector makes of ten minutes of a tone."""
    scenario = replace(SCENARIO, truth={}, faults=faults)
    long_before = DAY.start.plus_seconds(-12 * 3600.0)  # light takes two hours

    def says(who: str, kind: str, at: Any, **body: Any) -> Message:
        return Message(who, "space", kind, at, body)

    said = fly(
        Space(MISSION, scenario, 1, folder),
        [
            says(CRAFT, "x_carrier", long_before, on=True),
            says(CRAFT, "x_tone", long_before, tone=tone),
            says(f"antenna:{ANTENNA}", "point", BEGINS, spacecraft=CRAFT),
            says(f"antenna:{ANTENNA}", "listen", BEGINS,
                 spacecraft=CRAFT, start_ns=BEGINS.tai_ns, end_ns=ENDS.tai_ns),
        ],
        ENDS.plus_seconds(10.0),
    )  # fmt: skip
    (told,) = [one for one in said if one.kind == "x_tones"]
    detector = MISSION.antennas[ANTENNA].tone_detector
    assert detector is not None
    return hear_tone(detector, told.body["segments"], told.body["energies"])


@pytest.mark.parametrize("tone", ["GREEN", "RED"])
def test_the_tone_that_is_sent_is_heard(tmp_path: Path, tone: str) -> None:
    assert listened(tmp_path, tone).tone == tone
    (truth,) = [one for one in record_of(tmp_path) if one["record"] == "listening"]
    assert (truth["tones"], truth["silent"]) == ([tone], 0)


def test_a_deaf_antenna_hears_none(tmp_path: Path) -> None:
    assert listened(tmp_path, "RED", {"fault": "deaf_antenna", "antenna": ANTENNA}).tone is None


def test_a_detector_with_a_wrong_table_takes_each_tone_for_another(tmp_path: Path) -> None:
    fault = {"fault": "mistaken_tones", "antenna": ANTENNA}
    for number, (sent, heard) in enumerate([("GREEN", "ORANGE"), ("YELLOW", "GREEN")]):
        assert listened(tmp_path / str(number), sent, fault).tone == heard
    other = {"fault": "mistaken_tones", "antenna": "dss-43"}
    assert listened(tmp_path / "other", "GREEN", other).tone == "GREEN"
