"""A mission of one craft and one antenna, and the front end on a mission clock with listeners."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

from groundsys.bus.exchange import Exchange, LocalCarrier
from groundsys.ccsds.cadu import encode_cadu
from groundsys.ccsds.tm_frames import FrameBuilder
from groundsys.mission.ground.antenna_model import Antenna
from groundsys.mission.model import Mission
from groundsys.mission.scenario.planning_data import Notice
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.mission.spacecraft.link_model import Framing, Radio
from groundsys.mission.spacecraft.packet_model import SpacecraftModel
from groundsys.station.front_end import AntennaFrontEnd
from groundsys.values.instants import Instant
from groundsys.values.messages import Message, Node, Step

START = Instant.from_utc_iso("2031-08-20T06:00:00Z")
UPLINK_BPS = 1000.0
CONFIGURATION_S = 300.0
ACQUISITION_S = 60.0


def after(seconds: float) -> Instant:
    return START.plus_seconds(seconds)


def antenna() -> Antenna:
    return Antenna(
        id="dish",
        name="Dish",
        complex="here",
        agency="ours",
        latitude_deg=36.0,
        longitude_deg=138.0,
        altitude_m=1500.0,
        diameter_m=54.0,
        elevation_mask_deg=10.0,
        radio=Radio(8400.0, 20e3, 70.0, 30.0),
        configuration_s=CONFIGURATION_S,
        acquisition_s=ACQUISITION_S,
    )


def mission() -> Mission:
    framing = Framing(417, 1115, 1024, {"REALTIME": 0, "IDLE": 7}, 0, "AD", UPLINK_BPS)
    craft = {
        name: Spacecraft(
            id=name,
            name=name,
            model=SpacecraftModel("model", (), (), "1"),
            space_system=name.upper(),
            framing=framing,
            entity_id=417,
            sclk_epoch=START,
            relay=None,
            orbit=None,
            site=None,
            radios={},
            payload=None,
        )
        for name in ("otv", "other")
    }
    return Mission("", craft, {"dish": antenna()}, {}, {}, {})


class Listener:
    """A node that only remembers what it was told, and when."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.heard: list[Message] = []

    def advance(self, now: Instant, inbox: Sequence[Message]) -> Step:
        self.heard += inbox
        return Step()

    def close(self) -> None:
        """Nothing is held."""

    def of(self, kind: str) -> list[Message]:
        return [message for message in self.heard if message.kind == kind]

    def bodies(self, kind: str) -> list[Mapping[str, Any]]:
        return [message.body for message in self.of(kind)]


class Stage:
    """The antenna between space, hub and desks that listen; the test speaks for these three."""

    def __init__(self, *notices: Notice) -> None:
        self.space, self.hub, self.desks = (Listener(n) for n in ("space", "hub", "desks"))
        self.front_end = AntennaFrontEnd(antenna(), mission(), notices)
        nodes: list[Node] = [self.front_end, self.space, self.hub, self.desks]
        self.exchange = Exchange(LocalCarrier(nodes), start=START)

    def say(self, source: str, kind: str, at_s: float, **body: Any) -> None:
        self.exchange.say(Message(source, self.front_end.name, kind, after(at_s), body))

    def configure(
        self,
        at_s: float = 0.0,
        *,
        pass_id: str = "p1",
        start_s: float = 400.0,
        end_s: float = 4000.0,
        uplink_s: tuple[float, float] | None = (400.0, 2000.0),
        spacecraft: str = "otv",
    ) -> None:
        self.say(
            "desks",
            "configure",
            at_s,
            pass_id=pass_id,
            spacecraft=spacecraft,
            start_ns=after(start_s).tai_ns,
            end_ns=after(end_s).tai_ns,
            uplink_from_ns=None if uplink_s is None else after(uplink_s[0]).tai_ns,
            uplink_until_ns=None if uplink_s is None else after(uplink_s[1]).tai_ns,
            rate_bps=100e3,
        )

    def signal(self, at_s: float, *, present: bool) -> None:
        self.say("space", "x_signal", at_s, spacecraft="otv", present=present, c_n0_dbhz=55.0)

    def down(self, at_s: float, arrivals: Sequence[tuple[float, bytes]]) -> None:
        frames = [{"ert_ns": after(s).tai_ns, "cadu": cadu} for s, cadu in arrivals]
        self.say(
            "space", "x_down", at_s, spacecraft="otv", frames=frames, c_n0_dbhz=55.0, rate_bps=1e5
        )

    def radiate(self, at_s: float, radiation_id: str, cltu: bytes, spacecraft: str = "otv") -> None:
        self.say(
            "hub", "radiate", at_s, spacecraft=spacecraft, cltu=cltu, radiation_id=radiation_id
        )

    def run_until(self, seconds: float) -> None:
        self.exchange.run_until(after(seconds))

    def states(self) -> list[str]:
        """The antenna's states as the desks heard of them, repetitions dropped."""
        states = [body["state"] for body in self.desks.bodies("antenna_status")]
        return [s for i, s in enumerate(states) if i == 0 or s != states[i - 1]]


def idle_frames(count: int) -> list[bytes]:
    builder = FrameBuilder(417, 7, 1115)
    counts = itertools.count()
    return [
        builder.idle_frame(ocf=bytes(4), master_channel_count=lambda: next(counts))
        for _ in range(count)
    ]


def idle_cadus(count: int) -> list[bytes]:
    return encode_cadu(idle_frames(count))
