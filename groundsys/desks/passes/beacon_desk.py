"""The beacon desk: antennas listen for tones between passes; those that want a pass get one.

When to listen follows from scenario and geometry alone, so that a restart forgets nothing; what was
heard is kept as a fact of the store.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from groundsys.desks.control_room import ControlRoom
from groundsys.desks.passes.pass_desk import PassDesk
from groundsys.desks.passes.pointing import NOTICE, pointing_predict
from groundsys.desks.planning.planning_desk import PlanningDesk
from groundsys.desks.scheduler import MissionScheduler
from groundsys.desks.watching.alarm_desk import AlarmDesk
from groundsys.mission.ground.beacon_model import BeaconTone, BeaconWatch
from groundsys.passes.listening import fact_of_tones, listening_slots
from groundsys.planning import PlannedPass
from groundsys.planning.rules import rules_of
from groundsys.values.errors import GroundsysError
from groundsys.values.instants import EarthReceiveTime, Interval, TransmitTime

_LEVELS = {"nominal": "", "interesting": "watch", "important": "warning", "urgent": "critical"}


class BeaconDesk:
    """Listens as the scenario's watches say."""

    def __init__(
        self,
        room: ControlRoom,
        scheduler: MissionScheduler,
        passes: PassDesk,
        planning: PlanningDesk,
        alarms: AlarmDesk,
    ) -> None:
        self._room = room
        self._passes = passes
        self._planning = planning
        self._alarms = alarms
        for number, watch in enumerate(room.scenario.beacon_watches):
            configuration_s = room.mission.antennas[watch.antenna].configuration_s
            for slot in listening_slots(room.geometry, watch, room.scenario.span):
                told_at = slot.start.plus_seconds(-configuration_s) - NOTICE
                if slot.end > room.now:
                    name = f"listen {number} {slot.start.tai_ns}"
                    scheduler.at(max(told_at, room.now), self._listen, watch, slot, name=name)

    def _listen(self, watch: BeaconWatch, slot: Interval) -> None:
        """Book the antenna, unless the craft is spoken to then: it sends telemetry, no tone."""
        light_s = self._passes.light_time(watch.spacecraft).seconds
        for one in self._passes.of(watch.spacecraft):
            on_air = Interval(one.start, one.end.plus_seconds(2.0 * light_s))
            if one.state != "cancelled" and on_air.overlaps(slot):
                return
        planned = PlannedPass(
            id=f"listening-{slot.start.utc_iso(0)}",
            antenna=watch.antenna,
            spacecraft=watch.spacecraft,
            start=EarthReceiveTime(slot.start.tai_ns),
            end=EarthReceiveTime(slot.end.tai_ns),
            uplink_from=TransmitTime(slot.start.tai_ns),
            uplink_until=TransmitTime(slot.start.tai_ns),
            light_time_s=light_s,
            rate_bps=0.0,
            maximum_elevation_deg=0.0,
        )
        self._room.say(
            f"antenna:{watch.antenna}",
            "configure",
            {
                "pass_id": planned.id,
                "spacecraft": watch.spacecraft,
                "start_ns": slot.start.tai_ns,
                "end_ns": slot.end.tai_ns,
                "rate_bps": 0.0,
                "predict": pointing_predict(self._room, planned).to_body(),
                "listens": True,
            },
        )

    def take_tone(self, body: Mapping[str, Any]) -> None:
        """An antenna has listened, and heard a tone or none."""
        room, craft = self._room, body["spacecraft"]
        beacon = room.mission.spacecraft[craft].beacon
        if beacon is None:
            return
        fact = fact_of_tones(craft)
        with room.store.writing():
            room.store.facts.put(fact, [*(room.store.facts.get(fact) or ()), dict(body)])
        if body["tone"] is None:
            text = f"{body['antenna']} hears no tone of {craft}"
            alarm = (f"beacon:{craft}", craft, "beacon", "warning", "no tone is heard")
            self._alarms.tell(*alarm, lasts=True, source="beacon", text=text)
            return
        tone = beacon.named(body["tone"])
        text = f"{body['antenna']} hears {tone.name} ({tone.means}), {body['p_n0_dbhz']:.1f} dBHz"
        level = _LEVELS[tone.means]
        if not level:
            self._alarms.withdraw(f"beacon:{craft}", f"{tone.name}: {tone.means}")
            room.log(craft, "info", "beacon", text)
            return
        alarm = (f"beacon:{craft}", craft, "beacon", level, f"{tone.name}: {tone.means}")
        self._alarms.tell(*alarm, lasts=True, source="beacon", text=text)
        if tone.pass_within_s is not None:
            watch = next(one for one in room.scenario.beacon_watches if one.spacecraft == craft)
            self._ask_for_pass(watch, tone, tone.pass_within_s)

    def _ask_for_pass(self, watch: BeaconWatch, tone: BeaconTone, within_s: float) -> None:
        """Unless one is booked in time already."""
        room = self._room
        until = room.now.plus_seconds(within_s)
        coming = [one for one in self._passes.of(watch.spacecraft) if one.end > room.now]
        if any(one.state != "cancelled" and one.start <= until for one in coming):
            return
        from_ns = room.now.plus_seconds(rules_of(room.scenario).booking_horizon_s).tai_ns
        need = {
            "id": f"{tone.name.lower()}-{room.now.to_utc():%Y%m%dT%H%M}",
            "spacecraft": watch.spacecraft,
            "kind": "track",
            "duration_s": watch.answer_s,
            "minimum_s": watch.answer_minimum_s,
            "start_ns": from_ns,
            "end_ns": until.plus_seconds(watch.answer_s).tai_ns,
            "among": list(watch.among),
            "priority": 100.0,
        }
        try:
            self._planning.take_notice("need", {"need": need}, "beacon")
        except GroundsysError as error:
            room.log(watch.spacecraft, "warning", "beacon", f"no pass can be asked for: {error}")
