"""CFDP reception survives anything: losses, restarts and handovers in any order, by hypothesis.

A relay with a copy of a file plays it back over passes, and answers NAKs; frames are lost; two
antennas hear the same; the ground forgets everything but the archive and the ledger of what it has
said.  The file comes whole, and no octet is asked for twice while its answer may still come.
"""

from __future__ import annotations

import random
from collections import deque
from dataclasses import dataclass, field, replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from groundsys.ccsds.cfdp import FileDataPdu, NakPdu, Pdu, parse_pdu
from groundsys.ccsds.segments import Segment, union
from groundsys.files.answers import Patience, Said, answers
from groundsys.files.reception import ArchivedPdu, FileReception, Receptions, take_pdus
from groundsys.values.instants import Instant
from tests.files.test_reception import CUBE, NOON, TRANSACTION, pdus_of

LIGHT_S = 600.0
PATIENCE = Patience(relay=timedelta(seconds=2 * LIGHT_S + 600), sender=timedelta(hours=8))
#: the relay sends so many PDUs in a step of a minute
PACE = 4
PIECE = 100


@dataclass
class World:
    """The relay's queue, the light between, the archive, and what the ground remembers."""

    drawn: random.Random
    #: all that the cube has sent
    sent: list[Pdu]
    queue: deque[Pdu]
    now: Instant = NOON
    #: (arrives, PDU) down; (arrives, NAK) up
    down: list[tuple[Instant, Pdu]] = field(default_factory=list)
    up: list[tuple[Instant, NakPdu]] = field(default_factory=list)
    archive: list[ArchivedPdu] = field(default_factory=list)
    receptions: Receptions = field(default_factory=dict)
    said: Said = field(default_factory=Said)
    last_heard: Instant | None = None
    in_pass_s: float = 0.0
    #: by octet asked for: until when its answer may still come; None: it is still to be sent
    awaited: dict[int, Instant | None] = field(default_factory=dict)
    asked_twice: list[int] = field(default_factory=list)

    @property
    def reception(self) -> FileReception | None:
        return self.receptions.get((CUBE, TRANSACTION))

    def restart(self, batch: int) -> None:
        """The desks are killed: all they know is in the archive and the ledger."""
        folded: Receptions = {}
        for first in range(0, len(self.archive), batch):
            folded = take_pdus(folded, self.archive[first : first + batch])
        assert folded == self.receptions
        self.receptions = folded

    def minute(self, *, in_pass: bool, loss: float, heard_twice: bool) -> None:
        self.now = self.now.plus_seconds(60.0)
        self.in_pass_s = self.in_pass_s + 60.0 if in_pass else 0.0
        self._relay(in_pass=in_pass, loss=loss)
        arrived = [pdu for at, pdu in self.down if at <= self.now]
        self.down = [one for one in self.down if one[0] > self.now]
        if arrived:
            self.last_heard = self.now
        new = [ArchivedPdu(pdu, self.now) for pdu in arrived * (2 if heard_twice else 1)]
        self.archive += new
        self.receptions = take_pdus(self.receptions, new)
        if in_pass:
            self._answer()

    def _relay(self, *, in_pass: bool, loss: float) -> None:
        for at, nak in self.up:
            if at <= self.now:
                self.queue.extend(self._copies(nak))
        self.up = [one for one in self.up if one[0] > self.now]
        arrives = self.now.plus_seconds(LIGHT_S)
        for _ in range(PACE if in_pass else 0):
            if not self.queue:
                return
            pdu = self.queue.popleft()
            if isinstance(pdu, FileDataPdu):
                for octet in range(pdu.offset, pdu.offset + len(pdu.data)):
                    if octet in self.awaited:
                        self.awaited[octet] = arrives
            if self.drawn.random() >= loss:
                self.down.append((arrives, pdu))

    def _copies(self, nak: NakPdu) -> list[Pdu]:
        """The relay's own PDUs that hold what is asked for."""
        found: list[Pdu] = []
        for pdu in self.sent:
            if isinstance(pdu, FileDataPdu):
                mine = (pdu.offset, pdu.offset + len(pdu.data))
                if any(start < mine[1] and mine[0] < end for start, end in nak.segments):
                    found.append(pdu)
            elif (0, 0) in nak.segments and hasattr(pdu, "source_name"):
                found.append(pdu)
        return found

    def _answer(self) -> None:
        reception = self.reception
        if reception is None or reception.has_everything:
            return
        # as the telemetry desk judges: the relay has had the carrier, and sends nothing stored
        silent = self.last_heard is None or self.now - timedelta(minutes=1) >= self.last_heard
        listening = self.in_pass_s >= 2 * LIGHT_S + 120.0
        found = answers(
            reception,
            self.said,
            self.now,
            PATIENCE,
            nothing_under_way=silent and listening,
            maximum_octets=80,
        )
        naks = [parse_pdu(one.pdu) for one in found if one.kind == "nak"]
        if not naks:
            return
        self.said = replace(self.said, nak=self.now)
        asked: list[Segment] = []
        for nak in naks:
            assert isinstance(nak, NakPdu)
            asked += nak.segments
            self.up.append((self.now.plus_seconds(LIGHT_S), nak))
        assert tuple(asked) == reception.missing()  # the union of the gaps, each once
        octets = [octet for start, end in asked for octet in range(start, end)]
        assert len(octets) == len(set(octets))
        for octet in octets:
            if octet in self.awaited:
                until = self.awaited[octet]
                if until is None or until > self.now:
                    self.asked_twice.append(octet)
            self.awaited[octet] = None


@settings(max_examples=25, deadline=None)
@given(
    st.binary(min_size=1_500, max_size=4_000),
    st.floats(0.0, 0.4),
    st.lists(st.tuples(st.integers(3, 90), st.integers(0, 30)), min_size=2, max_size=6),
    st.sets(st.integers(0, 300), max_size=8),
    st.integers(0, 2**32),
)
def test_a_file_comes_whole_and_nothing_is_asked_for_twice(
    content: bytes,
    loss: float,
    passes: list[tuple[int, int]],
    kills: set[int],
    seed: int,
) -> None:
    """`passes`: minutes of each and after it; none between is a handover, in which both hear."""
    sent = pdus_of(content, PIECE)
    world = World(random.Random(seed), sent, deque(sent))
    minute = 0
    for length, pause in passes:
        world.in_pass_s = 0.0
        for number in range(length + pause):
            handover = pause == 0 and number > length - 4
            world.minute(in_pass=number < length, loss=loss, heard_twice=handover)
            minute += 1
            if minute in kills:
                world.restart(batch=1 + minute % 7)
    world.in_pass_s = 0.0
    for _ in range(5 * 60):  # and then a long pass without losses
        world.minute(in_pass=True, loss=0.0, heard_twice=False)
        if world.reception is not None and world.reception.has_everything:
            break
        if world.reception is None:  # all of it was lost, so that nobody knows of it
            world.queue.extend(sent)
        elif world.reception.eof is None and not world.queue:  # a relay repeats what is open
            world.queue.append(sent[-1])
    reception = world.reception
    assert reception is not None
    assert reception.completion() == "complete"
    assert reception.content() == content
    assert world.asked_twice == []
    assert union(reception.received) == ((0, len(content)),)
