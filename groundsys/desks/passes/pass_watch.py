"""What an operator watches of a pass: its steps, signal against prediction, queue, what remains.

Passes under way are told as they change; of any other, and of relay sessions, on request.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from groundsys.commanding.ledger import UNDER_WAY, UNSENT, Command
from groundsys.desks.commanding.command_ledger import CommandLedger
from groundsys.desks.control_room import ControlRoom
from groundsys.desks.delivery.file_desk import FileDesk
from groundsys.desks.passes.pass_desk import PassDesk
from groundsys.desks.passes.relay_desk import RelayDesk
from groundsys.desks.planning.planning_desk import PlanningDesk
from groundsys.desks.telemetry.telemetry_desk import TelemetryDesk
from groundsys.geometry.link import needed_c_n0_dbhz
from groundsys.geometry.link_prediction import predicted_c_n0_dbhz
from groundsys.passes.execution import Pass
from groundsys.passes.timeline import timeline
from groundsys.relay.sessions import RelaySession
from groundsys.values.errors import GroundsysError
from groundsys.values.instants import Instant

#: points of a pass at which its signal is predicted
_SAMPLES = 25
#: of a long queue only its first commands are told, and their number
_QUEUE_TOLD = 20
#: a pass is watched from so long before its antenna begins to configure
_WATCHED_FROM_S = 1800.0


class PassWatch:
    """Tells of passes as they go."""

    def __init__(
        self,
        room: ControlRoom,
        planning: PlanningDesk,
        passes: PassDesk,
        relay: RelayDesk,
        ledger: CommandLedger,
        telemetry: TelemetryDesk,
        files: FileDesk,
    ) -> None:
        self._room = room
        self._planning = planning
        self._passes = passes
        self._relay = relay
        self._ledger = ledger
        self._telemetry = telemetry
        self._files = files
        self._geometry = room.geometry
        antennas = room.mission.antennas
        self._longest_s = max((one.configuration_s for one in antennas.values()), default=0.0)
        self._predicted: dict[tuple[Any, ...], dict[str, list[float]]] = {}

    def snapshot(self) -> dict[str, Any]:
        """By id, the passes under way and those about to begin, or else the next one."""
        soon = self._room.now.plus_seconds(_WATCHED_FROM_S)
        under_way: list[Pass] = []
        for one in self._passes.all:
            if one.state == "closed":
                continue
            if under_way and one.start > soon.plus_seconds(self._longest_s):
                break
            if not under_way or self._prepared_from(one) <= soon:
                under_way.append(one)
        self._forget(under_way)
        return {"passes": {one.id: self._watched(one) for one in under_way}}

    def show(self, contact_id: str) -> dict[str, Any]:
        """A pass or a relay session, and whose data it brings by the plan that is flown."""
        booked = self._passes.get(contact_id)
        if booked is not None and booked.state != "cancelled":
            return {**self._watched(booked), "brings": self._brings(booked)}
        session = next((one for one in self._relay.all if one.id == contact_id), None)
        if session is None:
            raise GroundsysError(
                f"no pass or relay session '{contact_id}' is booked",
                expected="the id of one that is in the plan",
            )
        return self._session(session)

    # --- of a pass -----------------------------------------------------------------------------

    def _watched(self, one: Pass) -> dict[str, Any]:
        antenna = self._room.mission.antennas[one.antenna]
        craft = self._room.mission.spacecraft[one.spacecraft]
        steps = timeline(
            *(one, antenna.configuration_s, antenna.acquisition_s),
            has_service=craft.framing.uplink_mode == "AD",
        )
        return {
            "what": "pass",
            "id": one.id,
            "antenna": one.antenna,
            "spacecraft": one.spacecraft,
            "start_ns": one.start.tai_ns,
            "end_ns": one.end.tai_ns,
            "state": one.state,
            "verdict": one.verdict,
            "plan_version": one.plan_version,
            "steps": [
                {
                    "step": step.name,
                    "planned_ns": step.planned.tai_ns,
                    "actual_ns": _nanoseconds(step.actual),
                }
                for step in steps
            ],
            "lock_since_ns": _nanoseconds(one.lock_since),
            "lock_s": one.lock_s,
            "view_s": one.view_s,
            "losses_of_lock": one.losses_of_lock,
            "frames_good": one.frames_good,
            "frames_corrected": one.frames_corrected,
            "symbols_corrected": one.symbols_corrected,
            "frames_bad": one.frames_bad,
            "bytes": one.frames_good * craft.framing.tm_frame_length,
            "volume_bits": one.volume_bits,
            "serves": list(one.serves),
            "rate_bps": one.rate_bps,
            "light_time_s": one.light_time_s,
            "maximum_elevation_deg": one.maximum_elevation_deg,
            "uplink": one.uplink,
            "c_n0_dbhz": one.c_n0_dbhz if one.state == "locked" else None,
            "needed_c_n0_dbhz": needed_c_n0_dbhz(antenna.radio, one.rate_bps, 0.0),
            "predicted": self._prediction(one),
            "weather_db": self._weather_db(one),
            "uplink_queue": self._queue(one),
            "lacking": self._lacking(one.spacecraft),
        }

    def _prepared_from(self, one: Pass) -> Instant:
        return one.start.plus_seconds(-self._room.mission.antennas[one.antenna].configuration_s)

    def _prediction(self, one: Pass) -> dict[str, list[float]]:
        """C/N0 over the pass, in average weather; found once for a pass as it is booked."""
        key = _key(one)
        if self._geometry is not self._room.geometry:  # a new trajectory
            self._geometry, self._predicted = self._room.geometry, {}
        if key not in self._predicted:
            times = np.linspace(one.start.tai_ns, one.end.tai_ns, _SAMPLES).astype(np.int64)
            radio = self._room.mission.spacecraft[one.spacecraft].radios["x_band"]
            found = predicted_c_n0_dbhz(
                self._room.geometry, one.antenna, one.spacecraft, radio, times
            )
            self._predicted[key] = {
                "times_ns": times.tolist(),
                "c_n0_dbhz": np.round(found, 2).tolist(),
            }
        return self._predicted[key]

    def _forget(self, under_way: list[Pass]) -> None:
        kept = {_key(one) for one in under_way}
        self._predicted = {key: one for key, one in self._predicted.items() if key in kept}

    def _weather_db(self, one: Pass) -> float:
        """What is told that weather costs at some time of the pass."""
        return sum(
            each.loss_db
            for each in self._planning.known.weather
            if each.antenna == one.antenna and each.interval.overlaps(one.interval)
        )

    def _queue(self, one: Pass) -> dict[str, Any]:
        """Commands for the craft, and for those it carries, that may leave in this pass."""
        mission = self._room.mission
        mine = [
            command
            for command in self._ledger.open
            if (mission.spacecraft[command.spacecraft].relay or command.spacecraft)
            == one.spacecraft
            and command.not_before < one.uplink_until
        ]
        waiting = [each for each in mine if each.state in UNSENT]
        return {
            "waiting": len(waiting),
            "under_way": sum(each.state in UNDER_WAY for each in mine),
            "first": [_queued(each) for each in waiting[:_QUEUE_TOLD]],
        }

    def _lacking(self, speaker: str) -> dict[str, Any]:
        """What is known to have been sent and is not here, of the craft and those it carries."""
        craft = [each for each in self._room.craft if speaker in (each.id, each.relay)]
        ids = {each.id for each in craft}
        asked = Counter(
            each.purpose
            for each in self._ledger.open
            if each.purpose in ("replay", "file") and each.spacecraft in ids
        )
        arriving = [
            each
            for each in self._files.records
            if each.spacecraft in ids and each.completion == "open"
        ]
        return {
            "packets": sum(gap.packets for id in ids for gap in self._telemetry.missing(id)),
            "replays_asked": asked["replay"],
            "files": len(arriving),
            "file_octets": sum(
                max(0, each.size - each.octets_received)
                for each in arriving
                if each.size is not None
            ),
            "file_requests": asked["file"],
        }

    def _brings(self, one: Pass) -> dict[str, float]:
        """Bits by customer that the plan has come home with this pass."""
        found: Counter[str] = Counter()
        version = self._planning.version
        for home in version.homecomings:
            if home.customer and home.home_at is not None and one.start < home.home_at <= one.end:
                found[home.customer] += round(home.bits)
        return dict(sorted(found.items()))

    # --- of a relay session --------------------------------------------------------------------

    def _session(self, one: RelaySession) -> dict[str, Any]:
        mission = self._room.mission
        carried = set(mission.spacecraft[one.spacecraft].payloads)
        home = next((each for each in self._passes.of(one.relay) if each.end > one.end), None)
        return {
            "what": "relay",
            "id": one.id,
            "relay": one.relay,
            "spacecraft": one.spacecraft,
            "start_ns": one.start.tai_ns,
            "end_ns": one.end.tai_ns,
            "state": one.state,
            "verdict": one.verdict,
            "plan_version": one.plan_version,
            "heard_from_ns": _nanoseconds(one.heard_from),
            "heard_until_ns": _nanoseconds(one.heard_until),
            "rate_bps": one.rate_bps,
            "maximum_elevation_deg": one.maximum_elevation_deg,
            "volume_bits": one.volume_bits,
            "home_with": None if home is None else home.id,
            "customers": sorted(
                customer
                for customer in self._room.scenario.customers
                if set(mission.customers[customer].payloads) & carried
            ),
        }


def _key(one: Pass) -> tuple[Any, ...]:
    return one.id, one.antenna, one.start, one.end


def _queued(command: Command) -> dict[str, Any]:
    return {
        "id": command.id,
        "spacecraft": command.spacecraft,
        "name": command.name,
        "purpose": command.purpose,
        "state": command.state,
        "not_before_ns": command.not_before.tai_ns,
    }


def _nanoseconds(instant: Instant | None) -> int | None:
    return None if instant is None else instant.tai_ns
