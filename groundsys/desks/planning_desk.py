"""The planning desk of a standing ground segment: there is always a plan for the hours to come."""

from __future__ import annotations

from datetime import timedelta

from groundsys.desks.control_room import ControlRoom
from groundsys.desks.pass_desk import PassDesk
from groundsys.desks.relay_desk import RelayDesk
from groundsys.desks.scheduler import MissionScheduler
from groundsys.passes.execution import Pass
from groundsys.planning import Plan, PlannedPass, PlannedRelaySession, plan_onward
from groundsys.relay.sessions import LOAD_AHEAD, RelaySession
from groundsys.values.errors import PlanError
from groundsys.values.instants import EarthReceiveTime, SpacecraftEventTime, TransmitTime

#: passes are booked at least so far ahead: as far as relay sessions are loaded
PLANNED_AHEAD = LOAD_AHEAD
_LOOK = timedelta(hours=1)


class PlanningDesk:
    """Books the next day before the last one planned runs out."""

    def __init__(
        self, room: ControlRoom, scheduler: MissionScheduler, passes: PassDesk, relay: RelayDesk
    ) -> None:
        self._room = room
        self._passes = passes
        self._relay = relay
        scheduler.every(_LOOK, room.now, self.plan_onward, name="plan onward")

    def plan_onward(self) -> None:
        """Book days until enough lies ahead; a day that cannot be planned is tried again later.

        Sessions are kept before passes, and the next day is told from the last pass: desks that
        are killed in between plan the same day again, and book what was not.
        """
        until = self._room.now + PLANNED_AHEAD
        while all(one.end < until for one in self._passes.all):
            try:
                day = plan_onward(
                    self._room.mission,
                    self._room.scenario,
                    self._room.geometry,
                    self._booked(),
                    self._room.now,
                )
            except PlanError as error:
                self._room.log("", "warning", "planning", f"nothing more is booked: {error}")
                return
            for session in day.relay_sessions:
                self._relay.book(session)
            for one in day.passes:
                self._passes.book(one)
            text = f"{len(day.passes)} passes, {len(day.relay_sessions)} relay sessions booked"
            self._room.log("", "info", "planning", f"{text} until {day.passes[-1].end.utc_iso(0)}")

    def _booked(self) -> Plan:
        return Plan(
            self._room.scenario.id,
            tuple(_planned_pass(one) for one in self._passes.all),
            tuple(_planned_session(one) for one in self._relay.all),
        )


def _planned_pass(one: Pass) -> PlannedPass:
    return PlannedPass(
        id=one.id,
        antenna=one.antenna,
        spacecraft=one.spacecraft,
        start=EarthReceiveTime(one.start.tai_ns),
        end=EarthReceiveTime(one.end.tai_ns),
        uplink_from=TransmitTime(one.uplink_from.tai_ns),
        uplink_until=TransmitTime(one.uplink_until.tai_ns),
        light_time_s=one.light_time_s,
        rate_bps=one.rate_bps,
        maximum_elevation_deg=one.maximum_elevation_deg,
    )


def _planned_session(session: RelaySession) -> PlannedRelaySession:
    """Its times; what rate and elevation it was planned for is not kept, nor asked again."""
    return PlannedRelaySession(
        id=session.id,
        relay=session.relay,
        spacecraft=session.spacecraft,
        start=SpacecraftEventTime(session.start.tai_ns),
        end=SpacecraftEventTime(session.end.tai_ns),
        rate_bps=0.0,
        maximum_elevation_deg=0.0,
    )
