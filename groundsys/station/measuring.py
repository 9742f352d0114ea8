"""Which of an antenna's measurements of range and Doppler are worth handing on: decisions only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from groundsys.station.tracking import Track, is_received
from groundsys.values.instants import Instant


def measured_in_lock(tracks: Iterable[Track], body: Mapping[str, Any]) -> dict[str, Any] | None:
    """Of what was measured (`x_tracking`), what fell into the lock of one of the tracks.

    A point counts from its beginning to its end; None if none does.
    """
    track = next(
        (
            one
            for one in tracks
            if one.booking.spacecraft == body["spacecraft"]
            and any(one.booking.span.contains(Instant(ns)) for ns in body["received_ns"])
        ),
        None,
    )
    if track is None:
        return None
    interval_s = float(body["count_interval_s"])
    points = [
        {"received_ns": received_ns, "round_trip_s": trip_s, "receive_hz": receive_hz}
        for received_ns, trip_s, receive_hz in zip(
            body["received_ns"], body["round_trip_s"], body["receive_hz"], strict=True
        )
        if is_received(track, Instant(received_ns))
        and is_received(track, Instant(received_ns).plus_seconds(-interval_s))
    ]
    if not points:
        return None
    return {
        "pass_id": track.booking.pass_id,
        "spacecraft": body["spacecraft"],
        "count_interval_s": interval_s,
        "transmit_hz": body["transmit_hz"],
        "points": points,
    }
