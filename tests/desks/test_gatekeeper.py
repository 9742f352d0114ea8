"""Who asks is told from a token or a password, and from nothing that a request says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from groundsys.authority import Account, Asker, Role, nobody, passwords
from groundsys.authority.lockout import FORGIVEN
from groundsys.authority.sessions import LIFETIME_S, PROGRAMS_LIFETIME_S, SessionKey
from groundsys.desks.people.gatekeeper import Gatekeeper
from groundsys.store import Store
from groundsys.values.errors import AccessRefusedError, NotLoggedInError
from groundsys.values.instants import Instant

NOON = Instant.from_utc_iso("2031-08-20T12:00:00Z")
CUSTOMERS = frozenset({"polar-weather", "tharsis-seismo"})
PASSWORD = "a dozen of letters"


class Clock:
    """Wall time that passes when a test says so."""

    def __init__(self) -> None:
        self.now_s = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "store.sqlite") as store:
        yield store


@pytest.fixture
def keeper(store: Store, clock: Clock) -> Gatekeeper:
    keeper = Gatekeeper(store, SessionKey(SessionKey.new_pem()), CUSTOMERS, clock)
    keeper.add(Account("ada", Role.OPERATOR), PASSWORD, NOON)
    keeper.add(Account("fay", Role.FLIGHT_DIRECTOR), "", NOON)
    return keeper


def test_a_login_gives_a_token_that_tells_who_asks(keeper: Gatekeeper) -> None:
    asker, token = keeper.log_in(" ADA ", PASSWORD)
    assert asker == Asker("ada", Role.OPERATOR)
    assert keeper.admit(token).asker == asker
    assert keeper.admit("").asker == nobody()
    with pytest.raises(NotLoggedInError):
        keeper.admit("gs1_" + "x" * 43)


def refusal(keeper: Gatekeeper, name: str, password: str) -> str:
    with pytest.raises(NotLoggedInError) as refused:
        keeper.log_in(name, password)
    return str(refused.value)


def test_no_refusal_tells_which_part_was_wrong(
    keeper: Gatekeeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    guesses: list[str] = []
    hasher = passwords._hasher

    class Counting:
        def verify(self, kept: str, octets: bytes) -> bool:
            guesses.append(kept.rsplit("$", 2)[0])  # the parameters, without salt and hash
            return hasher.verify(kept, octets)

        def hash(self, octets: bytes) -> str:
            return hasher.hash(octets)

    keeper.add(Account("dee", Role.OPERATOR), PASSWORD, NOON)
    keeper.disable("dee")
    monkeypatch.setattr(passwords, "_hasher", Counting())
    wrong = {
        refusal(keeper, "ada", "wrong password"),
        refusal(keeper, "nobody", PASSWORD),
        refusal(keeper, "fay", ""),  # has no password at all
        refusal(keeper, "dee", PASSWORD),  # is disabled
        refusal(keeper, "ada", "x" * 100_000),
    }
    assert len(wrong) == 1
    assert len(guesses) == 5  # one guess's work for each of them
    assert len(set(guesses)) == 1


@pytest.mark.parametrize("name", ["ada", "nobody"])
def test_wrong_passwords_shut_a_name_for_longer_and_longer(
    keeper: Gatekeeper, clock: Clock, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    guesses: list[str] = []

    def guess(password: str, kept: str | None) -> bool:
        guesses.append(password)
        return password == PASSWORD and bool(kept)

    monkeypatch.setattr("groundsys.desks.people.gatekeeper.is_password_of", guess)
    for _ in range(FORGIVEN + 1):
        refusal(keeper, name, "wrong")
    for wait_s in (2.0, 4.0, 8.0):
        before = len(guesses)
        clock.now_s += wait_s - 0.5
        said = refusal(keeper, name, PASSWORD)  # the right one is not even tried
        assert len(guesses) == before
        clock.now_s += 0.5
        assert refusal(keeper, name, "wrong") == said
        assert len(guesses) == before + 1
    clock.now_s += 16.0
    if name == "ada":
        keeper.log_in(name, PASSWORD)
        refusal(keeper, name, "wrong")  # and the count begins anew
        keeper.log_in(name, PASSWORD)


def test_use_renews_a_session_and_silence_ends_it(keeper: Gatekeeper, clock: Clock) -> None:
    _, token = keeper.log_in("ada", PASSWORD)
    clock.now_s += LIFETIME_S * 0.4
    assert keeper.admit(token).fresh_token == ""
    clock.now_s += LIFETIME_S * 0.4
    fresh = keeper.admit(token).fresh_token
    clock.now_s += LIFETIME_S * 0.4
    with pytest.raises(NotLoggedInError, match="is over"):
        keeper.admit(token)
    assert keeper.admit(fresh).asker.name == "ada"


@pytest.mark.parametrize("ended", ["disable", "set_password", "end_sessions"])
def test_a_session_that_is_ended_is_ended_at_once(keeper: Gatekeeper, ended: str) -> None:
    _, token = keeper.log_in("ada", PASSWORD)
    match ended:
        case "disable":
            keeper.disable("ada")
        case "set_password":
            keeper.set_password("ada", "another dozen letters")
        case _:
            keeper.end_sessions("ada")
    with pytest.raises(NotLoggedInError, match="has been ended"):
        keeper.admit(token)
    keeper.disable("ada", disabled=False)
    with pytest.raises(NotLoggedInError):  # opened again, but no old token with it
        keeper.admit(token)


def test_a_role_counts_from_the_next_request_on(keeper: Gatekeeper) -> None:
    _, token = keeper.log_in("ada", PASSWORD)
    keeper.set_role(Account("ada", Role.PAYLOAD_OPERATOR, "polar-weather"))
    assert keeper.admit(token).asker == Asker("ada", Role.PAYLOAD_OPERATOR, "polar-weather")


def test_the_last_flight_director_stays_one(keeper: Gatekeeper) -> None:
    for take_away in (
        lambda: keeper.disable("fay"),
        lambda: keeper.set_role(Account("fay", Role.OBSERVER)),
    ):
        with pytest.raises(AccessRefusedError, match="last flight director"):
            take_away()
    keeper.set_role(Account("ada", Role.FLIGHT_DIRECTOR))
    keeper.disable("fay")
    with pytest.raises(AccessRefusedError, match="last flight director"):
        keeper.set_role(Account("ada", Role.OPERATOR))


def test_accounts_of_programs_are_nobody_s_to_change(keeper: Gatekeeper, clock: Clock) -> None:
    keeper.add_program("portal", Role.PORTAL, NOON)
    keeper.add_program("portal", Role.PORTAL, NOON)
    token = keeper.token_for("portal")
    for change in (
        lambda: keeper.set_role(Account("portal", Role.FLIGHT_DIRECTOR)),
        lambda: keeper.set_password("portal", PASSWORD),
        lambda: keeper.disable("portal"),
        lambda: keeper.add(Account("portal", Role.OPERATOR), PASSWORD, NOON),
    ):
        with pytest.raises(AccessRefusedError):
            change()
    clock.now_s += PROGRAMS_LIFETIME_S / 3
    assert keeper.admit(token).asker == Asker("portal", Role.PORTAL)


def test_another_run_s_token_opens_nothing(keeper: Gatekeeper, store: Store) -> None:
    other = Gatekeeper(store, SessionKey(SessionKey.new_pem()), CUSTOMERS)
    with pytest.raises(NotLoggedInError):
        keeper.admit(other.token_for("ada"))
