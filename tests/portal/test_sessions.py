from __future__ import annotations

from groundsys.portal.sessions import LIFETIME_S, Sessions


def test_a_session_ends_after_its_lifetime_or_when_told() -> None:
    now = [0.0]
    sessions = Sessions(lambda: now[0])
    first, second = sessions.begin("hash-1"), sessions.begin("hash-2")
    assert first != second
    assert sessions.token_hash(first) == "hash-1"
    sessions.end(second)
    assert sessions.token_hash(second) is None
    now[0] = LIFETIME_S + 1.0
    assert sessions.token_hash(first) is None
    assert sessions.token_hash(None) is None


def test_the_oldest_session_makes_room() -> None:
    sessions = Sessions()
    identifiers = [sessions.begin(str(number)) for number in range(1001)]
    assert sessions.token_hash(identifiers[0]) is None
    assert sessions.token_hash(identifiers[1]) == "1"
