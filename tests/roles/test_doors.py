"""Every role at every verb: over the bus, and through the portal's API, as written down by hand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from litestar.testing import TestClient

from groundsys.authority import Role
from groundsys.objects import FolderObjectStore
from groundsys.portal.app import create_app
from groundsys.values.errors import AccessRefusedError, RefusalError
from tests.roles.conftest import PASSWORD, Ground, asked
from tests.roles.expected import ACTIONS, EXPECTED

GAIN = {"spacecraft": "cube-polar", "command": "PAYLOAD_SET_GAIN", "arguments": {"gain": 3}}
ANOTHERS = {**GAIN, "spacecraft": "cube-tharsis"}
SAFE_MODE = {"spacecraft": "otv", "command": "SAFE_MODE", "arguments": {}}

#: what each action is asked for with; whoever may ask is answered, or refused for another reason
REQUESTS: dict[str, tuple[str, dict[str, Any]]] = {
    "log_in": ("log_in", {"name": "sol", "password": PASSWORD}),
    "look": ("status", {}),
    "watch": ("command_show", {"command_id": "none"}),
    "keep_own_account": ("end_sessions", {}),
    "acknowledge_alarm": ("acknowledge_alarm", {"alarm_id": "none"}),
    "handle_alarm": ("alarm_unshelve", {"alarm_id": "none"}),
    "write_logbook": ("log_entry", {"text": "all quiet"}),
    "steer_clock": ("clock_rate", {"rate": -1.0}),
    "inject_fault": ("fault_inject", {"fault": "none"}),
    "draft_command": ("command_draft", GAIN),
    "approve_command": ("command_approve", {"command_id": "none"}),
    "draft_upload": ("upload_draft", {"spacecraft": "none", "content_base64": ""}),
    "approve_upload": ("upload_approve", {"upload_id": "none"}),
    "run_procedure": ("procedure_hold", {"run": "none", "reason": "none"}),
    "vote_at_gate": ("procedure_vote", {"run": "none", "go": True}),
    "change_plan": ("plan_cancel", {"pass_id": "none"}),
    "tell_notice": ("plan_notice", {"kind": "none"}),
    "manage_own_access": ("own_keys", {}),
    "serve_products": ("list_products", {"customer": "polar-weather"}),
    "see_custody": ("custody", {}),
    "manage_tokens": ("revoke_token", {"token_hash": "none"}),
    "manage_people": ("user_disable", {"name": "none"}),
    "destroy_customer_key": ("customer_key_destroy", {"customer": "none", "reason": "none"}),
    "stop": ("stop", {}),
}
#: asked for in other ways, below
OTHERWISE = {"read_products"}
#: nothing in the desks stands for them yet
WITHOUT_A_VERB = {"approve_procedure"}

CASES = [(role, action) for action in REQUESTS for role in Role]


def session(ground: Ground, role: str, action: str) -> str:
    return (ground.spare if action == "keep_own_account" else ground.tokens)[role]


def over_the_bus(ground: Ground, token: str, verb: str, arguments: dict[str, Any]) -> str:
    """`yes` or `no`: whether the desks let this asker in, whatever came of it then."""
    try:
        asked(ground, verb, token, arguments)
    except RefusalError:
        return "yes"  # let in, and told for instance that there is no such alarm
    except AccessRefusedError as error:
        words = str(error)
        assert "may not" in words or "only for the own" in words or "no account" in words, words
        return "yes" if "no account" in words else "no"
    return "yes"


def test_every_action_is_asked_for_in_some_way(ground: Ground) -> None:
    assert {*REQUESTS, *OTHERWISE, *WITHOUT_A_VERB} == set(ACTIONS)
    for action, (verb, _) in REQUESTS.items():
        assert ground.actions[verb] == action
    assert WITHOUT_A_VERB & set(ground.actions.values()) == set()


@pytest.mark.parametrize(("role", "action"), CASES)
def test_over_the_bus(ground: Ground, role: Role, action: str) -> None:
    verb, arguments = REQUESTS[action]
    found = over_the_bus(ground, session(ground, role, action), verb, arguments)
    assert found == {"own": "yes"}.get(EXPECTED[role, action], EXPECTED[role, action])


@pytest.mark.parametrize("role", Role)
def test_no_verb_lets_in_whom_its_action_does_not(ground: Ground, role: Role) -> None:
    """Every verb that there is, also those that another test does not ask for."""
    for verb, action in ground.actions.items():
        if EXPECTED[role, action] == "no":
            assert over_the_bus(ground, ground.tokens[role], verb, {}) == "no", verb


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize(
    ("verb", "action"),
    [
        ("procedure_rehearse", "run_procedure"),
        ("procedure_rehearsed", "run_procedure"),
        ("procedure_rehearsal", "watch"),
    ],
)
def test_rehearsing_over_the_bus(ground: Ground, role: Role, verb: str, action: str) -> None:
    wish = {"procedure": "none", "rehearsal": "none", "digest": "none", "verdict": {}}
    assert ground.actions[verb] == action
    found = over_the_bus(ground, ground.tokens[role], verb, wish)
    assert found == EXPECTED[role, action]


@pytest.mark.parametrize("role", Role)
def test_approving_over_the_bus(ground: Ground, role: Role) -> None:
    drafted = asked(ground, "command_draft", ground.tokens[Role.OPERATOR], SAFE_MODE)["command"]
    assert drafted["state"] == "prepared"
    wish = {"command_id": drafted["id"]}
    if EXPECTED[role, "approve_command"] == "yes":
        answer = asked(ground, "command_approve", ground.approvers[role], wish)
        assert answer["command"]["state"] == "queued"
    else:
        with pytest.raises(AccessRefusedError):
            asked(ground, "command_approve", ground.approvers[role], wish)


def test_own_is_not_another_s(ground: Ground) -> None:
    pia = ground.tokens[Role.PAYLOAD_OPERATOR]
    assert EXPECTED[Role.PAYLOAD_OPERATOR, "draft_command"] == "own"
    assert over_the_bus(ground, pia, "command_draft", ANOTHERS) == "no"
    assert over_the_bus(ground, pia, "command_draft", SAFE_MODE) == "no"
    assert EXPECTED[Role.PAYLOAD_OPERATOR, "look"] == "own"
    assert "tharsis-seismo" not in str(asked(ground, "status", pia, {}))


# --- through the portal -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def portal(ground: Ground) -> Iterator[TestClient[Any]]:
    """The portal with its own credential, as it runs, but for the sockets of HTTP."""

    class Line:
        """Each request on a socket of its own: the portal's threads share none."""

        def ask(self, verb: str, *, timeout_s: float = 10.0, **arguments: Any) -> dict[str, Any]:
            token = arguments.pop("token", ground.tokens[Role.PORTAL])
            return asked(ground, verb, token, arguments)

    with TestClient(create_app(Line(), FolderObjectStore(ground.objects))) as client:
        yield client


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"} if token else {}


@pytest.mark.parametrize(("role", "action"), CASES)
def test_through_the_portal(
    portal: TestClient[Any], ground: Ground, role: Role, action: str
) -> None:
    verb, arguments = REQUESTS[action]
    if action == "keep_own_account":
        verb, arguments = "own_password", {"old_password": "", "password": "short"}
    answer = portal.post(
        f"/api/v1/requests/{verb}", json=arguments, headers=bearer(ground.tokens[role])
    )
    if role is Role.ANONYMOUS:  # from outside nobody may even look
        assert answer.status_code == (200 if action == "log_in" else 401)
        return
    refused_for_its_role = answer.status_code == 403 and "may not" in answer.text
    assert refused_for_its_role == (EXPECTED[role, action] == "no"), answer.text
    assert answer.status_code in (200, 403, 409)


@pytest.mark.parametrize("role", Role)
def test_reading_products_through_the_portal(
    portal: TestClient[Any], ground: Ground, role: Role
) -> None:
    answer = portal.get("/api/v1/products", headers=bearer(ground.tokens[role]))
    if EXPECTED[role, "read_products"] == "own":
        told = answer.json()
        assert (told["customer"], told["products"]) == ("polar-weather", [])
    else:
        assert answer.status_code == (401 if role is Role.ANONYMOUS else 403)


def test_the_portal_lends_its_own_credential_to_nobody(
    portal: TestClient[Any], ground: Ground
) -> None:
    for token in ("", "forged", "gs1_" + "x" * 43):
        for verb in ("list_products", "status", "who_am_i"):
            answer = portal.post(f"/api/v1/requests/{verb}", json={}, headers=bearer(token))
            assert answer.status_code == 401, answer.text
    for reserved in ({"token": ground.tokens[Role.FLIGHT_DIRECTOR]}, {"verb": "stop"}):
        answer = portal.post(
            "/api/v1/requests/status", json=reserved, headers=bearer(ground.tokens[Role.OBSERVER])
        )
        assert answer.status_code == 400


def test_a_person_logs_in_through_the_portal_and_asks(
    portal: TestClient[Any], ground: Ground
) -> None:
    told = portal.post("/api/v1/requests/log_in", json={"name": "sol", "password": PASSWORD})
    session = told.json()["token"]
    who = portal.post("/api/v1/requests/who_am_i", json={}, headers=bearer(session))
    assert who.json()["name"] == "sol"
    wrong = portal.post("/api/v1/requests/log_in", json={"name": "sol", "password": "wrong"})
    assert wrong.status_code == 401
