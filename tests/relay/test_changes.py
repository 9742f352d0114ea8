"""What a new plan does to booked relay sessions."""

from __future__ import annotations

from groundsys.relay.changes import changes_of_sessions, planned_of
from groundsys.relay.sessions import RelaySession, RelaySessionState
from groundsys.values.instants import Instant

NOON = Instant.from_utc_iso("2031-08-20T12:00:00Z")


def a_session(id: str, start_h: float, state: RelaySessionState = "planned") -> RelaySession:
    start = NOON.plus_seconds(3600 * start_h)
    return RelaySession(
        id, "otv", "cube-polar", start, start.plus_seconds(900), state=state, plan_version=1
    )


def test_sessions_are_moved_added_and_cancelled_until_they_are_loaded() -> None:
    booked = [a_session("r1", 1.0, "loaded"), a_session("r2", 2.0), a_session("r3", 3.0)]
    wanted = [planned_of(a_session("r2", 2.5)), planned_of(a_session("r4", 4.0))]
    changes = changes_of_sessions(booked, wanted, NOON, 2)
    assert [(c.kind, c.after.id, c.after.state) for c in changes] == [
        ("moved", "r2", "planned"),
        ("cancelled", "r3", "cancelled"),
        ("added", "r4", "planned"),
    ]
    done = {**{s.id: s for s in booked}, **{c.after.id: c.after for c in changes}}
    assert changes_of_sessions(done.values(), wanted, NOON, 3) == ()


def test_a_loaded_session_keeps_its_time_and_others_away() -> None:
    loaded = a_session("r1", 1.0, "loaded")
    wanted = [planned_of(a_session("r1", 2.0)), planned_of(a_session("r2", 1.1))]
    assert changes_of_sessions([loaded], wanted, NOON, 2) == ()


def test_a_session_that_has_begun_or_is_over_stands() -> None:
    booked = [a_session("r1", -0.1), a_session("r2", -2.0, "closed")]
    assert changes_of_sessions(booked, [planned_of(a_session("r1", 1.0))], NOON, 2) == ()
