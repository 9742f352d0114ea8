"""What is still aboard, told from what has come home."""

from __future__ import annotations

import pytest

from groundsys.relay.aboard import Source, bits_aboard
from groundsys.relay.sessions import RelaySession, RelaySessionState, RelayVerdict
from groundsys.values.instants import Instant

START = Instant.from_utc_iso("2031-08-20T00:00:00Z")
SOURCE = Source("cube-polar", "weather", START, 100.0, 0.0)


def after(hours: float) -> Instant:
    return START.plus_seconds(3600.0 * hours)


def a_session(
    start_h: float, state: RelaySessionState = "closed", verdict: RelayVerdict | None = None
) -> RelaySession:
    return RelaySession(
        f"r{start_h}", "otv", "cube-polar", after(start_h), after(start_h + 0.2), state, verdict
    )


def test_all_is_on_the_cube_until_a_session_has_been_held() -> None:
    assert bits_aboard([SOURCE], [a_session(3.0, "planned")], after(2)) == {
        ("cube-polar", "weather"): 720_000.0
    }


@pytest.mark.parametrize(
    ("sessions", "home", "cube", "relay"),
    [
        ([a_session(1.0)], 0.0, 360_000.0, 360_000.0),
        ([a_session(1.0, verdict="executed")], 200_000.0, 360_000.0, 160_000.0),
        ([a_session(1.0)], 500_000.0, 220_000.0, 0.0),
        ([a_session(0.5), a_session(1.0, verdict="missed")], 0.0, 540_000.0, 180_000.0),
    ],
)
def test_a_session_carries_what_was_measured_before_it(
    sessions: list[RelaySession], home: float, cube: float, relay: float
) -> None:
    source = Source("cube-polar", "weather", START, 100.0, home)
    assert bits_aboard([source], sessions, after(2)) == {
        ("cube-polar", "weather"): pytest.approx(cube),
        ("otv", "weather"): pytest.approx(relay),
    }
