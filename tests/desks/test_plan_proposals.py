"""A change of the plan is shown before it is made, and made as it was shown or not at all."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from groundsys.authority import Role
from groundsys.desks import Desks
from groundsys.desks.planning.plan_changes import changed_plan
from groundsys.geometry import Geometry
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.passes.execution import Pass
from groundsys.planning import Plan
from groundsys.values.errors import AccessRefusedError, PlanError
from groundsys.values.instants import Instant
from tests.desks.conftest import MakeRoom, Room
from tests.desks.people import token_of


@pytest.fixture
def room(make_room: MakeRoom, scenario: Scenario) -> Room:
    room = make_room()
    room.desks.advance(scenario.span.start, ())
    return room


def ask(room: Room, verb: str, role: Role = Role.OPERATOR, **request: Any) -> dict[str, Any]:
    return room.desks.handle({"verb": verb, "token": token_of(room.desks, role), **request})


def bookings(desks: Desks) -> list[tuple[Any, ...]]:
    passes = [(one.id, one.antenna, one.start, one.end) for one in desks.passes.all]
    return [*passes, *((one.id, one.relay, one.start, one.end) for one in desks.relay.all)]


def free_second(room: Room) -> Pass:
    """A pass ahead that has room to begin a little later."""
    return room.desks.passes.all[1]


def places(proposal: dict[str, Any], which: str) -> dict[str, tuple[str, int, int] | None]:
    return {
        one["id"]: one[which] and (one[which]["with"], one[which]["start_ns"], one[which]["end_ns"])
        for one in proposal["contacts"]
    }


def test_a_proposal_changes_nothing(room: Room) -> None:
    before, notices = bookings(room.desks), len(room.store.plans.notices())
    version = room.desks.planning.version
    second = free_second(room)
    for request in (
        {"change": "cancel", "pass_id": second.id},
        {"change": "make"},
    ):
        ask(room, "plan_propose", **request)
    assert bookings(room.desks) == before
    assert len(room.store.plans.notices()) == notices
    assert room.desks.planning.version == version == room.store.plans.latest()
    assert not room.desks.planning.work()


def test_what_is_confirmed_is_what_was_shown(room: Room) -> None:
    second = free_second(room)
    shown = ask(room, "plan_propose", change="cancel", pass_id=second.id, reason="maintenance")
    assert places(shown, "after")[second.id] is None
    assert places(shown, "before")[second.id] == (
        second.antenna, second.start.tai_ns, second.end.tai_ns,
    )  # fmt: skip
    assert second.spacecraft in shown["craft"]
    assert {*shown["changes"]["customers"]} == {"polar-weather", "tharsis-seismo"}
    outcome = ask(room, "plan_confirm", proposal=shown["proposal"], reason="maintenance")
    assert outcome["adopted"]
    assert outcome["changes"] == shown["changes"]
    after = {one[0]: one[1:] for one in bookings(room.desks)}
    for id, place in places(shown, "after").items():
        booked = after.get(id)
        assert (None if booked is None else (booked[0], *(i.tai_ns for i in booked[1:]))) == place
    (notice,) = room.store.plans.notices()
    assert (notice.kind, notice.content["pass_id"]) == ("pass_lost", second.id)
    assert "maintenance" in outcome_reason(room)
    # planned once, and not again for what the proposal was made for
    version = room.desks.planning.version.version
    assert not room.desks.planning.work()
    assert room.desks.planning.version.version == version == outcome["version"]


def outcome_reason(room: Room) -> str:
    return room.desks.planning.version.reason


def test_a_confirmation_is_on_the_record_once(room: Room) -> None:
    second = free_second(room)
    shown = ask(room, "plan_propose", change="cancel", pass_id=second.id)
    assert list(room.store.audit.all(subject=second.id)) == []
    ask(room, "plan_confirm", proposal=shown["proposal"], reason="because")
    (entry,) = room.store.audit.all(subject=second.id)
    assert (entry.action, entry.reason) == ("plan.cancel", "because")
    with pytest.raises(PlanError, match="nobody knows this proposal"):
        ask(room, "plan_confirm", proposal=shown["proposal"])


def test_a_plan_that_has_changed_meanwhile_is_refused(room: Room) -> None:
    second, third = room.desks.passes.all[1:3]
    shown = ask(room, "plan_propose", change="cancel", pass_id=third.id)
    ask(room, "plan_cancel", pass_id=second.id)
    before = bookings(room.desks)
    with pytest.raises(PlanError, match="has changed since this was shown"):
        ask(room, "plan_confirm", proposal=shown["proposal"])
    assert bookings(room.desks) == before
    assert [one.content["pass_id"] for one in room.store.plans.notices()] == [second.id]


def test_a_pass_that_has_begun_meanwhile_is_not_cancelled(room: Room) -> None:
    second = free_second(room)
    shown = ask(room, "plan_propose", change="cancel", pass_id=second.id)
    room.desks.room.now = Instant(second.start.tai_ns) + timedelta(seconds=5)
    with pytest.raises(PlanError, match="has changed since this was shown"):
        ask(room, "plan_confirm", proposal=shown["proposal"])
    assert room.store.plans.notices() == []


def test_what_is_due_comes_first(room: Room) -> None:
    second, third = room.desks.passes.all[1:3]
    shown = ask(room, "plan_propose", change="cancel", pass_id=third.id)
    span = {"start_ns": second.start.tai_ns, "end_ns": second.end.tai_ns}
    told = {"antenna": second.antenna, "loss_db": 1.0, **span}
    room.desks.planning.take_notice("weather", told, "a station")
    with pytest.raises(PlanError, match="about to be made again"):
        ask(room, "plan_propose", change="make")
    with pytest.raises(PlanError, match="has changed since this was shown"):
        ask(room, "plan_confirm", proposal=shown["proposal"])


def test_a_proposal_does_not_outlive_the_desks(make_room: MakeRoom, scenario: Scenario) -> None:
    room = make_room()
    room.desks.advance(scenario.span.start, ())
    shown = ask(room, "plan_propose", change="make")
    again = make_room(start=scenario.span.start)
    with pytest.raises(PlanError, match="nobody knows this proposal"):
        ask(again, "plan_confirm", proposal=shown["proposal"])


def test_a_pass_is_shifted_and_nothing_else_moves(room: Room) -> None:
    """By some minutes, to wherever it still holds; what cannot be says where it could."""
    found = None
    for one in room.desks.passes.all[1:]:
        for minutes in (-20, -10, 10, 20):
            start = one.start + timedelta(minutes=minutes)
            try:
                shown = ask(
                    room, "plan_propose", change="shift", pass_id=one.id, start_ns=start.tai_ns
                )
            except PlanError:
                continue
            found = one, start, shown
    assert found is not None
    one, start, shown = found
    if room.desks.planning.version.version == 1:
        shown = ask(room, "plan_propose", change="shift", pass_id=one.id, start_ns=start.tai_ns)
    end = start.plus_seconds(one.end.seconds_since(one.start))
    assert [contact["id"] for contact in shown["contacts"]] == [one.id]
    assert places(shown, "after")[one.id] == (one.antenna, start.tai_ns, end.tai_ns)
    outcome = ask(room, "plan_confirm", proposal=shown["proposal"])
    assert outcome["changes"]["passes"]["moved"] == [one.id]
    shifted = room.desks.passes.get(one.id)
    assert shifted is not None
    assert (shifted.start, shifted.end) == (start, end)
    assert shifted.uplink_from < shifted.uplink_until <= shifted.end


def test_a_shift_out_of_view_says_where_it_would_be(room: Room) -> None:
    second = free_second(room)
    away = second.start + timedelta(hours=12)
    with pytest.raises(PlanError, match=r"does not see otv|cannot be then"):
        ask(room, "plan_propose", change="shift", pass_id=second.id, start_ns=away.tai_ns)
    with pytest.raises(PlanError, match="no pass 'pass-99'"):
        ask(room, "plan_propose", change="shift", pass_id="pass-99", start_ns=away.tai_ns)
    with pytest.raises(PlanError, match="TAI nanoseconds"):
        ask(room, "plan_propose", change="shift", pass_id=second.id, start_ns="noon")


def need(room: Room, scenario: Scenario, **changes: Any) -> dict[str, Any]:
    start = scenario.span.start
    return {
        "id": "check-up", "spacecraft": "otv", "kind": "track", "duration_s": 3600.0,
        "minimum_s": 3600.0, "start_ns": start.plus_seconds(40_000).tai_ns,
        "end_ns": start.plus_seconds(80_000).tai_ns, **changes,
    }  # fmt: skip


def test_a_contact_is_booked_as_a_need(room: Room, scenario: Scenario) -> None:
    shown = ask(room, "plan_propose", change="book", need=need(room, scenario))
    assert not any("check-up" in one.serves for one in room.desks.passes.all)
    ask(room, "plan_confirm", proposal=shown["proposal"])
    assert any("check-up" in one.serves for one in room.desks.passes.all)
    wrong = need(room, scenario, minimum_s=7200.0)
    with pytest.raises(PlanError, match="contradicts itself"):
        ask(room, "plan_propose", change="book", need=wrong)


def test_what_finds_no_room_is_said_and_not_booked(
    room: Room, scenario: Scenario, geometry: Geometry
) -> None:
    before = bookings(room.desks)
    start, end = (scenario.span.start.plus_seconds(after) for after in (40_000, 43_600))
    times = np.linspace(start.tai_ns, end.tai_ns, 13).astype(np.int64)
    blind = next(
        antenna
        for antenna in scenario.antennas
        if not geometry.visible_downlink(antenna, "otv", times).any()
    )
    never = need(room, scenario, end_ns=end.tai_ns, among=[blind])
    with pytest.raises(PlanError, match="no room for check-up"):
        ask(room, "plan_propose", change="book", need=never)
    assert bookings(room.desks) == before


def test_who_may_not_change_the_plan_is_shown_no_proposal(room: Room) -> None:
    for verb in ("plan_propose", "plan_confirm"):
        with pytest.raises(AccessRefusedError):
            ask(room, verb, Role.OBSERVER, change="make", proposal="x")
    with pytest.raises(PlanError, match="make, cancel, shift or book"):
        ask(room, "plan_propose", change="forget")


def test_a_changed_plan_is_the_booked_one_with_its_changes(room: Room, plan: Plan) -> None:
    now = room.desks.room.now
    desk = room.desks.passes
    less = Plan(plan.scenario, (*plan.passes[:1], *plan.passes[2:]), plan.relay_sessions)
    changes = desk.changes(less.passes, 2)
    changed = changed_plan(room.desks.planning.booked(now), changes, (), now)
    assert [one.id for one in changed.passes] == [one.id for one in less.passes]
    desk.adopt(less.passes, 2)
    assert room.desks.planning.booked(now) == changed
