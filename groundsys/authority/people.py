"""People and their accounts: names that cannot be confused, and the rule of two people.

What two accounts cannot tell is whether one human holds both.  No rule here can exclude that: it
is up to whoever makes accounts (and signs for it) that each is one human's.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from groundsys.authority.permissions import Role
from groundsys.values.errors import AccessRefusedError

#: letters that look alike in other scripts are kept out of accounts' names
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
#: roles of people; programs have the others
ROLES_OF_PEOPLE = (
    Role.OBSERVER,
    Role.OPERATOR,
    Role.FLIGHT_DIRECTOR,
    Role.PAYLOAD_OPERATOR,
)


@dataclass(frozen=True, slots=True)
class Account:
    """A person's account, without anything secret."""

    name: str
    role: Role
    #: of a payload operator alone
    customer: str = ""
    disabled: bool = False


def canonical_name(name: str) -> str:
    """The form in which names are compared: NFKC, case folded, white space trimmed."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return " ".join(unicodedata.normalize("NFKC", folded).split())


def is_same_person(one: str, other: str) -> bool:
    return canonical_name(one) == canonical_name(other)


def check_account(account: Account, customers: frozenset[str]) -> None:
    """Raise `AccessRefusedError` for an account that must not be made."""
    if not _NAME.fullmatch(account.name):
        raise AccessRefusedError(
            f"'{account.name}' is no name of an account",
            expected="a to z, digits, '.', '_' and '-', at most 64, a letter or digit first",
            remedy="choose another name",
        )
    if account.role not in ROLES_OF_PEOPLE:
        raise AccessRefusedError(
            f"no person is made {account.role}",
            expected=", ".join(ROLES_OF_PEOPLE),
            remedy="the accounts of programs are made when the ground segment starts",
        )
    wanted = account.role is Role.PAYLOAD_OPERATOR
    if wanted != bool(account.customer) or (wanted and account.customer not in customers):
        raise AccessRefusedError(
            f"a payload operator belongs to one customer, and nobody else does: {account.name}",
            expected=f"a customer ({', '.join(sorted(customers))})" if wanted else "no customer",
            found=account.customer or "none",
        )


def check_two_people(issuer: str, approver: str) -> None:
    """Raise `AccessRefusedError` unless two names stand for it that are not the same.

    The approver is never the issuer, however the name is written.  One human with two accounts is
    not found out here: see the module.
    """
    if not canonical_name(issuer) or not canonical_name(approver):
        raise AccessRefusedError(
            "two people must stand for this",
            expected="who asked for it, and somebody else who approves it",
            found=issuer or approver or "nobody",
            remedy="let somebody else approve it",
        )
    if is_same_person(issuer, approver):
        raise AccessRefusedError(
            f"{approver} asked for this and cannot approve it",
            expected=f"somebody other than {issuer}",
            found=approver,
            remedy="let another operator or flight director approve it",
        )
