"""From a craft to the antennas: frames on their way, and the signal that comes and goes.

A frame's `ert_ns` is when its first bit reaches the place where the station tags it: light time
and the delay in the station's own chain, which the station does not know.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from groundsys.geometry.link import eb_n0_db
from groundsys.geometry.sight import RECEIVING
from groundsys.geometry.time_scales import NanosecondArray
from groundsys.values.predicts import PointingPredict
from sims.space.air import Air
from sims.space.corona import fade_db
from sims.space.faults import edges
from sims.space.noise import NO_NOISE_DB, receive
from sims.space.pointing import carrier_hz

#: an antenna whose predict is so wrong is told again and again, as it may come nearer
_MISSED_DB, _MISSED_HZ = 3.0, 1_000.0
_LOOK_AGAIN_NS = 300_000_000_000
#: while no antenna is pointed at anything, what arrives may be counted so much later
_UNHEARD_NS = 1_800_000_000_000


@dataclass(slots=True)
class Burst:
    """Frames that a craft has sent one after the other."""

    spacecraft: str
    #: the first frame's number among all the craft has sent
    number: int
    start_ns: NanosecondArray
    duration_ns: NanosecondArray
    cadus: list[bytes]
    rate_bps: float
    #: antennas that it has still to reach
    under_way: int = 0
    #: which frames have reached a pointed antenna, and which have been received
    reached: set[int] = field(default_factory=set)
    received: set[int] = field(default_factory=set)


class Downlinks:
    """All downlinks; knows what each antenna was told of the signal."""

    def __init__(self, air: Air) -> None:
        self._air = air
        self._numbers = dict.fromkeys(air.speakers, 0)
        #: antenna → the craft whose signal it has been told is present
        self._present: dict[str, str | None] = dict.fromkeys(air.antennas)
        #: antennas that may not acquire what they were told of
        self._missing: set[str] = set()
        #: antenna → when it is looked at again because of that
        self._looks_again_ns: dict[str, int] = {}
        self.look_at((*edges(air.faults.deaf, air.antennas), *air.troubles.edges))
        air.dishes.at_change.append(self._look_anew)

    def look_at(self, edges: Iterable[tuple[str, int]]) -> None:
        """Look at these antennas at these times, at which they may begin or cease to hear."""
        for antenna_id, edge_ns in edges:
            self._air.agenda.at(edge_ns, partial(self._look, antenna_id))

    def send(self, craft_id: str, body: Mapping[str, Any], now_ns: int) -> None:
        """Put a craft's frames under way (message kind `x_down`)."""
        frames = body["frames"]
        if not frames:
            return
        air = self._air
        rate_bps = float(body["rate_bps"])
        bits = np.array([frame["bits"] for frame in frames], dtype=np.float64)
        burst = Burst(
            spacecraft=craft_id,
            number=self._numbers[craft_id],
            start_ns=np.array([frame["start_ns"] for frame in frames], dtype=np.int64),
            duration_ns=np.rint(bits / rate_bps * 1e9).astype(np.int64),
            cadus=[frame["cadu"] for frame in frames],
            rate_bps=rate_bps,
        )
        self._numbers[craft_id] += len(frames)
        air.record.count("spacecraft", craft_id, sent=len(frames))
        for antenna_id in air.antennas:
            path = air.path(antenna_id, craft_id)
            arrival_ns = path.arrivals_ns(burst.start_ns)
            end_ns = int(arrival_ns[-1] + burst.duration_ns[-1])
            if path.downlink_view.at(int(arrival_ns[0])) or path.downlink_view.at(end_ns):
                burst.under_way += 1
                air.agenda.at(
                    end_ns,
                    partial(self._arrive, burst, antenna_id, arrival_ns),
                    slack_ns=_UNHEARD_NS,
                )
        if not burst.under_way:
            self._settle(burst, now_ns)

    def switch_carrier(self, craft_id: str, on: bool, ns: int) -> None:
        """The craft's carrier goes on or off (message kind `x_carrier`)."""
        air = self._air
        if on == air.carriers[craft_id].latest:
            return
        air.carriers[craft_id].set(ns, on)
        for antenna_id in air.antennas:
            arrival_ns = ns + air.path(antenna_id, craft_id).downlink_ns(ns)
            air.agenda.at(arrival_ns, partial(self._look, antenna_id))

    def follow_anew(self, craft_id: str, ns: int) -> None:
        """The craft's path has changed: so may have when it rises and sets."""
        for antenna_id, pointing in self._air.pointing.items():
            if pointing.at(ns) == craft_id:
                self._follow(antenna_id, ns)

    def point(
        self, antenna_id: str, craft_id: str | None, predict: PointingPredict | None, ns: int
    ) -> None:
        """An antenna turns (message kind `point`), to where its predict says the craft is."""
        self._air.pointing[antenna_id].set(ns, craft_id)
        self._air.predicts[antenna_id] = predict
        self._air.offsets_deg.pop(antenna_id, None)
        if craft_id is None:
            self._air.dishes.rest(antenna_id, ns)
        elif craft_id in self._air.carriers:
            self._air.turn(antenna_id, craft_id, predict, ns)
            self._air.look_along_beam(antenna_id, craft_id, ns)
        self._present[antenna_id] = None
        self._follow(antenna_id, ns)

    def look_beside(self, antenna_id: str, offset_deg: tuple[float, float], ns: int) -> None:
        """An antenna looks so far beside its predict (message kind `offset`)."""
        self._air.offsets_deg[antenna_id] = offset_deg
        self._missing.add(antenna_id)
        self._look(antenna_id, ns)

    def track_by_signal(self, antenna_id: str, ns: int) -> None:
        """An antenna follows the signal itself (message kind `autotrack`), whatever its predict."""
        self._air.predicts[antenna_id] = None
        craft_id = self._air.pointing[antenna_id].at(ns)
        if craft_id is not None:
            self._air.turn(antenna_id, craft_id, None, ns)
        self._look_anew(antenna_id, ns)

    def _look_anew(self, antenna_id: str, ns: int) -> None:
        """Look, and tell it even if nothing has come or gone: it may be weaker or stronger."""
        self._missing.add(antenna_id)
        self._look(antenna_id, ns)

    def _follow(self, antenna_id: str, ns: int) -> None:
        """Look now, and again whenever the pointed craft rises or sets."""
        self._look(antenna_id, ns)
        air = self._air
        craft_id = air.pointing[antenna_id].at(ns)
        if craft_id is None:
            return

        def look_again(change_ns: int) -> None:
            if air.pointing[antenna_id].at(change_ns) == craft_id:
                self._follow(antenna_id, change_ns)

        air.agenda.at(air.path(antenna_id, craft_id).downlink_view.next_change(ns), look_again)

    def _look(self, antenna_id: str, ns: int) -> None:
        """Tell the antenna if the signal of the craft it points at has come or gone."""
        air = self._air
        craft_id = air.pointing[antenna_id].at(ns)
        if craft_id is None or craft_id not in air.carriers:
            return
        path = air.path(antenna_id, craft_id)
        emission_ns = path.emission_ns(ns)
        present = (
            path.downlink_view.at(ns)
            and air.carriers[craft_id].at(emission_ns)
            and air.hears(antenna_id, ns)
        )
        known = present == (self._present[antenna_id] == craft_id)
        if known and antenna_id not in self._missing:
            return
        self._missing.discard(antenna_id)
        self._present[antenna_id] = craft_id if present else None
        air.look_along_beam(antenna_id, craft_id, ns)
        strength = air.downlink_c_n0_dbhz(antenna_id, craft_id, ns - emission_ns, ns)
        body: dict[str, Any] = {"spacecraft": craft_id, "present": present, "c_n0_dbhz": strength}
        predict = air.predicts[antenna_id]
        if present and predict is not None:
            error = air.oscillator_errors[craft_id]
            received_hz = carrier_hz(air.geometry, antenna_id, craft_id, ns, error)
            body["carrier_hz"] = received_hz
            off_hz = abs(received_hz - predict.carrier_at(ns))
            if air.pointing_losses_db[antenna_id] > _MISSED_DB or off_hz > _MISSED_HZ:
                self._missing.add(antenna_id)
                self._look_again(antenna_id, ns)
        air.say(f"antenna:{antenna_id}", "x_signal", ns, body)

    def _look_again(self, antenna_id: str, ns: int) -> None:
        if self._looks_again_ns.get(antenna_id, ns) <= ns:
            again_ns = self._looks_again_ns[antenna_id] = ns + _LOOK_AGAIN_NS
            self._air.agenda.at(again_ns, partial(self._look, antenna_id))

    def _arrive(
        self, burst: Burst, antenna_id: str, arrival_ns: NanosecondArray, now_ns: int
    ) -> None:
        """The burst's last bit has reached an antenna's place."""
        reached = self._reached(burst, antenna_id, arrival_ns)
        if reached:
            self._receive(burst, antenna_id, arrival_ns, reached, now_ns)
        burst.under_way -= 1
        if not burst.under_way:
            self._settle(burst, now_ns)

    def _reached(self, burst: Burst, antenna_id: str, arrival_ns: NanosecondArray) -> list[int]:
        """Which frames met an antenna that was pointed and in view from first to last bit."""
        air, craft_id = self._air, burst.spacecraft
        pointing = air.pointing[antenna_id]
        view = air.path(antenna_id, craft_id).downlink_view
        ends = arrival_ns + burst.duration_ns
        return [
            index
            for index, (first, last) in enumerate(
                zip(arrival_ns.tolist(), ends.tolist(), strict=True)
            )
            if pointing.at(first) == craft_id == pointing.at(last)
            and view.at(first)
            and view.at(last)
            and air.hears(antenna_id, first)
            and not air.troubles.is_out(antenna_id, last)
        ]

    def _receive(
        self,
        burst: Burst,
        antenna_id: str,
        arrival_ns: NanosecondArray,
        reached: list[int],
        now_ns: int,
    ) -> None:
        air, craft_id = self._air, burst.spacecraft
        light_time_ns = int(arrival_ns[0] - burst.start_ns[0])
        strength = air.downlink_c_n0_dbhz(antenna_id, craft_id, light_time_ns, int(arrival_ns[0]))
        energy_db = NO_NOISE_DB if air.faults.clean_air else eb_n0_db(strength, burst.rate_bps)
        link = f"{craft_id}→{antenna_id}"
        delay_ns = air.station_delays_ns[antenna_id]
        sun_deg = air.sun_earth_probe_deg(craft_id, int(arrival_ns[0]), RECEIVING)
        disturbed = air.faults.bit_error_rate("downlink", antenna_id, craft_id, int(arrival_ns[0]))
        frames: list[dict[str, Any]] = []
        corrupted = octets = doubled = 0
        lost: list[int] = []
        for index in reached:
            number = burst.number + index
            cadu = burst.cadus[index]
            faded_db = energy_db
            if not air.faults.clean_air:
                faded_db += fade_db(sun_deg, air.seed, link, number)
            got = receive(
                cadu, faded_db, air.downlink_fading, air.seed, link, number, disturbed=disturbed
            )
            if got.data is None:
                lost.append(number)
                continue
            corrupted += got.bit_errors > 0
            octets += got.octet_errors
            frame = {"ert_ns": int(arrival_ns[index]) + delay_ns, "cadu": got.data}
            twice = air.faults.is_doubled(antenna_id, craft_id, number, int(arrival_ns[index]))
            doubled += twice
            frames += [frame] * (1 + twice)
            burst.received.add(index)
        burst.reached.update(reached)
        counts = {
            "frames": len(reached), "lost": len(lost), "corrupted": corrupted, "octets": octets,
        }  # fmt: skip
        air.record.count("links", f"{antenna_id}/{craft_id}", **counts)
        air.record.note(
            "downlink",
            spacecraft=craft_id,
            antenna=antenna_id,
            time_ns=now_ns,
            **counts,
            sun_earth_probe_deg=round(sun_deg, 5),
            numbers=[burst.number + reached[0], burst.number + reached[-1]],
            lost_numbers=lost,
            **({"doubled": doubled} if doubled else {}),
        )
        air.record.count("spacecraft", craft_id, corrupted=corrupted)
        if frames:
            body = {
                "spacecraft": craft_id,
                "frames": frames,
                "c_n0_dbhz": strength,
                "rate_bps": burst.rate_bps,
            }
            air.say(f"antenna:{antenna_id}", "x_down", now_ns, body)

    def _settle(self, burst: Burst, now_ns: int) -> None:
        """Count what has become of the burst, once it is past every antenna."""
        record, craft_id = self._air.record, burst.spacecraft
        unheard = len(burst.cadus) - len(burst.reached)
        lost = burst.reached - burst.received
        record.count(
            "spacecraft",
            craft_id,
            received=len(burst.received),
            lost=len(lost),
            unheard=unheard,
        )
        if lost:
            sent_ns = int(burst.start_ns[max(lost)])
            record.note("lost", spacecraft=craft_id, sent_ns=sent_ns, frames=len(lost))
        if unheard:
            record.note("unheard", spacecraft=craft_id, time_ns=now_ns, frames=unheard)
