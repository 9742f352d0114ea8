"""A payload operator asks for its payload's commands over HTTP and follows them, and no others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from litestar.testing import TestClient

from groundsys.authority import Role
from groundsys.objects import FolderObjectStore
from groundsys.portal.access import Doorkeeper
from groundsys.portal.app import create_app
from tests.desks.people import NAMES
from tests.roles.conftest import Ground, asked

GAIN = {"spacecraft": "cube-polar", "command": "PAYLOAD_SET_GAIN", "arguments": {"gain": 3}}


@pytest.fixture(scope="module")
def portal(ground: Ground) -> Iterator[TestClient[Any]]:
    class Line:
        """Each request on a socket of its own: the portal's threads share none."""

        def ask(self, verb: str, *, timeout_s: float = 10.0, **arguments: Any) -> dict[str, Any]:
            token = arguments.pop("token", ground.tokens[Role.PORTAL])
            return asked(ground, verb, token, arguments)

    objects = FolderObjectStore(ground.objects)
    with TestClient(create_app(Line(), objects, doorkeeper=Doorkeeper())) as client:
        client.headers["Authorization"] = f"Bearer {ground.tokens[Role.PAYLOAD_OPERATOR]}"
        yield client


@pytest.fixture(scope="module")
def key(portal: TestClient[Any]) -> str:
    """Made by the payload operator in person, for a program that commands."""
    answer = portal.post("/api/v1/keys", json={"scopes": ["request_commands"], "label": "tuner"})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["secret"])


def with_key(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def facts(answer: httpx.Response) -> tuple[int, bytes]:
    return answer.status_code, answer.content


def test_a_command_is_asked_for_followed_and_taken_back(portal: TestClient[Any], key: str) -> None:
    catalogue = portal.get("/api/v1/commands/catalogue", headers=with_key(key)).json()
    (commands,) = catalogue["spacecraft"].values()
    assert "PAYLOAD_SET_GAIN" in [one["name"] for one in commands]
    used = catalogue["quota"]["commands_today"]
    foreseen = portal.post("/api/v1/commands/foresee", json=GAIN, headers=with_key(key))
    assert foreseen.status_code == 200, foreseen.text
    assert foreseen.json()["way"]["confirmed"].endswith("Z")
    wish = {**GAIN, "why": "dim stars"}
    drafted = portal.post("/api/v1/commands", json=wish, headers=with_key(key))
    assert drafted.status_code == 201, drafted.text
    id = drafted.json()["id"]
    shown = portal.get(f"/api/v1/commands/{id}", headers=with_key(key)).json()
    assert shown["command"]["operator"] == NAMES[Role.PAYLOAD_OPERATOR]
    assert shown["command"]["why"].startswith("dim stars (by key ")
    assert [hop["name"] for hop in shown["command"]["hops"]][-1] == "confirmed"
    assert [one["event"] for one in shown["log"]]
    listed = portal.get("/api/v1/commands", headers=with_key(key)).json()["commands"]
    assert id in [one["id"] for one in listed]
    again = portal.get("/api/v1/commands/catalogue", headers=with_key(key)).json()
    assert again["quota"]["commands_today"] == used + 1
    back = portal.delete(f"/api/v1/commands/{id}?why=clouds", headers=with_key(key))
    assert (back.status_code, back.json()["state"]) == (200, "cancelled")


def test_anothers_command_and_craft_are_not_there(portal: TestClient[Any], ground: Ground) -> None:
    theirs = asked(
        *(ground, "command_draft", ground.tokens[Role.OPERATOR]),
        {**GAIN, "spacecraft": "cube-tharsis"},
    )["command"]["id"]
    absent = theirs[:-4] + "9999"
    for method, path in (("GET", "{}"), ("DELETE", "{}?why=x")):
        answers = [
            portal.request(method, f"/api/v1/commands/{path.format(id)}") for id in (theirs, absent)
        ]
        assert facts(answers[0]) == facts(answers[1])
        assert answers[0].status_code == 404
    listed = portal.get("/api/v1/commands?limit=1000").text
    assert theirs not in listed
    assert "tharsis" not in listed + portal.get("/api/v1/commands/catalogue").text
    for path in ("commands", "commands/foresee"):
        refused = [
            portal.post(f"/api/v1/{path}", json={**GAIN, "spacecraft": craft})
            for craft in ("cube-tharsis", "cube-nowhere", "otv")
        ]
        assert {facts(one) for one in refused} == {(403, refused[0].content)}


def test_what_is_wrong_with_a_wish_is_said(portal: TestClient[Any]) -> None:
    wild = {**GAIN, "arguments": {"gain": 1000}}
    answer = portal.post("/api/v1/commands", json=wild)
    assert (answer.status_code, "out of range" in answer.json()["title"]) == (409, True)
    for wish in ({}, {**GAIN, "before": "soon"}, {**GAIN, "arguments": 3}):
        assert portal.post("/api/v1/commands", json=wish).status_code == 400


def test_what_is_on_its_way_is_foretold(portal: TestClient[Any]) -> None:
    told = portal.get("/api/v1/on-its-way").json()
    assert {one["spacecraft"] for one in told["homecomings"]} == {"cube-polar"}
    assert all(one["measured_from"] < one["measured_until"] for one in told["homecomings"])
