"""Evidence on capsules that entered in a flight: what was foretold, told, true, and what got home.

The ground's word (prediction, telemetry, fate) rests on the archive, the hub's journal and clock
solutions alone; the truth beside it is the simulators' record.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from groundsys.ccsds.space_packets import decode_tm_packet
from groundsys.ccsds.tm_frames import decode_tm_frame, first_packet
from groundsys.desks.entry.entry_desk import EntryWord
from groundsys.entry.outcomes import EntryEvent
from groundsys.entry.prediction import EntryPrediction, predict_entry
from groundsys.entry.telling import ENTRY_PACKET, EntrySample, read_sample, told_events
from groundsys.geometry import Geometry
from groundsys.hub.journal import JournalFrame
from groundsys.mission.arrival.entry_model import Entry
from groundsys.mission.model import Mission
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.rehearsal.truth.record import TrueEntryRecord, TruePacket
from groundsys.values.clock import ClockSolution
from groundsys.values.instants import Instant
from groundsys.values.records import ArchivedPacket


@dataclass(frozen=True, slots=True)
class LivePacket:
    """A packet of a capsule that the relay passed on as it came."""

    count: int
    sclk_ns: int
    #: the relay's SCLK when the frame's first bit arrived there
    relay_sclk_ns: int
    #: from there to the antenna, light time taken off
    wait_s: float


@dataclass(frozen=True, slots=True)
class EntryEvidence:
    """One capsule's entry."""

    prediction: EntryPrediction
    told: Mapping[EntryEvent, Instant]
    #: what the entry desk said in the flight
    word: EntryWord
    truth: TrueEntryRecord
    #: how long each live packet that reached the relay waited there; None if it did not come so
    live_waits_s: tuple[float | None, ...]
    #: packets in the archive, and how many of them are different ones
    archived_rows: int
    archived_different: int

    def sigmas(self, event: EntryEvent) -> float:
        """How far what was told lies from what was foretold, in its sigmas."""
        foretold = self.prediction.events[event]
        return abs(self.told[event].seconds_since(foretold.time)) / max(foretold.sigma_s, 1e-3)

    def report_error_s(self, event: EntryEvent) -> float:
        """How far what was told lies from the truth; infinite if it never happened."""
        true = self.truth.events.get(event)
        return float("inf") if true is None else abs(self.told[event].seconds_since(true))


def entry_evidence(
    mission: Mission,
    craft: Spacecraft,
    entry: Entry,
    *,
    truth: TrueEntryRecord,
    let_through: Sequence[TruePacket],
    packets: Sequence[ArchivedPacket],
    rows: int,
    journal: Iterable[JournalFrame],
    relay_clock: ClockSolution,
    word: EntryWord,
) -> EntryEvidence:
    """Put together what one capsule left behind; `packets` with their octets."""
    assert craft.site is not None
    prediction = predict_entry(
        entry,
        craft.site.altitude_m,
        frequency_hz=craft.radios["uhf"].frequency_mhz * 1e6,
    )
    live = live_packets(mission, craft, journal, relay_clock)
    samples = samples_of(craft, packets, live, relay_clock)
    waits: dict[tuple[int, int], float] = {}
    for one in live:
        key = (one.count, one.sclk_ns)
        waits[key] = min(one.wait_s, waits.get(key, one.wait_s))
    # a flight is shorter than a turn of the 14-bit count
    different = {(one.apid, one.sequence_count) for one in packets}
    return EntryEvidence(
        prediction=prediction,
        told=told_events(samples),
        word=word,
        truth=truth,
        live_waits_s=tuple(waits.get((one.sequence_count, one.sclk_ns)) for one in let_through),
        archived_rows=rows,
        archived_different=len(different),
    )


def live_packets(
    mission: Mission,
    craft: Spacecraft,
    journal: Iterable[JournalFrame],
    relay_clock: ClockSolution,
) -> list[LivePacket]:
    """What came home on the capsule's live channel, and how long the relay kept it."""
    channel = craft.framing.virtual_channels["LIVE"]
    frames = [
        one for one in journal if one.spacecraft == craft.id and one.virtual_channel == channel
    ]
    if not frames:
        return []
    geometry = Geometry(mission)
    left_ns = np.array([relay_clock.scet(one.order_ns).tai_ns for one in frames], dtype=np.int64)
    light_s = np.zeros(len(frames))
    for antenna in sorted({one.antenna for one in frames}):
        its = np.array([one.antenna == antenna for one in frames])
        light_s[its] = geometry.emission_light_time_s(antenna, str(craft.relay), left_ns[its])
    found = []
    for one, left, way_s in zip(frames, left_ns.tolist(), light_s.tolist(), strict=True):
        packet = first_packet(decode_tm_frame(one.data))
        if packet is not None:
            header = decode_tm_packet(packet)
            wait_s = (one.ert_ns - left) / 1e9 - way_s
            found.append(LivePacket(header.sequence_count, header.sclk_ns, one.order_ns, wait_s))
    return found


def samples_of(
    craft: Spacecraft,
    packets: Iterable[ArchivedPacket],
    live: Sequence[LivePacket],
    relay_clock: ClockSolution,
) -> list[EntrySample]:
    """What the archive tells of an entry, by the relay's clock as far as anything came live.

    A live frame leaves as its packet is made, and is with the relay in 10 ms.
    """
    epoch_ns = craft.sclk_epoch.tai_ns
    offset_ns = round(
        statistics.median(
            relay_clock.scet(one.relay_sclk_ns).tai_ns - epoch_ns - one.sclk_ns for one in live
        )
        if live
        else 0.0
    )
    counts = {one.count for one in live}
    definition = craft.model.packet(ENTRY_PACKET)
    # what came live and again from the capsule's memory was received twice, and is one sample
    found = {
        (packet.sequence_count, packet.generation.tai_ns): packet
        for packet in packets
        if packet.name == ENTRY_PACKET
    }
    return [
        read_sample(
            definition,
            packet.binary,
            Instant(generation_ns + offset_ns),
            live=count in counts,
        )
        for (count, generation_ns), packet in found.items()
    ]
