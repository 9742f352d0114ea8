"""`groundsys user`, `login`, `logout` and `--as`, with real desks behind a real socket."""

from __future__ import annotations

import json
import os
import stat
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from groundsys.authority import may_ask_for, table_text
from groundsys.authority.sessions import SessionKey
from groundsys.bus.curve import make_keys
from groundsys.bus.hosting import answer_request
from groundsys.bus.live import bind_requests
from groundsys.cli import main
from groundsys.desks.people.gatekeeper import Gatekeeper
from groundsys.desks.people.token_files import TokenFiles, owner_name
from groundsys.desks.requests.people_requests import PeopleRequests
from groundsys.rehearsal.run_directory import RunDirectory, point_current_at
from groundsys.store import Store
from groundsys.values.instants import Instant

NOON = Instant.from_utc_iso("2031-08-20T12:00:00Z")
PASSWORD = "a dozen of letters"


class Door:
    """What of the desks is about people: the gatekeeper, its verbs and the table."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.now = NOON
        gate = Gatekeeper(store, SessionKey(SessionKey.new_pem()), frozenset({"polar-weather"}))
        TokenFiles(gate, folder).make_accounts(NOON)
        self._gate = gate
        self._verbs = PeopleRequests(self, gate).verbs  # type: ignore[arg-type]

    def log(self, *_: str) -> None: ...

    def audit(self, **_: object) -> None: ...

    def handle(self, request: Mapping[str, Any]) -> dict[str, Any]:
        asker = self._gate.admit(str(request.get("token", ""))).asker
        verb = self._verbs[request["verb"]]
        may_ask_for(asker, verb.action)
        return verb.answer(request, asker)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunDirectory]:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    run = RunDirectory(tmp_path / "data" / "a-run")
    run.create()
    run.write_facts({"pid": os.getpid()})
    point_current_at(run, tmp_path / "data")
    socket, endpoint = bind_requests()
    ready, over = threading.Event(), threading.Event()

    def serve() -> None:
        with Store(run.store) as store:  # SQLite belongs to one thread
            door = Door(store, run.people)
            ready.set()
            while not over.is_set():
                if socket.poll(20):
                    answer_request(socket, door.handle)
        socket.close()

    thread = threading.Thread(target=serve)
    thread.start()
    assert ready.wait(30.0)
    run.announce("desks", {"requests": endpoint})
    yield run
    over.set()
    thread.join()


def groundsys(run: RunDirectory, *arguments: str, typed: str = "", fails: bool = False) -> str:
    where = [] if "roles" in arguments else ["--data", str(run.path.parent)]
    answer = CliRunner().invoke(main, [*arguments, *where], input=typed)
    assert answer.exit_code == (2 if fails else 0), answer.output
    assert "Traceback" not in answer.output
    assert PASSWORD not in answer.output
    return answer.output


def add(run: RunDirectory, name: str, *more: str) -> None:
    groundsys(run, "user", "add", name, *more, typed=f"{PASSWORD}\n{PASSWORD}\n")


def test_the_owner_needs_no_login_and_makes_people(run: RunDirectory) -> None:
    add(run, "grace", "--role", "operator")
    add(run, "pia", "--role", "payload_operator", "--customer", "polar-weather")
    people = {
        one["name"]: (one["role"], one["customer"])
        for one in json.loads(groundsys(run, "user", "list", "--json"))
    }
    assert people == {
        owner_name(): ("flight_director", ""),
        "automation": ("automation", ""),
        "portal": ("portal", ""),
        "grace": ("operator", ""),
        "pia": ("payload_operator", "polar-weather"),
    }
    groundsys(run, "user", "role", "grace", "--role", "observer")
    assert "payload operator" in groundsys(run, "user", "list")
    text = groundsys(run, "user", "add", "x", "--role", "operator", typed="a\na\n", fails=True)
    assert "12 to 256 characters" in text


def test_after_a_login_one_asks_as_that_person_until_logout(run: RunDirectory) -> None:
    add(run, "obi", "--role", "observer")
    said = groundsys(run, "login", "Obi", typed=f"{PASSWORD}\n")
    assert "logged in as obi, observer" in said
    [kept] = (Path(os.environ["XDG_CONFIG_HOME"]) / "groundsys" / "sessions").glob("a-run-*/obi")
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    refused = groundsys(run, "user", "disable", "obi", fails=True)
    assert "obi may not manage people" in refused
    assert "Access refused" in refused
    # and for one command as somebody else
    groundsys(run, "--as", owner_name(), "user", "role", "obi", "--role", "operator")
    assert "obi is logged out" in groundsys(run, "logout")
    assert not kept.exists()
    groundsys(run, "user", "disable", "obi")  # the owner again
    text = groundsys(run, "login", "obi", typed=f"{PASSWORD}\n", fails=True)
    assert "Not logged in: this name and password do not open a session" in text
    groundsys(run, "user", "enable", "obi")
    groundsys(run, "login", "obi", typed=f"{PASSWORD}\n")
    assert "nobody has logged in" not in groundsys(run, "logout", "--everywhere")
    assert "nobody has logged in here" in groundsys(run, "logout")


def test_whoever_has_not_logged_in_cannot_be_asked_as(run: RunDirectory) -> None:
    text = groundsys(run, "--as", "grace", "user", "list", fails=True)
    assert "grace has not logged in here" in text
    assert "groundsys login grace" in text


def test_passwords_are_changed_by_their_owner_and_by_a_flight_director(run: RunDirectory) -> None:
    add(run, "grace", "--role", "operator")
    groundsys(run, "login", "grace", typed=f"{PASSWORD}\n")
    new = "another dozen letters"
    groundsys(run, "user", "password", typed=f"{PASSWORD}\n{new}\n{new}\n")
    groundsys(run, "user", "list")  # the session goes on with the new password
    groundsys(run, "logout")
    groundsys(run, "login", "grace", typed=f"{PASSWORD}\n", fails=True)
    groundsys(run, "user", "password", "grace", typed=f"{PASSWORD}\n{PASSWORD}\n")
    groundsys(run, "login", "grace", typed=f"{PASSWORD}\n")


def test_from_another_machine_one_logs_in_with_a_folder_that_holds_no_token(
    run: RunDirectory, tmp_path: Path
) -> None:
    add(run, "grace", "--role", "operator")
    make_keys(run.keys)
    run.announce("portal", {"url": "https://0.0.0.0:8443"})
    folder = tmp_path / "brought" / "ground"
    groundsys(run, "connection", str(folder), "--host", "127.0.0.1")
    assert sorted(str(one.relative_to(folder)) for one in folder.rglob("*") if one.is_file()) == [
        *("endpoints/desks.json", "endpoints/portal.json", "keys/client.json", "run.json")
    ]
    assert RunDirectory(folder).endpoints("portal") == {"url": "https://127.0.0.1:8443"}
    assert {stat.S_IMODE(one.stat().st_mode) for one in folder.rglob("*.json")} == {0o600}
    there = ("--run", str(folder))
    text = groundsys(run, "user", "list", *there, fails=True)
    assert "whoever gives no token may not watch" in text
    groundsys(run, "login", "grace", *there, typed=f"{PASSWORD}\n")
    assert "grace" in groundsys(run, "user", "list", *there)
    text = groundsys(run, "connection", str(folder), "--host", "127.0.0.1", fails=True)
    assert "cannot be written" in text


def test_the_table_is_printed_as_it_stands(run: RunDirectory) -> None:
    text = groundsys(run, "user", "roles")
    assert text.startswith(table_text())
    assert "own: only what belongs to the own customer" in text
