"""AD service of the craft that antennas speak to: COP-1 begun anew in each pass, and kept going.

FOP-1 runs in Yamcs and counts T1 in wall seconds; here it is set from the light time and from
how fast the mission clock passes.  Begun once the craft's first report (CLCW) of a pass can have
come, because FOP-1 takes its V(S) from such a report.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal

from groundsys.desks.control_room import ControlRoom
from groundsys.desks.passes.pass_desk import PassDesk
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.values.instants import Instant

#: times that FOP-1 sends a frame before it gives up
TRANSMISSION_LIMIT = 8
#: T1 in round trips, and what the antenna, the hub and Yamcs take in wall seconds
_T1_ROUND_TRIPS = 2.0
_T1_MACHINES_S = 3.0
#: the timer is set again when the clock's rate has changed by this factor
_RATE_CHANGE = 1.5
_CHECK_EVERY = timedelta(seconds=120)
#: an Unlock command must have been answered after so many round trips
_UNLOCK_ROUND_TRIPS = 1.5

_Phase = Literal["initialising", "unlocking", "active", "full"]


@dataclass(frozen=True, slots=True)
class _Service:
    """AD service during one pass."""

    pass_id: str
    phase: _Phase
    since: Instant
    checked: Instant
    timer_rate: float


def is_sequence_controlled(craft: Spacecraft) -> bool:
    """Whether FOP-1 and FARM-1 see to the order of its command frames (AD, not BD)."""
    return craft.framing.uplink_mode == "AD"


class SequenceControl:
    """Knows for each craft whether AD frames may be issued."""

    def __init__(self, room: ControlRoom, passes: PassDesk) -> None:
        self._room = room
        self._passes = passes
        self._services: dict[str, _Service] = {}

    def is_active(self, spacecraft: str) -> bool:
        """Whether FOP-1 takes AD frames in this pass; without COP-1, whether there is lock."""
        craft = self._room.mission.spacecraft[spacecraft]
        one, service = self._passes.current(spacecraft), self._services.get(spacecraft)
        if one is not None and not is_sequence_controlled(craft):
            return one.state == "locked"
        if one is None or service is None:
            return False
        return service.pass_id == one.id and service.phase == "active"

    def begun(self, spacecraft: str) -> Instant | None:
        """When AD service was begun last in the present pass: FOP-1 has forgotten all before."""
        one, service = self._passes.current(spacecraft), self._services.get(spacecraft)
        if one is None or service is None or service.pass_id != one.id:
            return None
        return service.since

    def frames_archived(self, craft: Spacecraft) -> None:
        """Yamcs has taken frames of the craft, and with them a report from its FARM-1."""
        one = self._passes.current(craft.id)
        if not is_sequence_controlled(craft) or one is None or self._room.now >= one.uplink_until:
            return
        service = self._services.get(craft.id)
        if service is None or service.pass_id != one.id:
            self._begin(craft, one.id, one.light_time_s, unlock=False)
        elif service.phase != "active" or self._room.now >= service.checked + _CHECK_EVERY:
            self._check(craft, service, one.light_time_s)

    def doubt(self, craft: Spacecraft) -> None:
        """Yamcs has refused an AD frame: look again with the craft's next frames."""
        service = self._services.get(craft.id)
        if service is not None:
            self._services[craft.id] = replace(service, phase="initialising")

    def restart(self, craft: Spacecraft) -> None:
        """What FOP-1 has not brought there it cannot bring: begin anew with the next frames."""
        self._services.pop(craft.id, None)

    def _begin(self, craft: Spacecraft, pass_id: str, light_time_s: float, *, unlock: bool) -> None:
        now, rate = self._room.now, self._room.rate
        self._set_timer(craft, light_time_s, rate)
        self._room.yamcs.initialise_cop1(craft, unlock=unlock)
        if unlock:
            self._room.say("hub", "poll_uplink", {"spacecraft": craft.id, "expected": 1})
        phase: _Phase = "unlocking" if unlock else "initialising"
        self._services[craft.id] = _Service(pass_id, phase, now, now, rate)

    def _check(self, craft: Spacecraft, service: _Service, light_time_s: float) -> None:
        now = self._room.now
        state = self._room.yamcs.cop1_status(craft)
        if state == "active":
            if service.phase != "active":
                self._room.log(craft.id, "info", "command", "AD service is open")
                self._passes.take_service(service.pass_id)
            service = replace(service, phase="active", checked=now)
            changed = max(self._room.rate, service.timer_rate) / max(
                1e-9, min(self._room.rate, service.timer_rate)
            )
            if changed > _RATE_CHANGE:
                self._set_timer(craft, light_time_s, self._room.rate)
                service = replace(service, timer_rate=self._room.rate)
            self._services[craft.id] = service
            return
        if state == "full":  # FOP-1 itself says them again, or gives up: then it is begun anew
            if service.phase != "full":
                text = "FOP-1's window is full of frames that the craft does not acknowledge"
                self._room.log(craft.id, "warning", "command", text)
            self._services[craft.id] = replace(service, phase="full", checked=now)
            return
        patience_s = 2.0 * light_time_s * _UNLOCK_ROUND_TRIPS + 60.0
        waiting = service.phase == "unlocking" and now < service.since.plus_seconds(patience_s)
        if state == "initialising" and (service.phase == "initialising" or waiting):
            return
        refused = service.phase == "initialising" and state in ("initial", "suspended")
        if refused:
            self._room.log(
                craft.id, "warning", "command", f"AD service is {state}: unlocking FARM-1"
            )
        self._begin(craft, service.pass_id, light_time_s, unlock=refused)

    def _set_timer(self, craft: Spacecraft, light_time_s: float, rate: float) -> None:
        t1_s = _T1_ROUND_TRIPS * 2.0 * light_time_s / rate + _T1_MACHINES_S
        self._room.yamcs.set_cop1_timer(craft, round(t1_s, 3), TRANSMISSION_LIMIT)
