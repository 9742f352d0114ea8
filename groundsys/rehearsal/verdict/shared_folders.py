"""What a partner has truly fetched, beside what was flown, what is known, and what is others'.

Everything is read from the folder that it has fetched into: messages by their signed manifests, in
order of version.  Beside it stand the hub's frame journal (what was flown), the store (what was
measured, which orbit was adopted), the simulators' record, and the folders of customers who do not
share.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from groundsys.client.signing_key import SIGNING_KEY
from groundsys.client.verification import verify_folder
from groundsys.geometry.central_bodies import bodies_of
from groundsys.geometry.ephemeris import Ephemeris
from groundsys.geometry.orbits import gm_km3_s2
from groundsys.geometry.time_scales import instants_ns, tdb_seconds
from groundsys.geometry.trajectories.oem_trajectory import OemTrajectory
from groundsys.hub.journal import JournalFrame
from groundsys.mission.ground.partner_model import Partner
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.optical.orbit_update import State, place_at
from groundsys.planning.exchange.simple_schedule import read_simple_schedule
from groundsys.rehearsal.run_directory import RunDirectory
from groundsys.rehearsal.truth.record import TrueFlyby
from groundsys.rehearsal.verdict.shared_verdict import OrbitShared, SharedEvidence
from groundsys.rehearsal.verdict.verdict import FileEvidence
from groundsys.sharing.message_set import FORMAT
from groundsys.store import Store
from groundsys.values.instants import Instant
from groundsys.values.tracking import TrackingPoint

#: edges in a schedule are cut to milliseconds; what is in flight at an edge belongs to the track
_EDGE_S = 2.0


@dataclass(frozen=True, slots=True)
class Message:
    """A version of a message as it lies in the folder."""

    about: str
    spacecraft: str
    version: int
    told: Instant
    path: Path


def shared_evidence(
    run: RunDirectory,
    mission: Mission,
    scenario: Scenario,
    store: Store,
    journal: Sequence[JournalFrame],
    files: Sequence[FileEvidence],
    flybys: Mapping[str, tuple[str, TrueFlyby]],
) -> dict[str, SharedEvidence]:
    """By partner; `flybys` are true ways past a body, by craft, each with the body's id."""
    found = {}
    for id in scenario.partners:
        partner, folder = mission.partners[id], run.deliveries / id
        messages = sorted(messages_in(folder), key=lambda one: (one.about, one.version))
        frames = [one for one in journal if one.spacecraft in partner.spacecraft]
        passes, off, late = compare_schedules(_of(messages, "schedule"), frames)
        points = [one for craft in partner.spacecraft for one in store.tracking.of(craft)]
        tracks, lacking = compare_tracking(_of(messages, "tracking"), points)
        right, wrong = compare_products(folder, partner, files)
        others = _digests(run.deliveries, set(scenario.customers) - set(partner.products_of))
        others |= {one.sha256 for one in files if one.customer not in partner.products_of}
        found[id] = SharedEvidence(
            passes=passes if "schedule" in partner.shares else 0,
            schedule_off=tuple(off),
            told_late=tuple(late),
            orbits=dict(_orbits(mission, store, _of(messages, "trajectories"), flybys)),
            tracks=tracks,
            tracks_lacking=tuple(lacking),
            products=right,
            products_lacking=tuple(wrong),
            foreign=tuple(foreign_to(partner, folder, messages, others)),
            unproved=tuple(str(one) for one in verify_folder(folder).findings),
        )
    return found


def messages_in(folder: Path) -> Iterator[Message]:
    """Every version of every message, as the manifests in a folder tell of them."""
    for path in sorted(folder.rglob("*.manifest.json")):
        told: Mapping[str, Any] = json.loads(path.read_bytes())
        if told.get("format") == FORMAT:
            yield Message(
                about=str(told["message"]),
                spacecraft=str(told["spacecraft"]),
                version=int(told["version"]),
                told=Instant.from_utc_iso(told["told_utc"]),
                path=path.parent / str(told["files"][0]["name"]),
            )


def _of(messages: Iterable[Message], kind: str) -> list[Message]:
    return [one for one in messages if one.about.startswith(f"{kind}:")]


def compare_schedules(
    messages: Sequence[Message], frames: Sequence[JournalFrame]
) -> tuple[int, list[str], list[str]]:
    """Tracks flown as the last schedules say, what is otherwise, and what was told too late.

    Flown is a track in which the antenna received frames of the craft; every frame of a craft
    belongs to a track of its.
    """
    tracks: dict[tuple[str, str, int, int], Instant] = {}
    last: set[tuple[str, str, int, int]] = set()
    for message in messages:
        schedule = read_simple_schedule(message.path.read_text())
        now = {
            (package.user, one.aperture, one.track_start.tai_ns, one.track_end.tai_ns)
            for package in schedule.packages
            for one in package.activities
        }
        for track in now:
            tracks.setdefault(track, message.told)
        last = {one for one in last if one[0] != message.spacecraft} | now
    edge_ns = round(_EDGE_S * 1e9)
    heard = Counter[tuple[str, str, int, int]]()
    strange = Counter[tuple[str, str]]()
    for frame in frames:
        within = [
            one
            for one in last
            if one[:2] == (frame.spacecraft, frame.antenna)
            and one[2] - edge_ns <= frame.ert_ns <= one[3] + edge_ns
        ]
        heard.update(within)
        if not within and any(one.spacecraft == frame.spacecraft for one in messages):
            strange[frame.spacecraft, frame.antenna] += 1
    off = [f"{_named(one)} was not flown" for one in sorted(last) if not heard[one]]
    off += [
        f"{count} frames of {craft} at {antenna} outside every track"
        for (craft, antenna), count in sorted(strange.items())
    ]
    late = [_named(one) for one in sorted(last) if tracks[one].tai_ns >= one[2]]
    return sum(bool(heard[one]) for one in last), off, late


def _named(track: tuple[str, str, int, int]) -> str:
    return f"{track[1]} from {Instant(track[2]).utc_iso(0)}"


def compare_tracking(
    messages: Sequence[Message], points: Sequence[TrackingPoint]
) -> tuple[int, list[str]]:
    """Passes that were tracked, and those whose message lacks or has another number of ranges."""
    measured = Counter(one.pass_id for one in points)
    told: dict[str, int] = {}
    for message in messages:  # a later version is in the place of an earlier one
        lines = message.path.read_text().splitlines()
        [track] = [_value(one) for one in lines if one.startswith("TRACK_ID ")]
        told[track] = sum(one.startswith("RANGE ") for one in lines)
    return len(measured), [
        f"{id}: {told.get(id, 0)} of {count} ranges"
        for id, count in sorted(measured.items())
        if told.get(id) != count
    ]


def _value(line: str) -> str:
    return line.partition("=")[2].strip()


def compare_products(
    folder: Path, partner: Partner, files: Iterable[FileEvidence]
) -> tuple[int, list[str]]:
    """Payload files of customers who share that are there as they were made, and those not.

    What the customer itself has must be there, whether it was due or not.
    """
    right, wrong = 0, []
    there = {
        (customer, path.name): path
        for customer in partner.products_of
        for path in (folder / customer).rglob("*")
        if path.is_file()
    }
    for one in files:
        if one.customer not in partner.products_of:
            continue
        path = there.get((one.customer, one.name))
        if path is not None and _sha256(path) == one.sha256:
            right += 1
        elif path is not None or one.due:
            wrong.append(f"{one.customer}/{one.name}")
    return right, wrong


def foreign_to(
    partner: Partner, folder: Path, messages: Sequence[Message], others: frozenset[str] | set[str]
) -> Iterator[str]:
    """Files that lie where the partner has nothing, tell of others' craft, or are others'."""
    homes = {*partner.spacecraft, *partner.products_of}
    for path in sorted(one for one in folder.rglob("*") if one.is_file()):
        name = path.relative_to(folder)
        if name.name == SIGNING_KEY and len(name.parts) == 1:
            continue
        if name.parts[0] not in homes or _sha256(path) in others:
            yield name.as_posix()
    for message in messages:
        if message.spacecraft not in partner.spacecraft:
            yield message.path.relative_to(folder).as_posix()


def _orbits(
    mission: Mission,
    store: Store,
    messages: Sequence[Message],
    flybys: Mapping[str, tuple[str, TrueFlyby]],
) -> Iterator[tuple[str, OrbitShared]]:
    adopted = {
        str(one.content["spacecraft"]): Path(one.content["path"])
        for one in store.plans.notices()
        if one.kind == "trajectory"
    }
    newest = {one.spacecraft: one for one in messages}
    for craft, path in adopted.items():
        if craft not in newest:
            continue
        message = newest[craft]
        same = message.path.read_bytes() == path.read_bytes()
        if craft in flybys:
            yield craft, OrbitShared(same, *orbit_error(mission, message, *flybys[craft]))
        else:
            yield craft, OrbitShared(same, None, None)


def orbit_error(
    mission: Mission, message: Message, body: str, truth: TrueFlyby
) -> tuple[float | None, float | None]:
    """How far the message has the craft from where it truly was, in km and in its own sigmas.

    At the last picture before it was told.  Without a covariance nobody knows the latter.
    """
    before = [one for one in truth.pictures if one <= message.told]
    if not before:
        return None, None
    bodies = bodies_of(mission)
    path, at = OemTrajectory(message.path, bodies), tdb_seconds(instants_ns(max(before)))
    ephemeris = Ephemeris.load(bodies)
    center = ephemeris.position_km(path.center, at) - ephemeris.position_km(body, at)
    error = (center + path.position_km(at))[:, 0] - np.array(
        truth.pictures[max(before)].from_body_km
    )
    size_km = float(np.linalg.norm(error))
    if not path.covariances:
        return size_km, None
    stated = path.covariances[-1]
    epoch = np.array([stated.tdb_s])
    values = np.concatenate([path.position_km(epoch)[:, 0], path.velocity_km_s(epoch)[:, 0]])
    gm = gm_km3_s2(path.center, bodies)
    _, covariance = place_at(State(stated.tdb_s, values, stated.matrix), float(at[0]), gm)
    sizes, axes = np.linalg.eigh(covariance)
    return size_km, float(np.max(np.abs(axes.T @ error) / np.sqrt(sizes)))


def _digests(deliveries: Path, customers: Iterable[str]) -> set[str]:
    return {
        _sha256(path)
        for customer in customers
        for path in (deliveries / customer).rglob("*")
        if path.is_file() and path.name != SIGNING_KEY
    }


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
