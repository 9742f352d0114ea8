"""When a file's last packet reached an antenna, also where the archive was read before the hub."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from groundsys.geometry import Geometry
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.planning import Plan
from groundsys.store import FileRecord
from groundsys.values.instants import Instant
from tests.desks.conftest import MakeRoom, Room
from tests.desks.test_day import make_world

CUBE = "cube-polar"


def received(room: Room) -> list[FileRecord]:
    found = [one for one in room.store.catalogue.files() if one.spacecraft == CUBE]
    return [one for one in found if one.received_at is not None]


def test_the_hubs_word_that_comes_after_the_archive_mends_a_files_way(
    make_room: MakeRoom, mission: Mission, scenario: Scenario, plan: Plan, geometry: Geometry
) -> None:
    room = make_room()
    world = make_world(mission, scenario, plan, geometry, room.yamcs)
    at = Instant(plan.passes[0].start.tai_ns)
    while not received(room):
        at += timedelta(minutes=1)
        world.fly(room.desks, at)
    record = received(room)[-1]
    early = record.received_at
    assert early is not None
    counts = [
        one.sequence_count
        for one in room.yamcs.instances[CUBE].packets
        if one.reception == early and one.name == "CFDP_PDU"
    ]
    assert counts
    ert_ns = early.tai_ns - 9_000_000_000
    told = [[CUBE, count, ert_ns, 0, "dss-43"] for count in counts]
    room.desks.files.take_arrivals({"packets": told})
    mended = next(one for one in room.store.catalogue.files() if one.id == record.id)
    assert mended.received_at is not None
    assert (mended.received_at.tai_ns, mended.antenna) == (ert_ns, "dss-43")
    assert (
        replace(
            mended,
            received_at=record.received_at,
            antenna=record.antenna,
            relayed_at=record.relayed_at,
        )
        == record
    )
    # once is enough: a word about a later packet of that count is not about this one
    room.desks.files.take_arrivals({"packets": [[CUBE, counts[0], early.tai_ns, 0, "dss-63"]]})
    assert next(one for one in room.store.catalogue.files() if one.id == record.id) == mended
