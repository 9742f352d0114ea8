"""The pass desk: books what the plan says, configures antennas, follows and judges each pass.

Jobs are put down in mission time on apscheduler and rebuilt from the store after a restart.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np

from groundsys.commanding.uplink import UplinkWindow
from groundsys.desks.control_room import ControlRoom
from groundsys.desks.passes.pointing import CLOSING, NOTICE, pointing_predict
from groundsys.desks.scheduler import MissionScheduler
from groundsys.passes.changes import (
    PassChange,
    antenna_to_release,
    changes_of_passes,
    planned_of,
)
from groundsys.passes.execution import (
    AntennaReport,
    ConfigureOrdered,
    EndReached,
    Pass,
    PassEvent,
    ServiceOpened,
    advance_pass,
    milestones,
)
from groundsys.planning import PlannedPass
from groundsys.planning.situation import Outage
from groundsys.values.instants import Instant, Interval, LightTime

#: how long watchers are shown what is over
SHOWN_FOR = timedelta(days=2)
_VIEW_STEP_S = 30.0


class PassDesk:
    """Executes the booked passes."""

    def __init__(
        self,
        room: ControlRoom,
        scheduler: MissionScheduler,
        on_close: Callable[[Pass], None],
    ) -> None:
        self._room = room
        self._scheduler = scheduler
        self._on_close = on_close
        self._unkept: set[str] = set()
        self._passes = {one.id: one for one in room.store.passes.all()}
        self._in_order: tuple[Pass, ...] | None = None
        for one in self._passes.values():
            self._act_on(one)

    # --- what others ask -----------------------------------------------------------------------

    @property
    def all(self) -> list[Pass]:
        """In order of their start; what was cancelled is not among them."""
        if self._in_order is None:
            booked = [one for one in self._passes.values() if one.state != "cancelled"]
            self._in_order = tuple(sorted(booked, key=lambda one: (one.start, one.id)))
        return list(self._in_order)

    def of(self, spacecraft: str) -> list[Pass]:
        return [one for one in self.all if one.spacecraft == spacecraft]

    def get(self, pass_id: str) -> Pass | None:
        """Any pass that was ever booked."""
        return self._passes.get(pass_id)

    def current(self, spacecraft: str) -> Pass | None:
        """The pass whose booked time it is, or None."""
        now = self._room.now
        for one in self.of(spacecraft):
            if one.start <= now < one.end and one.state != "closed":
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

    def is_idle(self, after: timedelta, ahead: timedelta) -> bool:
        """Whether no pass has been under way for so long, and none is begun within `ahead`.

        An antenna begins to be configured for a pass before it starts, which counts.
        """
        now = self._room.now
        antennas = self._room.mission.antennas
        return not any(
            one.start.plus_seconds(-antennas[one.antenna].configuration_s) - NOTICE <= now + ahead
            and now <= one.end + after
            for one in self.all
        )

    def uplink(self, spacecraft: str) -> UplinkWindow | None:
        """The open uplink to a craft: booked now, and the antenna says its carrier is up."""
        one = self.current(spacecraft)
        if one is None or not one.uplink or one.uplink_until <= one.uplink_from:
            return None
        window = _window(one)
        return window if window.transmit.contains(self._room.now) else None

    def uplinks(self, spacecraft: str) -> list[UplinkWindow]:
        """The uplinks to a craft that are booked and not over, in order."""
        return [
            _window(one)
            for one in self.of(spacecraft)
            if one.state != "closed"
            and one.uplink_from < one.uplink_until
            and one.uplink_until > self._room.now
        ]

    def light_time(self, spacecraft: str) -> LightTime:
        """Of the present pass, else of the next, else of the last one planned."""
        passes = self.of(spacecraft)
        coming = [one for one in passes if one.end > self._room.now]
        if not passes:
            return LightTime(0)
        return LightTime.from_seconds((coming or passes[-1:])[0].light_time_s)

    # --- what happens --------------------------------------------------------------------------

    def changes(
        self, plan: Iterable[PlannedPass], version: int, outages: Sequence[Outage] = ()
    ) -> tuple[PassChange, ...]:
        """What has to happen for the passes to be those of the plan; nothing is done."""
        return changes_of_passes(self._passes.values(), plan, self._room.now, version, outages)

    def adopt(
        self, plan: Iterable[PlannedPass], version: int, outages: Sequence[Outage] = ()
    ) -> tuple[PassChange, ...]:
        """Book what the plan wants and is not, and let go what it does not want.

        A pass under way at an antenna that has dropped out ends.

        What is written here and what is said of it belong together only once the caller's
        transaction holds: the words leave with the step, and are said again after a restart.
        """
        changes = self.changes(plan, version, outages)
        for change in changes:
            after = replace(change.after, view_s=self._view_s(change.after))
            self._put(after)
            self._keep(after)
            self._act_on(after)
        return changes

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

    def take_service(self, pass_id: str) -> None:
        """AD service is open in a pass."""
        self._advance(pass_id, ServiceOpened())

    def _view_s(self, one: Pass) -> float:
        """Seconds of a pass in which the craft is in view."""
        steps = np.arange(one.start.tai_ns, one.end.tai_ns, round(_VIEW_STEP_S * 1e9))
        seen = self._room.geometry.visible_downlink(one.antenna, one.spacecraft, steps)
        return (float(np.mean(seen)) if len(steps) else 1.0) * one.interval.seconds

    def _prepare_at(self, one: Pass) -> Instant:
        """When the antenna is told."""
        antenna = self._room.mission.antennas[one.antenna]
        return one.start.plus_seconds(-antenna.configuration_s) - NOTICE

    def _act_on(self, one: Pass) -> None:
        """Put down what is to be done for a pass as it is booked now; harmless if repeated."""
        in_vain = antenna_to_release(one, self._prepare_at(one), self._room.now)
        if in_vain is not None and self._room.now < one.end:
            self._room.say(f"antenna:{in_vain}", "release", {"pass_id": one.id})
        jobs = {
            "configure": (self._prepare_at(one), self._configure),
            "release": (one.end, self._release),
            "close": (one.end + CLOSING, self._close),
        }
        for what, (moment, action) in jobs.items():
            if one.state in ("closed", "cancelled"):
                self._scheduler.cancel(f"{what} {one.id}")
            else:
                self._scheduler.at(moment, action, one.id, name=f"{what} {one.id}")

    def tell_again(self, antennas: Set[str]) -> None:
        """Tell antennas that have forgotten it what is booked there and not over."""
        for one in self.all:
            if one.antenna in antennas and one.end > self._room.now:
                self._act_on(one)

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
                "predict": pointing_predict(self._room, planned_of(one)).to_body(),
            },
        )
        self._advance(pass_id, ConfigureOrdered())

    def take_found(self, body: Mapping[str, Any]) -> None:
        """An antenna has found a craft beside its predict."""
        off_deg = math.hypot(body["across_deg"], body["up_deg"])
        self._room.log(
            body["spacecraft"], "info", "pass",
            f"{body['antenna']} has found {body['spacecraft']} after {body['after_s']:.0f} s: "
            f"{off_deg:.2f}° beside its predict, at place {body['places']} of its search, "
            f"{body['off_hz'] / 1e3:+.1f} kHz",
        )  # fmt: skip

    def take_search_failure(self, body: Mapping[str, Any]) -> None:
        """An antenna sees a craft, and cannot acquire it."""
        text = f"{body['antenna']} does not acquire {body['spacecraft']}: {body['reason']}"
        self._room.log(body["spacecraft"], "warning", "pass", text)

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
        self._put(after)
        moved_on = (after.state, after.verdict) != (before.state, before.verdict)
        if moved_on or milestones(after) != milestones(before):
            self._keep(after)
        else:
            self._unkept.add(pass_id)
        if moved_on:
            self._tell(after)

    def _put(self, one: Pass) -> None:
        self._passes[one.id] = one
        self._in_order = None

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
                "volume_bits": one.volume_bits,
                "serves": list(one.serves),
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
