"""Every role at every action in Yamcs itself: no role of ours is anybody there.

What each of our actions would be in Yamcs' own API is asked for as a person of each role, by name
and password and by the session of our desks; and as the service account, which may do what desks
and hub do, and nothing by which others might command.
"""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from groundsys.authority import Role
from groundsys.authority.sessions import SessionKey, begin
from groundsys.backend import YamcsServer
from tests.desks.people import NAMES
from tests.roles.expected import ACTIONS
from tests.yamcs.craft import Craft
from tests.yamcs.test_doors import COMMAND_ACTIVITY, PING, TIMELINE_ITEM, log_in

QUEUE = "/api/processors/cube-polar/realtime/queues/default"
ALARM = "/api/processors/cube-polar/realtime/alarms/CUBE_POLAR/obc_mode/1"
STANDS = {"time0": "2031-08-20T06:00:00.000Z", "speed": 0.0, "elapsedTime": "0"}

#: action: what it would be in Yamcs, and whether our service account may (`+`) or not (`.`)
IN_YAMCS: dict[str, tuple[str, str, dict[str, Any] | None, str]] = {
    "look": ("GET", "/api/links/cube-polar", None, "+"),
    "watch": ("GET", "/api/archive/cube-polar/events", None, "+"),
    "keep_own_account": ("GET", "/api/user", None, "+"),
    "acknowledge_alarm": ("POST", f"{ALARM}:acknowledge", {}, "+"),
    "handle_alarm": ("POST", f"{ALARM}:shelve", {}, "+"),
    "write_logbook": ("POST", "/api/archive/cube-polar/events", {"message": "quiet"}, "."),
    "steer_clock": ("POST", "/api/instances/cube-polar:setTime", STANDS, "+"),
    "inject_fault": ("POST", "/api/instances/cube-polar:restart", {}, "."),
    "draft_command": ("POST", PING, {"dryRun": True}, "+"),
    "approve_command": ("POST", f"{QUEUE}/commands/x:accept", {}, "."),
    "draft_upload": ("POST", "/api/storage/buckets", {"name": "uploads"}, "."),
    "approve_upload": ("POST", "/api/filetransfer/cube-polar/cfdp/transfers", {}, "."),
    "change_plan": ("POST", "/api/timeline/cube-polar/items", TIMELINE_ITEM, "."),
    "tell_notice": ("POST", "/api/archive/cube-polar/events", {"message": "an outage"}, "."),
    "run_procedure": ("POST", "/api/activities/cube-polar/activities", COMMAND_ACTIVITY, "."),
    "approve_procedure": ("POST", "/api/activities/cube-polar/activities/x:complete", {}, "."),
    "vote_at_gate": ("POST", f"{QUEUE}:enable", {}, "."),
    "read_products": ("GET", "/api/archive/cube-polar/packets", None, "+"),
    "serve_products": ("POST", "/api/storage/buckets", {"name": "x"}, "."),
    "see_custody": ("GET", "/api/archive/cube-polar/packets", None, "+"),
    "destroy_customer_key": ("DELETE", "/api/users/ada", None, "."),
    "manage_own_access": ("POST", "/api/service-accounts", {"name": "own"}, "."),
    "manage_tokens": ("POST", "/api/service-accounts", {"name": "eve"}, "."),
    "manage_people": ("POST", "/api/users", {"name": "eve"}, "."),
    "stop": ("POST", "/api/instances/cube-polar:stop", {}, "."),
}
#: a password is shown to Yamcs at its own door
BY_LOGIN = "log_in"
PASSWORD = "a dozen of letters"


def ask(
    server: YamcsServer, action: str, headers: dict[str, str], auth: tuple[str, str] | None = None
) -> int:
    method, path, body, _ = IN_YAMCS[action]
    with httpx.Client(base_url=server.url) as http:
        return http.request(method, path, json=body, headers=headers, auth=auth).status_code


def test_every_action_stands_here() -> None:
    assert {*IN_YAMCS, BY_LOGIN} == set(ACTIONS)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("action", ACTIONS)
def test_no_role_may_do_anything(server: YamcsServer, cube: Craft, role: Role, action: str) -> None:
    name = NAMES.get(role, "guest")
    if action == BY_LOGIN:
        with httpx.Client(base_url=server.url) as http:
            assert log_in(http, name, PASSWORD).status_code == 401
        return
    session = SessionKey(SessionKey.new_pem()).sign(begin(name, 1, 0.0))
    assert ask(server, action, {}) in (401, 403)
    assert ask(server, action, {}, auth=(name, PASSWORD)) == 401
    assert ask(server, action, {"Authorization": f"Bearer {session}"}) == 401
    assert not cube.has_received()


@pytest.mark.parametrize("action", IN_YAMCS)
def test_our_service_account_may_do_what_desks_and_hub_do(
    server: YamcsServer, cube: Craft, action: str
) -> None:
    assert server.credentials is not None
    with httpx.Client(base_url=server.url) as http:
        answer = log_in(http, server.credentials.user, server.credentials.password).json()
    status = ask(server, action, {"Authorization": f"Bearer {answer['access_token']}"})
    if IN_YAMCS[action][-1] == "+":
        assert status in (200, 404)  # there is no such alarm
    else:
        assert status == 403
