"""A host gets its cube's packets, but no piece of a guest's files."""

from __future__ import annotations

from dataclasses import replace

from groundsys.authority import Role
from groundsys.ccsds.cfdp import eof_pdu, file_data_pdu
from groundsys.ccsds.space_packets import TmPacket, encode_tm_packet
from groundsys.desks.delivery.packet_desk import is_of_host
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.store import FileRecord
from groundsys.values.instants import Instant
from groundsys.values.records import ArchivedPacket
from tests.desks.conftest import MakeRoom
from tests.desks.people import token_of


def packet_of(cube: Spacecraft, pdu: bytes, name: str = "CFDP_PDU") -> ArchivedPacket:
    definition = cube.model.packet(name)
    data = len(pdu).to_bytes(2, "big") + pdu
    binary = encode_tm_packet(TmPacket(3, 7, definition.service, definition.subtype, 10**18, data))
    return ArchivedPacket(name, Instant(10**18), 3, 7, Instant(10**18), binary)


def test_pieces_of_a_guests_files_are_not_its_hosts(mission: Mission) -> None:
    host = mission.spacecraft["cube-boreum"]
    cube = replace(host, guests=("boreum-magnetometer",))
    of_guest = Spacecraft.TRANSACTIONS + 7
    for transaction, is_hosts in ((7, True), (of_guest, False)):
        piece = file_data_pdu(cube.entity_id, 1, transaction, offset=0, data=b"measured")
        end = eof_pdu(cube.entity_id, 1, transaction, file_size=8, checksum=1)
        assert is_of_host(cube, packet_of(cube, piece)) is is_hosts
        assert is_of_host(cube, packet_of(cube, end)) is is_hosts
        assert is_of_host(host, packet_of(host, piece))  # without guests all is the one's
    assert is_of_host(cube, packet_of(cube, b"\x00" * 20, "EPS"))
    assert not is_of_host(cube, packet_of(cube, b"garbage"))


def test_neither_sees_the_others_files_on_their_way(
    make_room: MakeRoom, mission: Mission, scenario: Scenario
) -> None:
    room = make_room()
    room.desks.advance(scenario.span.start, [])
    cube = replace(mission.spacecraft["cube-polar"], guests=("boreum-magnetometer",))
    room.desks.room.mission = replace(
        mission, spacecraft={**mission.spacecraft, "cube-polar": cube}
    )
    customers = (*scenario.customers, "kiso-space")
    room.desks.room.scenario = replace(scenario, customers=customers)
    names = {7: "weather-000007.dat", Spacecraft.TRANSACTIONS + 7: "boreum-magnetometer-000007.dat"}
    for transaction, name in names.items():
        record = FileRecord(
            *(f"{cube.entity_id}:{transaction}", cube.id, cube.entity_id, 1, transaction),
            *(name, 100, 50, "open", scenario.span.start, scenario.span.start),
        )
        room.desks.files.kept(record)
        room.store.catalogue.put_file(record)
    token = token_of(room.desks, Role.PORTAL)
    for customer, transaction in (
        ("polar-weather", 7),
        ("kiso-space", Spacecraft.TRANSACTIONS + 7),
        ("tharsis-seismo", 0),
    ):
        seen = [names[transaction]] if transaction else []
        question = {"token": token, "customer": customer}
        arriving = room.desks.handle({"verb": "on_its_way", **question})["files"]
        assert [one["name"] for one in arriving] == seen
        custody = room.desks.handle({"verb": "custody", **question})["customers"]
        assert list(custody) == [customer]
        assert [one["name"] for one in custody[customer]["files"] if one["name"]] == seen
