"""The gatekeeper: tells who asks, from a token that only this ground segment can have signed."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from groundsys.authority import (
    Account,
    Asker,
    Role,
    Scope,
    canonical_name,
    check_account,
    nobody,
)
from groundsys.authority.lockout import Allowance, after_failure, after_guess, is_locked
from groundsys.authority.passwords import hash_of, is_outdated, is_password_of
from groundsys.authority.people import ROLES_OF_PEOPLE
from groundsys.authority.sessions import (
    LIFETIME_S,
    PROGRAMS_LIFETIME_S,
    SessionKey,
    begin,
    renewed,
)
from groundsys.customers import is_token, key_id, token_hash
from groundsys.store import Store, StoredPerson, StoredToken
from groundsys.values.errors import AccessRefusedError, NotLoggedInError
from groundsys.values.instants import Instant


@dataclass(frozen=True, slots=True)
class Admitted:
    """Who asks, and a fresh token if the one that was shown is half used up."""

    asker: Asker
    fresh_token: str = ""


class Gatekeeper:
    """Accounts, passwords and tokens; sessions run in wall time, never in mission time."""

    def __init__(
        self,
        store: Store,
        key: SessionKey,
        customers: frozenset[str],
        wall_s: Callable[[], float] = time.time,
        on_lock: Callable[[], None] = lambda: None,
    ) -> None:
        self._people = store.people
        self._tokens = store.tokens
        self._key = key
        self._customers = customers
        self._wall_s = wall_s
        self._on_lock = on_lock
        self._allowance = Allowance()

    # --- who asks ------------------------------------------------------------------------------

    def admit(self, token: str) -> Admitted:
        """Who shows this token ("" is nobody's); `NotLoggedInError` if it is worth nothing."""
        if not token:
            return Admitted(nobody())
        now_s = self._wall_s()
        if is_token(token):
            return Admitted(self._holder(token, now_s))
        session = self._key.read(token, now_s)
        person = self._people.get(session.name)
        if person is None or person.disabled or person.generation != session.generation:
            raise NotLoggedInError(
                f"the session of {session.name} has been ended",
                remedy="log in with `groundsys login`, or ask a flight director",
            )
        fresh = renewed(session, now_s)
        return Admitted(_asker(person), self._key.sign(fresh) if fresh is not None else "")

    @property
    def wall_s(self) -> float:
        """Seconds since 1970, by which sessions and keys end."""
        return self._wall_s()

    def key(self, kept_hash: str) -> StoredToken | None:
        """The customer's key or token of this hash, if it is worth anything now."""
        return self._tokens.usable(kept_hash, self._wall_s())

    def scopes(self, key: StoredToken) -> frozenset[Scope]:
        """What a key is good for: it commands only while its maker may."""
        scopes = frozenset(map(Scope, key.scopes))
        maker = self._people.get(key.made_by) if key.made_by else None
        stands = (
            maker is not None
            and not maker.disabled
            and (maker.role, maker.customer) == (Role.PAYLOAD_OPERATOR, key.customer)
        )
        return scopes if stands else scopes - {Scope.REQUEST_COMMANDS}

    def _holder(self, token: str, now_s: float) -> Asker:
        """Who shows a customer's key: the person who made it, or the customer as such."""
        key = self._tokens.usable(token_hash(token), now_s)
        if key is None:
            raise NotLoggedInError("this token opens nothing", remedy="show another one")
        name = key.made_by or f"key of {key.customer}"
        return Asker(
            name, Role.PAYLOAD_OPERATOR, key.customer, key_id(key.token_hash), self.scopes(key)
        )

    def log_in(self, name: str, password: str) -> tuple[Asker, str]:
        """A session for whoever knows the password, and its token.

        A wrong name, a wrong password and a disabled account are refused alike and at equal work;
        so are, unread, a name that has to wait and more guesses than the desks have time for.
        """
        name, now_s = canonical_name(name), self._wall_s()
        failures = self._people.failures(name)
        if is_locked(failures, now_s):
            raise _not_known()
        self._allowance, may_be_read = after_guess(self._allowance, now_s)
        if not may_be_read:
            raise _not_known()
        person = self._people.get(name)
        usable = person is not None and not person.disabled
        kept = person.password_hash if person is not None and usable else None
        if not is_password_of(password, kept) or person is None:
            failures = after_failure(failures, now_s)
            self._people.keep_failures(name, failures)
            if is_locked(failures, now_s):
                self._on_lock()
            raise _not_known()
        if failures.count:
            self._people.forget_failures(name)
        if is_outdated(person.password_hash):
            person = replace(person, password_hash=hash_of(password))
            self._people.change(person)
        return _asker(person), self.token_for(name)

    def token_for(self, name: str) -> str:
        """A token of a session that begins now, for an account that needs no password here."""
        person = self._known(name)
        lifetime_s = LIFETIME_S if Role(person.role) in ROLES_OF_PEOPLE else PROGRAMS_LIFETIME_S
        return self._key.sign(begin(person.name, person.generation, self._wall_s(), lifetime_s))

    # --- accounts ------------------------------------------------------------------------------

    def accounts(self) -> list[Account]:
        return [
            Account(one.name, Role(one.role), one.customer, one.disabled)
            for one in self._people.all()
        ]

    def account(self, name: str) -> Account | None:
        name = canonical_name(name)
        return next((one for one in self.accounts() if one.name == name), None)

    def add(self, account: Account, password: str, now: Instant) -> None:
        """Make a person's account; with an empty password nobody can log in by one."""
        check_account(account, self._customers)
        password_hash = hash_of(password) if password else ""
        self._people.add(
            StoredPerson(account.name, account.role, now, account.customer, password_hash)
        )

    def add_program(self, name: str, role: Role, now: Instant) -> None:
        """Make the account of a program of the run, unless it is there."""
        if self._people.get(name) is None:
            self._people.add(StoredPerson(name, role, now))

    def set_role(self, account: Account) -> None:
        """Change an account's role (and customer)."""
        person = self._person(account.name)
        check_account(account, self._customers)
        self._keep_a_director(person, account.role)
        self._people.change(replace(person, role=account.role, customer=account.customer))

    def set_password(self, name: str, password: str) -> None:
        """Give an account a new password; its sessions are over."""
        person = self._person(name)
        self._people.change(
            replace(person, password_hash=hash_of(password), generation=person.generation + 1)
        )

    def check_password(self, name: str, password: str) -> None:
        """Raise `NotLoggedInError` unless it is the password; wrong ones count as at a login."""
        if self._known(name).password_hash:
            self.log_in(name, password)

    def disable(self, name: str, *, disabled: bool = True) -> None:
        """Shut an account, or open it again; sessions that it had are over in any case."""
        person = self._person(name)
        if disabled:
            self._keep_a_director(person, None)
        self._people.change(replace(person, disabled=disabled, generation=person.generation + 1))

    def end_sessions(self, name: str) -> None:
        """Make every token of an account worthless."""
        person = self._known(name)
        self._people.change(replace(person, generation=person.generation + 1))

    def _known(self, name: str) -> StoredPerson:
        person = self._people.get(canonical_name(name))
        if person is None:
            raise AccessRefusedError(
                f"there is no account '{name}'",
                expected=", ".join(one.name for one in self._people.all()),
                remedy="see `groundsys user list`",
            )
        return person

    def _person(self, name: str) -> StoredPerson:
        """An account of a person: those of programs are nobody's to change."""
        person = self._known(name)
        if Role(person.role) not in ROLES_OF_PEOPLE:
            raise AccessRefusedError(
                f"{person.name} is the account of a program",
                expected="a person's",
                remedy="it is made and kept by the ground segment itself",
            )
        return person

    def _keep_a_director(self, person: StoredPerson, becomes: Role | None) -> None:
        """The last flight director stays: nobody else could make another."""
        if person.role != Role.FLIGHT_DIRECTOR or becomes == Role.FLIGHT_DIRECTOR:
            return
        others = (
            one
            for one in self._people.all()
            if one.role == Role.FLIGHT_DIRECTOR and not one.disabled and one.name != person.name
        )
        if next(others, None) is None:
            raise AccessRefusedError(
                f"{person.name} is the last flight director",
                remedy="make another one first",
            )


def _asker(person: StoredPerson) -> Asker:
    return Asker(person.name, Role(person.role), person.customer)


def _not_known() -> NotLoggedInError:
    return NotLoggedInError(
        "this name and password do not open a session",
        remedy="check both; after several attempts wait some minutes; "
        "a flight director can set another password",
    )
