"""The tracking desk: keeps what stations measure, and tells where an orbit cannot be right."""

from __future__ import annotations

from collections.abc import Mapping
from math import hypot
from typing import Any

from groundsys.desks.control_room import ControlRoom
from groundsys.tracking import compare, residuals_of
from groundsys.values.instants import EarthReceiveTime
from groundsys.values.tracking import TrackingPoint

#: residuals beyond so many sigmas of what navigation states are told
_TOLD_BEYOND_SIGMAS = 4.0


class TrackingDesk:
    """Takes tracking data, a pass at a time."""

    def __init__(self, room: ControlRoom) -> None:
        self._room = room

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

    def _stated_m(self, spacecraft: str) -> float:
        """One sigma of the craft's position as navigation states it, in all directions."""
        navigation = self._room.mission.spacecraft[spacecraft].navigation
        parts = (navigation.along_track_km, navigation.cross_track_km, navigation.radial_km)
        return hypot(*parts) * 1e3
