"""`groundsys customer-key`: two flight directors end that anybody reads a customer's products."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from groundsys.authority import Account, Role
from groundsys.bus.token_file import write_private
from groundsys.cli import main
from groundsys.desks import Desks
from groundsys.desks.people.token_files import owner_name
from groundsys.objects import FolderObjectStore, Keyring, SealedObjectStore

pytestmark = pytest.mark.usefixtures("definitions_read_once")

KEY = "polar-weather/cube-polar/weather-000012.dat"


@pytest.fixture
def objects(tmp_path: Path) -> SealedObjectStore:
    """The desks' own objects, with a product."""
    store = SealedObjectStore(FolderObjectStore(tmp_path / "objects"), Keyring(tmp_path / "keys"))
    store.put(KEY, b"as received")
    store.put("tharsis-seismo/cube/a.dat", b"another's")
    return store


def groundsys(data: Path, *arguments: str, typed: str = "", exit_code: int = 0) -> str:
    answer = CliRunner().invoke(main, [*arguments, "--data", str(data)], input=typed)
    assert answer.exit_code == exit_code, answer.output
    return answer.output


def destroy(data: Path, *before: str, exit_code: int = 0, typed: str = "polar-weather\n") -> str:
    wish = ("customer-key", "destroy", "polar-weather", "--why", "end of contract")
    return groundsys(data, *before, *wish, typed=typed, exit_code=exit_code)


def second_director(desks: Desks, data: Path) -> None:
    desks.gate.add(Account("grace", Role.FLIGHT_DIRECTOR), "", desks.room.now)
    write_private(data / "a-run" / "people" / "grace", desks.gate.token_for("grace"))


def test_two_flight_directors_destroy_a_key(
    data: Path, desks: Desks, objects: SealedObjectStore
) -> None:
    second_director(desks, data)
    assert "nothing has been done" in destroy(data, typed="polar\n", exit_code=1)
    assert "another flight director has to" in destroy(data)
    refused = destroy(data, exit_code=2)
    assert "cannot approve it" in refused
    assert objects.open(KEY) is not None
    [polar, tharsis] = json.loads(groundsys(data, "customer-key", "list", "--json"))
    assert polar == {
        "customer": "polar-weather",
        "destroyed": False,
        "destruction_asked_by": owner_name(),
    }
    assert "can be read by nobody" in destroy(data, "--as", "grace")
    assert objects.open(KEY) is None
    assert objects.open("tharsis-seismo/cube/a.dat") is not None
    assert tharsis["destruction_asked_by"] == ""
    assert "destroyed" in groundsys(data, "customer-key", "list")
    told = [
        (entry.actor, entry.action, entry.reason)
        for entry in desks.room.store.audit.all(subject="polar-weather")
        if entry.action.startswith("customer_key")
    ]
    assert told == [
        (owner_name(), "customer_key.ask", "end of contract"),
        ("grace", "customer_key.destroy", "end of contract"),
    ]
    assert "no key to destroy" in destroy(data, exit_code=2)


def test_what_one_has_asked_for_is_withdrawn(
    data: Path, desks: Desks, objects: SealedObjectStore
) -> None:
    second_director(desks, data)
    destroy(data)
    keep = ("customer-key", "keep", "polar-weather", "--why", "they stay")
    assert "is kept" in groundsys(data, *keep)
    assert "another flight director has to" in destroy(data, "--as", "grace")
    assert objects.open(KEY) is not None
    groundsys(data, *keep)
    assert "nobody has asked" in groundsys(data, *keep, exit_code=2)
