"""The pass desk: configures antennas, follows each pass, closes and judges it.

Jobs are put down in mission time on apscheduler and rebuilt from the store after a restart.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import numpy as np

from groundsys.commanding.admission import UplinkWindow
from groundsys.desks.control_room import ControlRoom
from groundsys.desks.scheduler import MissionScheduler
from groundsys.passes.execution import (
    AntennaReport,
    ConfigureOrdered,
    EndReached,
    Pass,
    PassEvent,
    advance_pass,
)
from groundsys.planning import Plan, PlannedPass
from groundsys.values.instants import Instant, Interval, LightTime

#: the antenna is told this long before it must begin to configure
_NOTICE = timedelta(seconds=30)
#: what an antenna and the hub still have in hand is waited for before a pass is judged
CLOSING = timedelta(seconds=30)
#: how long watchers are shown what is over
SHOWN_FOR = timedelta(days=2)
_VIEW_STEP_S = 30.0


class PassDesk:
    """Executes the booked passes."""

    def __init__(
        self,
        room: ControlRoom,
        scheduler: MissionScheduler,
        plan: Plan,
        on_close: Callable[[Pass], None],
    ) -> None:
        self._room = room
        self._scheduler = scheduler
        self._on_close = on_close
        self._unkept: set[str] = set()
        known = room.store.passes.all()
        if not known:
            known = [self._keep_planned(planned) for planned in plan.passes]
        self._passes = {one.id: one for one in known}
        for one in known:
            if one.state != "closed":
                self._arm(one)

    # --- what others ask -----------------------------------------------------------------------

    @property
    def all(self) -> list[Pass]:
        """In order of their start."""
        return sorted(self._passes.values(), key=lambda one: (one.start, one.id))

    def of(self, spacecraft: str) -> list[Pass]:
        return [one for one in self.all if one.spacecraft == spacecraft]

    def current(self, spacecraft: str) -> Pass | None:
        """The pass whose booked time it is, or None."""
        for one in self.of(spacecraft):
            if one.interval.contains(self._room.now) and one.state != "closed":
                return one
        return None

    def following(self, one: Pass) -> Pass | None:
        """The next pass of the same craft."""
        return next((other for other in self.of(one.spacecraft) if other.start > one.start), None)

    def latest(self, spacecraft: str) -> Pass | None:
        """The pass that has begun last."""
        begun = [one for one in self.of(spacecraft) if one.start <= self._room.now]
        return begun[-1] if begun else None

    def at(self, spacecraft: str, receive_time: Instant) -> Pass | None:
        """The pass in which something was received at this time."""
        for one in self.of(spacecraft):
            if one.start <= receive_time < one.end + CLOSING:
                return one
        return None

    def uplink(self, spacecraft: str) -> UplinkWindow | None:
        """The open uplink to a craft: booked now, and the antenna says its carrier is up."""
        one = self.current(spacecraft)
        if one is None or not one.uplink or one.uplink_until <= one.uplink_from:
            return None
        window = _window(one)
        return window if window.transmit.contains(self._room.now) else None

    def light_time(self, spacecraft: str) -> LightTime:
        """Of the present pass, else of the next, else of the last one planned."""
        passes = self.of(spacecraft)
        coming = [one for one in passes if one.end > self._room.now]
        if not passes:
            return LightTime(0)
        return LightTime.from_seconds((coming or passes[-1:])[0].light_time_s)

    # --- what happens --------------------------------------------------------------------------

    def book(self, planned: PlannedPass) -> None:
        """One more pass; it must not be in conflict with those that are booked."""
        one = self._keep_planned(planned)
        self._passes[one.id] = one
        self._arm(one)

    def take_status(self, body: Mapping[str, Any]) -> None:
        """An antenna reports what it does and what it has received."""
        one = self._passes.get(str(body.get("pass_id")))
        if one is None:
            return
        report = AntennaReport(
            time=Instant(body["time_ns"]),
            state=body["state"],
            uplink=bool(body["uplink"]),
            c_n0_dbhz=body.get("c_n0_dbhz"),
            frames_good=body["frames_good"],
            frames_corrected=body["frames_corrected"],
            symbols_corrected=body["symbols_corrected"],
            frames_bad=body["frames_bad"],
        )
        self._advance(one.id, report)

    def _keep_planned(self, planned: PlannedPass) -> Pass:
        steps = np.arange(planned.start.tai_ns, planned.end.tai_ns, round(_VIEW_STEP_S * 1e9))
        seen = self._room.geometry.visible_downlink(planned.antenna, planned.spacecraft, steps)
        share = float(np.mean(seen)) if len(steps) else 1.0
        booked_s = planned.end.seconds_since(planned.start)
        one = Pass(
            id=planned.id,
            antenna=planned.antenna,
            spacecraft=planned.spacecraft,
            start=Instant(planned.start.tai_ns),
            end=Instant(planned.end.tai_ns),
            uplink_from=Instant(planned.uplink_from.tai_ns),
            uplink_until=Instant(planned.uplink_until.tai_ns),
            light_time_s=planned.light_time_s,
            rate_bps=planned.rate_bps,
            maximum_elevation_deg=planned.maximum_elevation_deg,
            view_s=share * booked_s,
        )
        self._room.store.passes.put(one)
        return one

    def _arm(self, one: Pass) -> None:
        antenna = self._room.mission.antennas[one.antenna]
        prepare = one.start.plus_seconds(-antenna.configuration_s) - _NOTICE
        self._scheduler.at(prepare, self._configure, one.id, name=f"configure {one.id}")
        self._scheduler.at(one.end, self._release, one.id, name=f"release {one.id}")
        self._scheduler.at(one.end + CLOSING, self._close, one.id, name=f"close {one.id}")

    def _configure(self, pass_id: str) -> None:
        """Book the antenna; after a restart this says again what it may know already."""
        one = self._passes[pass_id]
        if self._room.now >= one.end:
            return
        self._room.say(
            f"antenna:{one.antenna}",
            "configure",
            {
                "pass_id": one.id,
                "spacecraft": one.spacecraft,
                "start_ns": one.start.tai_ns,
                "end_ns": one.end.tai_ns,
                "uplink_from_ns": one.uplink_from.tai_ns,
                "uplink_until_ns": one.uplink_until.tai_ns,
                "rate_bps": one.rate_bps,
            },
        )
        self._advance(pass_id, ConfigureOrdered())

    def _release(self, pass_id: str) -> None:
        one = self._passes[pass_id]
        self._room.say(f"antenna:{one.antenna}", "release", {"pass_id": pass_id})

    def _close(self, pass_id: str) -> None:
        self._advance(pass_id, EndReached())
        self._on_close(self._passes[pass_id])

    def _advance(self, pass_id: str, event: PassEvent) -> None:
        before = self._passes[pass_id]
        after = advance_pass(before, event, self._room.now)
        if after == before:
            return
        self._passes[pass_id] = after
        if (after.state, after.verdict) != (before.state, before.verdict):
            self._keep(after)
            self._tell(after)
        else:
            self._unkept.add(pass_id)

    def _keep(self, one: Pass) -> None:
        self._room.store.passes.put(one)
        self._unkept.discard(one.id)

    def keep_counts(self) -> None:
        """Write down counts that have changed; the antenna repeats them, so none can be lost."""
        for pass_id in sorted(self._unkept):
            self._keep(self._passes[pass_id])

    def _tell(self, one: Pass) -> None:
        if one.verdict is None:
            severity, text = "info", f"{one.id} at {one.antenna}: {one.state}"
        else:
            severity = "info" if one.verdict == "executed" else "warning"
            text = (
                f"{one.id} at {one.antenna}: {one.verdict}, {one.frames_good} frames, "
                f"{one.frames_corrected} corrected, {one.frames_bad} lost, "
                f"lock {100 * one.lock_share:.0f} % of the time"
            )
        self._room.log(one.spacecraft, severity, "pass", text)

    def snapshot(self) -> list[dict[str, Any]]:
        """The passes as watchers see them; those long over are in the store."""
        return [
            {
                "id": one.id,
                "antenna": one.antenna,
                "spacecraft": one.spacecraft,
                "start_ns": one.start.tai_ns,
                "end_ns": one.end.tai_ns,
                "state": one.state,
                "verdict": one.verdict,
                "frames": one.frames_good,
                "bytes": one.frames_good * self._frame_length(one.spacecraft),
                "frames_corrected": one.frames_corrected,
                "frames_bad": one.frames_bad,
                "uplink": one.uplink,
                "c_n0_dbhz": one.c_n0_dbhz,
                "rate_bps": one.rate_bps,
                "maximum_elevation_deg": one.maximum_elevation_deg,
            }
            for one in self.all
            if one.end + SHOWN_FOR > self._room.now
        ]

    def _frame_length(self, spacecraft: str) -> int:
        return self._room.mission.spacecraft[spacecraft].framing.tm_frame_length


def _window(one: Pass) -> UplinkWindow:
    return UplinkWindow(
        pass_id=one.id,
        antenna=one.antenna,
        spacecraft=one.spacecraft,
        transmit=Interval(one.uplink_from, one.uplink_until),
        receive=one.interval,
        light_time=LightTime.from_seconds(one.light_time_s),
        rate_bps=one.rate_bps,
    )
