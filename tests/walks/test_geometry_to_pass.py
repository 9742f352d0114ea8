"""Walk 3: view periods → plan → antenna, in its order → closed and judged, with true figures."""

from __future__ import annotations

import pytest

from groundsys.geometry import Geometry
from groundsys.geometry.view_periods import view_periods
from groundsys.passes.execution import Pass
from groundsys.planning import check_plan
from groundsys.values.instants import Instant
from tests.walks.flown_day import FlownDay


def flown_passes(day: FlownDay) -> list[Pass]:
    with day.store() as store:
        return store.passes.all()


def test_every_pass_lies_in_a_view_period_and_is_the_plan_s(day: FlownDay) -> None:
    geometry = Geometry(day.mission)
    with day.store() as store:
        (version,) = store.plans.all()
    plan = version.plan
    assert check_plan(plan, day.mission, day.scenario, geometry) == []
    passes = flown_passes(day)
    assert {one.plan_version for one in passes} == {version.version}
    assert len(passes) >= 2
    assert [(one.id, one.antenna, one.start, one.end) for one in passes] == [
        (one.id, one.antenna, one.start, one.end) for one in plan.passes
    ]
    for one in passes:
        seen_s = sum(
            max(
                0.0,
                min(view.receive.end, one.end).seconds_since(max(view.receive.start, one.start)),
            )
            for view in view_periods(geometry, one.antenna, one.spacecraft, day.scenario.span)
            if view.receive.overlaps(one.interval)
        )
        assert one.view_s == pytest.approx(seen_s, abs=60.0)
        assert 0 < one.lock_s <= seen_s + 60.0


def test_an_antenna_goes_through_its_states_in_order(day: FlownDay) -> None:
    passes = flown_passes(day)
    with day.store() as store:
        events = [event for event in store.watch.recent_events(500) if event.source == "pass"]
    for one in passes:
        told = [
            (event.time, event.text.removeprefix(f"{one.id} at {one.antenna}: "))
            for event in sorted(events, key=lambda event: event.time)
            if event.text.startswith(f"{one.id} ")
        ]
        states = [text.partition(",")[0] for _, text in told]
        assert states == ["configuring", "searching", "locked", "executed"]
        configuring, searching, locked, closed = (time for time, _ in told)
        configuration_s = day.mission.antennas[one.antenna].configuration_s
        assert one.start.seconds_since(configuring) >= configuration_s or (
            configuring == day.scenario.span.start
        )
        assert one.start <= searching < locked < one.end <= closed


def test_a_closed_pass_tells_what_the_hub_s_journal_holds(day: FlownDay) -> None:
    for one in flown_passes(day):
        assert (one.state, one.verdict) == ("closed", "executed")
        assert one.first_lock is not None
        frames = [
            frame
            for frame in day.frames(one.spacecraft, antenna=one.antenna)
            if one.interval.contains(Instant(frame.ert_ns))
        ]
        corrected = [frame.corrected_symbols for frame in frames if frame.corrected_symbols]
        assert one.frames_good == len(frames)
        assert one.frames_corrected == len(corrected) > 0
        assert one.symbols_corrected == sum(corrected)
        assert min(frame.ert_ns for frame in frames) >= one.start.tai_ns


def test_watchers_saw_each_pass_live_in_the_same_order(day: FlownDay) -> None:
    heard = [snapshot for topic, snapshot in day.listener.heard if topic == "passes"]
    heard.append(
        day.requester.ask("status")["passes"]
    )  # news is not told more than 5 times a second
    for one in flown_passes(day):
        seen: list[str] = []
        for snapshot in heard:
            state = next(each["state"] for each in snapshot["passes"] if each["id"] == one.id)
            if not seen or seen[-1] != state:
                seen.append(state)
        order = ["planned", "configuring", "searching", "locked", "closed"]
        assert seen == [state for state in order if state in seen]  # a fast one may go unseen
        assert seen[-1] == "closed"
