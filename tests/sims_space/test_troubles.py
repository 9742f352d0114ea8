"""Antennas that drop out, and weather over them."""

from __future__ import annotations

from pathlib import Path

import pytest

from groundsys.mission.scenario.planning_data import Notice
from groundsys.values.instants import Instant, Interval
from groundsys.values.messages import Message
from tests.geometry.missions import DAY
from tests.sims_space.flying import (
    ANTENNA,
    MIDDLE,
    VIEW,
    fly,
    frames,
    from_antenna,
    from_craft,
    record_of,
    space,
)

POINTED = from_antenna("point", VIEW.receive.start.plus_seconds(-600.0), spacecraft="otv")
CARRIER = from_antenna("x_up_carrier", MIDDLE.plus_seconds(-1000.0), spacecraft="otv", on=True)
CARRIER_ON = from_craft("x_carrier", DAY.start, on=True)
OUT = Interval(MIDDLE, MIDDLE.plus_seconds(600.0))


def out(at: Instant, interval: Interval = OUT, antenna: str = ANTENNA) -> Notice:
    return Notice("antenna_out", at, antenna, interval)


@pytest.mark.parametrize("told_at", [DAY.start, OUT.end])
def test_an_antenna_that_is_out_hears_nothing_whenever_that_is_told(
    tmp_path: Path, told_at: Instant
) -> None:
    bursts = [frames(MIDDLE.plus_seconds(seconds)) for seconds in (-600.0, -300.0, 300.0)]
    said = fly(
        space(tmp_path, notices=(out(told_at), out(told_at, antenna="dss-43"))),
        [CARRIER_ON, POINTED, *bursts],
        OUT.end.plus_seconds(900.0),
    )
    signals = [(m.time, m.body["present"]) for m in said if m.kind == "x_signal"]
    assert signals[-2:] == [(OUT.start, False), (OUT.end, True)]
    # the second burst arrives within the outage, the others before and after it
    arrived = [message.time for message in said if message.kind == "x_down"]
    assert len(arrived) == 2
    assert not any(OUT.contains(when) for when in arrived)


def test_an_antenna_that_is_out_is_not_heard(tmp_path: Path) -> None:
    commands = [
        from_antenna(
            "x_up", at, spacecraft="otv", cltu=bytes(64), start_ns=at.tai_ns, bits=512,
            radiation_id="r",
        )
        for at in (OUT.start.plus_seconds(-60.0), OUT.start.plus_seconds(60.0))
    ]  # fmt: skip
    said = fly(
        space(tmp_path, notices=(out(DAY.start),)),
        [POINTED, CARRIER, *commands],
        OUT.end.plus_seconds(2000.0),
    )
    assert [m.body["on"] for m in said if m.kind == "x_up_carrier"] == [True, False, True]
    assert len([m for m in said if m.kind == "x_up"]) == 1


def test_weather_weakens_the_downlink_while_it_lasts(tmp_path: Path) -> None:
    notice = Notice("weather", DAY.start, ANTENNA, OUT, loss_db=6.0)
    said = fly(
        space(tmp_path, notices=(notice,)),
        [POINTED, *(frames(MIDDLE.plus_seconds(seconds)) for seconds in (-600.0, -300.0))],
        DAY.end,
    )
    clear, foul = (message.body["c_n0_dbhz"] for message in said if message.kind == "x_down")
    assert clear - foul == pytest.approx(6.0, abs=0.01)


def test_an_antenna_stowed_against_the_wind_neither_hears_nor_transmits(tmp_path: Path) -> None:
    after_s, until_s = (
        edge.seconds_since(DAY.start) for edge in (MIDDLE, MIDDLE.plus_seconds(600.0))
    )
    stowed = {
        "fault": "wind_stow",
        "antenna": ANTENNA,
        "after_s": after_s,
        "until_s": until_s,
    }
    bursts = [frames(MIDDLE.plus_seconds(seconds)) for seconds in (-600.0, -300.0, 300.0)]
    said = fly(
        space(tmp_path / "stowed", faults=(stowed,)),
        [CARRIER_ON, POINTED, CARRIER, *bursts],
        OUT.end.plus_seconds(900.0),
    )
    signals = [(m.time, m.body["present"]) for m in said if m.kind == "x_signal"]
    assert signals[-2:] == [(OUT.start, False), (OUT.end, True)]
    arrived = [message.time for message in said if message.kind == "x_down"]
    assert len(arrived) == 2
    assert not any(OUT.contains(when) for when in arrived)
    # its carrier is gone from the craft as well, a light time later, and comes back
    carriers = [m.body["on"] for m in said if m.kind == "x_up_carrier"]
    assert carriers == [True, False, True]
    another = space(tmp_path / "another", faults=({**stowed, "antenna": "dss-43"},))
    said = fly(another, [CARRIER_ON, POINTED, *bursts], OUT.end.plus_seconds(900.0))
    assert len([message for message in said if message.kind == "x_down"]) == 3


def test_an_antenna_stowed_by_a_fault_that_is_injected_neither_hears_nor_is_heard(
    tmp_path: Path,
) -> None:
    """As if the scenario had told of it from the start."""
    stow = {
        "fault": "wind_stow", "antenna": ANTENNA,
        "after_s": OUT.start.seconds_since(DAY.start), "until_s": OUT.end.seconds_since(DAY.start),
    }  # fmt: skip
    when = OUT.start.plus_seconds(-30.0)
    told = Message("exchange", "space", "inject", when, {"fault": stow})
    bursts = [frames(MIDDLE.plus_seconds(seconds)) for seconds in (-600.0, -300.0, 300.0)]
    said = []
    for name, faults, more in (("stated", (stow,), []), ("injected", (), [told])):
        folder = tmp_path / name
        folder.mkdir()
        messages = [CARRIER_ON, POINTED, CARRIER, *bursts, *more]
        said.append(fly(space(folder, faults=faults), messages, OUT.end.plus_seconds(900.0)))
    assert said[0] == said[1]
    signals = [(m.time, m.body["present"]) for m in said[1] if m.kind == "x_signal"]
    assert (OUT.start, False) in signals
    assert len([m for m in said[1] if m.kind == "x_down"]) == 2


def test_a_fault_of_a_craft_alone_is_nothing_to_space(tmp_path: Path) -> None:
    fault = {"fault": "safe_mode", "after_s": 600.0}
    told = Message("exchange", "space", "inject", DAY.start, {"fault": fault})
    fly(space(tmp_path), [told], DAY.start.plus_seconds(60.0))
    assert [one for one in record_of(tmp_path) if one["record"] == "injected_fault"] == []
