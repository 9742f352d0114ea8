"""The tracking desk: keeps what stations measure, and tells where an orbit cannot be right."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from math import hypot
from typing import Any

import numpy as np

from groundsys.desks.control_room import ControlRoom
from groundsys.desks.watching.alarm_desk import AlarmDesk
from groundsys.geometry import SPEED_OF_LIGHT_KM_S, Geometry
from groundsys.geometry.time_scales import FloatArray, NanosecondArray
from groundsys.tracking import ToldBurn, compare, estimate_burn, residuals_of
from groundsys.values.instants import NANOSECONDS_PER_SECOND, EarthReceiveTime
from groundsys.values.tracking import TrackingPoint

#: a burn that lacks more than this share of its Δv has fallen short: execution errors are smaller
_SHORT_SHARE = 0.02
#: residuals beyond so many sigmas of what navigation states are told
_TOLD_BEYOND_SIGMAS = 4.0
#: a measured range tells of what was received so long before or after it
_TELLS_WITHIN_NS = 2 * 3600 * NANOSECONDS_PER_SECOND
#: of each antenna and craft, so many of the newest points are at hand
_AT_HAND = 3000


class TrackingDesk:
    """Takes tracking data, a pass at a time."""

    def __init__(self, room: ControlRoom, alarms: AlarmDesk) -> None:
        self._room = room
        self._alarms = alarms
        self._points: dict[tuple[str, str], deque[TrackingPoint]] = {}
        for craft in room.speakers:
            self._keep(room.store.tracking.of(craft.id))
        #: by what geometry points were compared last: (receive times, how much farther it was)
        self._off: dict[tuple[str, str], tuple[Geometry, NanosecondArray, FloatArray]] = {}

    def farther_s(self, spacecraft: str, antenna: str, receive_ns: NanosecondArray) -> FloatArray:
        """By how much light took longer than foreseen, one way in s, as ranging tells; (n,).

        Against the trajectory that is believed now.  0 for what was received when nobody ranged.
        """
        farther = np.zeros(receive_ns.shape)
        if (spacecraft, antenna) not in self._points:
            return farther
        at_ns, off_s = self._compared(spacecraft, antenna)
        after = np.searchsorted(at_ns, receive_ns)
        nearest_ns = np.minimum(
            np.abs(at_ns[np.minimum(after, at_ns.size - 1)] - receive_ns),
            np.abs(at_ns[np.maximum(after - 1, 0)] - receive_ns),
        )
        ranged = nearest_ns <= _TELLS_WITHIN_NS
        farther[ranged] = np.interp(receive_ns[ranged], at_ns, off_s)
        return farther

    def _compared(self, spacecraft: str, antenna: str) -> tuple[NanosecondArray, FloatArray]:
        key, geometry = (spacecraft, antenna), self._room.geometry
        if key not in self._off or self._off[key][0] is not geometry:
            points = compare(geometry, self._points[key])
            at_ns = np.array([one.received.tai_ns for one in points], dtype=np.int64)
            off_m = np.array([one.range_residual_m for one in points])
            self._off[key] = (geometry, at_ns, off_m / (SPEED_OF_LIGHT_KM_S * 1e3))
        return self._off[key][1:]

    def _keep(self, points: Sequence[TrackingPoint]) -> None:
        """`points` in order of reception; what has been told before is at hand already."""
        for one in points:
            key = (one.spacecraft, one.antenna)
            known = self._points.setdefault(key, deque(maxlen=_AT_HAND))
            if not known or known[-1].received < one.received:
                known.append(one)

    def take(self, body: Mapping[str, Any]) -> None:
        """An antenna hands over what it measured of a craft in a pass (message kind `tracking`).

        It is compared with the trajectory that is believed now.
        """
        points = compare(
            self._room.geometry,
            [
                TrackingPoint(
                    spacecraft=body["spacecraft"],
                    antenna=body["antenna"],
                    pass_id=body["pass_id"],
                    received=EarthReceiveTime(point["received_ns"]),
                    count_interval_s=body["count_interval_s"],
                    transmit_hz=body["transmit_hz"],
                    receive_hz=point["receive_hz"],
                    round_trip_s=point["round_trip_s"],
                )
                for point in body["points"]
            ],
        )
        self._room.store.tracking.add(points)
        self._keep(points)
        self._off.pop((body["spacecraft"], body["antenna"]), None)
        self._tell_of_burn(points)
        for found in residuals_of(points):
            stated_m = self._stated_m(found.spacecraft)
            wrong = stated_m > 0.0 and found.range_rms_m > _TOLD_BEYOND_SIGMAS * stated_m
            text = (
                f"{found.antenna} measured {found.points} two-way points: range "
                f"{found.range_mean_m:+.0f} m (rms {found.range_rms_m:.0f} m), Doppler "
                f"{found.doppler_mean_mm_s:+.1f} mm/s (rms {found.doppler_rms_mm_s:.1f} mm/s) "
                f"off what was foreseen"
            )
            if wrong:
                text += f", where one sigma is stated as {stated_m:.0f} m: the orbit is wrong"
            self._room.log(found.spacecraft, "warning" if wrong else "info", "tracking", text)

    def _tell_of_burn(self, points: Sequence[TrackingPoint]) -> None:
        """What the burn has given that the trajectory leads through, or past: once a burn, by the
        first pass that tells, as what comes later holds other errors as well."""
        room = self._room
        craft = points[0].spacecraft if points else ""
        burn = told_burn(room, craft)
        if burn is None or burn.planned.end > room.now:
            return
        ignition_ns = burn.planned.start.tai_ns
        said = room.store.facts.get(burn_fact_of(craft))
        if said is not None and said["ignition_ns"] == ignition_ns:
            return
        estimate = estimate_burn(room.geometry, points, burn)
        if estimate is None:
            return
        size_m_s = burn.size_m_s
        short = estimate.missing_m_s > _SHORT_SHARE * size_m_s
        path = "with" if burn.given else "without"
        text = (
            f"Doppler after the burn is {estimate.residual_m_s:.1f} m/s off the path {path} it: "
            f"{size_m_s - estimate.missing_m_s:.0f} of {size_m_s:.0f} m/s were given"
        )
        if estimate.missing_m_s > (1.0 - _SHORT_SHARE) * size_m_s:
            text += ", the engine has not fired"
        elif short:
            how = "engine weak all along" if estimate.way == "weak" else "cut off early"
            text += f", {estimate.missing_m_s:.0f} m/s are missing ({how})"
        if short:
            value = f"short by {estimate.missing_m_s:.0f} m/s"
            alarm = (f"burn:{craft}", craft, "burn", "critical", value)
            self._alarms.tell(*alarm, source="tracking", text=text)
        else:
            self._alarms.withdraw(f"burn:{craft}", "given after all")
            room.log(craft, "info", "tracking", text)
        word = {
            **asdict(estimate),
            "wanted_m_s": size_m_s,
            "ignition_ns": ignition_ns,
        }
        room.store.facts.put(burn_fact_of(craft), word)

    def _stated_m(self, spacecraft: str) -> float:
        """One sigma of the craft's position as navigation states it, in all directions."""
        navigation = self._room.mission.spacecraft[spacecraft].navigation
        parts = (navigation.along_track_km, navigation.cross_track_km, navigation.radial_km)
        return hypot(*parts) * 1e3


def told_burn(room: ControlRoom, craft: str) -> ToldBurn | None:
    """The burn of which the trajectory speaks that a craft is believed to fly by."""
    told = [
        one.content
        for one in room.store.plans.notices()
        if one.kind == "trajectory" and one.content["spacecraft"] == craft
    ]
    return ToldBurn.of(told[-1]["burn"]) if told and "burn" in told[-1] else None


def burn_fact_of(craft: str) -> str:
    """The name of the fact that keeps what was said of a craft's burn."""
    return f"burn:{craft}"
