"""No way round the planetary-protection gate: asked for, approved, or queued by whomever."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from groundsys.authority import Role
from groundsys.desks.commanding.surface_gate import check_release
from groundsys.desks.control_room import ControlRoom
from groundsys.desks.entry.samples_desk import take_over
from groundsys.geometry import Geometry
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.planning import Plan
from groundsys.store import Store
from groundsys.values.errors import CommandRefusedError
from groundsys.values.instants import Instant
from tests.desks.conftest import MakeRoom, Room
from tests.desks.fake_world import FakeYamcs
from tests.desks.people import token_of
from tests.desks.test_day import make_world

POLAR, THARSIS, HELLAS = 418, 419, 420


def ask(room: Room, verb: str, who: Role = Role.OPERATOR, **arguments: Any) -> dict[str, Any]:
    return room.desks.handle({"verb": verb, "token": token_of(room.desks, who), **arguments})


def let_go(room: Room, command: str, cube: int) -> dict[str, Any]:
    asked = {"spacecraft": "otv", "command": command, "arguments": {"release_spacecraft_id": cube}}
    answer: dict[str, Any] = ask(room, "command_draft", **asked)["command"]
    return answer


@pytest.mark.parametrize("command", ["RELEASE_ARM", "RELEASE_CUBE"])
def test_nobody_may_ask_for_the_release_of_a_cube_without_records(
    make_room: MakeRoom, command: str
) -> None:
    room = make_room()
    before = room.store.commands.all()
    with pytest.raises(CommandRefusedError, match="cube-hellas may not go towards the surface"):
        let_go(room, command, HELLAS)
    with pytest.raises(CommandRefusedError, match="names no craft of the mission"):
        let_go(room, command, 999)
    assert room.store.commands.all() == before
    assert let_go(room, command, THARSIS)["state"] == "prepared"


def test_records_that_are_withdrawn_before_the_approval_count_no_more(
    make_room: MakeRoom, mission: Mission, tmp_path: Path
) -> None:
    root = tmp_path / "mission_db"
    shutil.copytree(mission.root, root)
    room = make_room()
    room.desks.room.mission = replace(mission, root=str(root))
    command = let_go(room, "RELEASE_CUBE", POLAR)
    (root / "planetary_protection/assays/cube-polar/bus.json").unlink()
    with pytest.raises(CommandRefusedError, match="may not go towards the surface"):
        ask(room, "command_approve", Role.FLIGHT_DIRECTOR, command_id=command["id"])
    assert room.desks.ledger.get(command["id"]).state == "prepared"  # type: ignore[union-attr]


def test_what_a_procedure_has_queued_does_not_leave_either(
    make_room: MakeRoom, mission: Mission, scenario: Scenario, plan: Plan, geometry: Geometry
) -> None:
    room = make_room()
    world = make_world(mission, scenario, plan, geometry, room.yamcs)
    for cube in (HELLAS, THARSIS):
        room.desks.ledger.queue(
            "otv", "RELEASE_ARM", {"release_spacecraft_id": cube}, purpose="procedure",
            subject=f"run/step/{cube}", operator="ada",
        )  # fmt: skip
    world.fly(room.desks, scenario.span.start + timedelta(hours=2.4))
    commands = {
        one.arguments["release_spacecraft_id"]: one
        for one in room.store.commands.all()
        if one.name == "RELEASE_ARM"
    }
    assert commands[HELLAS].state == "failed"
    assert "may not go towards the surface" in commands[HELLAS].message
    assert commands[THARSIS].state == "completed"
    assert [name for _, name, _ in world.executed].count("RELEASE_ARM") == 1


def _home(mission: Mission, store: Store) -> ControlRoom:
    scenario = mission.scenarios["sample-home"]
    return ControlRoom(mission, scenario, Geometry(mission), store, FakeYamcs(mission))


def test_every_command_of_the_fleet_that_lets_a_craft_go_says_so(
    mission: Mission, tmp_path: Path
) -> None:
    found = {
        (craft.id, command.name)
        for craft in mission.spacecraft.values()
        for command in craft.model.commands
        if command.releases
    }
    carriers = {"otv", "apophis-otv", "ryugu-stage"}
    assert found == {(id, name) for id in carriers for name in ("RELEASE_ARM", "RELEASE_CUBE")}
    ping = mission.spacecraft["otv"].model.command("PING")
    with Store(tmp_path / "store.sqlite") as store:
        check_release(_home(mission, store), ping, {})


def test_samples_are_let_go_while_it_is_known_who_has_held_them(
    mission: Mission, tmp_path: Path
) -> None:
    root = tmp_path / "mission_db"
    shutil.copytree(mission.root, root)
    stage, capsule = mission.spacecraft["ryugu-stage"], mission.spacecraft["return-capsule"]
    asked = (stage.command("RELEASE_CUBE"),
             {"release_spacecraft_id": capsule.framing.spacecraft_id})  # fmt: skip
    with Store(tmp_path / "store.sqlite") as store:
        room = _home(replace(mission, root=str(root)), store)
        room.now = Instant.from_utc_iso("2033-12-03T05:30:00Z")
        check_release(room, *asked)
        take_over(store, {capsule.id: []})
        with pytest.raises(CommandRefusedError, match="no record of when it was sealed"):
            check_release(room, *asked)
        (root / "planetary_protection/returns.yaml").unlink()
        with pytest.raises(CommandRefusedError, match="nothing is filed of the samples") as refused:
            check_release(room, *asked)
        assert "file there what lacks" in str(refused.value)
