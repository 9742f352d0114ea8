"""The run keeps its owner's and its programs' tokens in files of its owner's alone."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from groundsys.authority import Account, Role
from groundsys.authority.sessions import LIFETIME_S, SessionKey
from groundsys.bus.token_file import TokenFile, write_private
from groundsys.desks.people.gatekeeper import Gatekeeper
from groundsys.desks.people.token_files import TokenFiles, owner_name
from groundsys.store import Store
from groundsys.values.instants import Instant
from tests.desks.test_gatekeeper import Clock

NOON = Instant.from_utc_iso("2031-08-20T12:00:00Z")


def test_files_are_private_and_whole_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        write_private(tmp_path / "new" / "token", "secret\n")
        write_private(tmp_path / "new" / "token", "another\n")
    finally:
        os.umask(before)
    assert TokenFile(tmp_path / "new" / "token").token() == "another"
    assert stat.S_IMODE((tmp_path / "new" / "token").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["token"]
    assert TokenFile(tmp_path / "none").token() == ""


def test_the_first_person_is_whoever_starts_the_run(tmp_path: Path) -> None:
    clock = Clock()
    with Store(tmp_path / "store.sqlite") as store:
        gate = Gatekeeper(store, SessionKey(SessionKey.new_pem()), frozenset(), clock)
        files = TokenFiles(gate, tmp_path / "people", clock)
        files.make_accounts(NOON)
        roles = {
            path.name: gate.admit(TokenFile(path).token()).asker.role
            for path in (tmp_path / "people").iterdir()
        }
        assert roles == {
            owner_name(): Role.FLIGHT_DIRECTOR,
            "automation": Role.AUTOMATION,
            "portal": Role.PORTAL,
        }
        owner = TokenFile(tmp_path / "people" / owner_name())
        first = owner.token()
        clock.now_s += LIFETIME_S * 0.4
        files.keep_fresh()
        assert owner.token() == first
        clock.now_s += LIFETIME_S * 0.2  # half used up: another one, long before it is over
        files.keep_fresh()
        assert owner.token() != first
        gate.end_sessions(owner_name())
        clock.now_s += 2.0
        files.keep_fresh()
        assert gate.admit(owner.token()).asker.name == owner_name()


def test_whoever_is_disabled_has_no_file_and_no_second_owner_is_made(tmp_path: Path) -> None:
    clock = Clock()
    with Store(tmp_path / "store.sqlite") as store:
        gate = Gatekeeper(store, SessionKey(SessionKey.new_pem()), frozenset(), clock)
        TokenFiles(gate, tmp_path / "people", clock).make_accounts(NOON)
        gate.add(Account("fay", Role.FLIGHT_DIRECTOR), "", NOON)
        gate.disable(owner_name())
        TokenFiles(gate, tmp_path / "people", clock).make_accounts(NOON)  # after a restart
        names = {path.name for path in (tmp_path / "people").iterdir()}
        assert names == {"automation", "portal"}
        assert {one.name for one in gate.accounts()} == {
            *(owner_name(), "fay", "automation", "portal")
        }


def test_the_owner_s_name_fits_an_account(monkeypatch: pytest.MonkeyPatch) -> None:
    class Entry:
        pw_name = "DOMAIN\\Ädä Lovelace"

    monkeypatch.setattr("pwd.getpwuid", lambda number: Entry())
    assert owner_name() == "domain--d--lovelace"

    def unknown(number: int) -> Entry:
        raise KeyError(number)

    monkeypatch.setattr("pwd.getpwuid", unknown)
    assert owner_name() == "owner"
