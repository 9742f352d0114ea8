"""What an antenna measures of the carrier that a craft sends back: two-way range and Doppler.

Measured at whole count intervals (TAI) while the antenna points at a craft that returns its
carrier coherently: the antenna's own uplink reached it one light time before, and it transmits.

    range     ρ(t) + station's delay and its error + noise
    Doppler   f̄ = M f_T (1 − (ρ(t) − ρ(t − T)) / T) + noise

with ρ the round trip through the true geometry, the transponder's delay in it, M the turnaround
ratio, T the count interval.  The noise is white and normal, its size in the antenna's definition,
one-way equivalent: σ_ρ = 2 σ_r / c, σ_f = M f_T 2 σ_v / c.  The Sun's plasma adds nothing here
(model of quiet sky; near conjunction X-band would be far worse).

The antenna has it all when it turns away, as stations deliver tracking data by the pass.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from groundsys.geometry import SPEED_OF_LIGHT_KM_S
from groundsys.geometry.round_trip import round_trip_s
from groundsys.geometry.time_scales import NanosecondArray
from sims.draws import generator
from sims.space.air import Air

_SECOND_NS = 1_000_000_000
_MEGAHERTZ = 1e6


class Tracking:
    """Knows since when each antenna has pointed at which craft."""

    def __init__(self, air: Air) -> None:
        self._air = air
        self._since: dict[str, tuple[str, int]] = {}

    def point(self, antenna_id: str, craft_id: str | None, ns: int) -> None:
        """An antenna turns (message kind `point`): tell it what it has measured until now."""
        if antenna_id in self._since:
            measured_of, since_ns = self._since.pop(antenna_id)
            body = self._measure(antenna_id, measured_of, since_ns, ns)
            if body is not None:
                self._air.say(f"antenna:{antenna_id}", "x_tracking", ns, body)
        if craft_id in self._air.carriers:
            self._since[antenna_id] = (craft_id, ns)

    def _measure(
        self, antenna_id: str, craft_id: str, since_ns: int, until_ns: int
    ) -> dict[str, Any] | None:
        air = self._air
        antenna, craft = air.mission.antennas[antenna_id], air.mission.spacecraft[craft_id]
        interval_s = antenna.tracking.count_interval_s
        interval_ns = round(interval_s * _SECOND_NS)
        first, last = -(-since_ns // interval_ns), until_ns // interval_ns
        if last <= first:
            return None
        edges_ns = np.arange(first, last + 1, dtype=np.int64) * interval_ns
        trip_s, down_s = round_trip_s(
            air.geometry, antenna_id, craft_id, edges_ns, craft.transponder.delay_ns * 1e-9
        )
        coherent = self._coherent(antenna_id, craft_id, edges_ns, trip_s, down_s)
        chosen = np.flatnonzero(coherent[1:] & coherent[:-1]) + 1
        if not len(chosen):
            return None
        noise = generator(air.seed, "tracking", antenna_id, craft_id, first).standard_normal(
            (2, len(edges_ns))
        )
        if air.faults.clean_air:
            noise = np.zeros_like(noise)
        transmit_hz = antenna.radio.frequency_mhz * _MEGAHERTZ
        sent_hz = craft.transponder.ratio * transmit_hz
        two_way_s_m = 2.0 / (SPEED_OF_LIGHT_KM_S * 1e3)
        delay_s = antenna.tracking.delay_ns * 1e-9 + air.station_delays_ns[antenna_id] * 1e-9
        measured_s = trip_s + delay_s + antenna.tracking.range_noise_m * two_way_s_m * noise[0]
        doppler_noise = antenna.tracking.doppler_noise_mm_s * 1e-3 * two_way_s_m * noise[1]
        lower = (trip_s[chosen] - trip_s[chosen - 1]) / interval_s
        return {
            "spacecraft": craft_id,
            "count_interval_s": interval_s,
            "transmit_hz": transmit_hz,
            "received_ns": edges_ns[chosen].tolist(),
            "round_trip_s": measured_s[chosen].tolist(),
            "receive_hz": (sent_hz * (1.0 - lower - doppler_noise[chosen])).tolist(),
        }

    def _coherent(
        self,
        antenna_id: str,
        craft_id: str,
        received_ns: NanosecondArray,
        trip_s: Any,
        down_s: Any,
    ) -> Any:
        """Whether what is received then is the antenna's own carrier, sent back."""
        air = self._air
        path = air.path(antenna_id, craft_id)
        pointing, uplink = air.pointing[antenna_id], air.uplinks[antenna_id]
        carrier = air.carriers[craft_id]
        sent_ns = received_ns - np.rint(trip_s * 1e9).astype(np.int64)
        back_ns = received_ns - np.rint(down_s * 1e9).astype(np.int64)
        return np.array(
            [
                path.downlink_view.at(received)
                and air.hears(antenna_id, received)
                and carrier.at(back)
                and uplink.at(sent) == craft_id
                and pointing.at(sent) == craft_id
                and path.uplink_view.at(sent)
                for received, back, sent in zip(
                    received_ns.tolist(), back_ns.tolist(), sent_ns.tolist(), strict=True
                )
            ]
        )
