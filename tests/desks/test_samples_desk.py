"""The samples desk: records by telemetry once people have looked, and ledgers handed on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from groundsys.desks.control_room import ControlRoom
from groundsys.desks.entry.recovery_desk import read_told
from groundsys.desks.entry.samples_desk import SamplesDesk, handed_on, ledger_of, take_over
from groundsys.desks.watching.alarm_desk import AlarmDesk
from groundsys.entry.sample_custody import custody_of, transfer_to_fact
from groundsys.geometry import Geometry
from groundsys.mission.as_flown import as_flown
from groundsys.mission.model import Mission
from groundsys.mission.parsing.findings import Findings
from groundsys.procedures.run import Run
from groundsys.procedures.sample_custody_files import read_returns
from groundsys.store import Store
from groundsys.values.errors import BackendError
from groundsys.values.records import ParameterReading
from tests.desks.fake_world import FakeYamcs

STAGE, CAPSULE, CHECK = "ryugu-stage", "return-capsule", "container-check"


@pytest.fixture
def room(mission: Mission, tmp_path: Path) -> Iterator[ControlRoom]:
    scenario = mission.scenarios["sample-cruise"]
    flown = as_flown(mission, scenario)
    with Store(tmp_path / "store.sqlite") as store:
        yield ControlRoom(flown, scenario, Geometry(flown), store, FakeYamcs(flown))


@pytest.fixture
def runs() -> list[Run]:
    return []


@pytest.fixture
def desk(room: ControlRoom, runs: list[Run]) -> SamplesDesk:
    return SamplesDesk(room, lambda: runs, lambda craft, stamp: stamp, AlarmDesk(room))


def tell(room: ControlRoom, name: str, *values: object) -> None:
    """The stage makes readings a minute apart, from now on."""
    assert isinstance(room.yamcs, FakeYamcs)
    at = [room.now.plus_seconds(60.0 * n) for n in range(len(values))]
    found = [ParameterReading(name, value, one) for value, one in zip(values, at, strict=True)]
    room.yamcs.instances[STAGE].histories.setdefault(name, []).extend(found)
    room.now = at[-1]


def tell_container(room: ControlRoom, state: str, seal_c: float) -> None:
    """What a check of the container looks at."""
    tell(room, "sample_container", state)
    tell(room, "sample_seal_temperature", seal_c)


def checked(room: ControlRoom, number: int = 1) -> Run:
    """The check of the container has completed."""
    run = Run(f"{CHECK}-00{number}", CHECK, STAGE, room.now, ("amber",))
    return replace(run, state="ended", outcome="completed", ended_at=room.now)


def test_a_record_is_made_once_people_have_looked(
    room: ControlRoom, desk: SamplesDesk, runs: list[Run]
) -> None:
    tell(room, "sample_container", "SEALED")
    tell(room, "sample_seal_temperature", 12.0, 15.0)
    runs.append(replace(checked(room), outcome="aborted"))
    desk.work()
    assert read_told(room.store, CAPSULE).transfers == ()
    runs.append(checked(room, 2))
    desk.work()
    desk.work()
    runs.append(checked(room, 3))
    desk.work()
    (transfer,) = read_told(room.store, CAPSULE).transfers
    assert (transfer.event, transfer.at) == ("verified", room.now)
    assert transfer.evidence.startswith(f"{CHECK}-002 completed")
    (entry,) = room.store.audit.all(subject=CAPSULE)
    assert (entry.action, entry.reason) == ("samples.recorded", transfer.evidence)


def test_a_seal_that_was_too_warm_is_told_and_not_recorded(
    room: ControlRoom, desk: SamplesDesk, runs: list[Run]
) -> None:
    tell(room, "sample_container", "SEALED")
    tell(room, "sample_seal_temperature", 12.0, 75.0, 15.0)
    runs.append(checked(room))
    desk.work()
    assert read_told(room.store, CAPSULE).transfers == ()
    (event,) = [one for one in room.take_events() if "75.0" in one.text]
    assert "not verified" in event.text


def test_an_archive_that_does_not_answer_is_asked_again(
    room: ControlRoom, desk: SamplesDesk, runs: list[Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    tell_container(room, "SEALED", 12.0)
    runs.append(checked(room))

    def away(*_: object) -> None:
        raise BackendError("away")

    with monkeypatch.context() as patched:
        patched.setattr(room.yamcs, "parameter_history", away)
        desk.work()
    desk.work()
    assert [one.event for one in read_told(room.store, CAPSULE).transfers] == ["verified"]


def test_a_second_check_adds_nothing_to_a_ledger_that_has_its_record_from_before(
    room: ControlRoom, desk: SamplesDesk, runs: list[Run]
) -> None:
    returns = read_returns(room.mission, Findings())
    before = returns[CAPSULE].assumed
    take_over(room.store, {CAPSULE: [transfer_to_fact(one) for one in before]})
    room.now = before[-1].at
    tell_container(room, "SEALED", 12.0)
    runs.append(checked(room))
    desk.work()
    chain = ledger_of(returns, room.store, room.scenario.span.start, CAPSULE)
    assert chain == before
    assert custody_of(CAPSULE, returns, chain, room.now).is_whole


def test_a_desk_that_starts_anew_finds_of_a_run_what_was_there_when_it_ended(
    room: ControlRoom, desk: SamplesDesk, runs: list[Run]
) -> None:
    tell_container(room, "EMPTY", 12.0)
    runs.append(checked(room))
    desk.work()
    room.now = room.now.plus_seconds(3600.0)
    tell_container(room, "SEALED", 12.0)
    anew = SamplesDesk(room, lambda: runs, lambda craft, stamp: stamp, AlarmDesk(room))
    anew.work()
    assert read_told(room.store, CAPSULE).transfers == ()
    assert len([one for one in room.take_events() if "not verified" in one.text]) == 1
    runs.append(checked(room, 2))
    anew.work()
    (transfer,) = read_told(room.store, CAPSULE).transfers
    assert transfer.evidence.startswith(f"{CHECK}-002 completed")


@pytest.mark.parametrize(
    ("procedure", "spacecraft", "events"),
    [
        (CHECK, "otv", []),
        (CHECK, STAGE, ["verified"]),
        ("touch-and-go", "ryugu-explorer", ["sealed"]),  # it speaks to Earth over the stage
    ],
)
def test_a_run_counts_for_its_own_craft_and_its_relay_alone(
    room: ControlRoom,
    desk: SamplesDesk,
    runs: list[Run],
    procedure: str,
    spacecraft: str,
    events: list[str],
) -> None:
    take_over(room.store, {CAPSULE: []})
    tell_container(room, "SEALED", 12.0)
    runs.append(replace(checked(room), procedure=procedure, spacecraft=spacecraft))
    desk.work()
    assert [one.event for one in read_told(room.store, CAPSULE).transfers] == events


def test_a_flight_alone_assumes_what_came_before_and_one_that_is_handed_nothing_has_a_gap(
    room: ControlRoom, desk: SamplesDesk, runs: list[Run]
) -> None:
    tell_container(room, "SEALED", 12.0)
    runs.append(checked(room))
    desk.work()
    start, returns = room.scenario.span.start, read_returns(room.mission, Findings())

    def reasons() -> tuple[str, ...]:
        chain = ledger_of(returns, room.store, start, CAPSULE)
        return custody_of(CAPSULE, returns, chain, room.now).reasons

    assert reasons() == ()
    take_over(room.store, {CAPSULE: []})
    assert reasons() == ("no record of when it was sealed",)


def test_what_is_handed_on_is_taken_over_as_it_is(room: ControlRoom, tmp_path: Path) -> None:
    start, returns = room.scenario.span.start, read_returns(room.mission, Findings())
    before = ledger_of(returns, room.store, start, CAPSULE)
    assert [one.event for one in before] == ["sealed"]
    handed = handed_on(room.mission, room.store, start)
    with Store(tmp_path / "next.sqlite") as store:
        take_over(store, handed)
        assert ledger_of(returns, store, start, CAPSULE) == before
