"""Yamcs' own doors are shut: nobody but our service account is let in, and it has no master key.

Two traps are behind it.  A timeline item of type activity runs as Yamcs' superuser `System`, so
whoever may create one may send any command; and a queue's release compares nobody with a command's
issuer.  So no account at all has the privileges for either.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from groundsys.authority.sessions import SessionKey, begin
from groundsys.backend import Yamcs, YamcsServer
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.values.errors import EnvironmentLackError
from groundsys.values.instants import Instant
from tests.yamcs.craft import Craft

PING = "/api/processors/cube-polar/realtime/commands/CUBE_POLAR/PING"
OBC_MODE = "parameters/CUBE_POLAR/obc_mode"
TIMELINE_ITEM = {
    "name": "a command in disguise",
    "type": "ACTIVITY",
    "start": "2031-08-20T00:00:00Z",
    "duration": "60s",
    "activityDefinition": {"type": "COMMAND", "args": {"command": "/CUBE_POLAR/PING"}},
}
COMMAND_ACTIVITY = {
    "type": "COMMAND",
    "args": {"command": "/CUBE_POLAR/PING", "processor": "realtime"},
}
STACK_ACTIVITY = {
    "type": "COMMAND_STACK",
    "args": {"bucket": "stacks", "stack": "x.ycs", "processor": "realtime"},
}
SCRIPT_ACTIVITY = {"type": "SCRIPT", "args": {"script": "x.sh"}}
FORGED_COMPLETION = {
    "id": "1944950437000-127.0.0.1-0",
    "attributes": [
        {"name": "CommandComplete_Status", "value": {"type": "STRING", "stringValue": "OK"}}
    ],
}

#: what would command, release, schedule, or change what commands go through
COMMANDING = [
    pytest.param(PING, {}, id="send a command"),
    pytest.param("/api/archive/cube-polar:executeSql", {"statement": "show tables"}, id="use SQL"),
    pytest.param(
        "/api/archive/cube-polar/tables/cmdhist:writeRows", {}, id="rewrite what was commanded"
    ),
    pytest.param("/api/links/cube-polar/frames_out:disable", {}, id="cut the uplink"),
    pytest.param("/api/links/cube-polar/frames_in:disable", {}, id="cut the downlink"),
    pytest.param("/api/cop1/otv/frames_out.uplink:disable", {}, id="stop COP-1"),
    pytest.param("/api/instances/cube-polar:setTime", {"speed": 1.0}, id="set the time"),
]
#: what not even our own account may do
FOR_NOBODY = [
    pytest.param("/api/timeline/cube-polar/items", TIMELINE_ITEM, id="put it on the timeline"),
    pytest.param("/api/timeline/cube-polar/bands", {"name": "x"}, id="change the timeline"),
    pytest.param("/api/activities/cube-polar/activities", COMMAND_ACTIVITY, id="start an activity"),
    pytest.param("/api/activities/cube-polar/activities", SCRIPT_ACTIVITY, id="run a script"),
    pytest.param("/api/activities/cube-polar/activities", STACK_ACTIVITY, id="run a stack"),
    pytest.param("/api/filetransfer/cube-polar/x/transfers", {}, id="send a file"),
    pytest.param(
        "/api/processors/cube-polar/realtime/commandhistory/CUBE_POLAR/PING",
        FORGED_COMPLETION,
        id="say that a command was completed",
    ),
    pytest.param("/api/archive/cube-polar/events", {"message": "x"}, id="make an event"),
    pytest.param(
        "/api/processors/cube-polar/realtime/queues/default:block", {}, id="block a queue"
    ),
    pytest.param(
        "/api/processors/cube-polar/realtime/queues/default:enable", {}, id="open a queue"
    ),
    pytest.param(
        "/api/processors/cube-polar/realtime/queues/default/commands/x:accept",
        {},
        id="release from a queue",
    ),
    pytest.param("/api/users", {"name": "eve", "password": "eve"}, id="make an account"),
    pytest.param("/api/service-accounts", {"name": "eve"}, id="make a service account"),
    pytest.param("/api/instances/cube-polar:stop", {}, id="stop an instance"),
    pytest.param("/api/instances", {"name": "eve", "template": "x"}, id="make an instance"),
    pytest.param(
        "/api/processors",
        {"instance": "cube-polar", "name": "eve", "type": "realtime"},
        id="make a processor",
    ),
    pytest.param(
        "/api/services/cube-polar/org.yamcs.archive.CommandHistoryRecorder:stop",
        {},
        id="stop the history of commands",
    ),
]


@pytest.fixture
def http(server: YamcsServer) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url) as client:
        yield client


def log_in(http: httpx.Client, user: str, password: str) -> httpx.Response:
    form = {"grant_type": "password", "username": user, "password": password}
    return http.post("/auth/token", data=form)


@pytest.fixture
def ours(server: YamcsServer, http: httpx.Client) -> dict[str, str]:
    """What our own service account shows."""
    assert server.credentials is not None
    answer = log_in(http, server.credentials.user, server.credentials.password)
    assert answer.status_code == 200
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


@pytest.mark.parametrize(("path", "body"), [*COMMANDING, *FOR_NOBODY])
def test_whoever_has_no_account_is_refused(
    http: httpx.Client, cube: Craft, path: str, body: dict[str, Any]
) -> None:
    session = SessionKey(SessionKey.new_pem()).sign(begin("ada", 1, 0.0))
    for headers in (
        {},
        {"Authorization": f"Bearer {session}"},  # a token of our own desks is none of Yamcs'
        {"Authorization": "Basic Z3Vlc3Q6Z3Vlc3Q="},  # guest:guest
        {"Authorization": "Basic YWRtaW46YWRtaW4="},  # admin:admin
        {"Authorization": "Basic U3lzdGVtOg=="},  # Yamcs' own System, without a password
    ):
        answer = http.post(path, json=body, headers=headers)
        assert answer.status_code in (401, 403), f"{headers}: {answer.text}"
    assert not cube.has_received()


@pytest.mark.parametrize(
    ("user", "password"),
    [
        *(("admin", "admin"), ("admin", ""), ("guest", "guest"), ("guest", ""), ("System", "")),
        *(("System", "System"), ("groundsys", ""), ("groundsys", "groundsys"), ("", "")),
    ],
)
def test_no_account_that_yamcs_makes_by_itself_opens(
    http: httpx.Client, user: str, password: str
) -> None:
    assert log_in(http, user, password).status_code in (400, 401)


@pytest.mark.parametrize(("path", "body"), FOR_NOBODY)
def test_not_even_our_account_may_go_round_the_desks(
    http: httpx.Client, ours: dict[str, str], cube: Craft, path: str, body: dict[str, Any]
) -> None:
    answer = http.post(path, json=body, headers=ours)
    assert answer.status_code == 403, answer.text
    assert not cube.has_received()


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        pytest.param(
            *("PATCH", "/api/clearances/groundsys", {"level": "SEVERE"}), id="clear for hazards"
        ),
        pytest.param(
            *("PATCH", f"/api/mdb/cube-polar/realtime/{OBC_MODE}", {"action": "RESET"}),
            id="change limits",
        ),
        pytest.param(
            *("PUT", f"/api/processors/cube-polar/realtime/{OBC_MODE}"),
            {"type": "STRING", "stringValue": "SAFE"},
            id="say what telemetry shows",
        ),
        pytest.param("GET", "/api/users", None, id="see who has an account"),
        pytest.param("GET", "/api/sessions", None, id="see who is there"),
        pytest.param("GET", "/api/storage/buckets/stacks/objects", None, id="read stacks"),
    ],
)
def test_nobody_may_change_what_commands_and_telemetry_are_judged_by(
    http: httpx.Client, ours: dict[str, str], method: str, path: str, body: dict[str, Any] | None
) -> None:
    assert http.request(method, path, json=body, headers=ours).status_code == 403
    assert http.request(method, path, json=body).status_code == 401


def test_whoever_has_no_account_hears_nothing_by_websocket(http: httpx.Client) -> None:
    upgrade = {
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version": "13",
    }
    assert http.get("/api/websocket", headers=upgrade).status_code == 401


def test_our_account_commands_and_is_no_superuser(
    http: httpx.Client, ours: dict[str, str], yamcs: Yamcs, cube: Craft, now: Instant
) -> None:
    me = http.get("/api/user", headers=ours).json()
    assert me["name"] == "groundsys"
    assert not me.get("superuser", False)
    granted = set(me["systemPrivileges"])
    assert granted & {"ControlTimeline", "ControlActivities", "ControlCommandQueue"} == set()
    assert granted & {"ControlAccess", "ControlServices", "CreateInstances"} == set()
    yamcs.issue_command(cube.spacecraft, "PING", {}, bypass=True)
    assert cube.receive().kind == "BD"


def test_there_is_nothing_that_would_run_a_timeline(
    http: httpx.Client, ours: dict[str, str], server: YamcsServer
) -> None:
    for instance in server.links:
        configuration = (server._directory / "etc" / f"yamcs.{instance}.yaml").read_text()  # type: ignore[operator]
        assert "Timeline" not in configuration
        assert "Activit" not in configuration
    assert http.get("/api/timeline/cube-polar/items", headers=ours).status_code == 403


@pytest.mark.parametrize("url", ["http://192.0.2.7:8090", "http://u:p@yamcs.example:8090"])
def test_no_yamcs_is_joined_in_clear_off_this_machine(
    mission: Mission, scenario: Scenario, url: str
) -> None:
    with pytest.raises(EnvironmentLackError, match="in clear") as refused:
        YamcsServer.join(url, mission, scenario, "groundsys", "secret")
    assert "secret" not in str(refused.value)
    assert "u:p" not in str(refused.value)
