"""One antenna's share of a pass, as the pass desk books it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from groundsys.values.instants import Instant, Interval
from groundsys.values.predicts import PointingPredict


@dataclass(frozen=True, slots=True)
class Booking:
    """`span`: when to receive; `uplink`: when to transmit, or None; `rate_bps`: the downlink's.

    Without a `predict` the antenna finds the craft by itself.  One that `listens` for a tone locks
    on to nothing.
    """

    pass_id: str
    spacecraft: str
    span: Interval
    uplink: Interval | None
    rate_bps: float
    predict: PointingPredict | None = None
    listens: bool = False

    @classmethod
    def from_body(cls, body: Mapping[str, Any]) -> Booking:
        """From a `configure` message; an uplink window that is absent or empty is none."""
        uplink = None
        uplink_from, uplink_until = body.get("uplink_from_ns"), body.get("uplink_until_ns")
        if uplink_from is not None and uplink_until is not None and uplink_from < uplink_until:
            uplink = Interval(Instant(uplink_from), Instant(uplink_until))
        return cls(
            pass_id=body["pass_id"],
            spacecraft=body["spacecraft"],
            span=Interval(Instant(body["start_ns"]), Instant(body["end_ns"])),
            uplink=uplink,
            rate_bps=float(body["rate_bps"]),
            predict=PointingPredict.from_body(body["predict"]) if "predict" in body else None,
            listens=bool(body.get("listens", False)),
        )
