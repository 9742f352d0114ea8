"""Pictures that simulators took come home, and the desk tells where their craft truly is."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from astropy.io import fits as astropy_fits

from groundsys.desks.control_room import ControlRoom
from groundsys.desks.planning.optical_desk import OpticalDesk, sightings_fact_of, told_of
from groundsys.geometry import Geometry
from groundsys.geometry.cameras import camera_axes
from groundsys.geometry.time_scales import instants_ns, tdb_seconds
from groundsys.geometry.trajectories import read_trajectory
from groundsys.mission import load_scenario
from groundsys.mission.spacecraft.place_model import TrajectoryFile
from groundsys.products import Provenance, build_products
from groundsys.rehearsal.truth.record import TrueFlyby as RecordedFlyby
from groundsys.rehearsal.truth.record import TruePicture
from groundsys.rehearsal.verdict.optical_verdict import compare_flyby, judge_optical
from groundsys.store import Store
from groundsys.values.clock import ClockSolution
from groundsys.values.errors import DefinitionError
from groundsys.values.instants import Instant
from sims.craft.computer.clock import OnBoardClock
from sims.craft.payload.body_pictures import BodyPictureLog, TrueFlyby, flyby_of
from sims.craft.payload.payload_files import PayloadFile
from sims.truth import perturbed
from tests.desks.fake_world import FakeYamcs

MISSION, SCENARIO = load_scenario("apophis-flyby")
GEOMETRY = Geometry(MISSION)
CRAFT, CAMERA = "apophis-otv", MISSION.spacecraft["apophis-camera"]
PAYLOAD = MISSION.payloads[str(CAMERA.payload)]
SEED = 3


class Record:
    """Stands where a craft's truth record does."""

    def __init__(self) -> None:
        self.notes: list[dict[str, Any]] = []

    def note(self, record: str, **facts: Any) -> None:
        self.notes.append({"record": record, **facts})

    def flyby(self) -> RecordedFlyby:
        pictures = {
            Instant(one["time_ns"]): TruePicture(
                tuple(one["from_body_km"]), tuple(one["from_body_km_s"])
            )
            for one in self.notes
            if one["record"] == "picture"
        }
        (closest,) = (one["time_ns"] for one in self.notes if one["record"] == "closest")
        return RecordedFlyby(pictures, Instant(closest))


def taken(
    hours: float, misaligned_deg: float = 0.0, seed: int = SEED
) -> tuple[list[PayloadFile], Record]:
    """Every picture of the first hours, and the record of where they were taken."""
    record = Record()
    truth = perturbed(MISSION, seed, SCENARIO.truth)
    flyby = flyby_of(CAMERA, PAYLOAD, truth, SCENARIO, seed, record)  # type: ignore[arg-type]
    start_ns = SCENARIO.span.start.tai_ns
    clock = OnBoardClock(CAMERA.sclk_epoch.tai_ns, start_ns, 0, 0)
    log = BodyPictureLog(
        PAYLOAD,
        flyby,
        clock,
        start_ns,
        seed,
        record,
        misaligned_deg,  # type: ignore[arg-type]
    )
    files = []
    now_ns = log.next_boundary_tai_ns(start_ns)
    while now_ns <= start_ns + hours * 3.6e12:
        file = log.close(now_ns)
        assert file is not None
        files.append(file)
        now_ns = log.next_boundary_tai_ns(now_ns - 1_000)  # its clock may have been a hair behind
    return files, record


@pytest.fixture
def room(tmp_path: Path) -> Iterator[ControlRoom]:
    with Store(tmp_path / "store.sqlite") as store:
        room = ControlRoom(MISSION, SCENARIO, GEOMETRY, store, FakeYamcs(MISSION))
        room.now = SCENARIO.span.start.plus_seconds(5.5 * 3600.0)
        yield room


def shown(room: ControlRoom, files: list[PayloadFile]) -> list[dict[str, Any]]:
    """What planning is told once the desk has seen the files."""
    told: list[dict[str, Any]] = []
    planning = SimpleNamespace(
        take_notice=lambda kind, content, source: told.append({"kind": kind, **content})
    )
    desk = OpticalDesk(room, planning)  # type: ignore[arg-type]
    clock = ClockSolution.nominal(CAMERA.id, CAMERA.sclk_epoch)
    for file in files:
        desk.take_picture(CAMERA, PAYLOAD, file.data, clock)
    return told


def test_pictures_bring_the_orbit_within_its_own_sigmas(room: ControlRoom, tmp_path: Path) -> None:
    files, record = taken(5.3)
    assert len(files) == 10
    told = shown(room, files)
    assert told
    assert {(one["kind"], one["spacecraft"]) for one in told} == {("trajectory", CRAFT)}
    truth = record.flyby()
    found = compare_flyby(told_of(room, CRAFT), truth, (truth.closest.plus_seconds(-40.0),))
    assert found.error_sigmas is not None
    assert found.error_sigmas < 3.0
    assert found.error_km is not None
    assert found.before_km is not None
    assert found.error_km < 0.5 * found.before_km
    assert found.approach_error_s is not None
    assert abs(found.approach_error_s) < 3.0 * float(found.approach_sigma_s or 0.0)
    limits = {"max_optical_sigmas": 3.0, "max_sequence_off_s": 60.0}
    assert all(one.ok for one in judge_optical({CRAFT: found}, limits))
    # the OEM leads where the fact says
    path = tmp_path / "told.oem"
    path.write_text(told[-1]["oem"])
    oem = read_trajectory(TrajectoryFile("oem", str(path)), "", GEOMETRY.bodies)
    word = told_of(room, CRAFT)
    assert word is not None
    at = tdb_seconds(instants_ns(Instant(word["last_ns"])))
    earth, body = (GEOMETRY.ephemeris.position_km(one, at) for one in ("earth", "apophis"))
    beside = (earth + oem.position_km(at) - body)[:, 0]
    assert beside == pytest.approx(np.array(word["from_body_km"]), abs=2e-3)


@pytest.mark.parametrize(
    "seed",
    [5, *(pytest.param(one, marks=pytest.mark.campaign) for one in (1, 2, 3, 4, 6, 7, 8, 9, 10))],
)
def test_whatever_is_true_no_orbit_is_told_surer_than_it_is_known(
    room: ControlRoom, seed: int
) -> None:
    """Also past the body; by 5 the craft is 9 km from where it was believed, at a flyby of 13."""
    files, record = taken(9.1, seed=seed)
    truth = record.flyby()
    words = []
    for number in range(6, len(files) + 1):
        if not shown(room, files[number - 1 : number] if words else files[:number]):
            continue
        words.append(compare_flyby(told_of(room, CRAFT), truth, ()))
        assert (words[-1].error_sigmas or 9.0) < 3.0
    assert len(words) > 3
    assert abs(words[-1].approach_error_s or 99.0) < 10.0


def test_a_camera_that_looks_aside_of_what_it_tells_is_found_out(room: ControlRoom) -> None:
    files, record = taken(8.1, misaligned_deg=0.5, seed=1)
    assert shown(room, files) == []
    assert "fit no orbit" in room.take_events()[-1].text
    truth = record.flyby()
    found = compare_flyby(told_of(room, CRAFT), truth, ())
    (sigmas, off) = judge_optical(
        {CRAFT: found}, {"max_optical_sigmas": 3.0, "max_sequence_off_s": 60.0}
    )
    assert not sigmas.ok
    assert not off.ok  # nothing was released


def test_a_sighting_outlives_the_desk_and_too_few_tell_nothing(room: ControlRoom) -> None:
    files, _ = taken(3.3)
    assert shown(room, files[:5]) == []
    assert told_of(room, CRAFT) is None
    assert len(room.store.facts.get(sightings_fact_of(CRAFT))) == 5
    assert len(shown(room, files[5:6])) == 1


def test_its_products_name_what_it_looks_at_and_where() -> None:
    (file,), record = taken(0.6)
    owner = next(one for one in MISSION.customers.values() if PAYLOAD.id in one.payloads)
    clock = ClockSolution.nominal(CAMERA.id, CAMERA.sclk_epoch)
    completed = SCENARIO.span.start.plus_seconds(3600.0)
    provenance = Provenance(CAMERA.entity_id, 1, 1, completed, "cube 1", ())
    made = build_products(
        *(PAYLOAD, owner, CAMERA, file.data, file.name, clock, provenance),
        mission=MISSION,
    )
    label = next(one.octets for one in made if one.name.endswith(".fits.xml")).decode()
    assert "<name>(99942) Apophis</name>" in label
    assert "<type>Asteroid</type>" in label
    fits = next(io.BytesIO(one.octets) for one in made if one.name.endswith(".fits"))
    header = astropy_fits.getheader(fits)
    ((_, picture),) = record.flyby().pictures.items()
    ahead = -np.array(picture.from_body_km)
    looked = camera_axes(header["RA_PNT"], header["DEC_PNT"], header["PA_PNT"])[2]
    off_deg = np.degrees(np.arccos(looked @ ahead / np.linalg.norm(ahead)))
    assert 0.0 < off_deg < 4.0 * PAYLOAD.settings["pointing_deg"]


def test_nearest_is_when_the_record_of_pictures_has_it() -> None:
    flyby = TrueFlyby(MISSION.spacecraft[CRAFT].orbit, "apophis", MISSION, 0.0)  # type: ignore[arg-type]
    at_ns, distance_km = flyby.closest(SCENARIO.span)
    assert Instant(at_ns).utc_iso(0) == "2029-04-14T00:15:00Z"
    assert distance_km == pytest.approx(6.0, abs=0.01)


def test_a_camera_that_nobody_holds_cannot_be_simulated() -> None:
    with pytest.raises(DefinitionError, match="from its mothership alone"):
        flyby_of(
            *(MISSION.spacecraft["apophis-probe-1"], PAYLOAD, MISSION, SCENARIO, SEED),
            Record(),  # type: ignore[arg-type]
        )
