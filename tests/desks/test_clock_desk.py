"""Clocks at the desks: resets are told, and what a better clock tags better is made anew."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from groundsys.client import verify_folder
from groundsys.client.signing_key import SIGNING_KEY
from groundsys.desks.delivery import delivery_desk
from groundsys.geometry import Geometry
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.planning import Plan
from groundsys.products import Provenance, build_products
from groundsys.products.payload_file import HEADER, MAGIC
from groundsys.signing import public_pem
from groundsys.values.errors import ProductError
from groundsys.values.instants import Instant, SpacecraftEventTime
from groundsys.values.messages import Message
from tests.desks.conftest import MakeRoom, Room
from tests.desks.fake_world import FakeFile, FakeWorld
from tests.desks.test_day import make_world

ANTENNA = "usuda-64"
MILLISECOND_NS = 1_000_000
GAIN_PPM = 3.0


def tell_time(room: Room, geometry: Geometry, at: Instant, offset_s: float) -> int:
    """A time report of the OTV comes, whose clock is off; the reading in ns."""
    craft = room.desks.room.mission.spacecraft["otv"]
    light_time_s = geometry.downlink_light_time_s(ANTENNA, "otv", np.array([at.tai_ns]))
    made = at.plus_seconds(-float(light_time_s[0]))
    sclk_s = made.seconds_since(craft.sclk_epoch) + offset_s
    couple = {
        "spacecraft": "otv",
        "sclk_s": sclk_s,
        "reference_ns": at.tai_ns,
        "reference": "ert",
        "antenna": ANTENNA,
    }
    room.desks.advance(at, [Message("hub", "desks", "time_couples", at, {"couples": [couple]})])
    return round(sclk_s * 1e9)


def resets_told(room: Room) -> list[str]:
    events = room.store.watch.recent_events(999)
    return [one.text for one in events if one.severity == "critical" and "reset" in one.text]


def test_a_reset_is_told_once_and_old_packets_keep_their_time(
    make_room: MakeRoom, scenario: Scenario, geometry: Geometry
) -> None:
    room = make_room()
    start = scenario.span.start
    otv = room.desks.room.mission.spacecraft["otv"]
    before = [tell_time(room, geometry, start.plus_seconds(300.0 * n), 0.25) for n in range(1, 13)]
    history = room.desks.clocks.history("otv")
    assert history is not None
    old = Instant(otv.sclk_epoch.tai_ns + before[6])
    dated = room.desks.clocks.event_time(otv, old)
    since_epoch_s = start.seconds_since(otv.sclk_epoch)
    for n in range(14, 20):
        tell_time(room, geometry, start.plus_seconds(300.0 * n), 5.0 - since_epoch_s)
        assert len(resets_told(room)) == (n > 14)
    again = room.desks.clocks.event_time(otv, old)
    assert abs(again.tai_ns - dated.tai_ns) < MILLISECOND_NS
    # a new stamp, of the epoch's first hours, is of now
    stamp = otv.sclk_epoch.plus_seconds(5.0 + 5_000.0)
    made = room.desks.clocks.event_time(otv, stamp)
    assert made.seconds_since(start) == pytest.approx(5_000.0, abs=0.001)
    room.desks.clocks.keep()
    kept = room.store.clocks.history("otv")
    assert kept is not None
    assert [one.partition for one in kept.resets] == [2]
    shown = room.yamcs.instances["otv"].clock
    assert shown is not None
    assert shown.partition == 2

    anew = make_room(yamcs=room.yamcs, start=start.plus_seconds(6_000.0))
    assert len(resets_told(anew)) == 1
    refitted = anew.desks.clocks.history("otv")
    assert refitted is not None
    assert refitted.resets == kept.resets
    tell_time(anew, geometry, start.plus_seconds(6_100.0), 5.0 - since_epoch_s)
    assert len(resets_told(anew)) == 1


def test_many_couples_are_fitted_piece_after_piece(
    make_room: MakeRoom, scenario: Scenario, geometry: Geometry
) -> None:
    """What fell out of the fit stays believed; a process that starts anew believes the same."""
    room = make_room()
    start = scenario.span.start
    readings = [
        tell_time(room, geometry, start.plus_seconds(100.0 * n), 0.25 + 2e-4 * n)
        for n in range(1, 400)
    ]
    history = room.desks.clocks.history("otv")
    assert history is not None
    assert history.resets == ()
    starts = [one.sclk_ref_ns for one in history.pieces]
    assert starts == sorted(set(starts))
    assert starts[0] == readings[0]
    anew = make_room(yamcs=room.yamcs, start=start.plus_seconds(40_000.0))
    again = anew.desks.clocks.history("otv")
    assert again is not None
    now = start.plus_seconds(40_000.0)
    for sclk_ns in readings:
        apart_ns = again.scet(sclk_ns, now).tai_ns - history.scet(sclk_ns, now).tai_ns
        assert abs(apart_ns) < 0.05 * MILLISECOND_NS


def test_a_reset_stays_believed_once_couples_from_before_it_are_fitted_no_more(
    make_room: MakeRoom, scenario: Scenario, geometry: Geometry
) -> None:
    room = make_room()
    start = scenario.span.start
    before = tell_time(room, geometry, start.plus_seconds(100.0), 0.25)
    tell_time(room, geometry, start.plus_seconds(200.0), 0.25)
    for n in range(3, 310):
        tell_time(room, geometry, start.plus_seconds(100.0 * n), -777.0)
    history = room.desks.clocks.history("otv")
    assert history is not None
    [reset] = history.resets
    assert reset.jump_ns == pytest.approx(-777.25e9, abs=1e6)
    assert history.pieces[0].sclk_ref_ns == before
    assert len(resets_told(room)) == 1
    events = room.store.watch.recent_events(999)
    assert not [one for one in events if "taken back" in one.text]


def send_a_weather_file(world: FakeWorld, mission: Mission, scenario: Scenario) -> int:
    """From a cube whose clock gains; the reading at its first record, ns."""
    world.cubes_gain_ppm = GAIN_PPM
    cube = mission.spacecraft["cube-polar"]
    payload = mission.payloads["weather"]
    first_ns = scenario.span.start.tai_ns - cube.sclk_epoch.tai_ns - 6 * 3_600 * 10**9
    length = sum(field.bits for field in payload.record) // 8
    header = HEADER.pack(
        *(MAGIC, payload.settings["number"], length, 60, 1, first_ns, 5_000_000_000)
    )
    world.files["cube-polar"] = [FakeFile(0, "weather-000001.dat", header + bytes(60 * length))]
    return first_ns


def test_a_better_clock_makes_a_new_version_of_the_products(
    make_room: MakeRoom,
    mission: Mission,
    scenario: Scenario,
    plan: Plan,
    geometry: Geometry,
    tmp_path: Path,
) -> None:
    """The first file is tagged while the cube's drift is unknown; later sessions tell it."""
    room = make_room()
    world = make_world(mission, scenario, plan, geometry, room.yamcs)
    first_ns = send_a_weather_file(world, mission, scenario)
    cube = mission.spacecraft["cube-polar"]
    world.fly(room.desks, scenario.span.end)
    room.desks.close()
    [record] = [one for one in room.store.catalogue.files() if one.spacecraft == "cube-polar"]
    assert record.version > 1
    assert record.clock_solution is not None
    products = room.store.catalogue.products_of(record.id)
    assert sorted(one.name for one in products if one.level == "L0") == [record.name]
    for version in range(1, record.version + 1):
        mine = [one for one in products if one.version == version]
        assert {one.level for one in mine} >= {"L1", "manifest", "signature"}, version
    assert len({one.key for one in products}) == len(products)
    true = SpacecraftEventTime(
        cube.sclk_epoch.tai_ns + first_ns + round(6 * 3_600 * GAIN_PPM * 1e3)
    )
    [manifest] = [
        one for one in products if one.version == record.version and one.level == "manifest"
    ]
    stream = room.objects.open(manifest.key)
    assert stream is not None
    told = json.loads(stream.read())
    assert told["version"] == record.version
    assert {one["name"] for one in told["files"]} >= {record.name}
    tagged = Instant.from_utc_iso(told["time"]["start_utc"])
    sigma_s = told["time"]["uncertainty_s"]
    assert abs(tagged.seconds_since(true)) < 3 * sigma_s < 0.1
    # the first version, which its customer may have, is as it was
    [first] = [one for one in products if one.version == 1 and one.level == "manifest"]
    stream = room.objects.open(first.key)
    assert stream is not None
    before = json.loads(stream.read())
    assert before["previous_manifest_sha256"] is None
    # versions are a chain, and a customer who has them all can prove it
    for product in products:
        home = tmp_path / "home" / product.spacecraft / product.name
        home.parent.mkdir(parents=True, exist_ok=True)
        found = room.objects.open(product.key)
        assert found is not None
        home.write_bytes(found.read())
    (tmp_path / "home" / SIGNING_KEY).write_bytes(public_pem(room.desks.signing_key.public_key()))
    verification = verify_folder(tmp_path / "home")
    assert verification.findings == ()
    assert verification.manifests == record.version
    assert (
        before["time"]["uncertainty_s"] > 2 * sigma_s
        or abs(Instant.from_utc_iso(before["time"]["start_utc"]).seconds_since(tagged))
        > 3 * before["time"]["uncertainty_s"]
    )


def test_a_version_that_cannot_be_made_is_told_and_stops_nobody(
    make_room: MakeRoom,
    mission: Mission,
    scenario: Scenario,
    plan: Plan,
    geometry: Geometry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The desks are started anew over it too; what was delivered first stays."""

    def build(*arguments: Any) -> Any:
        (provenance,) = (one for one in arguments if isinstance(one, Provenance))
        if provenance.version > 1:
            raise ProductError("no room")
        return build_products(*arguments)

    monkeypatch.setattr(delivery_desk, "build_products", build)
    room = make_room()
    world = make_world(mission, scenario, plan, geometry, room.yamcs)
    send_a_weather_file(world, mission, scenario)
    world.fly(room.desks, scenario.span.end)
    room.desks.close()
    room = make_room(yamcs=room.yamcs, start=world.now)
    room.desks.advance(world.now, [])
    room.desks.close()
    [record] = [one for one in room.store.catalogue.files() if one.spacecraft == "cube-polar"]
    assert {one.version for one in room.store.catalogue.products_of(record.id)} == {1}
    told = [one.text for one in room.store.watch.recent_events(999) if one.severity == "critical"]
    assert any("no new version could be made" in text for text in told)
    late = record.delivered_at
    assert late is not None
    assert record in room.store.catalogue.files(late)
    assert record not in room.store.catalogue.files(late.plus_seconds(1.0))
