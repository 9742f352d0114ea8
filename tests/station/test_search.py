"""Where the predict is uncertain an antenna searches: in angle, in frequency, and in how long."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from groundsys.bus.exchange import Exchange, LocalCarrier
from groundsys.mission.ground.antenna_model import Acquisition
from groundsys.station.front_end import AntennaFrontEnd
from groundsys.station.search import search_for, spiral
from groundsys.values.instants import Instant
from groundsys.values.messages import Message
from groundsys.values.predicts import PointingPredict
from sims.space import Space
from tests.geometry.missions import MISSION
from tests.sims_space.flying import ANTENNA, scenario
from tests.station.one_antenna import Listener
from tests.station.test_acquisition import END, START, WIDTH_DEG, beside, told

LIMITS = Acquisition()


def uncertain(predict: PointingPredict, widths: float, hertz: float = 0.0) -> PointingPredict:
    return replace(predict, sigma_deg=widths * WIDTH_DEG, sigma_hz=hertz)


def test_a_predict_that_is_certain_is_looked_at_and_nothing_else() -> None:
    search = search_for(uncertain(told(), 0.16, 6_000.0), WIDTH_DEG, LIMITS)
    assert not search.is_wide
    assert search.offsets_deg == ((0.0, 0.0),)
    assert search.half_width_hz == LIMITS.search_hz
    assert search_for(None, WIDTH_DEG, LIMITS) == search


def test_a_spiral_leaves_no_hole_that_a_craft_could_hide_in() -> None:
    """No direction is farther than three quarters of a width from a place."""
    places = np.array(list(spiral(10.0, 1.0)))
    random = np.random.default_rng(1)
    sky = random.uniform(-10.0, 10.0, (5_000, 2))
    sky = sky[np.hypot(sky[:, 0], sky[:, 1]) < 10.0]
    nearest = np.hypot(*(sky[:, np.newaxis] - places[np.newaxis]).transpose(2, 0, 1)).min(axis=1)
    assert nearest.max() < 0.75
    assert tuple(places[0]) == (0.0, 0.0)
    # as many places as the circle has squares of a width, and the half turn's more
    assert len(places) == pytest.approx(math.pi * 10.5**2, rel=0.05)


def test_a_sweep_lasts_as_long_as_its_width_over_its_rate() -> None:
    search = search_for(uncertain(told(), 0.0, 25_000.0), WIDTH_DEG, LIMITS)
    assert len(search.offsets_deg) == 1
    assert search.half_width_hz == 75_000.0
    assert search.dwell_s == pytest.approx(150e3 / LIMITS.sweep_hz_s)
    assert search.sweep_s(-75e3) == pytest.approx(0.0)
    assert search.sweep_s(25e3) == pytest.approx(10.0)
    # Gardner: half the square of the natural frequency, which is 1.89 loop bandwidths at ζ = 0.707
    loop_hz = math.sqrt(2.0 * 2.0 * math.pi * LIMITS.sweep_hz_s) / 1.89
    assert loop_hz == pytest.approx(190.0, rel=0.02)


def fly(folder: Path, predict: PointingPredict) -> tuple[list[float], Listener]:
    """Seconds from the pass's start to each lock, and what the desks were told."""
    node = Space(MISSION, scenario(), 1, folder)
    dish = AntennaFrontEnd(MISSION.antennas[ANTENNA], MISSION)
    desks, hub = Listener("desks"), Listener("hub")
    begin = START.plus_seconds(-930.0)
    exchange = Exchange(LocalCarrier([node, dish, desks, hub]), start=begin)
    exchange.say(Message("otv", "space", "x_carrier", begin.plus_seconds(-900.0), {"on": True}))
    body = {
        "pass_id": "p1", "spacecraft": "otv", "start_ns": START.tai_ns, "end_ns": END.tai_ns,
        "rate_bps": 64e3, "predict": predict.to_body(),
    }  # fmt: skip
    exchange.say(Message("desks", dish.name, "configure", begin, body))
    exchange.run_until(END.plus_seconds(60.0))
    node.close()
    locks = [
        Instant(one["time_ns"]).seconds_since(START)
        for one in desks.bodies("antenna_status")
        if one["state"] == "locked"
    ]
    return locks, desks


def test_a_craft_beside_the_predict_is_found_by_searching_and_that_takes_its_time(
    tmp_path: Path,
) -> None:
    """Five widths off, with two widths of sigma: as far as 3 sigma reach."""
    predict = uncertain(beside(told(), 5.0), 2.0)
    locks, desks = fly(tmp_path, predict)
    [found] = desks.bodies("found")
    search = search_for(predict, WIDTH_DEG, LIMITS)
    assert found["up_deg"] == pytest.approx(-5.0 * WIDTH_DEG, abs=1.6 * WIDTH_DEG)
    assert found["across_deg"] == pytest.approx(0.0, abs=1.6 * WIDTH_DEG)
    assert found["places"] > 30
    assert (found["places"] - 1) * search.dwell_s <= found["after_s"]
    assert found["after_s"] <= found["places"] * search.dwell_s
    acquisition_s = MISSION.antennas[ANTENNA].acquisition_s
    assert locks[0] == pytest.approx(found["after_s"] + acquisition_s, abs=1.0)
    # from then on it follows the signal: nothing of the loss beside the beam's axis is left
    strengths = [one["c_n0_dbhz"] for one in desks.bodies("antenna_status")]
    right, _ = fly(tmp_path / "right", told())
    assert max(one for one in strengths if one) > 50.0
    assert right[0] == pytest.approx(acquisition_s, abs=1.0)


def test_a_craft_farther_off_than_the_search_reaches_is_not_found(tmp_path: Path) -> None:
    locks, desks = fly(tmp_path, uncertain(beside(told(), 12.0), 2.0))
    assert locks == []
    assert desks.bodies("found") == []
    [reason] = [one["reason"] for one in desks.bodies("not_acquired")]
    assert "beside the craft" in reason


@pytest.mark.parametrize(("off_hz", "after_s"), [(45e3, 3.0), (-45e3, 12.0)])
def test_a_carrier_off_its_frequency_is_met_by_the_sweep(
    tmp_path: Path, off_hz: float, after_s: float
) -> None:
    """Within three sigma of 25 kHz, from low to high: what lies above the predict is met late.

    The predict is moved up by `off_hz`, so the carrier is below it by as much.
    """
    predicted = told()
    carrier = tuple(one + off_hz for one in predicted.carrier_hz)
    predict = uncertain(replace(predicted, carrier_hz=carrier), 0.0, 25_000.0)
    locks, desks = fly(tmp_path, predict)
    [found] = desks.bodies("found")
    assert found["off_hz"] == pytest.approx(-off_hz, abs=100.0)
    assert found["after_s"] == pytest.approx(after_s, abs=0.1)
    assert len(locks) == 1


def test_a_carrier_beyond_the_sweep_is_not_met(tmp_path: Path) -> None:
    predicted = told()
    carrier = tuple(one + 80e3 for one in predicted.carrier_hz)
    locks, _ = fly(tmp_path, uncertain(replace(predicted, carrier_hz=carrier), 0.0, 25_000.0))
    assert locks == []
