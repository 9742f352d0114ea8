"""A file of 10 MB over five passes: lost frames, killed desks, other stations change nothing.

What is asked for again is the union of the gaps, once: no octet is asked for twice while the answer
to its first request may still come.
"""

from __future__ import annotations

import hashlib
import random
from datetime import timedelta
from itertools import pairwise

from groundsys.ccsds.cfdp import NakPdu, parse_pdu
from groundsys.ccsds.segments import Segment, union
from groundsys.commanding.ledger import Command
from groundsys.geometry import Geometry
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.planning import Plan
from groundsys.values.instants import Instant
from tests.desks.conftest import MakeRoom
from tests.desks.fake_world import FakeFile, FakeWorld, parsed
from tests.desks.test_day import make_world

CUBE, TRANSACTION, OCTETS = "cube-polar", 3, 10_000_000
FRAME_LOSS = 0.01


def world_with_one_long_file(
    mission: Mission, scenario: Scenario, plan: Plan, geometry: Geometry, world: FakeWorld
) -> bytes:
    drawn = random.Random(6)
    content = drawn.randbytes(OCTETS)
    world.files = {CUBE: [FakeFile(TRANSACTION, "weather-000003.dat", content)], "cube-tharsis": []}
    world.packets_at_once = 7
    lost: set[tuple[int, int]] = set()

    def loses(apid: int, number: int) -> bool:
        if apid == 3 and drawn.random() < FRAME_LOSS:
            lost.add((apid, number))
        return (apid, number) in lost

    world.loses = loses
    world.loses_again = lambda apid, number: drawn.random() < 10 * FRAME_LOSS
    return content


def naks_of(commands: list[Command]) -> list[tuple[Instant, tuple[Segment, ...]]]:
    """When each was issued first, and what it asks for."""
    found = []
    for one in commands:
        if one.subject.endswith(":nak") and one.attempts:
            pdu = parse_pdu(one.arguments["pdu"])
            assert isinstance(pdu, NakPdu)
            found.append((one.attempts[0].issued_at, pdu.segments))
    return sorted(found)


def test_ten_megabytes_over_five_passes_are_the_same_after_kills_losses_and_handovers(
    make_room: MakeRoom, mission: Mission, scenario: Scenario, plan: Plan, geometry: Geometry
) -> None:
    room = make_room()
    world = make_world(mission, scenario, plan, geometry, room.yamcs)
    content = world_with_one_long_file(mission, scenario, plan, geometry, world)
    second, fourth, sixth = (plan.passes[number] for number in (1, 3, 5))
    for moment in (  # in the middle of passes, and as requests for what lacks are on their way
        Instant(second.start.tai_ns) + timedelta(minutes=40),
        Instant(fourth.start.tai_ns) + timedelta(minutes=70),
        Instant(sixth.start.tai_ns) + timedelta(minutes=50),
    ):
        world.fly(room.desks, moment)
        room = make_room(yamcs=room.yamcs, start=moment)
    world.fly(room.desks, scenario.span.end)
    room.desks.close()

    cube = mission.spacecraft[CUBE]
    [record] = [one for one in room.store.catalogue.files() if one.spacecraft == CUBE]
    assert record.sha256 == hashlib.sha256(content).hexdigest()
    assert record.delivered_at is not None
    assert record.retransmission_rounds > 0

    # it took five passes at least, by several antennas
    archive = [one for one in room.yamcs.instances[CUBE].packets if one.name == "CFDP_PDU"]
    carried = [
        one
        for one in plan.passes
        if any(one.start <= packet.reception < one.end for packet in archive)
    ]
    assert len(carried) >= 5
    assert len({one.antenna for one in carried}) >= 2
    assert any(one.antenna != other.antenna for one, other in pairwise(carried))

    # what was asked for had been lost, was asked for once, and again only if the answer was lost
    arrived: dict[Segment, Instant] = {}
    for packet in archive:
        pdu = parsed(packet.binary[22:-2])
        if (data := getattr(pdu, "data", None)) is not None:
            segment = (pdu.offset, pdu.offset + len(data))  # type: ignore[attr-defined]
            arrived[segment] = min(arrived.get(segment, packet.reception), packet.reception)
    answers = answers_to(world, cube.id)
    naks = naks_of(room.store.commands.all())
    assert naks
    asked: list[tuple[Instant, tuple[Segment, ...]]] = []
    repeated = 0
    for issued, segments in naks:
        assert union(segments) == segments  # no octet twice in one
        for start, end in segments:
            pieces = [one for one in arrived if start <= one[0] < end]
            assert all(arrived[one] > issued for one in pieces)  # nothing that was there
            before = [when for when, those in asked if any(s < end and start < e for s, e in those)]
            repeated += len(before)
            for when in before:
                answered = [
                    (at, lost)
                    for segment, at, lost in answers
                    if start <= segment[0] < end and when < at < issued
                ]
                assert answered
                assert all(lost for _, lost in answered)
        asked.append((issued, segments))
    assert repeated > 0  # some answers were lost as well


def answers_to(world: FakeWorld, cube: str) -> list[tuple[Segment, Instant, bool]]:
    """What the relay has sent again of a cube's file: when, and whether it was lost."""
    found = []
    for key, at, lost in world.sent_again:
        for spacecraft, packet in world.recorder[key]:
            if spacecraft == cube and packet.name == "CFDP_PDU":
                pdu = parsed(packet.binary[22:-2])
                if (data := getattr(pdu, "data", None)) is not None:
                    offset = pdu.offset  # type: ignore[attr-defined]
                    found.append(((offset, offset + len(data)), at, lost))
    return found
