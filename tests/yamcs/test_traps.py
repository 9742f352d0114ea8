"""The traps behind the doors of `test_doors`: that they are real, and what shuts them.

On a Yamcs that is configured as ours is, but for accounts that we never make: each has one
privilege that ours lacks.  What they ask for is what `test_doors` asks for.  So a refusal there is
known to be one of the privilege, not of a request that nobody could make; and an account with every
privilege of ours is refused here while another one is not.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from groundsys.backend import Yamcs, YamcsServer
from groundsys.backend.configuration import _hash, _write_yaml, write_standing_configuration
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.values.instants import Instant
from tests.yamcs.craft import Craft, wait_for
from tests.yamcs.test_doors import (
    COMMAND_ACTIVITY,
    PING,
    SCRIPT_ACTIVITY,
    STACK_ACTIVITY,
    TIMELINE_ITEM,
    log_in,
)

CUBE = "cube-polar"
QUEUE = f"/api/processors/{CUBE}/realtime/queues/default"
TIMELINE = f"/api/timeline/{CUBE}/items"
ACTIVITIES = f"/api/activities/{CUBE}/activities"

#: who is let in here and nowhere else, and what for; `like ours` has the role of our own account
PRIVILEGES: dict[str, dict[str, list[str]]] = {
    "issuer": {"Command": [".*"]},
    "other issuer": {"Command": [".*"]},
    "issuer with queues": {"Command": [".*"], "System": ["ControlCommandQueue"]},
    "keeper of queues": {"System": ["ControlCommandQueue"]},
    "keeper of the timeline": {"System": ["ControlTimeline"]},
    "starter of activities": {"System": ["ControlActivities"]},
    "nobody": {},
}
LIKE_OURS = "like ours"
ACCOUNTS = (*PRIVILEGES, LIKE_OURS)


class Opened:
    """Yamcs with accounts that may what nobody may in ours."""

    def __init__(self, server: YamcsServer, yamcs: Yamcs, cube: Craft) -> None:
        self.yamcs = yamcs
        self.cube = cube
        self._http = httpx.Client(base_url=server.url)
        self._tokens = {
            name: log_in(self._http, name, name).json()["access_token"] for name in ACCOUNTS
        }

    def ask(self, who: str, path: str, body: dict[str, Any] | None = None) -> int:
        """The status of a POST as this account; "" shows none."""
        headers = {"Authorization": f"Bearer {self._tokens[who]}"} if who else {}
        return self._http.post(path, json=body or {}, headers=headers).status_code

    def held(self) -> list[dict[str, Any]]:
        """What waits in the queue."""
        headers = {"Authorization": f"Bearer {self._tokens['keeper of queues']}"}
        entries: list[dict[str, Any]] = (
            self._http.get(QUEUE, headers=headers).json().get("entries", [])
        )
        return entries

    def issuers(self) -> list[str]:
        """Who has issued, as Yamcs' history has it."""
        headers = {"Authorization": f"Bearer {self._tokens[LIKE_OURS]}"}
        answer = self._http.get(f"/api/archive/{CUBE}/commands?order=asc", headers=headers).json()
        return [
            attribute["value"]["stringValue"]
            for command in answer.get("commands", [])
            for attribute in command["attr"]
            if attribute["name"] == "username"
        ]

    def close(self) -> None:
        self._http.close()


@pytest.fixture(scope="module")
def server(
    mission: Mission, scenario: Scenario, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[YamcsServer]:
    run = tmp_path_factory.mktemp("opened")
    with YamcsServer.start(run, mission, replace(scenario, spacecraft=(CUBE,))) as running:
        running.stop()
        _open_doors(run / "yamcs" / "etc")
        running.restart(mission)
        yield running


@pytest.fixture
def opened(
    server: YamcsServer, mission: Mission, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Opened]:
    keys = Path(str(server._directory)).parent / "keys"
    craft = Craft(mission.spacecraft[CUBE], server.links[CUBE], keys)
    with (
        contextlib.closing(server.connect()) as yamcs,
        contextlib.closing(craft.open()) as cube,
        contextlib.closing(Opened(server, yamcs, cube)) as found,
    ):
        yield found


def _open_doors(etc: Path) -> None:
    """Add the accounts, and Yamcs' own service that runs a timeline, which ours has not."""
    roles = yaml.safe_load((etc / "roles.yaml").read_text())
    [ours] = roles
    users = yaml.safe_load((etc / "users.yaml").read_text())
    for name, privileges in PRIVILEGES.items():
        roles[name] = privileges
        users[name] = {"password": _hash(name), "roles": [name]}
    users[LIKE_OURS] = {"password": _hash(LIKE_OURS), "roles": [ours]}
    instance = yaml.safe_load((etc / f"yamcs.{CUBE}.yaml").read_text())
    instance["services"].append({"class": "org.yamcs.timeline.TimelineService"})
    _write_yaml(etc / "roles.yaml", roles)
    _write_yaml(etc / "users.yaml", users)
    _write_yaml(etc / f"yamcs.{CUBE}.yaml", instance)


def all_but(*names: str) -> list[str]:
    return [name for name in ACCOUNTS if name not in names]


def refused(opened: Opened, who: str, path: str, body: dict[str, Any] | None = None) -> None:
    assert opened.ask(who, path, body) == 403, who
    assert opened.ask("", path, body) == 401
    assert not opened.cube.has_received()


def test_a_held_command_is_released_by_another_who_may_not_even_command_and_by_nobody_else(
    opened: Opened,
) -> None:
    assert opened.ask("keeper of queues", f"{QUEUE}:block") == 200
    assert opened.ask("issuer", PING) == 200
    [held] = wait_for(opened.held)
    assert held["username"] == "issuer"
    accept = f"{QUEUE}/commands/{held['id']}:accept"
    for who in all_but("keeper of queues", "issuer with queues"):
        refused(opened, who, accept)
        refused(opened, who, f"{QUEUE}:enable")
    assert opened.held() == [held]
    refused(opened, "keeper of queues", PING)
    assert opened.ask("keeper of queues", accept) == 200  # the trap
    assert opened.cube.receive().kind == "BD"
    assert opened.held() == []
    assert opened.ask("keeper of queues", f"{QUEUE}:enable") == 200


def test_a_blocked_queue_is_no_rule_of_two_people(opened: Opened) -> None:
    assert opened.ask("issuer with queues", f"{QUEUE}:block") == 200
    assert opened.ask("issuer with queues", PING) == 200
    [held] = wait_for(opened.held)
    assert opened.ask("issuer with queues", f"{QUEUE}/commands/{held['id']}:accept") == 200
    assert opened.cube.receive().kind == "BD"
    assert opened.ask("issuer with queues", f"{QUEUE}:enable") == 200


def test_a_timeline_commands_as_system_for_one_who_may_not_command_and_for_nobody_else(
    opened: Opened,
) -> None:
    soon = (datetime.now(UTC) + timedelta(seconds=1)).isoformat()  # it goes by the wall clock
    item = {**TIMELINE_ITEM, "start": soon}
    for who in all_but("keeper of the timeline"):
        refused(opened, who, TIMELINE, item)
    refused(opened, "keeper of the timeline", PING)
    assert opened.ask("keeper of the timeline", TIMELINE, item) == 200  # the trap
    assert opened.cube.receive().kind == "BD"
    assert wait_for(lambda: "System" in opened.issuers())


@pytest.mark.parametrize(
    "activity", [COMMAND_ACTIVITY, STACK_ACTIVITY, SCRIPT_ACTIVITY], ids=lambda one: one["type"]
)
def test_activities_are_started_by_whoever_may_though_not_command_and_by_nobody_else(
    opened: Opened, activity: dict[str, Any]
) -> None:
    for who in all_but("starter of activities"):
        refused(opened, who, ACTIVITIES, activity)
    refused(opened, "starter of activities", PING)
    assert opened.ask("starter of activities", ACTIVITIES, activity) == 200  # the trap
    if activity is COMMAND_ACTIVITY:
        assert opened.cube.receive().kind == "BD"
        assert wait_for(lambda: "starter of activities" in opened.issuers())


def test_two_commands_of_one_time_and_number_are_one_in_the_history(
    opened: Opened, mission: Mission, scenario: Scenario
) -> None:
    """Why every command of ours bears a number (`Session.next_command_number`)."""
    moment: Instant = scenario.span.start.plus_seconds(7200.0)
    opened.yamcs.set_time(moment, 0.0)
    for _ in range(2):
        assert opened.ask("issuer", PING) == 200
        opened.cube.receive()
    cube = mission.spacecraft[CUBE]
    assert len(opened.yamcs.command_records(cube, moment)) == 1  # the trap
    issued = [opened.yamcs.issue_command(cube, "PING", {}, bypass=True) for _ in range(2)]
    kept = {one.id for one in opened.yamcs.command_records(cube, moment)}
    assert kept >= {one.id for one in issued}
    assert len(kept) == 3


def test_nobody_is_let_into_ours_but_our_account_and_it_keeps_none_of_the_traps(
    tmp_path: Path, mission: Mission, scenario: Scenario
) -> None:
    connection = write_standing_configuration(tmp_path, mission, scenario)
    assert connection.credentials is not None
    users = yaml.safe_load((tmp_path / "etc" / "users.yaml").read_text())
    roles = yaml.safe_load((tmp_path / "etc" / "roles.yaml").read_text())
    assert set(users) == {connection.credentials.user, "admin"}
    assert set(users["admin"]) == {"password"}
    assert users[connection.credentials.user]["roles"] == list(roles)
    assert not any(one.get("superuser") for one in users.values())
    [privileges] = roles.values()
    traps = {name for one in PRIVILEGES.values() for name in one.get("System", [])}
    assert traps == {"ControlCommandQueue", "ControlTimeline", "ControlActivities"}
    assert not traps & set(privileges["System"])
