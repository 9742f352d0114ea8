"""The craft refuse what is not the ground's: forged, recorded, in clear; and take another key."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from groundsys.ccsds.tc_frames import TcFrame
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from sims.space.hostile import hostile_cltus
from tests.sims_craft.air import command_frame, command_packet
from tests.sims_craft.flight import Flight, outcomes, readings

_CUBE = "cube-polar"
_DONE = [
    ("ACCEPTANCE_SUCCESS", None),
    ("START_SUCCESS", None),
    ("COMPLETION_SUCCESS", None),
]


def _otv_frame(flight: Flight, name: str, count: int, number: int, **arguments: Any) -> TcFrame:
    packet = command_packet(flight.otv, name, count, arguments)
    return flight.grounds["otv"].protected(command_frame(flight.otv, packet, number, bypass=False))


def _executed(flight: Flight, craft: str) -> list[tuple[str, int]]:
    return [
        (one["name"], one["count"])
        for one in flight.truth(craft, "command")
        if one["outcome"] == "received"
    ]


def _security(flight: Flight) -> dict[str, Any]:
    return readings(flight.otv.model, flight.air.packets(), "LINK_SECURITY")[-1][1]


def test_the_otv_obeys_the_ground_and_nobody_else(
    mission: Mission, scenario: Scenario, tmp_path: Path
) -> None:
    flight = Flight(mission, scenario, tmp_path, cubes=())
    flight.carrier(1, True)
    sent = flight.uplink.frame(flight.after(100), _otv_frame(flight, "PING", 0, 0))
    flight.exchange.say(sent)
    made = hostile_cltus(flight.otv, sent.body["cltu"])
    assert set(made) == {"replayed", "replayed_past_farm", "forged", "in_clear"}
    for place, cltu in enumerate(made.values()):
        flight.exchange.say(replace(sent, time=flight.after(110 + place), body={"cltu": cltu}))
    again = _otv_frame(flight, "PING", 1, 1)
    flight.exchange.say(flight.uplink.frame(flight.after(200), again))
    flight.run(1300)
    flight.close()
    assert _executed(flight, "otv") == [("PING", 0), ("PING", 1)]
    reasons = [one["reason"] for one in flight.truth("otv", "refused_frame")]
    assert reasons == ["replayed", "replayed", "invalid_mac", "invalid_spi"]
    found = _security(flight)
    assert {name: value for name, value in found.items() if name.startswith("security")} == {
        "security_association": 1,
        "security_frames_opened": 2,
        "security_refused_spi": 1,
        "security_refused_mac": 1,
        "security_refused_replays": 2,
    }
    events = [
        values["event_value"]
        for _, values in readings(flight.otv.model, flight.air.packets(), "EVENT_MEDIUM")
        if values["event_id"] == "COMMAND_FRAME_REFUSED"
    ]
    assert events == [1.0]  # one a minute
    assert set(outcomes(flight.otv.model, flight.air.packets())) == {0, 1}


def test_a_cube_obeys_the_ground_and_nobody_else_through_the_relay(
    mission: Mission, scenario: Scenario, tmp_path: Path
) -> None:
    flight = Flight(mission, scenario, tmp_path)
    cube = mission.spacecraft[_CUBE]
    flight.carrier(1, True)
    flight.session(10, 600, 600, _CUBE)
    true = flight.cube_frame(_CUBE, "PING")
    forged = replace(true, data=true.data[:-1] + bytes((true.data[-1] ^ 1,)))
    clear = command_frame(cube, command_packet(cube, "SAFE_MODE", 5), 0, bypass=True)
    later = flight.cube_frame(_CUBE, "PAYLOAD_SELF_TEST")
    # the relay carries what it is given; a frame that another overtook is no replay
    for place, frame in enumerate((later, forged, clear, true, true, later)):
        flight.forward(20 + place, _CUBE, frame)
    flight.run(2000)
    flight.close()
    assert _executed(flight, _CUBE) == [("PAYLOAD_SELF_TEST", 1), ("PING", 0)]
    reasons = [one["reason"] for one in flight.truth(_CUBE, "refused_frame")]
    assert reasons == ["invalid_mac", "invalid_spi", "replayed", "replayed"]


def test_the_key_is_changed_by_a_command(
    mission: Mission, scenario: Scenario, tmp_path: Path
) -> None:
    flight = Flight(mission, scenario, tmp_path, cubes=())
    flight.carrier(1, True)
    flight.command(100, "CHANGE_KEY", security_parameter_index=3)
    flight.command(200, "CHANGE_KEY", security_parameter_index=2)
    flight.command(300, "PING")  # its report is not home yet: the key before is good
    recorded = _otv_frame(flight, "SAFE_MODE", 9, 4)
    flight.grounds["otv"].association = 2
    flight.command(400, "PING")
    flight.exchange.say(flight.uplink.frame(flight.after(500), recorded))
    flight.run(1300)
    flight.close()
    reports = outcomes(flight.otv.model, flight.air.packets())
    assert reports[0][-1] == ("START_FAILURE", "NOT_FOUND")
    assert reports[1] == reports[2] == reports[3] == _DONE
    assert set(reports) == {0, 1, 2, 3}
    assert [one["reason"] for one in flight.truth("otv", "refused_frame")] == ["invalid_spi"]
    assert _security(flight)["security_association"] == 2


def test_a_craft_without_security_is_commanded_in_clear(
    mission: Mission, scenario: Scenario, tmp_path: Path
) -> None:
    clear = replace(mission.spacecraft["otv"], security=None)
    mission = replace(mission, spacecraft={**mission.spacecraft, "otv": clear})
    flight = Flight(mission, scenario, tmp_path, cubes=())
    flight.carrier(1, True)
    flight.command(100, "PING")
    flight.command(200, "CHANGE_KEY", security_parameter_index=1)
    flight.run(1300)
    flight.close()
    reports = outcomes(flight.otv.model, flight.air.packets())
    assert reports[0] == _DONE
    assert reports[1][-1] == ("START_FAILURE", "NOT_FOUND")
    assert _security(flight)["security_association"] == 0
