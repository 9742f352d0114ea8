"""`groundsys key`, with the desks' true verbs behind a real socket."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from groundsys.authority import Role
from groundsys.bus.token_file import write_private
from groundsys.cli import main
from groundsys.customers import is_token, token_hash
from groundsys.objects import FolderObjectStore
from groundsys.rehearsal.run_directory import RunDirectory, point_current_at
from tests.portal.fake_desks import FakeDesks, listening


@pytest.fixture
def desks(tmp_path: Path) -> FakeDesks:
    return FakeDesks(FolderObjectStore(tmp_path / "objects"))


@pytest.fixture
def data(desks: FakeDesks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A run whose flight director sits here."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    run = RunDirectory(tmp_path / "data" / "a-run")
    run.create()
    run.write_facts({"pid": os.getpid()})
    point_current_at(run, tmp_path / "data")
    from groundsys.desks.people.token_files import owner_name

    write_private(run.people / owner_name(), desks.account(owner_name(), Role.FLIGHT_DIRECTOR))
    with listening(desks) as endpoint:
        run.announce("desks", {"requests": endpoint, "events": endpoint})
        yield tmp_path / "data"


def said(data: Path, *arguments: str) -> Any:
    return CliRunner().invoke(main, ["key", *arguments, "--data", str(data)])


def test_a_key_is_made_listed_and_revoked(data: Path, desks: FakeDesks) -> None:
    of = ("--customer", "polar-weather")
    made = said(data, "make", *of, "--label", "archive", "--scope", "read_products", "--days", "9")
    assert made.exit_code == 0, made.output
    secret = made.stdout.strip().splitlines()[-1]
    assert is_token(secret)
    listed = json.loads(said(data, "list", *of, "--json").stdout)
    assert [(one["label"], one["usable"]) for one in listed] == [("", True), ("archive", True)]
    assert listed[1]["id"] == token_hash(secret)[:12]
    assert listed[1]["scopes"] == ["read_products"]
    assert "archive" in said(data, "list", *of).stdout
    assert secret not in said(data, "list", *of).stdout
    assert said(data, "revoke", listed[1]["id"], *of).exit_code == 0
    assert desks.ask("customer_of_token", token_hash=token_hash(secret)) == {
        "ok": True,
        "customer": None,
    }
    assert "revoked" in said(data, "list", *of).stdout


def test_a_key_that_is_not_theirs_is_told(data: Path) -> None:
    answer = said(data, "revoke", "0" * 12, "--customer", "polar-weather")
    assert answer.exit_code != 0
    assert said(data, "make", "--customer", "nobody").exit_code != 0
