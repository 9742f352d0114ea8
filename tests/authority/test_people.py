"""Two people are two names that no way of writing makes one; accounts cannot be confused."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundsys.authority import (
    Account,
    Role,
    canonical_name,
    check_account,
    check_approval,
    check_two_people,
    needs_two_people,
)
from groundsys.mission.spacecraft.packet_model import CommandDefinition
from groundsys.values.errors import AccessRefusedError

CUSTOMERS = frozenset({"polar-weather"})
SAFE = CommandDefinition("PING", 1, 17, 1, 0, ())
HAZARDOUS = CommandDefinition("SAFE_MODE", 1, 8, 1, 11, (), "", "critical", "service stops")


@pytest.mark.parametrize(
    "written", ["ada", "ADA", " ada ", "Ada\t", "ａｄａ", "ａＤａ\N{NO-BREAK SPACE}"]
)
def test_the_issuer_never_approves_however_the_name_is_written(written: str) -> None:
    with pytest.raises(AccessRefusedError, match="cannot approve it"):
        check_two_people("ada", written)


def test_two_names_that_differ_are_two_people() -> None:
    check_two_people("ada", "grace")
    check_two_people("straße", "strand")
    with pytest.raises(AccessRefusedError):
        check_two_people("straße", "STRASSE")


@pytest.mark.parametrize(("issuer", "approver"), [("", "ada"), ("ada", ""), ("", ""), (" ", "a")])
def test_nobody_is_no_second_person(issuer: str, approver: str) -> None:
    with pytest.raises(AccessRefusedError, match="two people"):
        check_two_people(issuer, approver)


@given(st.text(), st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"]))
def test_canonical_names_are_stable_under_case_and_composition(name: str, form: str) -> None:
    canonical = canonical_name(name)
    assert canonical_name(canonical) == canonical
    assert canonical_name(unicodedata.normalize(form, name)) == canonical  # type: ignore[arg-type]
    assert canonical_name(f"\t{name} ") == canonical


def test_a_hazardous_command_needs_two_people_and_any_other_needs_one() -> None:
    assert needs_two_people(HAZARDOUS)
    assert not needs_two_people(SAFE)
    check_approval(SAFE, issuer="ada")
    check_approval(HAZARDOUS, issuer="ada", approver="grace")
    for issuer, approver in (("ada", ""), ("ada", "Ada"), ("", "grace")):
        with pytest.raises(AccessRefusedError):
            check_approval(HAZARDOUS, issuer=issuer, approver=approver)
    with pytest.raises(AccessRefusedError, match="nobody stands for PING"):
        check_approval(SAFE, issuer="")


@pytest.mark.parametrize("level", ["none", "watch", "warning", "distress", "critical", "severe"])
def test_the_levels_that_need_two_people_are_the_two_highest(level: str) -> None:
    definition = CommandDefinition("X", 1, 8, 1, 0, (), "", level, "why")  # type: ignore[arg-type]
    assert needs_two_people(definition) is (level in ("critical", "severe"))


@pytest.mark.parametrize(
    ("account", "complaint"),
    [
        (Account("Ada", Role.OPERATOR), "no name of an account"),
        (Account("аda", Role.OPERATOR), "no name of an account"),  # a Cyrillic first letter
        (Account("", Role.OPERATOR), "no name of an account"),
        (Account("../ada", Role.OPERATOR), "no name of an account"),
        (Account("a" * 65, Role.OPERATOR), "no name of an account"),
        (Account("ada", Role.PORTAL), "no person is made portal"),
        (Account("ada", Role.AUTOMATION), "no person is made automation"),
        (Account("ada", Role.ANONYMOUS), "no person is made anonymous"),
        (Account("ada", Role.PAYLOAD_OPERATOR), "belongs to one customer"),
        (Account("ada", Role.PAYLOAD_OPERATOR, "nobody"), "belongs to one customer"),
        (Account("ada", Role.OPERATOR, "polar-weather"), "belongs to one customer"),
    ],
)
def test_an_account_that_must_not_be_is_refused(account: Account, complaint: str) -> None:
    with pytest.raises(AccessRefusedError, match=complaint):
        check_account(account, CUSTOMERS)


def test_an_account_that_may_be() -> None:
    check_account(Account("ada", Role.FLIGHT_DIRECTOR), CUSTOMERS)
    check_account(Account("pia", Role.PAYLOAD_OPERATOR, "polar-weather"), CUSTOMERS)
