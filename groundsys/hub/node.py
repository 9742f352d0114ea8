"""The frame hub: the one participant between antennas and Yamcs.

Down: frames of all antennas, each once, journaled and given to Yamcs; cubes' frames lifted out
of their relay's packets, each once, and given to the cubes' own links.  Up: CLTUs from Yamcs to
the antenna whose uplink is open; those of relayed craft go back to the desks, which have the
relay forward them.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from groundsys.backend import LinkPorts
from groundsys.ccsds.sdls import SecurityAssociation
from groundsys.hub.archive_feed import ArchiveFeed, NewFrame, ReadPacket, Reception
from groundsys.hub.feeding import LinkFeeder, together
from groundsys.hub.frame_security import FrameSecurity, SpoiltFrameError
from groundsys.hub.journal import JOURNAL, FrameJournal
from groundsys.hub.relaying import RelayPackets, couple, file_arrivals, reported_sclk_ns
from groundsys.hub.uplink import EmittedCltu, UplinkPort
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.mission.spacecraft.keys import read_keys
from groundsys.values.instants import NANOSECONDS_PER_SECOND, Instant
from groundsys.values.messages import Message, Step

NAME = "hub"
DESKS = "desks"
#: mission time between two looks for what FOP-1 sends of itself, while an uplink is open
LOOK_S = 10.0
#: frames of one craft that are read before they are sent on: half a window of the link
STRETCH = 32


class FrameCounter(Protocol):
    """What the hub asks of Yamcs."""

    def tm_frames_in(self, spacecraft: Spacecraft) -> int:
        """Frames that Yamcs has taken to their end since it started."""
        ...


class FrameHub:
    """The node `hub`; its journal in `journal_dir` outlives it.

    `keys` is the folder of the links' keys: the hub reads what Yamcs has protected, to know which
    command leaves, and lets nothing leave that Yamcs has not.
    """

    def __init__(
        self,
        mission: Mission,
        scenario: Scenario,
        yamcs: FrameCounter,
        links: Mapping[str, LinkPorts],
        journal_dir: Path,
        keys: Path,
    ) -> None:
        craft = [mission.spacecraft[name] for name in scenario.spacecraft]
        self._craft = {one.id: one for one in craft}
        self._by_scid = {one.framing.spacecraft_id: one for one in craft}
        with contextlib.ExitStack() as stack:
            self._ports = {
                one.id: stack.enter_context(
                    contextlib.closing(UplinkPort(links[one.id], _security(one, keys)))
                )
                for one in craft
            }
            journal = FrameJournal(journal_dir / JOURNAL)
            self._journal = stack.enter_context(contextlib.closing(journal))
            self._feeds = {
                one.id: stack.enter_context(contextlib.closing(_feed(yamcs, one, links, journal)))
                for one in craft
            }
            self._resources = stack.pop_all()
        relays = {one.relay for one in craft if one.relay is not None}
        self._relays = {name: RelayPackets(self._craft[name]) for name in sorted(relays)}
        self._relays_first = sorted(self._craft, key=lambda name: name not in relays)
        self._open_uplinks: dict[str, list[str]] = {}
        self._radiations = 0
        self._outbox: list[Message] = []
        self._restore()

    @property
    def name(self) -> str:
        return NAME

    def advance(self, now: Instant, inbox: Sequence[Message]) -> Step:
        self._outbox = []
        receptions: dict[str, list[Reception]] = {}
        expected: dict[str, int] = {}
        for message in inbox:
            body = message.body
            match message.kind:
                case "frames":
                    receptions.setdefault(body["spacecraft"], []).extend(_receptions(body))
                case "uplink_open":
                    self._close_uplink(body["spacecraft"], body["antenna"])
                    self._open_uplinks.setdefault(body["spacecraft"], []).append(body["antenna"])
                case "revived":
                    for name in body["names"]:
                        for craft in self._craft:
                            self._close_uplink(craft, name.removeprefix("antenna:"))
                case "uplink_closed":
                    self._close_uplink(body["spacecraft"], body["antenna"])
                case "poll_uplink":
                    craft = body["spacecraft"]
                    expected[craft] = expected.get(craft, 0) + int(body["expected"])
        self._take_frames(now, receptions)
        self._take_cltus(now, expected)
        return Step(tuple(self._outbox), self._next_look(now))

    def close(self) -> None:
        """Release sockets and journal."""
        self._resources.close()

    # --- down ----------------------------------------------------------------------------------

    def _take_frames(self, now: Instant, receptions: Mapping[str, Sequence[Reception]]) -> None:
        """Journal everything, also what is lifted, before Yamcs is said to have taken anything.

        Yamcs works on one stretch of frames while the next is read here.
        """
        couples: list[Mapping[str, Any]] = []
        arrivals: list[tuple[str, int, int, int, str]] = []
        for stretch in _stretches(receptions):
            arrived = {craft: list(stretch.get(craft, ())) for craft in self._relays_first}
            for craft in self._relays_first:
                feed = self._feeds[craft]
                new = feed.merge(arrived[craft])
                couples += _time_couples(feed.spacecraft, new)
                packets = feed.prepare(new)
                arrivals += file_arrivals(feed.spacecraft, packets)
                for cube, relayed in self._lift(craft, packets):
                    arrived[cube].append(relayed)
                feed.hand_over()
        together(self._feeds[craft].deliver() for craft in self._relays_first)
        if couples:
            self._say(now, DESKS, "time_couples", {"couples": couples})
        if arrivals:
            self._say(now, DESKS, "file_arrivals", {"packets": arrivals})
        channels = [summary for feed in self._feeds.values() for summary in feed.take_summaries()]
        if channels:
            archived = all(feed.archived for feed in self._feeds.values())
            self._say(now, DESKS, "received", {"channels": channels, "archived": archived})

    def _lift(self, craft: str, packets: Sequence[ReadPacket]) -> Iterator[tuple[str, Reception]]:
        """The frames of other craft in a relay's packets, and whose they are."""
        if craft not in self._relays:
            return
        for read in packets:
            for relayed in self._relays[craft].frames([read.packet]):
                cube = self._by_scid.get(relayed.spacecraft_id)
                if cube is not None and cube.relay == craft:
                    yield (
                        cube.id,
                        Reception(
                            data=relayed.data,
                            order_ns=relayed.reception_sclk_ns,
                            ert_ns=read.reception.ert_ns,
                            antenna=read.reception.antenna,
                            corrected_symbols=0,
                        ),
                    )

    # --- up ------------------------------------------------------------------------------------

    def _take_cltus(self, now: Instant, expected: Mapping[str, int]) -> None:
        for craft, port in self._ports.items():
            emitted = port.await_new(expected[craft]) if craft in expected else port.take()
            for one in emitted:
                if self._craft[craft].relay is None:
                    self._radiate(now, craft, one)
                elif one.sequence_count is not None:
                    body = {
                        "spacecraft": craft,
                        "tc_frame": one.frame_octets,
                        "source": one.source,
                        "sequence_count": one.sequence_count,
                    }
                    self._say(now, DESKS, "forward_request", body)
            for refusal in port.take_refusals():
                told = {"radiation_id": f"{craft}-refused", "reason": str(refusal)}
                if isinstance(refusal, SpoiltFrameError):
                    told["spoilt"] = craft
                self._say(now, DESKS, "not_radiated", told)

    def _radiate(self, now: Instant, craft: str, emitted: EmittedCltu) -> None:
        self._radiations += 1
        second = now.tai_ns // NANOSECONDS_PER_SECOND
        radiation_id = f"{craft}-{second}-{self._radiations}:{emitted.label}"
        antennas = self._open_uplinks.get(craft)
        if not antennas:
            reason = f"no uplink to {craft} is open"
            self._say(now, DESKS, "not_radiated", {"radiation_id": radiation_id, "reason": reason})
            return
        body = {"spacecraft": craft, "cltu": emitted.cltu, "radiation_id": radiation_id}
        self._say(now, f"antenna:{antennas[-1]}", "radiate", body)

    def _close_uplink(self, craft: str, antenna: str) -> None:
        antennas = self._open_uplinks.get(craft, [])
        if antenna in antennas:
            antennas.remove(antenna)

    # --- inside --------------------------------------------------------------------------------

    def _next_look(self, now: Instant) -> Instant | None:
        waiting = not all(feed.archived for feed in self._feeds.values())
        return now.plus_seconds(LOOK_S) if waiting or any(self._open_uplinks.values()) else None

    def _say(self, now: Instant, target: str, kind: str, body: Mapping[str, Any]) -> None:
        self._outbox.append(Message(NAME, target, kind, now, body))

    def _restore(self) -> None:
        for place, record in self._journal.records():
            if record.spacecraft in self._feeds:
                self._feeds[record.spacecraft].restore(place, record)
        for craft in self._relays_first:
            feed = self._feeds[craft]
            for cube, relayed in self._lift(craft, feed.resume()):
                self._feeds[cube].merge([relayed])
        together(feed.deliver() for feed in self._feeds.values())


def _feed(
    yamcs: FrameCounter,
    spacecraft: Spacecraft,
    links: Mapping[str, LinkPorts],
    journal: FrameJournal,
) -> ArchiveFeed:
    feeder = LinkFeeder(links[spacecraft.id], lambda: yamcs.tm_frames_in(spacecraft))
    return ArchiveFeed(spacecraft, journal, feeder)


def _security(spacecraft: Spacecraft, keys: Path) -> FrameSecurity:
    read = read_keys(keys, spacecraft)
    return FrameSecurity({spi: SecurityAssociation(spi, key) for spi, key in read.items()})


def _stretches(
    receptions: Mapping[str, Sequence[Reception]],
) -> Iterator[Mapping[str, Sequence[Reception]]]:
    """All receptions in order of their time, at most `STRETCH` of each craft at once."""
    in_order = {
        craft: sorted(of_craft, key=lambda one: one.order_ns)
        for craft, of_craft in receptions.items()
    }
    longest = max(map(len, in_order.values()), default=0)
    for start in range(0, longest, STRETCH):
        yield {craft: of_craft[start : start + STRETCH] for craft, of_craft in in_order.items()}


def _time_couples(spacecraft: Spacecraft, new: Sequence[NewFrame]) -> list[Mapping[str, Any]]:
    reference = "ert" if spacecraft.relay is None else f"{spacecraft.relay}_sclk"
    return [
        couple(spacecraft.id, sclk_ns, one.reception.order_ns, reference, one.reception.antenna)
        for one in new
        if (sclk_ns := reported_sclk_ns(spacecraft, one.frame)) is not None
    ]


def _receptions(body: Mapping[str, Any]) -> list[Reception]:
    return [
        Reception(
            data=frame["data"],
            order_ns=frame["ert_ns"],
            ert_ns=frame["ert_ns"],
            antenna=body["antenna"],
            corrected_symbols=frame["corrected"],
        )
        for frame in body["frames"]
    ]
