"""The recovery team in the landing zone: it hears a capsule's beacon, finds it, takes it over.

It is others', as navigation is: what it tells the ground are the beacon's first sound, bearings
from its direction finders until the capsule has landed, where a helicopter has found it, and who
holds it then.  A direction finder errs by the size that the capsule's definition states.  Without a
beacon the ellipse is searched on foot and from the air, which takes longer than a night.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np

from groundsys.entry.falling import offset_km
from groundsys.mission.arrival.arrival_model import Arrival
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.values.instants import Instant
from sims.arrival import TrueArrival, true_arrival
from sims.draws import normal
from sims.space.air import Air

_SECOND_NS = 1_000_000_000
#: what it takes to hear a beacon and read a bearing, to fly there by bearings and without, to make
#: the pyrotechnics safe and pack the capsule, and to bring it to where it is received (ours)
_HEARS_S = 20.0
_FINDS_S, _SEARCHES_S = 5_400.0, 20.0 * 3600.0
_PACKS_S, _BRINGS_S = 1_800.0, 5_400.0
_TEAM, _LABORATORY = "recovery team", "laboratory at the range"


class RecoveryTeam:
    """Tells the desks what becomes of capsules that were let go on an approach."""

    def __init__(self, air: Air, scenario: Scenario) -> None:
        self._air, self._truth = air, scenario.truth

    def follow(self, cube_id: str) -> None:
        """A capsule is on its way: what will be, will be."""
        air = self._air
        arrival = air.mission.spacecraft[cube_id].arrival
        if arrival is None:
            return
        faults = air.faults
        opens = faults.shut_parachutes.isdisjoint({None, cube_id})
        body = air.geometry.bodies[arrival.body]
        true = true_arrival(
            *(cube_id, arrival, air.orbit(cube_id), body, air.seed, self._truth),
            parachute_opens=opens,
        )
        if true is None:
            air.record.note("arrival", spacecraft=cube_id, lost="skipped_out")
            return
        air.record.note(
            "arrival", spacecraft=cube_id, interface_ns=true.interface.tai_ns,
            flight_path_deg=true.flight_path_deg, speed_m_s=true.speed_m_s,
            parachute_ns=None if true.parachute is None else true.parachute.tai_ns,
            landing_ns=true.landing.tai_ns, latitude_deg=true.latitude_deg,
            longitude_deg=true.longitude_deg, lost=true.lost,
        )  # fmt: skip
        self._recover(cube_id, arrival, true)

    def _recover(self, cube_id: str, arrival: Arrival, true: TrueArrival) -> None:
        faults = self._air.faults
        sounds = true.parachute is not None and faults.dead_beacons.isdisjoint({None, cube_id})
        for name, whose in (
            ("dead_beacon", faults.dead_beacons),
            ("shut_parachute", faults.shut_parachutes),
        ):
            if not whose.isdisjoint({None, cube_id}):
                self._air.record.note("fault", fault=name, time_ns=true.landing.tai_ns)
        if true.parachute is not None and sounds:
            heard = true.parachute.plus_seconds(_HEARS_S)
            self._tell(cube_id, "beacon_heard", heard)
            bearings = self._bearings(cube_id, arrival, true)
            self._tell(cube_id, "bearings", true.landing, bearings_deg=bearings)
        found = true.landing.plus_seconds(_FINDS_S if sounds else _SEARCHES_S)
        self._tell(
            cube_id, "found", found,
            latitude_deg=true.latitude_deg, longitude_deg=true.longitude_deg,
        )  # fmt: skip
        self._hand_over(cube_id, arrival, true, found)

    def _hand_over(self, cube_id: str, arrival: Arrival, true: TrueArrival, found: Instant) -> None:
        zone = arrival.zone.name
        steps: list[tuple[str, Instant, str, str, str, str]] = [
            ("landed", true.landing, zone, "free flight", "landing zone", "its place when found"),
            ("recovered", found.plus_seconds(_PACKS_S), zone, "landing zone", _TEAM,
             "pyrotechnics safe, container whole, bagged in nitrogen"),
            ("received", found.plus_seconds(_PACKS_S + _BRINGS_S), _LABORATORY, _TEAM,
             _LABORATORY, "seal whole, leak rate within its limit"),
        ]  # fmt: skip
        lost = not self._air.faults.lost_receipts.isdisjoint({None, cube_id})
        for event, at, place, giver, holder, evidence in steps:
            told_at = max(at, found)
            if event == "recovered" and lost:
                self._air.record.note("fault", fault="lost_receipt", time_ns=at.tai_ns)
                continue
            self._tell(
                cube_id, "custody", at, told_at=told_at, event=event, place=place, by=_TEAM,
                holder=holder, giver=giver, evidence=evidence,
            )  # fmt: skip

    def _bearings(self, cube_id: str, arrival: Arrival, true: TrueArrival) -> dict[str, float]:
        found = {}
        for one in arrival.beacon.stations:
            east, north = offset_km(
                one.latitude_deg, one.longitude_deg, true.latitude_deg, true.longitude_deg
            )
            error = arrival.beacon.bearing_deg * normal(
                self._air.seed, "bearing", cube_id, one.name
            )
            found[one.name] = float((np.degrees(np.arctan2(east, north)) + error) % 360.0)
        return found

    def _tell(
        self, cube_id: str, kind: str, at: Instant, *, told_at: Instant | None = None, **more: Any
    ) -> None:
        body: Mapping[str, Any] = {
            "kind": kind, "spacecraft": cube_id, "at_ns": at.tai_ns, **more,
        }  # fmt: skip
        ns = (told_at or at).tai_ns
        self._air.agenda.at(ns, partial(self._say, body))

    def _say(self, body: Mapping[str, Any], ns: int) -> None:
        self._air.say("desks", "recovery", ns, body)
