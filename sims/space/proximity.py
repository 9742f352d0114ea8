"""Between craft about Mars: Proximity-1's air, which loses what does not close or meets a fade."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from groundsys.geometry import SPEED_OF_LIGHT_KM_S
from groundsys.geometry.link import eb_n0_db
from sims.draws import uniform
from sims.space.air import Air


class ProximityLinks:
    """All hops between craft; each transmission is numbered on its link."""

    def __init__(self, air: Air) -> None:
        self._air = air
        self._numbers: dict[str, int] = {}

    def send(self, source_id: str, body: Mapping[str, Any], ns: int) -> None:
        """Hand over what craft `source_id` has sent by `ns` (message kind `prox`)."""
        air = self._air
        target_id = body["to"]
        frames = list(body.get("frames", ()))
        overflight = air.overflight(source_id, target_id)
        range_km = overflight.range_km(ns)
        strength = air.proximity_c_n0_dbhz(source_id, target_id, ns, body.get("transmit_power_w"))
        required_db = air.mission.spacecraft[target_id].radios["uhf"].required_eb_n0_db
        energy_db = eb_n0_db(strength, float(body["rate_bps"]))
        closed = overflight.is_seen(ns) and energy_db >= required_db
        # a transmission without frames is itself one that may be lost
        arrived = [not self._is_lost(source_id, target_id) for _ in range(max(1, len(frames)))]
        kept = [frame for frame, good in zip(frames, arrived, strict=False) if good and closed]
        got_through = closed and (bool(kept) if frames else arrived[0])
        self._note(source_id, body, ns, len(frames), len(kept), closed=closed)
        if got_through:
            more = {"from": source_id, "frames": kept, "c_n0_dbhz": strength}
            arrival_ns = ns + round(range_km / SPEED_OF_LIGHT_KM_S * 1e9)
            air.say(target_id, "prox", arrival_ns, {**body, **more})

    def _is_lost(self, source_id: str, target_id: str) -> bool:
        link = f"{source_id}→{target_id}"
        number = self._numbers.get(link, 0)
        self._numbers[link] = number + 1
        return uniform(self._air.seed, link, number, "fade") < self._air.proximity_loss

    def _note(
        self,
        source_id: str,
        body: Mapping[str, Any],
        ns: int,
        sent: int,
        kept: int,
        *,
        closed: bool,
    ) -> None:
        record, target_id = self._air.record, body["to"]
        record.count("proximity", f"{source_id}/{target_id}", frames=sent, lost=sent - kept)
        record.note(
            "proximity",
            source=source_id,
            target=target_id,
            kind=body["kind"],
            time_ns=ns,
            frames=sent,
            lost=sent - kept,
            closed=closed,
            **({"live": body["live"]} if "live" in body else {}),
        )
