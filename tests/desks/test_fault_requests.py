"""Faults wished for while a mission flies: checked, written down, told; a flight refuses them."""

from __future__ import annotations

from typing import Any

import pytest

from groundsys.authority import Role
from groundsys.desks.rehearsing.clock_wish import ClockWish
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.values.errors import AccessRefusedError, RefusalError
from groundsys.values.messages import Message
from tests.desks.conftest import MakeRoom, Room
from tests.desks.people import NAMES, token_of

STOWED = "wind_stow,antenna=dss-43,lasts_s=3600"


def ask(room: Room, verb: str, by: Role = Role.FLIGHT_DIRECTOR, **arguments: Any) -> dict[str, Any]:
    token = token_of(room.desks, by)
    return room.desks.handle({"verb": verb, "token": token, **arguments})


def told(room: Room) -> list[dict[str, Any]]:
    faults: list[dict[str, Any]] = room.publisher.last["faults"]["faults"]
    return faults


def test_a_wish_is_told_until_it_is_injected(make_room: MakeRoom, scenario: Scenario) -> None:
    room = make_room()
    now = scenario.span.start.plus_seconds(600)
    room.desks.advance(now, [])
    ask(room, "fault_inject", fault=STOWED, reason="wind drill")
    (wish,) = told(room)
    assert wish["fault"] == {
        "fault": "wind_stow", "antenna": "dss-43", "after_s": 600.0, "until_s": 4200.0,
    }  # fmt: skip
    assert (wish["by"], wish["asked_ns"], wish["injected"]) == (
        NAMES[Role.FLIGHT_DIRECTOR], now.tai_ns, False,
    )  # fmt: skip
    again = make_room(yamcs=room.yamcs)  # the desks are started anew, and wish it still
    again.desks.advance(now, [])
    assert told(again) == [wish]
    ask(again, "fault_inject", fault="silent_cube")
    assert [one["wish"] for one in told(again)] == [1, 2]

    moved = {**wish["fault"], "after_s": 660.0}
    body = {"faults": [{"wish": 0, "fault": {"fault": "clean_air"}}, {"wish": 1, "fault": moved}]}
    later = now.plus_seconds(60)
    again.desks.advance(later, [Message("exchange", "desks", "injected", later, body)])
    listed = again.desks.faults.snapshot()["faults"]
    assert [(one["wish"], one["injected"], one["by"]) for one in listed] == [
        (0, True, ""), (1, True, wish["by"]), (2, False, wish["by"]),
    ]  # fmt: skip
    assert listed[1]["begins_ns"] == scenario.span.start.plus_seconds(660.0).tai_ns
    (entry,) = (one for one in again.store.audit.all(subject="wind_stow"))
    assert (entry.action, entry.reason) == ("fault.inject", "wind drill")
    words = [one.text for one in again.store.watch.recent_events(20)]
    assert sum(one.startswith("injected: wind_stow") for one in words) == 1


def test_only_a_flight_director_may(make_room: MakeRoom) -> None:
    room = make_room()
    with pytest.raises(AccessRefusedError):
        ask(room, "fault_inject", Role.OPERATOR, fault=STOWED)
    assert room.desks.faults.snapshot() == {"faults": []}


def test_what_is_wrong_with_it_is_told_and_nothing_wished(make_room: MakeRoom) -> None:
    room = make_room()
    with pytest.raises(RefusalError, match="did you mean 'dss-43'"):
        ask(room, "fault_inject", fault="wind_stow,antenna=dss-44")
    with pytest.raises(RefusalError, match="no_replay cannot begin under way"):
        ask(room, "fault_inject", fault="no_replay")
    assert room.desks.faults.snapshot() == {"faults": []}


def test_the_catalogue_names_whom_each_may_strike(make_room: MakeRoom) -> None:
    found = {one["fault"]: one for one in ask(make_room(), "fault_catalogue")["faults"]}
    assert found["silent_cube"]["whom"] == {"spacecraft": ["cube-polar", "cube-tharsis"]}
    assert "otv" in found["safe_mode"]["whom"]["spacecraft"]
    assert "dss-43" in found["wind_stow"]["whom"]["antenna"]
    (parameter,) = found["sensor_stuck"]["parameters"]
    assert parameter["required"]
    assert "kill" not in found
    assert "no_replay" not in found


@pytest.mark.parametrize("verb", ["fault_catalogue", "fault_inject"])
def test_a_real_flight_is_refused(make_room: MakeRoom, verb: str) -> None:
    room = make_room()
    room.desks.clock_wish = ClockWish(
        room.desks.room, simulated=False, seed=None, rate_ceiling=None
    )
    with pytest.raises(RefusalError, match="no fault can be injected into a real flight"):
        ask(room, verb, fault=STOWED)
    assert room.desks.faults.snapshot() == {"faults": []}
