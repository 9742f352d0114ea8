"""Packets reach their customer day by day; late ones make a new version, never a silent change."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from groundsys.client import verify_folder
from groundsys.client.signing_key import SIGNING_KEY
from groundsys.desks.delivery.packet_desk import PacketDesk
from groundsys.desks.telemetry.reception_log import ReceptionLog
from groundsys.mission.model import Mission
from groundsys.signing import public_pem
from groundsys.store.catalogue import CatalogueTables
from groundsys.values.instants import Instant
from groundsys.values.records import ArchivedPacket
from tests.desks.conftest import MakeRoom, Room
from tests.products.test_packet_day import archived

KEY = Ed25519PrivateKey.generate()
CUBE, OWNER = "cube-polar", "polar-weather"
#: packets are stamped by seconds since this day's noon
MIDNIGHT = Instant.from_utc_iso("2031-08-21T00:00:00Z")


class Table:
    """A packet desk, and what Yamcs has for it."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.craft = room.desks.room.mission.spacecraft[CUBE]
        receptions = ReceptionLog(room.desks.room, room.desks.passes)
        self.desk = PacketDesk(room.desks.room, receptions, room.objects, KEY)

    def hear(self, at: Instant, *packets: ArchivedPacket) -> None:
        """Yamcs archives these packets now, and the desks read them."""
        self.room.desks.room.now = at
        came = [replace(packet, reception=at) for packet in packets]
        self.room.yamcs.instances[CUBE].packets += came
        self.desk.take_packets(self.craft, came)
        self.desk.work()

    def versions(self, day: str = "20310820") -> list[int]:
        made = self.room.store.catalogue.products_of(f"packets:{CUBE}:{day}")
        return sorted(one.version for one in made if one.level == "L0")

    def octets(self, version: int, day: str = "20310820") -> bytes:
        made = self.room.store.catalogue.products_of(f"packets:{CUBE}:{day}")
        [one] = [one for one in made if (one.level, one.version) == ("L0", version)]
        stream = self.room.objects.open(one.key)
        assert stream is not None
        return stream.read()


@pytest.fixture
def table(make_room: MakeRoom) -> Table:
    return Table(make_room())


def test_a_day_is_delivered_once_it_is_over_and_late_packets_make_a_new_version(
    table: Table, tmp_path: Path, mission: Mission
) -> None:
    first, late, second = archived(1, 0, 0), archived(1, 1, 60), archived(1, 2, 120)
    next_day = archived(1, 3, 13 * 3600)
    table.hear(MIDNIGHT.plus_seconds(-3600), first, second)
    assert table.versions() == []  # it is not over
    table.hear(MIDNIGHT.plus_seconds(60), next_day)
    assert table.versions() == [1]
    assert table.octets(1) == first.binary + second.binary
    table.hear(MIDNIGHT.plus_seconds(7200))
    table.hear(MIDNIGHT.plus_seconds(7200), first)  # read again: nothing new
    assert table.versions() == [1]
    table.hear(MIDNIGHT.plus_seconds(9000), late)
    assert table.versions() == [1, 2]
    assert table.octets(2) == first.binary + late.binary + second.binary
    assert table.octets(1) == first.binary + second.binary
    assert table.versions("20310821") == []

    home = tmp_path / "home"
    products = table.room.store.catalogue.products(OWNER)
    for product in products:
        place = home / product.spacecraft / product.name
        place.parent.mkdir(parents=True, exist_ok=True)
        stream = table.room.objects.open(product.key)
        assert stream is not None
        place.write_bytes(stream.read())
    (home / SIGNING_KEY).write_bytes(public_pem(KEY.public_key()))
    assert verify_folder(home).findings == ()
    one, two = (
        json.loads((home / CUBE / f"{CUBE}-packets-20310820{version}.manifest.json").read_text())
        for version in ("", "-v2")
    )
    assert [gap["first_missing"] for gap in one["gaps"]] == [1]
    assert two["gaps"] == []
    before = next(p for p in products if p.level == "manifest" and p.version == 1)
    assert two["previous_manifest_sha256"] == before.sha256
    assert one["previous_manifest_sha256"] is None


def test_a_desk_started_anew_makes_nothing_twice_and_misses_nothing(
    table: Table, make_room: MakeRoom
) -> None:
    packets = [archived(1, n, 60 * n) for n in range(5)]
    table.hear(MIDNIGHT.plus_seconds(60), *packets[:3])
    assert table.versions() == [1]
    table.room.yamcs.instances[CUBE].packets += [
        replace(packets[4], reception=MIDNIGHT.plus_seconds(8000))
    ]  # archived while the desks were dead
    again = Table(make_room(yamcs=table.room.yamcs))
    again.room.desks.room.now = MIDNIGHT.plus_seconds(9000)
    reads = again.room.yamcs.calls.get("packets_between", 0)
    again.desk.take_packets(again.craft, again.room.yamcs.instances[CUBE].packets)
    again.desk.work()
    assert again.versions() == [1, 2]
    third = Table(make_room(yamcs=table.room.yamcs))
    third.room.desks.room.now = MIDNIGHT.plus_seconds(90_000)
    third.desk.take_packets(third.craft, third.room.yamcs.instances[CUBE].packets)
    third.desk.work()
    assert third.versions() == [1, 2]
    assert again.room.yamcs.calls["packets_between"] == reads + 1  # the third looked at no octet


def test_a_desk_killed_before_the_catalogue_knew_goes_on_with_another_number(
    table: Table, make_room: MakeRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it had put among the objects is nobody's, and is never given under that name."""

    class KilledError(BaseException):
        pass

    def die(*_: object) -> None:
        raise KilledError

    with monkeypatch.context() as killing:
        killing.setattr(CatalogueTables, "put_products", die)
        with pytest.raises(KilledError):
            table.hear(MIDNIGHT.plus_seconds(60), archived(1, 0, 0))
    again = Table(make_room(yamcs=table.room.yamcs))
    again.desk.take_packets(again.craft, again.room.yamcs.instances[CUBE].packets)
    again.hear(MIDNIGHT.plus_seconds(7200), archived(1, 1, 60))
    assert again.versions() == [2]
    assert again.octets(2) == archived(1, 0, 0).binary + archived(1, 1, 60).binary


def test_the_relay_s_packets_are_no_customer_s(table: Table) -> None:
    otv = table.room.desks.room.mission.spacecraft["otv"]
    table.desk.take_packets(otv, [archived(1, 0, 0)])
    table.desk.work(also_today=True)
    assert table.room.yamcs.calls.get("packets_between", 0) == 0
