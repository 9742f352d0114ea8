"""Frames and signals on their way to Earth."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from groundsys.geometry import Geometry
from groundsys.geometry.time_scales import instants_ns
from groundsys.values.errors import DefinitionError
from groundsys.values.instants import Instant
from groundsys.values.messages import Message
from sims.truth import oscillator_error, station_delay_error_ns
from tests.geometry.missions import DAY, MISSION
from tests.sims_space.flying import (
    ANTENNA,
    CADU,
    CADU_NS,
    MIDDLE,
    RATE_BPS,
    VIEW,
    fly,
    frames,
    from_antenna,
    from_craft,
    record_of,
    space,
)

POINTED = from_antenna("point", VIEW.receive.start.plus_seconds(-600.0), spacecraft="otv")
CARRIER_ON = from_craft("x_carrier", DAY.start, on=True)
EMITTED = MIDDLE.plus_seconds(-510.0)


def light_time_ns(emission: Instant) -> int:
    seconds = Geometry(MISSION).emission_light_time_s(ANTENNA, "otv", instants_ns(emission))
    return round(float(seconds[0]) * 1e9)


def downs(said: list[Message]) -> list[Message]:
    return [message for message in said if message.kind == "x_down"]


def test_frames_arrive_a_light_time_later(tmp_path: Path) -> None:
    said = downs(fly(space(tmp_path), [POINTED, frames(EMITTED, 3)], DAY.end))
    assert [message.target for message in said] == [f"antenna:{ANTENNA}"]
    body = said[0].body
    assert body["spacecraft"] == "otv"
    assert body["rate_bps"] == RATE_BPS
    assert 55.0 < body["c_n0_dbhz"] < 65.0
    arrival_ns = EMITTED.tai_ns + light_time_ns(EMITTED)
    for number, frame in enumerate(body["frames"]):
        # the craft moves by up to 3 km/s, which the second and third frame's light time shows
        assert frame["ert_ns"] == pytest.approx(arrival_ns + number * CADU_NS, abs=10_000)
        assert frame["cadu"] == CADU
    assert body["frames"][0]["ert_ns"] == pytest.approx(arrival_ns, abs=2)
    assert said[0].time.tai_ns == pytest.approx(arrival_ns + 3 * CADU_NS, abs=10_000)


def test_a_station_tags_late_by_the_delay_it_does_not_know(tmp_path: Path) -> None:
    truth = {"station_delay_ns": 5_000.0}
    said = downs(fly(space(tmp_path, truth, seed=9), [POINTED, frames(EMITTED)], DAY.end))
    delay_ns = station_delay_error_ns(9, ANTENNA, truth)
    assert delay_ns != 0
    arrival_ns = EMITTED.tai_ns + light_time_ns(EMITTED) + delay_ns
    assert said[0].body["frames"][0]["ert_ns"] == pytest.approx(arrival_ns, abs=2)


def test_an_antenna_hears_only_what_it_points_at_and_sees(tmp_path: Path) -> None:
    node = space(tmp_path)
    behind_mars = VIEW.receive.start.plus_seconds(-60.0 - 510.0)
    too_late = from_antenna("point", MIDDLE.plus_seconds(120.0), spacecraft=None)
    messages = [
        frames(behind_mars),
        POINTED,
        frames(EMITTED),
        too_late,
        frames(EMITTED.plus_seconds(300.0)),
    ]
    said = downs(fly(node, messages, DAY.end))
    assert len(said) == 1
    assert said[0].body["frames"][0]["ert_ns"] < too_late.time.tai_ns
    totals = record_of(tmp_path)[-1]
    assert totals["record"] == "totals"
    expected = {"sent": 3, "received": 1, "lost": 0, "corrupted": 0, "unheard": 2}
    assert totals["spacecraft"]["otv"] == expected


def test_the_signal_appears_at_rise_and_disappears_at_set(tmp_path: Path) -> None:
    said = fly(space(tmp_path), [CARRIER_ON, POINTED], VIEW.receive.end.plus_seconds(10.0))
    signals = [message for message in said if message.kind == "x_signal"]
    assert [message.body["present"] for message in signals] == [True, False]
    for message, edge in zip(signals, (VIEW.receive.start, VIEW.receive.end), strict=True):
        assert abs(message.time.seconds_since(edge)) < 0.1


def test_the_signal_follows_the_carrier_and_the_dish(tmp_path: Path) -> None:
    off = from_craft("x_carrier", EMITTED, on=False)
    on = from_craft("x_carrier", EMITTED.plus_seconds(60.0), on=True)
    away = from_antenna("point", MIDDLE.plus_seconds(300.0), spacecraft=None)
    back = from_antenna("point", MIDDLE.plus_seconds(400.0), spacecraft="otv")
    said = fly(
        space(tmp_path),
        [CARRIER_ON, POINTED, off, on, away, back],
        MIDDLE.plus_seconds(500.0),
    )
    signals = [message for message in said if message.kind == "x_signal"]
    assert [message.body["present"] for message in signals] == [True, False, True, True]
    off_seen = EMITTED.tai_ns + light_time_ns(EMITTED)
    assert signals[1].time.tai_ns == pytest.approx(off_seen, abs=2)
    assert signals[3].time == back.time


def test_fades_lose_and_corrupt_the_stated_share(tmp_path: Path) -> None:
    truth = {
        "deep_fade_probability": 0.05,
        "shallow_fade_probability": 0.2,
        "shallow_fade_eb_n0_db": 8.0,
    }
    node = space(tmp_path, truth)
    bursts = [frames(EMITTED.plus_seconds(number), 5) for number in range(200)]
    said = downs(fly(node, [POINTED, *bursts], DAY.end))
    got = [frame["cadu"] for message in said for frame in message.body["frames"]]
    assert 930 < len(got) < 970
    sent = np.frombuffer(CADU, np.uint8)
    wrong_bits = [int(np.unpackbits(np.frombuffer(cadu, np.uint8) ^ sent).sum()) for cadu in got]
    corrupted = [count for count in wrong_bits if count]
    assert 130 < len(corrupted) < 200
    assert 1.5 < float(np.mean(corrupted)) < 3.0
    *lines, totals = record_of(tmp_path)
    counts = totals["spacecraft"]["otv"]
    assert counts["sent"] == 1000
    assert counts["received"] == len(got)
    assert counts["lost"] == 1000 - len(got)
    assert counts["corrupted"] == len(corrupted)
    assert sum(line["lost"] for line in lines if line["record"] == "downlink") == counts["lost"]
    assert sum(line["frames"] for line in lines if line["record"] == "lost") == counts["lost"]


def test_the_same_seed_gives_the_same_truth(tmp_path: Path) -> None:
    truth = {"deep_fade_probability": 0.3}

    def fate(folder: str, seed: int, bursts: int) -> list[int]:
        flown = [frames(EMITTED.plus_seconds(8.0 * number), 40 // bursts)
                 for number in range(bursts)]  # fmt: skip
        node = space(tmp_path / folder, truth, seed=seed)
        said = downs(fly(node, [POINTED, *flown], DAY.end))
        return [len(message.body["frames"]) for message in said]

    assert fate("one", 7, 4) == fate("two", 7, 4)
    assert sum(fate("three", 7, 8)) == sum(fate("four", 7, 1)), "how frames are grouped is nothing"
    assert fate("five", 8, 4) != fate("six", 7, 4)


def test_a_link_too_weak_for_its_rate_loses_everything(tmp_path: Path) -> None:
    hopeless = frames(EMITTED)
    body = {**hopeless.body, "rate_bps": 64e6}
    node = space(tmp_path)
    said = fly(node, [POINTED, from_craft("x_down", hopeless.time, **body)], DAY.end)
    assert not downs(said)


def test_faults_make_the_air_clean_and_antennas_deaf(tmp_path: Path) -> None:
    truth = {"deep_fade_probability": 1.0}
    messages = [POINTED, CARRIER_ON, frames(EMITTED, 5)]
    clean = space(tmp_path / "clean", truth, faults=({"fault": "clean_air"},))
    assert len(downs(fly(clean, messages, DAY.end))[0].body["frames"]) == 5
    for fault in ({"fault": "deaf_antenna"}, {"fault": "deaf_antenna", "antenna": ANTENNA}):
        deaf = space(tmp_path / "deaf", faults=(fault,))
        assert fly(deaf, messages, DAY.end) == []
    other = space(tmp_path / "other", faults=({"fault": "deaf_antenna", "antenna": "x"},))
    assert downs(fly(other, messages, DAY.end))


def test_an_antenna_may_be_deaf_for_a_while(tmp_path: Path) -> None:
    messages = [POINTED, CARRIER_ON, frames(EMITTED, 5)]
    [heard] = downs(fly(space(tmp_path / "sound"), messages, DAY.end))
    arrived_s = (heard.body["frames"][3]["ert_ns"] - DAY.start.tai_ns) / 1e9
    fault = {"fault": "deaf_antenna", "antenna": ANTENNA, "until_s": arrived_s - 1e-3}
    said = fly(space(tmp_path / "deaf", faults=(fault,)), messages, DAY.end)
    assert [len(down.body["frames"]) for down in downs(said)] == [2]
    present = [one for one in said if one.kind == "x_signal"]
    assert present[0].body["present"]
    assert present[0].time.seconds_since(DAY.start) == pytest.approx(arrived_s - 1e-3)
    fault = {"fault": "deaf_antenna", "after_s": arrived_s - 1e-3}
    said = fly(space(tmp_path / "deafened", faults=(fault,)), messages, DAY.end)
    assert [len(down.body["frames"]) for down in downs(said)] == [3]
    present = [one for one in said if one.kind == "x_signal"]
    assert [one.body["present"] for one in present] == [True, False]


def test_a_stranger_is_refused(tmp_path: Path) -> None:
    stranger = Message("antenna:kiruna", "space", "point", DAY.start, {"spacecraft": "otv"})
    node = space(tmp_path)
    with pytest.raises(DefinitionError, match="no antenna of the scenario"):
        node.advance(DAY.start, [stranger])
    node.close()


def test_a_disturbed_link_has_the_share_of_wrong_bits_that_was_asked_for(tmp_path: Path) -> None:
    fault = {"fault": "bit_errors", "antenna": ANTENNA, "spacecraft": "otv", "rate": 0.004}
    [heard] = downs(fly(space(tmp_path, faults=(fault,)), [POINTED, frames(EMITTED, 50)], DAY.end))
    sent = np.frombuffer(CADU, np.uint8)
    wrong = sum(
        int(np.unpackbits(np.frombuffer(frame["cadu"], np.uint8) ^ sent).sum())
        for frame in heard.body["frames"]
    )
    bits = 50 * 8 * len(CADU)
    # binomial: within four standard deviations of its mean
    assert wrong == pytest.approx(0.004 * bits, abs=4.0 * (0.004 * bits) ** 0.5)
    assert record_of(tmp_path)[-1]["spacecraft"]["otv"]["corrupted"] == 50
    for other in ({"antenna": "dss-43"}, {"direction": "uplink"}, {"after_s": 80_000}):
        untouched = space(tmp_path / "other", faults=({**fault, **other},))
        [heard] = downs(fly(untouched, [POINTED, frames(EMITTED, 5)], DAY.end))
        assert {frame["cadu"] for frame in heard.body["frames"]} == {CADU}


@pytest.mark.parametrize(("nth", "expected"), [(1, 8), (2, 6), (3, 6)])
def test_frames_may_be_handed_over_twice(tmp_path: Path, nth: int, expected: int) -> None:
    fault = {"fault": "duplicate_frames", "nth": nth}
    [heard] = downs(fly(space(tmp_path, faults=(fault,)), [POINTED, frames(EMITTED, 4)], DAY.end))
    times = [frame["ert_ns"] for frame in heard.body["frames"]]
    assert len(times) == expected
    assert len(set(times)) == 4
    assert times == sorted(times)
    assert record_of(tmp_path)[-1]["spacecraft"]["otv"]["received"] == 4


def test_what_a_crafts_antenna_has_towards_earth_counts_when_the_frame_was_sent(
    tmp_path: Path,
) -> None:
    """A craft that turns away: 6 dB less from then on, and nothing below what a frame needs."""
    away = from_craft("x_carrier", EMITTED.plus_seconds(60.0), on=True, gain_db=-6.0)
    far_away = from_craft("x_carrier", EMITTED.plus_seconds(120.0), on=True, gain_db=-35.0)
    sent = [frames(EMITTED.plus_seconds(seconds)) for seconds in (0.0, 90.0, 150.0)]
    until = MIDDLE.plus_seconds(600.0)
    said = fly(space(tmp_path), [CARRIER_ON, POINTED, away, far_away, *sent], until)
    strengths = [one.body["c_n0_dbhz"] for one in downs(said)]
    assert len(strengths) == 2
    assert strengths[0] - strengths[1] == pytest.approx(6.0, abs=0.01)
    # the carrier was on all the time: its coming is told once
    assert [one.body["present"] for one in said if one.kind == "x_signal"] == [True]


def test_a_carrier_is_off_by_what_its_oscillator_is_off(tmp_path: Path) -> None:
    truth = {"oscillator_ppm": 2.0}
    predict = {
        "receive_ns": [DAY.start.tai_ns, DAY.end.tai_ns],
        "azimuth_deg": [0.0, 0.0],
        "elevation_deg": [90.0, 90.0],
        "carrier_hz": [8.42e9, 8.42e9],
        "sigma_deg": 0.0,
        "sigma_hz": 0.0,
    }
    point = from_antenna("point", VIEW.receive.start.plus_seconds(60.0), spacecraft="otv",
                         predict=predict)  # fmt: skip
    heard = []
    for name, sizes in (("right", {}), ("off", truth)):
        messages = [CARRIER_ON, point]
        said = fly(space(tmp_path / name, sizes, seed=4), messages, VIEW.receive.start
                   .plus_seconds(70.0))  # fmt: skip
        [signal] = [one.body for one in said if one.kind == "x_signal" and one.body["present"]]
        heard.append(signal["carrier_hz"])
    error = oscillator_error(4, "otv", truth)
    assert 1e-8 < abs(error) < 8e-6
    assert heard[1] - heard[0] == pytest.approx(8.42e9 * error, rel=1e-3)
