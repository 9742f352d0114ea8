"""From the antennas to a craft: the carrier that comes and goes, and CLTUs on their way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from groundsys.geometry.link import eb_n0_db
from groundsys.geometry.sight import TRANSMITTING
from sims.space.air import Air
from sims.space.corona import fade_db
from sims.space.hostile import hostile_cltus
from sims.space.noise import NO_NOISE_DB, receive
from sims.space.pointing import FARTHEST_DB

_ATTACK_EVERY_NS = 1_000_000_000


class Uplinks:
    """All uplinks; what happens at the craft is said ahead, one light time later."""

    def __init__(self, air: Air) -> None:
        self._air = air
        self._numbers = dict.fromkeys(air.antennas, 0)
        #: antenna → the craft that was told it hears the antenna's carrier
        self._heard_by: dict[str, str | None] = dict.fromkeys(air.antennas)
        self.look_at(air.troubles.edges)

    def look_at(self, edges: Iterable[tuple[str, int]]) -> None:
        """Look at these antennas at these times, at which they may begin or cease to transmit."""
        for antenna_id, edge_ns in edges:
            self._air.agenda.at(edge_ns, partial(self._follow, antenna_id))

    def switch_carrier(self, antenna_id: str, craft_id: str, on: bool, ns: int) -> None:
        """The antenna's carrier goes on or off (message kind `x_up_carrier`)."""
        self._air.uplinks[antenna_id].set(ns, craft_id if on else None)
        self._follow(antenna_id, ns)

    def point(self, antenna_id: str, ns: int) -> None:
        """The antenna has turned: its carrier may meet the craft no more."""
        self._follow(antenna_id, ns)

    def follow_anew(self, craft_id: str, ns: int) -> None:
        """The craft's path has changed: so may have when carriers reach it."""
        for antenna_id, uplink in self._air.uplinks.items():
            if uplink.at(ns) == craft_id:
                self._follow(antenna_id, ns)

    def send(self, antenna_id: str, body: Mapping[str, Any]) -> None:
        """Put a CLTU under way (message kind `x_up`)."""
        air = self._air
        craft_id, start_ns, cltu = body["spacecraft"], int(body["start_ns"]), body["cltu"]
        rate_bps = air.mission.spacecraft[craft_id].framing.uplink_rate_bps
        end_ns = start_ns + round(body["bits"] / rate_bps * 1e9)
        number = self._numbers[antenna_id]
        self._numbers[antenna_id] += 1
        arrives = self._meets(antenna_id, craft_id, start_ns) and self._meets(
            antenna_id, craft_id, end_ns
        )
        path = air.path(antenna_id, craft_id)
        light_time_ns = path.uplink_ns(end_ns)
        strength = air.uplink_c_n0_dbhz(antenna_id, craft_id, light_time_ns)
        energy_db = NO_NOISE_DB if air.faults.clean_air else eb_n0_db(strength, rate_bps)
        link = f"{antenna_id}→{craft_id}"
        sun_deg = air.sun_earth_probe_deg(craft_id, start_ns, TRANSMITTING)
        if not air.faults.clean_air:
            energy_db += fade_db(sun_deg, air.seed, link, number)
        disturbed = air.faults.bit_error_rate("uplink", antenna_id, craft_id, start_ns)
        got = receive(
            cltu, energy_db, air.uplink_fading, air.seed, link, number, disturbed=disturbed
        )
        lost = got.data is None or not arrives
        air.record.count("uplink", craft_id, sent=1, lost=int(lost), bit_errors=got.bit_errors)
        air.record.note(
            "uplink",
            spacecraft=craft_id,
            antenna=antenna_id,
            radiation_id=body["radiation_id"],
            time_ns=start_ns,
            lost=lost,
            bit_errors=got.bit_errors,
            sun_earth_probe_deg=round(sun_deg, 5),
        )
        if got.data is not None and not lost:
            arrives_ns = end_ns + light_time_ns
            air.say(craft_id, "x_up", arrives_ns, {"cltu": got.data})
            if air.faults.is_hostile_to(craft_id):
                self._attack(craft_id, got.data, arrives_ns)

    def _attack(self, craft_id: str, recorded: bytes, heard_ns: int) -> None:
        """Somebody near the craft has heard a CLTU and transmits what can be made of it."""
        air = self._air
        made = hostile_cltus(air.mission.spacecraft[craft_id], recorded)
        for place, (name, cltu) in enumerate(made.items(), 1):
            ns = heard_ns + place * _ATTACK_EVERY_NS
            air.say(craft_id, "x_up", ns, {"cltu": cltu})
            air.record.note("attack", spacecraft=craft_id, kind=name, time_ns=ns)

    def look(self, antenna_id: str, ns: int) -> None:
        """Tell the craft if the carrier reaches it or no more."""
        air = self._air
        intended = air.uplinks[antenna_id].at(ns)
        hearer = (
            intended if intended is not None and self._meets(antenna_id, intended, ns) else None
        )
        before = self._heard_by[antenna_id]
        if hearer != before:
            self._heard_by[antenna_id] = hearer
            for craft_id, on in ((before, False), (hearer, True)):
                if craft_id is not None:
                    self._tell(antenna_id, craft_id, on, ns)

    def _follow(self, antenna_id: str, ns: int) -> None:
        """Look now, and again when Mars has moved."""
        self.look(antenna_id, ns)
        air = self._air
        intended = air.uplinks[antenna_id].at(ns)
        if intended is None:
            return

        def look_again(change_ns: int) -> None:
            if air.uplinks[antenna_id].at(change_ns) == intended:
                self._follow(antenna_id, change_ns)

        air.agenda.at(air.path(antenna_id, intended).uplink_view.next_change(ns), look_again)

    def _tell(self, antenna_id: str, craft_id: str, on: bool, ns: int) -> None:
        air = self._air
        light_time_ns = air.path(antenna_id, craft_id).uplink_ns(ns)
        strength = air.uplink_c_n0_dbhz(antenna_id, craft_id, light_time_ns)
        body = {"antenna": antenna_id, "on": on, "c_n0_dbhz": strength}
        air.say(craft_id, "x_up_carrier", ns + light_time_ns, body)

    def _meets(self, antenna_id: str, craft_id: str, ns: int) -> bool:
        """Whether what the antenna transmits at `ns` reaches the craft."""
        air = self._air
        return (
            craft_id in air.carriers
            and not air.troubles.is_out(antenna_id, ns)
            and air.pointing[antenna_id].at(ns) == craft_id
            and air.pointing_losses_db[antenna_id] < FARTHEST_DB
            and air.path(antenna_id, craft_id).uplink_view.at(ns)
        )
