"""Carrier and commands on their way to a craft."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from groundsys.ccsds.cltu import decode_cltu, encode_cltu
from groundsys.ccsds.tc_frames import TcFrame, decode_tc_frame, encode_tc_frame, unlock_frame
from groundsys.geometry import Geometry, uplink_intervals
from groundsys.geometry.time_scales import instants_ns
from groundsys.mission.spacecraft.packet_model import CommandDefinition
from groundsys.values.instants import Instant
from groundsys.values.messages import Message
from sims.space import Space
from tests.geometry.missions import DAY, MISSION
from tests.sims_space.flying import (
    ANTENNA,
    MIDDLE,
    fly,
    from_antenna,
    record_of,
    scenario,
    space,
)

VIEW = max(
    uplink_intervals(Geometry(MISSION), ANTENNA, "otv", DAY), key=lambda interval: interval.seconds
)
POINTED = from_antenna("point", VIEW.start.plus_seconds(-600.0), spacecraft="otv")
CLTU = bytes.fromhex("EB90") + bytes(254)
CLTU_S = 8 * len(CLTU) / 4000.0


def up(at: Instant, number: int = 1) -> Message:
    return from_antenna(
        "x_up",
        at,
        spacecraft="otv",
        cltu=CLTU,
        start_ns=at.tai_ns,
        bits=8 * len(CLTU),
        radiation_id=f"r{number}",
    )


def carrier(at: Instant, *, on: bool) -> Message:
    return from_antenna("x_up_carrier", at, spacecraft="otv", on=on)


def light_time_s(transmit: Instant) -> float:
    return float(Geometry(MISSION).uplink_light_time_s(ANTENNA, "otv", instants_ns(transmit))[0])


def test_a_command_arrives_when_its_last_bit_does(tmp_path: Path) -> None:
    said = fly(space(tmp_path), [POINTED, up(MIDDLE)], DAY.end)
    assert [(message.target, message.kind) for message in said] == [("otv", "x_up")]
    assert said[0].body == {"cltu": CLTU}
    end = MIDDLE.plus_seconds(CLTU_S)
    assert said[0].time.seconds_since(end) == pytest.approx(light_time_s(end), abs=1e-8)


def test_the_carrier_is_seen_while_it_is_on_and_in_view(tmp_path: Path) -> None:
    early, late = VIEW.start.plus_seconds(-300.0), VIEW.end.plus_seconds(300.0)
    messages = [
        POINTED,
        carrier(early, on=True),
        carrier(MIDDLE, on=False),
        carrier(MIDDLE.plus_seconds(60.0), on=True),
        carrier(late, on=False),
    ]
    said = [message for message in fly(space(tmp_path), messages, DAY.end)
            if message.kind == "x_up_carrier"]  # fmt: skip
    assert [message.body["on"] for message in said] == [True, False, True, False]
    assert {message.body["antenna"] for message in said} == {ANTENNA}
    sent = (VIEW.start, MIDDLE, MIDDLE.plus_seconds(60.0), VIEW.end)
    for message, start in zip(said, sent, strict=True):
        assert message.time.seconds_since(start) == pytest.approx(light_time_s(start), abs=0.1)


def test_turning_away_takes_the_carrier_along(tmp_path: Path) -> None:
    away = from_antenna("point", MIDDLE.plus_seconds(60.0), spacecraft=None)
    said = fly(space(tmp_path), [POINTED, carrier(MIDDLE, on=True), away, up(away.time)], DAY.end)
    assert [message.body["on"] for message in said if message.kind == "x_up_carrier"] == [
        True,
        False,
    ]
    assert not [message for message in said if message.kind == "x_up"]


def test_commands_are_lost_and_bent_as_stated(tmp_path: Path) -> None:
    truth = {
        "uplink_loss_probability": 0.2,
        "shallow_fade_probability": 0.5,
        "shallow_fade_eb_n0_db": 8.0,
    }
    node = space(tmp_path, truth)
    commands = [up(MIDDLE.plus_seconds(number), number) for number in range(200)]
    said = fly(node, [POINTED, *commands], DAY.end)
    assert 140 < len(said) < 180
    assert 15 < sum(message.body["cltu"] != CLTU for message in said) < 60
    *lines, totals = record_of(tmp_path)
    assert totals["uplink"]["otv"]["sent"] == 200
    assert totals["uplink"]["otv"]["lost"] == 200 - len(said)
    assert {line["radiation_id"] for line in lines} == {f"r{number}" for number in range(200)}


def test_somebody_transmits_what_can_be_made_of_what_the_craft_has_heard(tmp_path: Path) -> None:
    """Not of a control command, and not to another craft."""
    frame = TcFrame(417, 0, 7, False, False, bytes(range(50)))
    data, control = (
        replace(up(MIDDLE.plus_seconds(wait_s)), body={**up(MIDDLE).body, "cltu": cltu})
        for wait_s, cltu in (
            (0.0, encode_cltu(encode_tc_frame(frame))),
            (60.0, encode_cltu(encode_tc_frame(unlock_frame(417, 0)))),
        )
    )
    safe_mode = CommandDefinition("SAFE_MODE", 1, 8, 1, 11, ())
    otv = MISSION.spacecraft["otv"]
    otv = replace(otv, model=replace(otv.model, commands=(safe_mode,)))
    mission = replace(MISSION, spacecraft={**MISSION.spacecraft, "otv": otv})

    def attacked(spacecraft: str) -> Space:
        faults = [{"fault": "hostile_uplink", "spacecraft": spacecraft}]
        return Space(mission, scenario(faults=faults), 1, tmp_path)

    said = fly(attacked("otv"), [POINTED, data, control], DAY.end)
    heard = [decode_tc_frame(decode_cltu(message.body["cltu"])) for message in said]
    assert heard[:4] == [
        frame,
        frame,
        replace(frame, bypass=True),
        replace(frame, bypass=True, data=bytes((*range(49), 49 ^ 1))),
    ]
    assert [one.kind for one in heard[4:]] == ["BD", "BC"]
    assert len(fly(attacked("another"), [POINTED, data], DAY.end)) == 1


def test_a_disturbed_uplink_changes_commands(tmp_path: Path) -> None:
    fault = {"fault": "bit_errors", "direction": "uplink", "rate": 0.01}
    said = fly(space(tmp_path, faults=(fault,)), [POINTED, up(MIDDLE)], DAY.end)
    [heard] = [message.body["cltu"] for message in said if message.kind == "x_up"]
    assert len(heard) == len(CLTU)
    assert heard != CLTU
    [line] = [line for line in record_of(tmp_path) if line["record"] == "uplink"]
    assert 5 < line["bit_errors"] < 45
