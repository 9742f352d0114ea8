"""What an antenna's front end says to space and desks: bodies of its messages."""

from __future__ import annotations

from typing import Any

from groundsys.mission.scenario.planning_data import Notice
from groundsys.station.booking import Booking
from groundsys.station.tracking import Track
from groundsys.values.instants import Instant


def notice_body(one: Notice) -> dict[str, Any]:
    """What will befall the antenna."""
    body: dict[str, Any] = {
        "kind": one.kind,
        "antenna": one.antenna,
        "start_ns": one.interval.start.tai_ns,
        "end_ns": one.interval.end.tai_ns,
    }
    if one.kind == "weather":
        body["loss_db"] = one.loss_db
    return body


def where_to_look(booking: Booking) -> dict[str, Any]:
    """At which craft the dish is to look, and by what predict if there is one."""
    body: dict[str, Any] = {"spacecraft": booking.spacecraft}
    if booking.predict is not None:
        body["predict"] = booking.predict.to_body()
    return body


def found_body(
    antenna_id: str, track: Track, step: int, off_hz: float, found_at: Instant
) -> dict[str, Any]:
    """At which place of its search, and when, the beam has met the craft, and its carrier."""
    across_deg, up_deg = track.search.offset_at(step)
    return {
        "pass_id": track.booking.pass_id,
        "spacecraft": track.booking.spacecraft,
        "antenna": antenna_id,
        "places": step + 1,
        "after_s": found_at.seconds_since(track.searched_from or track.search_from),
        "across_deg": across_deg,
        "up_deg": up_deg,
        "off_hz": off_hz,
    }
