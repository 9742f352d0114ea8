"""Passwords are kept as argon2id, and a wait grows with every wrong one."""

from __future__ import annotations

import unicodedata

import pytest
from argon2 import PasswordHasher

from groundsys.authority.lockout import (
    FORGIVEN,
    FORGOTTEN_AFTER_S,
    GUESSES_AT_ONCE,
    LONGEST_WAIT_S,
    Allowance,
    Failures,
    after_failure,
    after_guess,
    is_locked,
    wait_s,
)
from groundsys.authority.passwords import hash_of, is_outdated, is_password_of
from groundsys.values.errors import AccessRefusedError

PASSWORD = "four little wörds here"


def test_a_password_opens_its_own_hash_and_no_other() -> None:
    kept = hash_of(PASSWORD)
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert PASSWORD not in kept
    assert kept != hash_of(PASSWORD)  # each has a salt of its own
    assert is_password_of(PASSWORD, kept)
    assert is_password_of(unicodedata.normalize("NFD", PASSWORD), kept)
    assert not is_password_of(PASSWORD + " ", kept)
    assert not is_password_of("", kept)


@pytest.mark.parametrize("kept", [None, "", "$argon2id$nonsense", "plain text"])
def test_nobody_s_hash_is_opened_by_nothing(kept: str | None) -> None:
    assert not is_password_of(PASSWORD, kept)
    assert not is_password_of("", kept)


@pytest.mark.parametrize("password", ["", "eleven long", "x" * 257])
def test_a_password_too_short_or_too_long_is_refused(password: str) -> None:
    with pytest.raises(AccessRefusedError, match="no good password"):
        hash_of(password)


def test_a_hash_of_weaker_parameters_is_outdated() -> None:
    assert is_outdated(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("x"))
    assert not is_outdated(hash_of(PASSWORD))


def test_the_wait_doubles_after_a_few_are_forgiven_and_ends_growing() -> None:
    waits = [wait_s(Failures(count, 0.0)) for count in range(20)]
    assert waits[: FORGIVEN + 1] == [0.0] * (FORGIVEN + 1)
    assert waits[FORGIVEN + 1 : FORGIVEN + 5] == [2.0, 4.0, 8.0, 16.0]
    assert waits == sorted(waits)
    assert waits[-1] == LONGEST_WAIT_S == wait_s(Failures(10**9, 0.0))


def test_a_name_is_locked_while_it_waits_and_forgotten_after_a_day() -> None:
    failures = Failures()
    for _ in range(FORGIVEN + 2):
        failures = after_failure(failures, 1000.0)
    assert is_locked(failures, 1003.9)
    assert not is_locked(failures, 1004.0)
    assert is_locked(failures, 10.0)  # a clock set back opens nothing
    assert after_failure(failures, 1001.0 + FORGOTTEN_AFTER_S).count == 1


def test_guesses_at_all_names_together_are_bounded() -> None:
    allowance, read = Allowance(), 0
    for number in range(1000):  # ten a second, for a hundred seconds
        allowance, may_be_read = after_guess(allowance, 5000.0 + number / 10.0)
        read += may_be_read
    assert GUESSES_AT_ONCE + 198 <= read <= GUESSES_AT_ONCE + 200
    _, may_be_read = after_guess(allowance, 10.0)  # a clock set back gives nothing
    assert not may_be_read
