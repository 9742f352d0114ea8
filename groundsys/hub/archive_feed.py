"""One craft's frames on their way into Yamcs: merged, journaled, given, replayed if lost.

The craft's report to FOP-1 (CLCW) stands in every frame, and an old one would make Yamcs give up
AD service; so a frame that is given out of turn is given with a report for no channel of ours.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from groundsys.ccsds.clcw import CLCW_LENGTH, Clcw, encode_clcw
from groundsys.ccsds.crc import CRC_LENGTH, with_crc
from groundsys.ccsds.tm_frames import (
    NO_PACKET_STARTS,
    PacketExtractor,
    TmFrame,
    decode_tm_frame,
)
from groundsys.hub.channels import Channel, Place
from groundsys.hub.feeding import LinkFeeder, Waiting
from groundsys.hub.journal import FrameJournal, JournalFrame, Taken
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.values.errors import FrameError

#: replays of lost frames in one step; more wait for the next
REPLAYS = 5
_REPORT_FOR_NOBODY = encode_clcw(Clcw(virtual_channel=63, report_value=0))
#: receive times of two antennas differ by up to the light time through the Earth
_ANTENNAS_APART_NS = 25_000_000


@dataclass(frozen=True, slots=True)
class Reception:
    """A frame as an antenna or a relay hands it over."""

    data: bytes
    order_ns: int
    ert_ns: int
    antenna: str
    corrected_symbols: int


@dataclass(frozen=True, slots=True)
class NewFrame:
    """A frame that nobody had handed over before."""

    frame: TmFrame
    place: Place
    reception: Reception


@dataclass(frozen=True, slots=True)
class ReadPacket:
    """A packet and the reception of the frame that completed it."""

    packet: bytes
    reception: Reception


class ArchiveFeed:
    """The frames of one craft."""

    def __init__(self, spacecraft: Spacecraft, journal: FrameJournal, feeder: LinkFeeder) -> None:
        self.spacecraft = spacecraft
        #: frames handed over that are none of this craft's
        self.refused = 0
        self._journal = journal
        self._feeder = feeder
        self._channels: dict[int, Channel] = {}
        self._extractors: dict[int, PacketExtractor] = {}
        self._idle_channel = spacecraft.framing.virtual_channels.get("IDLE")
        self._untaken: list[Place] = []
        self._waiting: list[bytes] = []
        #: whether Yamcs has taken all that was sent before what waits
        self._in_step = True
        self._newest_report = (0, "")
        self._summaries: dict[tuple[int, str], dict[str, Any]] = {}

    # --- from the journal ----------------------------------------------------------------------

    def restore(self, place: int, record: JournalFrame | Taken) -> None:
        """Know again what the journal tells, in its order."""
        if isinstance(record, Taken):
            self._untaken.clear()
            return
        frame = decode_tm_frame(record.data)
        count = self._channel(record.virtual_channel).unwrap(
            frame.virtual_channel_count, record.order_ns
        )
        if count is not None:
            self._untaken.append(self._add(frame, count, record.order_ns, place))

    def resume(self) -> list[ReadPacket]:
        """Prepare to give again what Yamcs may lack, and read the packets in it."""
        tails = [place for channel in self._channels.values() for place in channel.resume()]
        again = self._again(self._untaken)
        self._waiting = [self._octets(place) for place in again]
        in_order = sorted({*again, *tails}, key=lambda one: (one.virtual_channel, one.count))
        return self._read(in_order, {})

    # --- new frames ----------------------------------------------------------------------------

    def merge(self, receptions: Iterable[Reception]) -> list[NewFrame]:
        """The frames among these that are new, in order of their time, each now in the journal."""
        found = []
        for reception in sorted(receptions, key=lambda one: one.order_ns):
            frame = self._decode(reception)
            if frame is None:
                continue
            channel = self._channel(frame.virtual_channel)
            count = channel.unwrap(frame.virtual_channel_count, reception.order_ns)
            if count is None:
                continue
            self._summarise(frame.virtual_channel, count, reception)
            stands = self._journal.append(
                JournalFrame(
                    spacecraft=self.spacecraft.id,
                    virtual_channel=frame.virtual_channel,
                    count=count,
                    order_ns=reception.order_ns,
                    ert_ns=reception.ert_ns,
                    antenna=reception.antenna,
                    corrected_symbols=reception.corrected_symbols,
                    data=reception.data,
                )
            )
            place = self._add(frame, count, reception.order_ns, stands)
            found.append(NewFrame(frame, place, reception))
        return found

    def prepare(self, new: Sequence[NewFrame]) -> list[ReadPacket]:
        """Line new frames up for Yamcs, and read the packets that they complete."""
        known = {one.place: one for one in new}
        again: list[Place] = []
        in_time: list[tuple[int, Place]] = []
        for number, places in _by_channel(known):
            giving = self._channel(number).give(places)
            if number != self._idle_channel:  # a late idle frame says nothing any more
                again += giving.again
            latest_ns = 0
            for place in giving.ahead:  # antennas' times differ; a channel's own order goes first
                latest_ns = max(latest_ns, place.order_ns)
                in_time.append((latest_ns, place))
        in_time.sort(key=lambda one: one[0])
        ahead = [place for _, place in in_time]
        given = [*again, *ahead]
        self._untaken += [one for one in given if one.virtual_channel != self._idle_channel]
        self._waiting += [self._octets(place) for place in again]
        self._waiting += [self._in_turn(known[place].reception) for place in ahead]
        return self._read(given, known)

    def hand_over(self) -> None:
        """Send on what is lined up, as far as Yamcs keeps pace; wait for nothing."""
        if self._in_step and self._untaken:
            octets, self._waiting = self._waiting, []
            self._feeder.offer(octets)

    def deliver(self) -> Waiting:
        """Give Yamcs what is lined up, and what it lost, until it has all or patience is over.

        Idle frames carry no packet: those alone are sent and not waited for.
        """
        if not self._untaken:
            octets, self._waiting = self._waiting, []
            self._feeder.send_unwatched(octets)
            return
        for _ in range(1 + REPLAYS):
            self.hand_over()
            if not self._in_step:
                self._waiting.clear()
                self._feeder.offer([self._octets(place) for place in self._again(self._untaken)])
            self._in_step = yield from self._feeder.finish()
            if self._in_step:
                self._untaken.clear()
                self._journal.append(Taken(self.spacecraft.id))
                return

    @property
    def archived(self) -> bool:
        """Whether Yamcs has taken everything given so far."""
        return not self._untaken

    def take_summaries(self) -> list[Mapping[str, Any]]:
        """What has come since the last call, a channel and antenna at a time, once archived."""
        if not self.archived:
            return []
        summaries, self._summaries = self._summaries, {}
        return list(summaries.values())

    def close(self) -> None:
        self._feeder.close()

    # --- inside --------------------------------------------------------------------------------

    def _channel(self, number: int) -> Channel:
        return self._channels.setdefault(number, Channel())

    def _add(self, frame: TmFrame, count: int, order_ns: int, journal_place: int) -> Place:
        place = Place(
            virtual_channel=frame.virtual_channel,
            count=count,
            order_ns=order_ns,
            journal_place=journal_place,
            starts_packet=frame.first_header_pointer != NO_PACKET_STARTS,
        )
        self._channel(frame.virtual_channel).add(place)
        return place

    def _again(self, places: Iterable[Place]) -> list[Place]:
        return [
            place
            for number, of_channel in _by_channel(places)
            for place in self._channel(number).give_again(of_channel)
        ]

    def _octets(self, place: Place) -> bytes:
        """A frame as it stands in the journal, with a report for nobody."""
        return without_report(self._journal.frame(place.journal_place).data)

    def _in_turn(self, reception: Reception) -> bytes:
        """A new frame, with its report unless a newer one may have been given already."""
        newest_ns, antenna = self._newest_report
        margin_ns = 0 if reception.antenna == antenna else _ANTENNAS_APART_NS
        if reception.order_ns < newest_ns + margin_ns:
            return without_report(reception.data)
        self._newest_report = (reception.order_ns, reception.antenna)
        return reception.data

    def _read(self, places: Iterable[Place], known: Mapping[Place, NewFrame]) -> list[ReadPacket]:
        """The packets in these frames, each channel's in order; old ones come from the journal."""
        found = []
        for place in places:
            if place.virtual_channel == self._idle_channel:
                continue
            new = known.get(place) or self._journaled(place)
            extractor = self._extractors.setdefault(place.virtual_channel, PacketExtractor())
            found += [ReadPacket(packet, new.reception) for packet in extractor.feed(new.frame)]
        return found

    def _journaled(self, place: Place) -> NewFrame:
        record = self._journal.frame(place.journal_place)
        reception = Reception(
            record.data,
            record.order_ns,
            record.ert_ns,
            record.antenna,
            record.corrected_symbols,
        )
        return NewFrame(decode_tm_frame(record.data), place, reception)

    def _decode(self, reception: Reception) -> TmFrame | None:
        try:
            frame = decode_tm_frame(reception.data)
        except FrameError:
            frame = None
        if frame is None or frame.spacecraft_id != self.spacecraft.framing.spacecraft_id:
            self.refused += 1
            return None
        return frame

    def _summarise(self, number: int, count: int, reception: Reception) -> None:
        channel = self._channel(number)
        last = channel.last_count
        missing = 0 if last is None else channel.missing_between(last + 1, count - 1)
        summary = self._summaries.setdefault(
            (number, reception.antenna),
            {
                "spacecraft": self.spacecraft.id,
                "virtual_channel": number,
                "antenna": reception.antenna,
                "first_count": count,
                "last_count": count,
                "frames": 0,
                "missing": 0,
                "corrected": 0,
                "first_ert_ns": reception.ert_ns,
                "last_ert_ns": reception.ert_ns,
            },
        )
        summary["first_count"] = min(summary["first_count"], count)
        summary["last_count"] = max(summary["last_count"], count)
        summary["first_ert_ns"] = min(summary["first_ert_ns"], reception.ert_ns)
        summary["last_ert_ns"] = max(summary["last_ert_ns"], reception.ert_ns)
        summary["frames"] += 1
        summary["missing"] += missing
        summary["corrected"] += reception.corrected_symbols > 0


def _by_channel(places: Iterable[Place]) -> list[tuple[int, list[Place]]]:
    found: dict[int, list[Place]] = {}
    for place in places:
        found.setdefault(place.virtual_channel, []).append(place)
    return sorted(found.items())


def without_report(data: bytes) -> bytes:
    """The TM frame with a CLCW that is for no virtual channel of ours."""
    if not data[1] & 1:  # it carries none
        return data
    return with_crc(data[: -CLCW_LENGTH - CRC_LENGTH] + _REPORT_FOR_NOBODY)
