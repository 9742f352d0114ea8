"""Accounts and wrong passwords are there after a restart, in a file of its owner's alone."""

from __future__ import annotations

import stat
from dataclasses import replace
from pathlib import Path

import pytest

from groundsys.authority.lockout import FORGOTTEN_AFTER_S, Failures
from groundsys.store import Store, StoredPerson
from groundsys.values.errors import AccessRefusedError
from groundsys.values.instants import Instant

NOON = Instant.from_utc_iso("2031-08-20T12:00:00Z")
ADA = StoredPerson("ada", "operator", NOON, "", "$argon2id$x")
PIA = StoredPerson("pia", "payload_operator", NOON, "polar-weather", disabled=True, generation=3)


def test_accounts_outlive_a_restart_and_a_name_has_one_owner(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    with Store(path) as store:
        store.people.add(PIA)
        store.people.add(ADA)
        with pytest.raises(AccessRefusedError, match="already"):
            store.people.add(replace(ADA, role="flight_director"))
        store.people.change(replace(ADA, generation=2))
    with Store(path) as store:
        assert store.people.all() == [replace(ADA, generation=2), PIA]
        assert store.people.get("nobody") is None


def test_wrong_passwords_outlive_a_restart_and_are_forgotten_in_time(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    with Store(path) as store:
        store.people.keep_failures("ada", Failures(4, 1000.0))
        store.people.keep_failures("nobody", Failures(1, 2000.0))
    with Store(path) as store:
        assert store.people.failures("ada") == Failures(4, 1000.0)
        store.people.keep_failures("pia", Failures(1, 1500.0 + FORGOTTEN_AFTER_S))
        assert store.people.failures("ada") == Failures()
        assert store.people.failures("nobody") == Failures(1, 2000.0)
        store.people.forget_failures("nobody")
        assert store.people.failures("nobody") == Failures()


def test_names_tried_without_end_do_not_fill_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("groundsys.store.people._MOST_FAILURES", 3)
    with Store(tmp_path / "store.sqlite") as store:
        for number in range(6):
            store.people.keep_failures(f"name-{number}", Failures(1, 1000.0 + number))
        kept = [n for n in range(6) if store.people.failures(f"name-{n}").count]
    assert kept == [3, 4, 5]


def test_the_file_and_what_sqlite_puts_beside_it_are_the_owner_s_alone(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    with Store(path) as store:
        store.people.add(ADA)
        files = sorted(tmp_path.glob("store.sqlite*"))
        assert len(files) > 1
        assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
