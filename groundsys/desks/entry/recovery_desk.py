"""The recovery desk: what is foretold of a capsule's arrival, handed over, and what came of it.

Each orbit solution of the carrier, and the release as the craft reports it, makes a new version.
Solutions that are told after the release are of the carrier alone.  What the recovery team tells
(beacon, bearings, find, custody) is kept beside them, and the hand-over is written anew: each file
whole, after a start as well, and again until there is room for it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from groundsys.audit import AUTOMATION
from groundsys.desks.commanding.command_ledger import CommandLedger
from groundsys.desks.control_room import ControlRoom
from groundsys.desks.watching.alarm_desk import AlarmDesk
from groundsys.entry.approach import clearance_km
from groundsys.entry.arrival import Carrying, predict_arrival, why_outside
from groundsys.entry.arrival_told import (
    ArrivalTold,
    Fix,
    Found,
    Version,
    told_of_fact,
    told_to_fact,
    with_version,
)
from groundsys.entry.bearings import crossing_of
from groundsys.entry.hand_over import hand_over_text
from groundsys.entry.sample_custody import Transfer, transfer_of_fact, transfer_to_fact
from groundsys.geometry.time_scales import FloatArray, instants_ns, tdb_seconds
from groundsys.geometry.trajectories import read_trajectory
from groundsys.mission.arrival.arrival_model import Arrival
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.mission.spacecraft.place_model import Navigation, TrajectoryFile
from groundsys.planning.exchange.files import write_whole
from groundsys.store import Store, StoredNotice
from groundsys.values.errors import GroundsysError, PlanError
from groundsys.values.instants import Instant

_SOURCE = "recovery"
FREE_FLIGHT = "free flight"
#: what lets go; arming names the capsule as well
RELEASE = "RELEASE_CUBE"


class RecoveryDesk:
    """Foretells arrivals of capsules that the scenario's craft carry."""

    def __init__(
        self, room: ControlRoom, ledger: CommandLedger, alarms: AlarmDesk, folder: Path
    ) -> None:
        self._room, self._ledger, self._alarms, self._folder = room, ledger, alarms, folder
        self._arriving = [one for one in room.relayed if one.arrival is not None]
        #: capsules whose hand-over stands as last told, and those of which it cannot be written
        self._handed: set[str] = set()
        self._waiting: set[str] = set()

    def work(self) -> None:
        """Foretell anew whatever a solution or the release has changed."""
        for capsule in self._arriving:
            assert capsule.arrival is not None
            assert capsule.release is not None
            left, told = self._left_at(capsule), self._of(capsule)
            if left is not None:
                told = self._take_leave(capsule, told, left)
                told = self._look_at_carrier(capsule, told, capsule.arrival, left)
            release = left or capsule.release.at
            solution = self._solution_in(capsule, Instant(0), left)
            if release is not None and solution is not None:
                is_released = left is not None
                if not told.is_by(solution.told_at, is_released=is_released):
                    told = self._foretell(
                        capsule, told, capsule.arrival, solution, release, is_released
                    )
            if capsule.id not in self._handed:
                self._hand_over(capsule, told)

    def take(self, body: Mapping[str, Any]) -> None:
        """The recovery team tells what it heard, found or took over."""
        capsule = self._room.mission.spacecraft[str(body["spacecraft"])]
        told, at = self._of(capsule), Instant(int(body["at_ns"]))
        assert capsule.arrival is not None
        match body["kind"]:
            case "beacon_heard":
                told = replace(told, beacon_heard=at)
                self._say(capsule, "info", f"beacon heard {at.utc_iso(0)}")
            case "bearings":
                told = replace(told, beacon_lost=at, fix=_fix(capsule.arrival, body, at))
                self._say(capsule, "info", f"{len(body['bearings_deg'])} bearings on the beacon")
            case "found":
                told = replace(told, found=Found(at, body["latitude_deg"], body["longitude_deg"]))
                self._say(capsule, "info", f"found {at.utc_iso(0)}")
            case "custody":
                told = replace(told, transfers=(*told.transfers, transfer_of_fact(body)))
        self._keep(capsule, told)

    # --- within --------------------------------------------------------------------------------

    def _of(self, capsule: Spacecraft) -> ArrivalTold:
        return read_told(self._room.store, capsule.id)

    def _left_at(self, capsule: Spacecraft) -> Instant | None:
        """When the craft says that it has let the capsule go."""
        scid = capsule.framing.spacecraft_id
        for command in self._ledger.of_craft(str(capsule.relay)):
            if (command.name, command.state) != (RELEASE, "completed") or not command.attempts:
                continue
            definition = self._room.mission.spacecraft[command.spacecraft].command(command.name)
            if command.arguments.get(definition.releases) == scid:
                done = command.attempts[-1].completed_at
                return None if done is None else Instant(done.tai_ns)
        return None

    def _solution_in(
        self, capsule: Spacecraft, since: Instant, until: Instant | None
    ) -> StoredNotice | None:
        """The last orbit solution of its carrier that was told within a stretch of time."""
        told = [
            one
            for one in self._room.store.plans.notices()
            if one.kind == "trajectory"
            and one.content["spacecraft"] == capsule.relay
            and "one_sigma_km" in one.content
            and one.told_at >= since
            and (until is None or one.told_at < until)
        ]
        return told[-1] if told else None

    def _take_leave(self, capsule: Spacecraft, told: ArrivalTold, left: Instant) -> ArrivalTold:
        """The samples' ledger has the release, whether or not anything can be foretold of it."""
        if any(one.event == "released" for one in told.transfers):
            return told
        transfers = (*told.transfers, _released(capsule, left))
        return self._keep(capsule, replace(told, transfers=transfers))

    def _look_at_carrier(
        self, capsule: Spacecraft, told: ArrivalTold, arrival: Arrival, left: Instant
    ) -> ArrivalTold:
        """How high the carrier itself passes, by each solution told since the release."""
        solution = self._solution_in(capsule, left, None)
        if solution is None or solution.told_at == told.carrier_told:
            return told
        try:
            place, motion = self._state(solution, solution.told_at)
        except GroundsysError as error:
            self._say(capsule, "warning", f"its carrier's way is not known: {error}")
            unknown = replace(told, carrier_clearance_km=None, carrier_told=solution.told_at)
            return self._keep(capsule, unknown)
        body = self._room.geometry.bodies[arrival.body]
        clear_km = clearance_km(body, place, motion)
        low = clear_km < arrival.interface_km
        text = f"{capsule.relay} passes {arrival.body} by {clear_km:.0f} km"
        self._say(capsule, "critical" if low else "info", text)
        told = replace(told, carrier_clearance_km=clear_km, carrier_told=solution.told_at)
        return self._keep(capsule, told)

    def _state(self, solution: StoredNotice, at: Instant) -> tuple[FloatArray, FloatArray]:
        """Place and velocity by a solution's OEM; `GroundsysError` if it is of no use."""
        file = TrajectoryFile("oem", solution.content["path"])
        path = read_trajectory(file, "", self._room.geometry.bodies)
        tdb_s = tdb_seconds(instants_ns(at))
        return path.position_km(tdb_s)[:, 0], path.velocity_km_s(tdb_s)[:, 0]

    def _foretell(
        self,
        capsule: Spacecraft,
        told: ArrivalTold,
        arrival: Arrival,
        solution: StoredNotice,
        release: Instant,
        is_released: bool,
    ) -> ArrivalTold:
        room = self._room
        assert capsule.release is not None
        try:
            body = room.geometry.bodies[arrival.body]
            place, motion = self._state(solution, release)
            carrying = Carrying(
                place_km=place,
                motion_km_s=motion,
                sizes=Navigation(**solution.content["one_sigma_km"]),
                share=_share(room.mission.spacecraft[str(capsule.relay)], capsule),
            )
            found = predict_arrival(arrival, body, capsule.release, carrying, release)
        except GroundsysError as error:
            self._say(capsule, "warning", f"not foretold: {error}")
            return self._keep(capsule, replace(told, not_foretold=solution.told_at))
        version = Version(
            number=len(told.versions) + 1,
            made=room.now,
            solution_told=solution.told_at,
            release=release,
            is_released=is_released,
            outside=why_outside(arrival, found),
            prediction=found,
        )
        self._tell(capsule, version)
        return self._keep(capsule, with_version(told, version))

    def _tell(self, capsule: Spacecraft, version: Version) -> None:
        found, about = version.prediction, f"corridor:{capsule.id}"
        if found is not None:
            major, minor, _ = found.ellipse()
            text = (
                f"hand-over {version.number}: entry {found.interface.time.utc_iso(1)} at "
                f"{found.flight_path_deg.mean:.3f}° ± {3.0 * found.flight_path_deg.sigma:.3f}°, "
                f"landing {found.landing.time.utc_iso(0)} at {found.latitude_deg:.3f}°, "
                f"{found.longitude_deg:.3f}° within {major:.0f} × {minor:.0f} km"
            )
            self._say(capsule, "info", text)
        if not version.outside:
            self._alarms.withdraw(about, "within its limits again")
        elif version.is_released:
            why = "; ".join(version.outside)
            self._alarms.tell(about, capsule.id, _SOURCE, "critical", f"outside its limits: {why}")
        else:
            self._say(capsule, "warning", "outside its limits: " + "; ".join(version.outside))

    def _keep(self, capsule: Spacecraft, told: ArrivalTold) -> ArrivalTold:
        keep_told(self._room, capsule.id, told)
        self._hand_over(capsule, told)
        return told

    def _hand_over(self, capsule: Spacecraft, told: ArrivalTold) -> None:
        """Write what stands in the store; without room for it, again with the next look."""
        self._handed.discard(capsule.id)
        if not told.versions:
            return
        assert capsule.arrival is not None
        path = self._folder / capsule.id / f"hand-over-{told.versions[-1].number}"
        try:
            write_whole(path.with_suffix(".md"), hand_over_text(capsule.id, capsule.arrival, told))
            write_whole(path.with_suffix(".json"), json.dumps(told_to_fact(told), indent=1))
        except PlanError as error:
            if capsule.id not in self._waiting:
                self._waiting.add(capsule.id)
                self._say(capsule, "critical", f"hand-over waits to be written: {error}; make room")
            return
        self._waiting.discard(capsule.id)
        self._handed.add(capsule.id)

    def _say(self, capsule: Spacecraft, severity: str, text: str) -> None:
        self._room.log(capsule.id, severity, _SOURCE, text)


def fact_of(craft: str) -> str:
    """The name of the fact that keeps what was said of a capsule's arrival."""
    return f"arrival:{craft}"


def keep_told(room: ControlRoom, capsule: str, told: ArrivalTold) -> None:
    """Keep what is told of a capsule; each new record of its samples stands in the audit log."""
    known = read_told(room.store, capsule).transfers
    with room.store.writing():
        room.store.facts.put(fact_of(capsule), told_to_fact(told))
        for one in told.transfers:
            if one not in known:
                room.audit(
                    actor=AUTOMATION,
                    role=AUTOMATION,
                    action="samples.recorded",
                    subject=capsule,
                    reason=one.evidence,
                    detail=transfer_to_fact(one),
                )


def read_told(store: Store, craft: str) -> ArrivalTold:
    """What has been said of a capsule's arrival."""
    return told_of_fact(store.facts.get(fact_of(craft)))


def _share(carrier: Spacecraft, capsule: Spacecraft) -> float:
    """Of the springs' push, what the carrier takes: by the masses before anything was burnt."""
    both_kg = carrier.platform["mass_kg"] + capsule.platform["mass_kg"]
    return capsule.platform["mass_kg"] / both_kg


def _released(capsule: Spacecraft, at: Instant) -> Transfer:
    return Transfer(
        event="released", at=at, place="on the approach", by=str(capsule.relay),
        holder=FREE_FLIGHT, giver=capsule.id, evidence="telemetry of its carrier",
    )  # fmt: skip


def _fix(arrival: Arrival, body: Mapping[str, Any], at: Instant) -> Fix | None:
    bearings = {str(name): float(deg) for name, deg in body["bearings_deg"].items()}
    found = crossing_of(arrival, bearings)
    if found is None:
        return None
    return Fix(at, found.latitude_deg, found.longitude_deg, found.covariance_km2, len(bearings))
