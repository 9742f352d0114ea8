"""The recovery desk: a version for each solution and for the release, and what finders tell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from groundsys.commanding.ledger import Attempt, Command
from groundsys.desks.commanding.command_ledger import CommandLedger
from groundsys.desks.control_room import ControlRoom
from groundsys.desks.entry.recovery_desk import RecoveryDesk, read_told
from groundsys.desks.watching.alarm_desk import AlarmDesk
from groundsys.entry.falling import offset_km
from groundsys.geometry import Geometry
from groundsys.geometry.orbits import SecularOrbit
from groundsys.geometry.trajectories.oem_writing import write_oem
from groundsys.mission.as_flown import as_flown
from groundsys.mission.model import Mission
from groundsys.store import Store, StoredNotice
from groundsys.values.instants import Instant, Interval, SpacecraftEventTime
from tests.desks.fake_world import FakeYamcs
from tests.entry.test_arrival import ORBIT

STAGE, CAPSULE = "ryugu-stage", "return-capsule"
SIGMAS = {"along_track_km": 1.0, "cross_track_km": 0.6, "radial_km": 0.6}
LEFT = ORBIT.epoch.plus_seconds(40.0)
LANDED = ORBIT.epoch.plus_seconds(12.5 * 3600.0)


@dataclass
class SaidByLedger:
    """As much of the command ledger as the desk looks at."""

    commands: list[Command]

    def of_craft(self, spacecraft: str) -> list[Command]:
        return [one for one in self.commands if one.spacecraft == spacecraft]


@pytest.fixture
def room(mission: Mission, tmp_path: Path) -> Iterator[ControlRoom]:
    scenario = mission.scenarios["sample-home"]
    flown = as_flown(mission, scenario)
    with Store(tmp_path / "store.sqlite") as store:
        yield ControlRoom(flown, scenario, Geometry(flown), store, FakeYamcs(flown))


@pytest.fixture
def ledger() -> SaidByLedger:
    return SaidByLedger([])


@pytest.fixture
def desk(room: ControlRoom, ledger: SaidByLedger, tmp_path: Path) -> RecoveryDesk:
    return RecoveryDesk(room, cast(CommandLedger, ledger), AlarmDesk(room), tmp_path / "recovery")


def tell_orbit(room: ControlRoom, folder: Path, times: float = 1.0, **changed: float) -> None:
    """Navigation tells the stage's orbit, known so many times as badly as it may be."""
    orbit = SecularOrbit(replace(ORBIT, **changed), room.geometry.bodies)
    geometry = room.geometry.with_trajectory(STAGE, orbit)
    reach = Interval(room.now.plus_seconds(-3600.0), room.now.plus_seconds(3 * 86_400.0))
    path = folder / f"{room.now.tai_ns}.oem"
    path.write_text(write_oem(geometry, STAGE, reach, room.now, "NAVIGATION", 120.0, ()))
    sizes = {name: times * size for name, size in SIGMAS.items()}
    content: dict[str, Any] = {"spacecraft": STAGE, "path": str(path), "one_sigma_km": sizes}
    room.store.plans.add_notice(StoredNotice(room.now, "trajectory", "space", content))
    room.now = room.now.plus_seconds(60.0)


def test_each_solution_makes_a_version_and_a_hand_over(
    room: ControlRoom, desk: RecoveryDesk, tmp_path: Path
) -> None:
    desk.work()
    assert read_told(room.store, CAPSULE).versions == ()
    tell_orbit(room, tmp_path, eccentricity=1.36)
    tell_orbit_later = room.now
    desk.work()
    desk.work()
    tell_orbit(room, tmp_path, times=20.0)
    desk.work()
    tell_orbit(room, tmp_path)
    desk.work()
    first, second, third = read_told(room.store, CAPSULE).versions
    assert first.prediction is None
    assert first.made == tell_orbit_later
    assert second.outside
    assert not third.outside
    assert third.prediction is not None
    assert second.prediction is not None
    assert third.prediction.ellipse()[0] < second.prediction.ellipse()[0]
    files = sorted(one.name for one in (tmp_path / "recovery" / CAPSULE).iterdir())
    assert files == [f"hand-over-{n}.{kind}" for n in (1, 2, 3) for kind in ("json", "md")]


def test_the_release_is_a_version_and_later_solutions_are_of_the_carrier_alone(
    room: ControlRoom, desk: RecoveryDesk, ledger: SaidByLedger, tmp_path: Path
) -> None:
    tell_orbit(room, tmp_path)
    desk.work()
    ledger.commands.append(replace(_release(room), name="RELEASE_ARM"))
    desk.work()
    ledger.commands.append(_release(room))
    room.now = LEFT.plus_seconds(60.0)
    desk.work()
    tell_orbit(room, tmp_path, eccentricity=1.4)
    desk.work()
    told = read_told(room.store, CAPSULE)
    assert [one.is_released for one in told.versions] == [False, True]
    assert told.versions[1].release == LEFT
    assert [one.event for one in told.transfers] == ["released"]
    # of the eccentricity 1.4: a (1 - e) above 6378.1 km
    assert told.carrier_clearance_km == pytest.approx(19_158.678 * 0.4 - 6_378.137, abs=0.5)


def test_what_finders_tell_stands_in_the_hand_over_and_outlives_the_desk(
    room: ControlRoom, desk: RecoveryDesk, ledger: SaidByLedger, tmp_path: Path
) -> None:
    tell_orbit(room, tmp_path)
    desk.work()
    about = {"spacecraft": CAPSULE, "at_ns": LANDED.tai_ns}
    desk.take({**about, "kind": "beacon_heard"})
    bearings = _bearings_to(room, -31.0, 136.6)
    desk.take({**about, "kind": "bearings", "bearings_deg": bearings})
    desk.take({**about, "kind": "found", "latitude_deg": -31.0, "longitude_deg": 136.6})
    words = {"place": "zone", "by": "team", "holder": "team", "giver": "zone", "evidence": "seal"}
    desk.take({**about, "kind": "custody", "event": "recovered", **words})
    text = (tmp_path / "recovery" / CAPSULE / "hand-over-1.md").read_text()
    assert "What came true" in text
    assert "4 bearings crossed at -31.0000°, 136.6000°" in text
    again = RecoveryDesk(room, cast(CommandLedger, ledger), AlarmDesk(room), tmp_path / "recovery")
    again.work()
    told = read_told(room.store, CAPSULE)
    assert len(told.versions) == 1
    assert told.found is not None
    assert [one.event for one in told.transfers] == ["recovered"]


def test_a_solution_that_is_no_good_is_told_and_changes_nothing(
    room: ControlRoom, desk: RecoveryDesk, tmp_path: Path
) -> None:
    content = {"spacecraft": STAGE, "path": str(tmp_path / "none.oem"), "one_sigma_km": SIGMAS}
    room.store.plans.add_notice(StoredNotice(room.now, "trajectory", "space", content))
    desk.work()
    assert read_told(room.store, CAPSULE).versions == ()
    assert any("not foretold" in one.text for one in room.take_events())


def test_a_solution_that_is_no_good_closes_what_the_one_before_it_opened(
    room: ControlRoom, desk: RecoveryDesk, ledger: SaidByLedger, tmp_path: Path
) -> None:
    tell_orbit(room, tmp_path)
    desk.work()
    assert read_told(room.store, CAPSULE).outside == ()
    content = {"spacecraft": STAGE, "path": str(tmp_path / "none.oem"), "one_sigma_km": SIGMAS}
    room.store.plans.add_notice(StoredNotice(room.now, "trajectory", "space", content))
    room.take_events()
    desk.work()
    desk.work()
    (why,) = read_told(room.store, CAPSULE).outside
    assert "of no use" in why
    assert len([one for one in room.take_events() if "not foretold" in one.text]) == 1
    ledger.commands.append(_release(room))
    room.now = LEFT.plus_seconds(60.0)
    desk.work()
    assert [one.event for one in read_told(room.store, CAPSULE).transfers] == ["released"]


def test_a_hand_over_that_was_not_written_is_written_after_a_start_or_once_there_is_room(
    room: ControlRoom, desk: RecoveryDesk, ledger: SaidByLedger, tmp_path: Path
) -> None:
    folder = tmp_path / "recovery"
    folder.write_text("no folder can be made here")
    tell_orbit(room, tmp_path)
    desk.work()
    desk.work()
    assert len([one for one in room.take_events() if "waits to be written" in one.text]) == 1
    folder.unlink()
    desk.work()
    written = folder / CAPSULE / "hand-over-1.md"
    text = written.read_text()
    written.unlink()
    again = RecoveryDesk(room, cast(CommandLedger, ledger), AlarmDesk(room), folder)
    again.work()
    assert written.read_text() == text


def _release(room: ControlRoom) -> Command:
    scid = room.mission.spacecraft[CAPSULE].framing.spacecraft_id
    attempt = Attempt("one", 1, LEFT, completed_at=SpacecraftEventTime(LEFT.tai_ns))
    return _command("RELEASE_CUBE", {"release_spacecraft_id": scid}, attempt)


def _command(name: str, arguments: dict[str, Any], attempt: Attempt) -> Command:
    at = Instant(LEFT.tai_ns)
    return Command(
        id="c-1", spacecraft=STAGE, name=name, arguments=arguments, purpose="procedure",
        subject="", queued_at=at, not_before=at, state="completed", attempts=(attempt,),
    )  # fmt: skip


def _bearings_to(room: ControlRoom, latitude_deg: float, longitude_deg: float) -> dict[str, float]:
    """As each direction finder would read them without an error."""
    arrival = room.mission.spacecraft[CAPSULE].arrival
    assert arrival is not None
    found = {}
    for one in arrival.beacon.stations:
        place = (one.latitude_deg, one.longitude_deg)
        east, north = offset_km(*place, latitude_deg, longitude_deg)
        found[one.name] = float(np.degrees(np.arctan2(east, north)) % 360.0)
    return found
