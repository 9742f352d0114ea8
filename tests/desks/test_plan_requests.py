"""The plan by request: what the command line and the console may ask of it."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from groundsys.authority import Role
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.planning import Plan
from groundsys.planning.exchange import read_plan_json, write_plan_json
from groundsys.values.errors import PlanError
from tests.desks.conftest import MakeRoom, Room
from tests.desks.people import token_of


@pytest.fixture
def room(make_room: MakeRoom, scenario: Scenario) -> Room:
    room = make_room()
    room.desks.advance(scenario.span.start, ())
    return room


def ask(room: Room, verb: str, **request: Any) -> dict[str, Any]:
    token = token_of(room.desks, Role.OPERATOR)
    return room.desks.handle({"verb": verb, "token": token, **request})


def document(room: Room) -> dict[str, Any]:
    found = ask(room, "plan_show")["plan"]
    assert isinstance(found, dict)
    return found


def test_the_plan_is_shown_as_it_is_flown(room: Room, plan: Plan) -> None:
    shown = ask(room, "plan_show")
    assert [one["id"] for one in shown["plan"]["passes"]] == [one.id for one in plan.passes]
    (version,) = shown["versions"]
    assert (shown["version"], version["version"], version["parent"]) == (1, 1, None)
    assert version["changes"]["passes"]["added"] == [one.id for one in plan.passes]
    assert ask(room, "plan_show", version=1) == shown
    with pytest.raises(PlanError, match="no version 7"):
        ask(room, "plan_show", version=7)


def test_a_pass_is_cancelled_and_its_antenna_is_not_booked_again(room: Room) -> None:
    second = room.desks.passes.all[1]
    outcome = ask(room, "plan_cancel", pass_id=second.id)
    assert outcome["adopted"]
    assert outcome["changes"]["passes"]["dropped"] == [second.id]
    shown = ask(room, "plan_show")
    assert second.id not in [one["id"] for one in shown["plan"]["passes"]]
    assert shown["situation"]["lost"] == [second.id]
    assert [one["antenna"] for one in shown["situation"]["outages"]] == [second.antenna]
    assert "ada" in room.store.plans.notices()[0].source
    for wrong in (second.id, "pass-99", room.desks.passes.all[0].id * 2):
        with pytest.raises(PlanError, match="is booked ahead"):
            ask(room, "plan_cancel", pass_id=wrong)


def test_a_plan_that_went_out_comes_back_changed(room: Room) -> None:
    changed = document(room)
    gone = changed["passes"].pop(1)["id"]
    outcome = ask(room, "plan_book", plan=changed, reason="one pass less")
    assert (outcome["adopted"], outcome["version"], outcome["findings"]) == (True, 2, [])
    assert outcome["changes"]["passes"]["dropped"] == [gone]
    assert document(room) == changed
    again = ask(room, "plan_book", plan=ask(room, "plan_show", version=1)["plan"])
    assert again["changes"]["passes"]["added"] == [gone]


def test_a_plan_in_conflict_is_refused(room: Room) -> None:
    wrong = copy.deepcopy(document(room))
    wrong["passes"][1]["start"] = wrong["passes"][0]["start"]
    outcome = ask(room, "plan_book", plan=wrong)
    assert not outcome["adopted"]
    assert outcome["findings"]
    assert outcome["version"] == 1
    wrong["passes"][1]["antenna"] = "nowhere"
    assert not ask(room, "plan_book", plan=wrong)["adopted"]
    with pytest.raises(PlanError, match="not a plan"):
        ask(room, "plan_book", plan={"passes": []})


def test_notices_are_taken_by_hand(room: Room) -> None:
    second = room.desks.passes.all[1]
    span = {"start_ns": second.start.tai_ns, "end_ns": second.end.tai_ns}
    outcome = ask(room, "plan_notice", kind="antenna_out", antenna=second.antenna, **span)
    assert outcome["changes"]["passes"]["dropped"] == [second.id]
    ask(room, "plan_notice", kind="weather", antenna=second.antenna, loss_db=4, **span)
    (weather,) = ask(room, "plan_show")["situation"]["weather"]
    assert (weather["loss_db"], weather["start_ns"]) == (4.0, second.start.tai_ns)
    with pytest.raises(PlanError, match="no antenna"):
        ask(room, "plan_notice", kind="antenna_out", antenna="nowhere", **span)
    assert len(room.store.plans.notices()) == 2


def test_a_plan_is_made_again_on_request(room: Room) -> None:
    outcome = ask(room, "plan_make", reason="because")
    assert outcome["adopted"]
    assert room.store.plans.all()[-1].reason == "because"
    assert read_plan_json(write_plan_json(room.desks.planning.version.plan))


def test_a_need_is_served_and_one_that_contradicts_itself_is_refused(
    room: Room, scenario: Scenario
) -> None:
    start = scenario.span.start
    need = {
        "id": "check-up", "spacecraft": "otv", "kind": "health", "duration_s": 3600.0,
        "minimum_s": 1800.0, "start_ns": start.plus_seconds(40_000).tai_ns,
        "end_ns": start.plus_seconds(80_000).tai_ns,
    }  # fmt: skip
    outcome = ask(room, "plan_notice", kind="need", need=need)
    assert outcome["adopted"]
    assert any("check-up" in one.serves for one in room.desks.passes.all)
    with pytest.raises(PlanError, match="contradicts itself"):
        ask(room, "plan_notice", kind="need", need={**need, "minimum_s": 7200.0})
    assert room.desks.planning.version.version == outcome["version"]
