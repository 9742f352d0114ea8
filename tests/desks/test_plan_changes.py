"""What a new plan means for commands and customers, in words that operators read."""

from __future__ import annotations

from typing import Any

from groundsys.commanding.ledger import Command
from groundsys.desks.planning.plan_changes import changes_in_words, delayed_commands, still_to_come
from groundsys.planning import Plan, PlannedPass
from groundsys.planning.situation import Homecoming
from groundsys.values.instants import EarthReceiveTime, Instant, Interval, TransmitTime

NOON = Instant.from_utc_iso("2031-08-20T12:00:00Z")


def after(hours: float) -> Instant:
    return NOON.plus_seconds(3600.0 * hours)


def a_plan(*starts_h: float) -> Plan:
    passes = [
        PlannedPass(
            *(f"p{start}", "dish", "otv"),
            *(EarthReceiveTime(after(start).tai_ns), EarthReceiveTime(after(start + 2).tai_ns)),
            *(TransmitTime(after(start).tai_ns), TransmitTime(after(start + 1.5).tai_ns)),
            *(600.0, 1e5, 40.0),
        )
        for start in starts_h
    ]
    return Plan("week", tuple(passes), ())


def queued(id: str, craft: str, not_before_h: float = -1.0) -> Command:
    return Command(id, craft, "PING", {}, "plan", "0", NOON, after(not_before_h))


def test_commands_that_leave_later_or_never_are_named() -> None:
    commands = [queued("otv-1", "otv"), queued("cube-1", "cube-polar"), queued("otv-2", "otv", 9)]
    speakers = {"cube-polar": "otv"}

    def told(before: Plan, new: Plan) -> list[str]:
        return delayed_commands(commands, speakers, before, new, NOON)

    assert told(a_plan(1, 9), a_plan(1, 9)) == []
    assert told(a_plan(1, 9), a_plan(0, 9)) == []
    assert told(a_plan(1, 9), a_plan(4, 9)) == [
        f"{id} PING leaves 2031-08-20T16:00:00Z instead of 2031-08-20T13:00:00Z"
        for id in ("otv-1", "cube-1")
    ]
    assert told(a_plan(1, 9), a_plan(1)) == [
        "otv-2 PING has no pass to leave in instead of 2031-08-20T21:00:00Z"
    ]


def test_what_is_home_was_no_promise_any_more() -> None:
    def coming(home_h: float | None) -> Homecoming:
        home = None if home_h is None else EarthReceiveTime(after(home_h).tai_ns)
        return Homecoming("c", "cube", "weather", Interval(NOON, after(1)), 8.0, home)

    old = [coming(2), coming(5), coming(None)]
    assert still_to_come(old, after(3)) == tuple(old[1:])


def test_a_line_for_operators_names_what_has_changed() -> None:
    kinds: dict[str, Any] = {"kept": 4, "moved": [], "retuned": ["p2"], "added": [], "dropped": []}
    customer = {
        "bits_before": 80e6, "bits_after": 72e6, "latency_s_before": 3600.0, "latency_s_after": 9e3,
    }  # fmt: skip
    same = {**customer, "bits_after": 80e6, "latency_s_after": 3600.0}
    changes = {
        "passes": {**kinds, "added": ["p7", "p8"], "dropped": ["p3"]},
        "relay_sessions": kinds,
        "customers": {"polar-weather": customer, "tharsis-seismo": same},
        "commands": ["otv-1 PING …"],
    }
    assert changes_in_words(changes) == (
        "passes 2 added, 1 dropped; relay sessions as before; polar-weather -1.0 MB, +1.5 h; "
        "1 commands or needs affected"
    )
