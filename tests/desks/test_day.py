"""A whole day at the desks: everything commanded, everything heard, every file delivered."""

from __future__ import annotations

import errno
import hashlib
import itertools
from collections import Counter
from typing import Any

import numpy as np
import pytest

from groundsys.desks.delivery import delivery_desk
from groundsys.geometry import Geometry
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.planning import Plan
from groundsys.products import build_products
from groundsys.values.errors import DiskFullError
from groundsys.values.instants import Instant
from tests.desks.conftest import MakeRoom, Room
from tests.desks.fake_world import CLOCK_BEHIND_S, FakeFile, FakeWorld, FakeYamcs


def make_world(
    mission: Mission, scenario: Scenario, plan: Plan, geometry: Geometry, yamcs: FakeYamcs
) -> FakeWorld:
    """Loses one packet in 23 and the whole beginning of a playback."""

    def loses(apid: int, number: int) -> bool:
        return (apid, number) in lost or (apid == 1 and 40 <= number < 48)

    def light_time_s(antenna: str, receive_time: Instant) -> float:
        moment = np.array([receive_time.tai_ns], dtype=np.int64)
        return float(geometry.downlink_light_time_s(antenna, "otv", moment)[0])

    lost = {(apid, number) for apid in (1, 2, 3) for number in range(7, 2_000, 23)}
    world = FakeWorld(
        mission,
        yamcs,
        scenario.span.start,
        light_time_s=plan.passes[0].light_time_s,
        downlink_light_time_s=light_time_s,
        loses=loses,
    )
    for cube in ("cube-polar", "cube-tharsis"):
        payload = "weather" if cube == "cube-polar" else "seismometer"
        world.files[cube] = [
            # the counter in the name is reset once: two files are called alike
            FakeFile(n, f"{payload}-{n % 4:06d}.dat", bytes([n]) * (7_000 + 900 * n))
            for n in range(5)
        ]
    return world


def check_day(
    room: Room, world: FakeWorld, mission: Mission, scenario: Scenario, plan: Plan
) -> None:
    store = room.store
    passes = store.passes.all()
    assert Counter(one.verdict for one in passes) == {"executed": len(plan.passes)}
    sessions = store.relay_sessions.all()
    assert Counter((one.state, one.verdict) for one in sessions) == {
        ("closed", "executed"): len(plan.relay_sessions)
    }
    assert {command.state for command in store.commands.all()} == {"completed"}
    check_complete(room, world, mission, scenario)


def check_complete(room: Room, world: FakeWorld, mission: Mission, scenario: Scenario) -> None:
    store = room.store
    commands = store.commands.all()
    issued = [one for one in commands if one.was_issued]
    unsettled = [(c.id, c.name, c.state, c.message) for c in issued if c.state != "completed"]
    assert unsettled == []
    assert len([c for c in issued if c.purpose == "plan"]) == len(scenario.commands)
    for craft in world.generated:
        archived = {
            (packet.apid, packet.sequence_count) for packet in room.yamcs.instances[craft].packets
        }
        assert world.generated[craft] - archived == set(), craft
    files = {file.id: file for file in store.catalogue.files()}
    for cube, made in world.files.items():
        craft = mission.spacecraft[cube]
        for file in made:
            record = files[f"{craft.entity_id}:{file.transaction}"]
            assert record.completion == "complete"
            assert record.sha256 == hashlib.sha256(file.content).hexdigest()
            assert record.delivered_at is not None
    assert sum(file.retransmission_rounds for file in files.values()) > 0
    products = store.catalogue.products("polar-weather")
    assert {product.spacecraft for product in products} == {"cube-polar"}
    assert len({product.key for product in products}) == len(products)
    stream = room.objects.open(products[0].key)
    assert stream is not None
    assert hashlib.sha256(stream.read()).hexdigest() == products[0].sha256


def test_a_day_with_losses_ends_complete(
    make_room: MakeRoom, mission: Mission, scenario: Scenario, plan: Plan, geometry: Geometry
) -> None:
    room = make_room()
    world = make_world(mission, scenario, plan, geometry, room.yamcs)
    world.deaf_to = {"SET_HEATER", "RECORDER_REPLAY"}
    world.fly(room.desks, scenario.span.end)
    room.desks.close()
    check_day(room, world, mission, scenario, plan)
    reissued = [c for c in room.store.commands.all() if len(c.attempts) > 1]
    assert "SET_HEATER" in {command.name for command in reissued}
    solution = room.desks.clocks.solution("otv")
    assert solution is not None
    elapsed_ns = solution.scet_ref.tai_ns - world.otv.sclk_epoch.tai_ns
    assert (elapsed_ns - solution.sclk_ref_ns) / 1e9 == pytest.approx(CLOCK_BEHIND_S, abs=1e-6)
    cube = room.desks.clocks.solution("cube-polar")
    assert cube is not None
    behind_s = cube.scet_ref.seconds_since(world.otv.sclk_epoch) - cube.sclk_ref_ns / 1e9
    assert behind_s == pytest.approx(0.0, abs=0.05)  # the fake hop takes no light time


def test_a_day_in_which_an_antenna_fails_unseen_ends_complete(
    make_room: MakeRoom, mission: Mission, scenario: Scenario, plan: Plan, geometry: Geometry
) -> None:
    room = make_room()
    world = make_world(mission, scenario, plan, geometry, room.yamcs)
    second = plan.passes[1]
    world.out_since[second.antenna] = Instant(second.start.tai_ns)
    told_at = Instant(second.end.tai_ns).plus_seconds(1800.0)

    def told() -> None:
        world.tell(
            "antenna_out",
            antenna=second.antenna,
            start_ns=second.start.tai_ns,
            end_ns=scenario.span.end.tai_ns,
        )

    world.at_instant(told_at, told)
    world.fly(room.desks, scenario.span.end)
    room.desks.close()
    missed, mended = room.store.plans.all()[1:]
    assert missed.reason == f"{second.id} was missed"
    assert f"{second.antenna} is out" in mended.reason
    booked = [one for one in room.store.passes.all() if one.state != "cancelled"]
    assert [one.id for one in booked if one.verdict != "executed"] == [second.id]
    assert not [one for one in booked if one.antenna == second.antenna and one.end > told_at]
    check_complete(room, world, mission, scenario)


def test_files_that_find_no_room_on_the_disk_are_delivered_once_there_is_some(
    make_room: MakeRoom,
    mission: Mission,
    scenario: Scenario,
    plan: Plan,
    geometry: Geometry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def build(*arguments: Any) -> Any:
        if world.now < room_from:
            raise next(errors)
        return build_products(*arguments)

    full = OSError(errno.ENOSPC, "No space left on device")
    errors = itertools.cycle([full, DiskFullError("a CDF file cannot be written")])
    monkeypatch.setattr(delivery_desk, "build_products", build)
    room = make_room()
    world = make_world(mission, scenario, plan, geometry, room.yamcs)
    room_from = scenario.span.end.plus_seconds(-6 * 3_600.0)
    world.fly(room.desks, room_from)
    assert all(one.delivered_at is None for one in room.store.catalogue.files())
    told = [one.text for one in room.store.watch.recent_events(9_999) if "make room" in one.text]
    complete = [one for one in room.store.catalogue.files() if one.completion == "complete"]
    assert 0 < len(told) == len(complete)  # each once, though two are called alike
    world.fly(room.desks, scenario.span.end)
    room.desks.close()
    check_complete(room, world, mission, scenario)
