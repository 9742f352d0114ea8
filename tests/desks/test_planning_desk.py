"""Desks of a standing ground segment book the days to come, also after a kill in between."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from groundsys.desks import Desks
from groundsys.desks.planning_desk import PLANNED_AHEAD
from groundsys.geometry import Geometry
from groundsys.mission.model import Mission, Scenario
from groundsys.objects import FolderObjectStore
from groundsys.passes.execution import Pass
from groundsys.planning import plan_day
from groundsys.store import Store
from groundsys.values.instants import Instant
from tests.desks.fake_world import FakePublisher, FakeYamcs

MakeDesks = Callable[[Instant], tuple[Desks, Store]]


@pytest.fixture
def short(mission: Mission) -> Scenario:
    return mission.scenarios["short"]


@pytest.fixture
def make_desks(
    tmp_path: Path, mission: Mission, short: Scenario, geometry: Geometry
) -> Iterator[MakeDesks]:
    """Makes desks without an end; again on the same store, as after a kill."""
    stores: list[Store] = []
    yamcs = FakeYamcs(mission)
    plan = plan_day(mission, short, geometry)

    def make(start: Instant) -> tuple[Desks, Store]:
        while stores:
            stores.pop().close()
        store = Store(tmp_path / "store.sqlite")
        stores.append(store)
        desks = Desks(
            *(mission, short.without_end(), geometry, plan, store, yamcs, FakePublisher()),
            FolderObjectStore(tmp_path / "objects"),
            workshop=tmp_path / "workshop",
            start=start,
            endless=True,
        )
        return desks, store

    yield make
    for store in stores:
        store.close()


def fly(desks: Desks, start: Instant, hours: float) -> Instant:
    end = start + timedelta(hours=hours)
    now = start
    while now < end:
        step = desks.advance(now, ())
        now = min(end, step.wake_at or end)
    return end


def in_conflict(passes: list[Pass]) -> list[tuple[str, str]]:
    return [(one.id, other.id) for one, other in pairwise(passes) if other.start < one.end]


def test_days_are_booked_ahead_and_executed(make_desks: MakeDesks, short: Scenario) -> None:
    desks, store = make_desks(short.span.start)
    now = fly(desks, short.span.start, 30.0)
    passes = store.passes.all()
    assert in_conflict(passes) == []
    assert passes[-1].end > now + PLANNED_AHEAD - timedelta(hours=1)
    after_the_span = [one for one in passes if short.span.end < one.end < now]
    assert len(after_the_span) >= 3
    assert all(one.state == "closed" for one in after_the_span)
    coming = [one for one in store.relay_sessions.all() if one.start > now]
    assert {one.spacecraft for one in coming} == {"cube-polar", "cube-tharsis"}
    assert "SET_HOUSEKEEPING_PERIOD" not in {command.name for command in store.commands.all()}


def test_killed_desks_book_on_where_they_were(make_desks: MakeDesks, short: Scenario) -> None:
    desks, store = make_desks(short.span.start)
    now = fly(desks, short.span.start, 1.0)
    booked = store.passes.all()
    desks, store = make_desks(now)
    now = fly(desks, now, 20.0)
    passes = store.passes.all()
    assert [one.start for one in passes[: len(booked)]] == [one.start for one in booked]
    assert len(passes) > len(booked)
    assert in_conflict(passes) == []


def test_a_plan_that_cannot_be_made_is_told_and_tried_again(
    make_desks: MakeDesks, short: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    desks, store = make_desks(short.span.start)
    with monkeypatch.context() as patch:
        blind = replace(desks.room.scenario, antennas=())
        patch.setattr(desks.room, "scenario", blind)
        now = fly(desks, short.span.start, 0.5)
        told = [event.text for event in store.watch.recent_events(20)]
        assert any("nothing more is booked" in text for text in told)
        booked = len(store.passes.all())
    fly(desks, now, 1.0)
    assert len(store.passes.all()) > booked
