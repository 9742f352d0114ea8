"""The ground's watch on itself: processes started anew, full disks, feeds that go stale."""

from __future__ import annotations

from collections.abc import Sequence

from groundsys.alarms import SILENT_AFTER_S, silent_s
from groundsys.desks.control_room import ControlRoom
from groundsys.desks.passes.pass_desk import PassDesk
from groundsys.desks.telemetry.telemetry_desk import TelemetryDesk
from groundsys.desks.watching.alarm_desk import AlarmDesk
from groundsys.values.instants import Instant

#: how often Yamcs was started anew, as far as that was told as an alarm
_YAMCS_RESTARTS = "yamcs_restarts"


class GroundWatch:
    """Tells operators what is wrong with the ground segment itself."""

    def __init__(
        self, room: ControlRoom, alarms: AlarmDesk, passes: PassDesk, telemetry: TelemetryDesk
    ) -> None:
        self._room = room
        self._alarms = alarms
        self._passes = passes
        self._telemetry = telemetry
        #: what was received before, desks that are started anew do not know
        self._since = room.now

    def take_revived(self, names: Sequence[str], had_no_room: Sequence[str], at: Instant) -> None:
        """Processes were started anew; a full disk is to be seen by somebody."""
        killed = [name for name in names if name not in had_no_room]
        if killed:
            text = f"killed and started anew: {', '.join(killed)}"
            self._room.log("", "warning", "ground", text)
        if had_no_room:
            who = ", ".join(had_no_room)
            text = f"the disk was full for {who}, which waited for room; nothing is lost; make room"
            value = f"was full at {at.utc_iso(0)} for {who}"
            alarm = ("disk", "", "disk", "critical", value)
            self._alarms.tell(*alarm, source="ground", text=text)

    def take_restarts_of_yamcs(self, restarts: int) -> None:
        """Without Yamcs the ground is blind: that it was gone is to be seen by somebody."""
        if restarts > int(self._room.store.facts.get(_YAMCS_RESTARTS, 0)):
            self._room.store.facts.put(_YAMCS_RESTARTS, restarts)
            text = "Yamcs was gone and has been started anew; nothing is lost"
            alarm = ("yamcs", "", "Yamcs", "critical", f"was gone, restart {restarts}")
            self._alarms.tell(*alarm, source="ground", text=text)

    def watch_feeds(self) -> None:
        """A craft that an antenna has locked on to, and that is not heard, is to be looked at."""
        for craft in self._room.speakers:
            one = self._passes.current(craft.id)
            lock_since = one.lock_since if one is not None and one.state == "locked" else None
            if one is not None and lock_since is not None and craft.beacon is not None:
                # of its tone; frames come once our carrier has been there
                lock_since = max(lock_since, one.uplink_from.plus_seconds(2.0 * one.light_time_s))
            newest = max(self._since, self._telemetry.newest_frame(craft) or self._since)
            about = f"feed:{craft.id}"
            if one is not None and silent_s(lock_since, newest, self._room.now) >= SILENT_AFTER_S:
                value = f"stale: {one.antenna} has lock, and no frame comes"
                self._alarms.tell(about, craft.id, "feed", "warning", value, lasts=True)
            else:
                self._alarms.withdraw(about, "frames come again, or there is no lock any more")
