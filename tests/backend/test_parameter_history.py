"""Yamcs 5.12 takes a replay that ends at once for a failed one; its history is asked for again."""

from __future__ import annotations

from typing import Any, cast

import pytest

from groundsys.backend.monitoring import parameter_history
from groundsys.backend.session import Session
from groundsys.mission import load_mission
from groundsys.values.errors import BackendError
from groundsys.values.instants import Instant

TOO_SOON = (
    "500: java.util.concurrent.CompletionException: java.lang.IllegalStateException: Expected the "
    "service name: api_replay5 type: ArchiveRetrieval to be TERMINATED, but the service has FAILED"
)
MOMENT = Instant.from_utc_iso("2031-08-20T00:28:00Z")


class FailingSession:
    """Answers with an error so many times, then with one value."""

    def __init__(self, failures: int, found: str) -> None:
        self.asked = 0
        self._failures = failures
        self._found = found

    def get(self, path: str, what: str, **parameters: Any) -> dict[str, Any]:
        self.asked += 1
        if self.asked <= self._failures:
            raise BackendError(f"cannot {what}", found=self._found)
        value = {
            "id": {"name": "/OTV/eps_battery_charge"},
            "engValue": {"type": "FLOAT", "floatValue": 80.5},
            "generationTime": "2031-08-20T00:28:00.000Z",
        }
        return {"parameter": [value]}


def history(session: FailingSession) -> list[Any]:
    otv = load_mission().spacecraft["otv"]
    stop = MOMENT.plus_seconds(1.0)
    return parameter_history(cast(Session, session), otv, "eps_battery_charge", MOMENT, stop)


def test_a_replay_over_too_soon_is_asked_for_again() -> None:
    session = FailingSession(2, TOO_SOON)
    [reading] = history(session)
    assert (reading.value, reading.generation) == (80.5, MOMENT)
    assert session.asked == 3


def test_any_other_failure_is_told_at_once() -> None:
    session = FailingSession(1, "500: the disk is full")
    with pytest.raises(BackendError, match="the disk is full"):
        history(session)
    assert session.asked == 1


def test_it_is_not_asked_for_ever() -> None:
    session = FailingSession(1000, TOO_SOON)
    with pytest.raises(BackendError, match="eps_battery_charge"):
        history(session)
    assert session.asked == 10
