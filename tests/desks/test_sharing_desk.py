"""What partners are told, and when: by messages that outside readers take, and not a byte more."""

from __future__ import annotations

import json
from dataclasses import replace
from errno import ENOSPC
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from groundsys.client import verify_folder
from groundsys.client.signing_key import SIGNING_KEY
from groundsys.customers import product_key
from groundsys.desks.delivery import sharing_desk
from groundsys.geometry import Geometry
from groundsys.geometry.time_scales import instants_ns, tdb_seconds
from groundsys.geometry.trajectories.oem_writing import write_oem
from groundsys.mission import load_mission
from groundsys.mission.ground.partner_model import Partner
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.planning import Plan
from groundsys.products.manifest_signature import SIGNATURE_SUFFIX
from groundsys.sharing import Telling, schedule_of_craft
from groundsys.signing import public_pem
from groundsys.store import ProductRecord
from groundsys.values.instants import Instant, Interval
from groundsys.values.messages import Message
from tests.desks.conftest import MakeRoom, Room
from tests.desks.test_tracking_desk import ANTENNA, ranging
from tests.planning.exchange.test_oem_export import read_outside, tdb_of
from tests.tracking.reading import read_kvn

PARTNER, SHARING, APART = "other-agency", "polar-weather", "tharsis-seismo"
CRAFT = {SHARING: "cube-polar", APART: "cube-tharsis"}
CSSM = "{urn:ccsds:schema:cssm:1.0.0}"


@pytest.fixture(scope="session")
def mission() -> Mission:
    """With another agency, to which one of two customers gives its products."""
    partner = Partner(
        *(PARTNER, "Another agency", "desk@other.example", ("otv", "cube-polar", "cube-tharsis")),
        ("schedule", "trajectories", "tracking"),
        products_of=(SHARING,),
    )
    return replace(load_mission(), partners={PARTNER: partner})


@pytest.fixture
def room(make_room: MakeRoom) -> Room:
    return make_room(partners=(PARTNER,))


def told(room: Room, suffix: str = "") -> list[ProductRecord]:
    found = room.store.catalogue.products(PARTNER)
    return [one for one in found if one.name.endswith(suffix)]


def content(room: Room, product: ProductRecord) -> bytes:
    stream = room.objects.open(product.key)
    assert stream is not None
    with stream:
        return stream.read()


def look(room: Room, seconds: float) -> Instant:
    at = room.desks.room.scenario.span.start.plus_seconds(seconds)
    room.desks.advance(at, ())
    return at


def fetched(room: Room, folder: Path) -> Path:
    """The partner's space as `groundsys fetch` leaves it."""
    for product in told(room):
        place = folder / product.key.partition("/")[2]
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content(room, product))
    (folder / SIGNING_KEY).write_bytes(public_pem(room.desks.signing_key.public_key()))
    return folder


def test_the_schedule_is_told_before_it_begins_and_again_when_a_pass_is_cancelled(
    room: Room,
) -> None:
    look(room, 0.0)
    [first] = told(room, ".xml")
    root = ElementTree.fromstring(content(room, first))
    assert root.tag == f"{CSSM}simpleSchedule"
    tracks = {
        (one.get("apertureRef"), one.get("beginningOfTrack"))
        for one in root.iter(f"{CSSM}scheduledActivity")
    }
    booked = room.desks.passes.of("otv")
    assert len(tracks) == len(booked) > 1
    assert {aperture for aperture, _ in tracks} == {one.antenna for one in booked}

    look(room, 1200.0)  # nothing is new
    assert told(room, ".xml") == [first]
    lost = booked[-1].id
    room.desks.planning.take_notice("pass_lost", {"pass_id": lost}, "test")
    look(room, 2400.0)
    [_, second] = told(room, ".xml")
    told_now = ElementTree.fromstring(content(room, second))
    ids = {one.get("scheduledActivityId") for one in told_now.iter(f"{CSSM}scheduledActivity")}
    assert second.version == 2
    assert ids == {one.id for one in room.desks.passes.of("otv")}
    assert lost not in ids


def test_a_trajectory_is_told_and_then_navigations_own_message_octet_by_octet(
    room: Room, geometry: Geometry, tmp_path: Path
) -> None:
    look(room, 0.0)
    [first] = told(room, ".oem")
    (segment,) = read_outside(tmp_path / "first.oem", content(room, first).decode()).segments
    states = list(segment.states)
    tdb = np.array([tdb_of(one.epoch) for one in states])
    np.testing.assert_allclose(
        np.array([one.position for one in states]).T,
        geometry.craft("otv").trajectory.position_km(tdb),
        rtol=0.0,
        atol=1e-8,
    )
    span = room.desks.room.scenario.span
    edges = tdb_seconds(instants_ns(span.start, span.end))
    assert tdb[0] < edges[0]  # it covers what is planned
    assert edges[1] < tdb[-1]

    wide = Interval(span.start.plus_seconds(-90_000.0), span.end.plus_seconds(90_000.0))
    text = write_oem(geometry, "otv", wide, span.start, "NAVIGATION")
    room.desks.planning.take_notice("trajectory", {"spacecraft": "otv", "oem": text}, "test")
    look(room, 900.0)
    assert [content(room, one) for one in told(room, ".oem")][1:] == [text.encode()]


def test_tracking_is_told_once_its_pass_is_over(
    room: Room, mission: Mission, geometry: Geometry
) -> None:
    first = room.desks.passes.of("otv")[0]
    now = first.end.plus_seconds(30.0)
    body = {**ranging(mission, geometry, now, 0.0), "pass_id": first.id}
    room.desks.advance(now, [Message(f"antenna:{ANTENNA}", "desks", "tracking", now, body)])
    look(room, now.plus_seconds(1500.0).seconds_since(room.desks.room.scenario.span.start))
    [tdm] = told(room, ".tdm")
    (segment,) = read_kvn(content(room, tdm).decode()).segments
    assert segment.metadata["TRACK_ID"] == first.id
    trips = [point["round_trip_s"] for point in body["points"]]
    assert [value for _, value in segment.data["RANGE"]] == pytest.approx(trips, abs=1e-12)


def _deliver(room: Room, customer: str) -> list[ProductRecord]:
    now, craft = room.desks.room.now, CRAFT[customer]
    files = {f"{customer}.dat": b"measured", f"{customer}.xml": b"<label/>"}
    products = []
    for number, (name, octets) in enumerate(files.items()):
        key = product_key(customer, craft, name)
        room.objects.put(key, octets)
        products.append(
            ProductRecord(
                *(f"{customer}-{number}", customer, craft, "", f"9:{customer}", name, "L0"),
                *("text/plain", len(octets), "", key, now),
            )
        )
    room.store.catalogue.put_products(products)
    return products


def test_products_come_of_customers_who_share_and_of_no_other(room: Room) -> None:
    look(room, 0.0)
    shared, _ = _deliver(room, SHARING), _deliver(room, APART)
    look(room, 1200.0)
    copies = [one for one in told(room) if one.payload == "" and one.file.endswith(f"9:{SHARING}")]
    assert {content(room, one) for one in copies} == {b"measured", b"<label/>"}
    assert {one.key for one in copies} == {f"{PARTNER}/{one.key}" for one in shared}
    assert not any(APART in f"{one.key} {one.id} {one.file}" for one in told(room))
    # what the customers have and are told of is not touched
    for customer in (SHARING, APART):
        assert len(room.store.catalogue.products(customer)) == 2
        assert room.store.customer_events.last()[customer] == 2


def test_everything_is_proved_by_the_same_command_and_told_once_by_desks_started_anew(
    room: Room, make_room: MakeRoom, tmp_path: Path
) -> None:
    look(room, 0.0)
    room.desks.planning.take_notice(
        "pass_lost", {"pass_id": room.desks.passes.of("otv")[-1].id}, "test"
    )
    look(room, 1200.0)
    before = [one.id for one in told(room)]
    key = room.desks.signing_key
    again = make_room(partners=(PARTNER,), signing_key=key, start=room.desks.room.now)
    look(again, 2400.0)
    assert [one.id for one in told(again)] == before
    folder = fetched(again, tmp_path / "home")
    found = verify_folder(folder)
    assert found.findings == ()
    assert found.manifests == 3
    one = folder / "otv" / "otv-schedule-v2.xml"
    one.write_bytes(one.read_bytes().replace(b"COMMITTED", b"TENTATIVE"))
    assert [finding.kind for finding in verify_folder(folder).findings] == ["changed"]
    manifest = json.loads((folder / "otv" / "otv-schedule-v2.manifest.json").read_text())
    assert manifest["partner"] == PARTNER
    assert manifest["previous_manifest_sha256"]


def test_a_disk_that_was_full_for_long_leaves_nothing_half_told_and_stops_nothing(
    room: Room, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    put = room.objects.put

    def without_room(key: str, content: bytes) -> None:
        if key.endswith(SIGNATURE_SUFFIX):
            raise OSError(ENOSPC, "no space left on device")
        put(key, content)

    monkeypatch.setattr(room.objects, "put", without_room)
    for number in range(6):
        look(room, 1200.0 * number)
    assert told(room) == []
    monkeypatch.setattr(room.objects, "put", put)
    look(room, 7200.0)
    assert len(told(room, ".xml")) == len(told(room, ".oem")) == 1
    found = verify_folder(fetched(room, tmp_path / "home"))
    assert (found.findings, found.manifests) == ((), 2)


def test_a_schedule_that_has_not_changed_is_not_written_again(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def counted(plan: Plan, mission: Mission, craft: str) -> Telling | None:
        asked.append(craft)
        return schedule_of_craft(plan, mission, craft)

    monkeypatch.setattr(sharing_desk, "schedule_of_craft", counted)
    for number in range(3):
        look(room, 1200.0 * number)
    assert asked == ["otv"]
    room.desks.planning.take_notice(
        "pass_lost", {"pass_id": room.desks.passes.of("otv")[-1].id}, "test"
    )
    look(room, 3600.0)
    assert [one.version for one in told(room, ".xml")] == [1, 2]


def test_a_flight_without_partners_shares_nothing(make_room: MakeRoom, scenario: Scenario) -> None:
    room = make_room()
    room.desks.advance(scenario.span.start, ())
    assert told(room) == []
