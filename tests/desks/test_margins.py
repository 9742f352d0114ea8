"""How long an order to turn back, or a go, still reaches a craft that is on its way down."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any, cast

import pytest

from groundsys.desks.procedures.procedure_observing import ProcedureObserver, reaches_at
from groundsys.mission import load_mission
from groundsys.procedures.conditions import Sample
from groundsys.relay.sessions import RelaySession
from groundsys.values.instants import Instant

NOW = Instant.from_utc_iso("2031-08-15T20:00:00Z")
LIGHT_S = 990.0
EXPLORER = load_mission().spacecraft["ryugu-explorer"]
STAGE = load_mission().spacecraft["ryugu-stage"]
NAMES = {"ground.abort_margin_s", "ground.go_margin_s"}


def session(start_s: float, end_s: float, craft: str = EXPLORER.id) -> RelaySession:
    found = SimpleNamespace(
        spacecraft=craft, start=NOW.plus_seconds(start_s), end=NOW.plus_seconds(end_s)
    )
    return cast(RelaySession, found)


def margins(told: dict[str, float], sessions: list[RelaySession]) -> dict[str, tuple[Any, str]]:
    """Values and reasons, as a gate sees them; telemetry is 1100 s old."""
    return {name: (one.value, one.why) for name, one in samples(told, sessions).items()}


def samples(told: dict[str, float], sessions: list[RelaySession]) -> dict[str, Sample]:
    stamp = NOW.plus_seconds(-1100.0)
    values = {name: SimpleNamespace(value=value, generation=stamp) for name, value in told.items()}
    observer = ProcedureObserver(
        room=cast(
            Any,
            SimpleNamespace(
                now=NOW,
                mission=load_mission(),
                yamcs=SimpleNamespace(
                    parameter_values=lambda craft, names: {
                        name: values[name] for name in names if name in values
                    }
                ),
            ),
        ),
        passes=cast(
            Any, SimpleNamespace(light_time=lambda craft: SimpleNamespace(seconds=LIGHT_S))
        ),
        clocks=cast(Any, None),
        telemetry=cast(Any, SimpleNamespace(event_time=lambda craft, generation: generation)),
        sessions=lambda: sessions,
        schedules=cast(Any, None),
    )
    return dict(observer._margins(EXPLORER, NAMES))


@pytest.mark.parametrize("told_s", [0.0, 6700.0])
def test_a_margin_is_as_old_as_what_tells_its_deadline(told_s: float) -> None:
    found = samples({"descent_to_commit": told_s}, [session(0.0, 700.0)])["ground.abort_margin_s"]
    assert NOW.seconds_since(found.at) == pytest.approx(1100.0)
    assert found.light_time_s == LIGHT_S


def test_a_margin_is_what_is_left_after_light_and_relay() -> None:
    told = {"descent_to_go_below": 4100.0, "descent_to_commit": 6700.0}
    found = margins(told, [session(0.0, 700.0), session(900.0, 1700.0)])
    assert found["ground.go_margin_s"][0] == pytest.approx(4100.0 - 1100.0 - LIGHT_S)
    assert found["ground.abort_margin_s"][0] == pytest.approx(6700.0 - 1100.0 - LIGHT_S)
    later = margins(told, [session(2900.0, 3600.0)])
    assert later["ground.go_margin_s"][0] < 100.0


def test_what_comes_after_the_deadline_is_told_as_less_than_nothing() -> None:
    found = margins({"descent_to_go_below": 2000.0}, [session(0.0, 3000.0)])
    assert found["ground.go_margin_s"][0] == pytest.approx(2000.0 - 1100.0 - LIGHT_S)
    assert found["ground.go_margin_s"][0] < 0.0
    assert "ground.abort_margin_s" not in found  # never told


def test_with_nothing_to_come_and_with_no_session_there_is_no_authority() -> None:
    value, why = margins({"descent_to_commit": 0.0}, [session(0.0, 3000.0)])[
        "ground.abort_margin_s"
    ]
    assert value == -math.inf
    assert "past" in why
    value, why = margins({"descent_to_commit": 900.0}, [])["ground.abort_margin_s"]
    assert value == -math.inf
    assert "session" in why


def test_a_relay_hands_nothing_over_at_the_end_of_a_session() -> None:
    sessions = [session(0.0, 600.0), session(1000.0, 1600.0)]
    assert reaches_at(NOW.plus_seconds(100.0), sessions) == NOW.plus_seconds(100.0)
    late = reaches_at(NOW.plus_seconds(580.0), sessions)
    assert late is not None
    assert 1000.0 <= late.seconds_since(NOW) < 1060.0
    assert reaches_at(NOW.plus_seconds(1590.0), sessions) is None
