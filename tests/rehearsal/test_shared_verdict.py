"""What is wrong with what a partner has fetched is found in its folder, each by its criterion."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest

from groundsys.geometry import Geometry
from groundsys.geometry.solutions.covariances import Covariance
from groundsys.geometry.time_scales import instants_ns, tdb_seconds
from groundsys.geometry.trajectories.oem_writing import write_oem
from groundsys.hub.journal import JournalFrame
from groundsys.mission import load_scenario
from groundsys.mission.ground.partner_model import Partner
from groundsys.planning import Plan, PlannedPass
from groundsys.rehearsal.truth.record import TrueFlyby, TruePicture
from groundsys.rehearsal.verdict.shared_folders import (
    Message,
    compare_products,
    compare_schedules,
    compare_tracking,
    foreign_to,
    messages_in,
    orbit_error,
)
from groundsys.rehearsal.verdict.shared_verdict import OrbitShared, SharedEvidence, judge_shared
from groundsys.rehearsal.verdict.verdict import FileEvidence
from groundsys.sharing import build_message_set, schedule_of_craft, tracking_of_pass
from groundsys.values.instants import EarthReceiveTime, Instant, Interval, TransmitTime
from groundsys.values.tracking import TrackingPoint
from tests.products.written import all_written

MISSION, SCENARIO = load_scenario("apophis-flyby")
CRAFT, ANTENNA = "apophis-otv", "usuda-64"
PARTNER = Partner("other", "Other", "o@example", (CRAFT,), ("schedule",), ("shares",))
NOON = Instant.from_utc_iso("2029-04-13T12:00:00Z")
LIMITS = {
    "min_shared_passes": 2,
    "max_shared_orbit_sigmas": 3,
    "min_shared_tracks": 2,
    "min_shared_products": 1,
}


def planned(number: int, from_s: float) -> PlannedPass:
    start, end = (EarthReceiveTime(NOON.plus_seconds(from_s + s).tai_ns) for s in (0.0, 1800.0))
    up, down = TransmitTime(start.tai_ns), TransmitTime(end.tai_ns)
    return PlannedPass(f"pass-{number}", ANTENNA, CRAFT, start, end, up, down, 1.0, 64e3, 40.0, 1e6)


def frame(at_s: float, craft: str = CRAFT) -> JournalFrame:
    ert_ns = NOON.plus_seconds(at_s).tai_ns
    return JournalFrame(craft, 0, 1, ert_ns, ert_ns, ANTENNA, 0, b"")


@dataclass
class Folder:
    """A partner's folder, as the sharing desk fills it."""

    path: Path
    versions: dict[str, int] = field(default_factory=dict)

    def tell(self, passes: Sequence[PlannedPass], at_s: float) -> None:
        telling = schedule_of_craft(Plan("s", tuple(passes), ()), MISSION, CRAFT)
        assert telling is not None
        self.write(telling, at_s)

    def write(self, telling: object, at_s: float) -> None:
        version = self.versions.get(telling.about, 0) + 1  # type: ignore[attr-defined]
        self.versions[telling.about] = version  # type: ignore[attr-defined]
        made = build_message_set(
            *(telling, PARTNER.id),  # type: ignore[arg-type]
            told_at=NOON.plus_seconds(at_s),
            version=version,
            previous_manifest="",
            software_version="1",
        )
        all_written(made, self.path / CRAFT)

    @property
    def messages(self) -> list[Message]:
        return sorted(messages_in(self.path), key=lambda one: one.version)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def test_a_schedule_that_was_flown_as_told_before(folder: Folder) -> None:
    first, second, dropped = planned(1, 600.0), planned(2, 6000.0), planned(3, 9000.0)
    folder.tell([first, dropped], 0.0)
    folder.tell([first, second], 3000.0)
    frames = [frame(700.0), frame(6100.0), frame(5.0, "apophis-probe-1")]
    assert compare_schedules(folder.messages, frames) == (2, [], [])


def test_a_schedule_told_late_not_flown_or_flown_otherwise(folder: Folder) -> None:
    folder.tell([planned(1, 600.0), planned(2, 6000.0)], 700.0)
    passes, off, late = compare_schedules(folder.messages, [frame(800.0), frame(4000.0)])
    assert passes == 1
    assert [one.partition(" ")[2] for one in off] == [
        "from 2029-04-13T13:40:00Z was not flown",
        f"frames of {CRAFT} at {ANTENNA} outside every track",
    ]
    assert late == [f"{ANTENNA} from 2029-04-13T12:10:00Z"]


def points(pass_id: str, count: int) -> list[TrackingPoint]:
    return [
        TrackingPoint(
            spacecraft=CRAFT,
            antenna=ANTENNA,
            pass_id=pass_id,
            received=EarthReceiveTime(NOON.plus_seconds(60.0 * number).tai_ns),
            count_interval_s=60.0,
            transmit_hz=7.167e9,
            receive_hz=8.42e9,
            round_trip_s=1.0,
        )
        for number in range(count)
    ]


def test_tracking_lacks_a_pass_and_a_range(folder: Folder) -> None:
    for pass_id, count in (("pass-1", 4), ("pass-2", 3)):
        telling = tracking_of_pass(MISSION, CRAFT, pass_id, points(pass_id, count))
        folder.write(telling, 0.0)
    measured = [*points("pass-1", 4), *points("pass-2", 4), *points("pass-3", 2)]
    assert compare_tracking(folder.messages, measured) == (
        3,
        ["pass-2: 3 of 4 ranges", "pass-3: 0 of 2 ranges"],
    )


def test_products_and_whatever_is_not_the_partners(folder: Folder) -> None:
    home = folder.path / "shares" / "cube"
    home.mkdir(parents=True)
    (home / "a.dat").write_bytes(b"a")
    (home / "b.dat").write_bytes(b"changed")
    (folder.path / "strange").mkdir()
    (folder.path / "strange" / "c.dat").write_bytes(b"c")
    (home / "d.dat").write_bytes(b"somebody else's")

    def made(name: str, content: bytes, customer: str = "shares", *, due: bool) -> FileEvidence:
        digest = hashlib.sha256(content).hexdigest()
        return FileEvidence(customer, name, len(content), digest, due, None, None)

    files = [
        *(made("a.dat", b"a", due=False), made("b.dat", b"b", due=False)),
        *(made("late.dat", b"x", due=False), made("lacks.dat", b"y", due=True)),
        made("apart.dat", b"somebody else's", "apart", due=True),
    ]
    assert compare_products(folder.path, PARTNER, files) == (
        1,
        ["shares/b.dat", "shares/lacks.dat"],
    )
    others = {one.sha256 for one in files if one.customer == "apart"}
    assert list(foreign_to(PARTNER, folder.path, [], others)) == [
        "shares/cube/d.dat",
        "strange/c.dat",
    ]


@pytest.mark.parametrize(("stated", "within"), [(True, True), (False, False)])
def test_an_orbit_is_as_true_as_it_says_itself(folder: Folder, stated: bool, within: bool) -> None:
    """Two kilometres ahead of the truth, with one sigma of one kilometre along each axis."""
    geometry, at = Geometry(MISSION), SCENARIO.span.start.plus_seconds(7200.0)
    reach = Interval(SCENARIO.span.start, SCENARIO.span.end)
    tdb = tdb_seconds(instants_ns(at))
    sigma = np.diag([1.0, 1.0, 1.0, 1e-9, 1e-9, 1e-9])
    covariances = (Covariance(float(tdb[0]), sigma),) if stated else ()
    path = folder.path / "o.oem"
    path.write_text(write_oem(geometry, CRAFT, reach, at, covariances=covariances))
    from_body = geometry.craft(CRAFT).from_body_km(geometry.ephemeris, "apophis", tdb)[:, 0]
    truth = TruePicture(tuple(from_body + np.array([2.0, 0.0, 0.0])), (0.0, 0.0, 0.0))
    flyby = TrueFlyby({at: truth, at.plus_seconds(9000.0): truth}, at)
    message = Message("trajectories:o", CRAFT, 1, at.plus_seconds(60.0), path)
    error_km, sigmas = orbit_error(MISSION, message, "apophis", flyby)
    assert error_km == pytest.approx(2.0, abs=1e-3)
    assert sigmas == (pytest.approx(2.0, abs=0.01) if within else None)


GOOD = SharedEvidence(
    passes=2,
    schedule_off=(),
    told_late=(),
    orbits={CRAFT: OrbitShared(True, 1.0, 1.2)},
    tracks=2,
    tracks_lacking=(),
    products=1,
    products_lacking=(),
    foreign=(),
    unproved=(),
)


@pytest.mark.parametrize(
    ("evidence", "failing"),
    [
        (GOOD, set()),
        (replace(GOOD, passes=1), {"shared_passes[other]"}),
        (replace(GOOD, schedule_off=("x",)), {"shared_passes[other]"}),
        (replace(GOOD, told_late=("x",)), {"shared_passes[other]"}),
        (replace(GOOD, orbits={}), {"shared_orbit[other]"}),
        (replace(GOOD, orbits={CRAFT: OrbitShared(False, 1.0, 1.2)}), {"shared_orbit[other]"}),
        (replace(GOOD, orbits={CRAFT: OrbitShared(True, 1.0, None)}), {"shared_orbit[other]"}),
        (replace(GOOD, orbits={CRAFT: OrbitShared(True, 9.0, 4.0)}), {"shared_orbit[other]"}),
        (replace(GOOD, tracks=1), {"shared_tracks[other]"}),
        (replace(GOOD, tracks_lacking=("x",)), {"shared_tracks[other]"}),
        (replace(GOOD, products=0), {"shared_products[other]"}),
        (replace(GOOD, products_lacking=("x",)), {"shared_products[other]"}),
        (replace(GOOD, foreign=("x",)), {"shared_foreign[other]"}),
        (replace(GOOD, unproved=("x",)), {"shared_unproved[other]"}),
    ],
)
def test_each_criterion_fails_by_itself(evidence: SharedEvidence, failing: set[str]) -> None:
    told = list(judge_shared({"other": evidence}, LIMITS))
    assert {one.name for one in told if not one.ok} == failing
    assert len(told) == 6
