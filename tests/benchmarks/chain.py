"""The ground's own way of a frame: antenna front end, frame hub, UDP; side by side in here."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

from groundsys.backend import LinkPorts
from groundsys.bus.exchange import Exchange, LocalCarrier
from groundsys.ccsds.cadu import CADU_LENGTH, encode_cadu
from groundsys.hub import FrameHub
from groundsys.hub.node import FrameCounter
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.station.front_end import AntennaFrontEnd
from groundsys.values.instants import Instant
from groundsys.values.messages import Message, Step
from tests.benchmarks.traffic import RELAY

ANTENNA = "dss-43"
RATE_BPS = 256_000.0
#: radio time that a craft's transmitter hands over at once
BATCH_S = 8.0
#: as in the scenario `quickstart`: one frame in eleven is corrected, some two symbols in it
_HARMED_ONE_IN = 11
_WRONG_SYMBOLS = 2
_PASS_S = 30 * 86_400.0

Arrivals = list[dict[str, int | bytes]]


class Sky:
    """Plays prepared CADUs to the antenna, one batch of radio time after the other."""

    name = "space"

    def __init__(self) -> None:
        self._batches: list[list[bytes]] = []

    def load(self, cadus: Sequence[bytes]) -> float:
        """Queue CADUs; the radio time they take."""
        a_batch = max(1, int(BATCH_S * RATE_BPS / (CADU_LENGTH * 8)))
        self._batches = [list(cadus[at : at + a_batch]) for at in range(0, len(cadus), a_batch)]
        return len(self._batches) * BATCH_S

    def advance(self, now: Instant, inbox: Sequence[Message]) -> Step:
        if not self._batches:
            return Step()
        frame_s = BATCH_S / len(self._batches[0])
        frames = [
            {"ert_ns": now.plus_seconds(-BATCH_S + place * frame_s).tai_ns, "cadu": cadu}
            for place, cadu in enumerate(self._batches.pop(0))
        ]
        body = {"spacecraft": RELAY, "frames": frames, "c_n0_dbhz": 70.0, "rate_bps": RATE_BPS}
        heard = Message(self.name, f"antenna:{ANTENNA}", "x_down", now, body)
        return Step((heard,), now.plus_seconds(BATCH_S) if self._batches else None)

    def close(self) -> None:
        """Nothing is held."""


class Listener:
    """Stands where the desks are: counts what the hub says is archived."""

    name = "desks"

    def __init__(self) -> None:
        self.frames = 0
        self.corrected = 0
        self.archived = True

    def advance(self, now: Instant, inbox: Sequence[Message]) -> Step:
        for message in inbox:
            if message.kind == "received":
                self.archived = message.body["archived"]
                self.frames += sum(one["frames"] for one in message.body["channels"])
                self.corrected += sum(one["corrected"] for one in message.body["channels"])
        return Step()

    def close(self) -> None:
        """Nothing is held."""


class Chain:
    """One antenna that tracks the relay, and the hub behind it."""

    def __init__(
        self,
        mission: Mission,
        scenario: Scenario,
        yamcs: FrameCounter,
        links: dict[str, LinkPorts],
        journal_directory: Path,
        keys: Path,
    ) -> None:
        self.listener = Listener()
        self._sky = Sky()
        self._hub = FrameHub(mission, scenario, yamcs, links, journal_directory, keys)
        antenna = AntennaFrontEnd(mission.antennas[ANTENNA], mission)
        self._exchange = Exchange(
            LocalCarrier([self._sky, antenna, self._hub, self.listener]), start=scenario.span.start
        )
        self._acquire(scenario.span.start, mission.antennas[ANTENNA].configuration_s)

    def carry(self, cadus: Sequence[bytes]) -> None:
        """Let the antenna hear these CADUs; return once the hub has nothing more to give."""
        radio_s = self._sky.load(cadus)
        now = self._exchange.now
        self._exchange.say(Message("benchmark", "space", "begin", now.plus_seconds(2 * BATCH_S)))
        self._exchange.run_until(now.plus_seconds(radio_s + 4 * BATCH_S))

    def close(self) -> None:
        self._hub.close()

    def _acquire(self, start: Instant, configuration_s: float) -> None:
        booking = {
            "pass_id": "benchmark",
            "spacecraft": RELAY,
            "start_ns": start.tai_ns,
            "end_ns": start.plus_seconds(_PASS_S).tai_ns,
            "rate_bps": RATE_BPS,
        }
        antenna = f"antenna:{ANTENNA}"
        signal = {"spacecraft": RELAY, "present": True, "c_n0_dbhz": 70.0}
        rises = start.plus_seconds(configuration_s + 10.0)
        self._exchange.say(Message("desks", antenna, "configure", start, booking))
        self._exchange.say(Message("space", antenna, "x_signal", rises, signal))
        self._exchange.run_until(rises.plus_seconds(600.0))


def on_the_air(frames: Sequence[bytes], seed: int) -> list[bytes]:
    """The frames' CADUs as they arrive, some of them harmed within what can be corrected."""
    draws = random.Random(seed)
    cadus = []
    for cadu in encode_cadu(frames):
        octets = bytearray(cadu)
        if draws.randrange(_HARMED_ONE_IN) == 0:
            for _ in range(_WRONG_SYMBOLS):
                octets[draws.randrange(4, CADU_LENGTH)] ^= draws.randrange(1, 256)
        cadus.append(bytes(octets))
    return cadus
