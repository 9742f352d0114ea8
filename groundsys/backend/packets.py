"""Reading the packet archive in the order of its reception, by a cursor that never misses one.

Beside Yamcs' own table `tm`, keyed by the time a packet was made, the table `received` numbers
the packets as they come (`mission_db/yamcs/reception.sql`), so that a reader asks for new rows
alone however late a packet arrives.  A frame given again writes its packets there again, so that
a reader may meet a packet twice; `tm` holds it once.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any

from groundsys.backend.session import Session, instant_of_text, json_value
from groundsys.ccsds.space_packets import read_primary_header
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.mission.spacecraft.flown_versions import Names, plain_name
from groundsys.values.errors import BackendError
from groundsys.values.instants import Instant
from groundsys.values.records import ArchivedPacket

RECEPTION_STREAM = "reception"
_PAGE = 1000


def record_receptions(session: Session, spacecraft: Spacecraft, statements: Sequence[str]) -> None:
    """Have Yamcs number the packets as they come, unless it does already."""
    with session.errors("prepare the order of reception"):
        streams = {stream.name for stream in session.archive(spacecraft.id).list_streams()}
        if RECEPTION_STREAM in streams:
            return
        for statement in statements:
            list(session.archive(spacecraft.id).execute_sql(statement))


def packets_since(
    session: Session,
    spacecraft: Spacecraft,
    cursor: str,
    names: Sequence[str] | None,
    *,
    with_binary: bool,
) -> tuple[list[ArchivedPacket], str]:
    """Packets received after `cursor` ("" is the beginning) and the cursor to go on from."""
    last = _ordinal(cursor)
    head = _head(session, spacecraft, last)
    prefix = f"/{spacecraft.space_system}/"
    columns = "ordinal, gentime, seqNum, rectime, pname" + (", packet" if with_binary else "")
    condition = f"ordinal <= {head}"
    if names is not None:
        if not names:
            return [], str(head)
        called = Names(spacecraft)
        versions = [version for name in names for version in called.of(name)]
        wanted = ", ".join(f"'{prefix}{name}'" for name in versions)
        condition += f" and pname in ({wanted})"
    packets: list[ArchivedPacket] = []
    while last < head:
        rows = _rows(
            session,
            spacecraft,
            f"select {columns} from received where ordinal > {last} and {condition} limit {_PAGE}",
        )
        packets += [_packet(row, prefix) for row in rows]
        last = rows[-1][0] if len(rows) == _PAGE else head
    return packets, str(head)


def packets_between(
    session: Session, spacecraft: Spacecraft, start: Instant, end: Instant
) -> list[ArchivedPacket]:
    """Packets whose own stamps lie at or after `start` and before `end`, each once."""
    prefix = f"/{spacecraft.space_system}/"
    path, what = f"/archive/{spacecraft.id}/packets", f"read the archive of {spacecraft.id}"
    asked = {"start": start.utc_iso(3), "stop": end.utc_iso(3), "order": "asc", "limit": _PAGE}
    packets: list[ArchivedPacket] = []
    while True:
        answer = session.get(path, what, **asked)
        packets += [_listed(packet, prefix) for packet in answer.get("packet", ())]
        if "continuationToken" not in answer:
            return packets
        asked["next"] = answer["continuationToken"]


def _listed(packet: Mapping[str, Any], prefix: str) -> ArchivedPacket:
    binary = base64.b64decode(packet["packet"])
    header = read_primary_header(binary)
    return ArchivedPacket(
        name=plain_name(str(packet["id"]["name"]).removeprefix(prefix)),
        generation=instant_of_text(packet["generationTime"]),
        apid=header.apid,
        sequence_count=header.sequence_count,
        reception=instant_of_text(packet["receptionTime"]),
        binary=binary,
    )


def count_packets(session: Session, spacecraft: Spacecraft) -> int:
    """Different packets in the archive."""
    [[count]] = _rows(session, spacecraft, "select count(*) from tm")
    return int(count)


def _packet(row: list[Any], prefix: str) -> ArchivedPacket:
    _, generation, identity, reception, name, *packet = row
    return ArchivedPacket(
        name=plain_name(name.removeprefix(prefix)),
        generation=generation,
        # Yamcs numbers a packet by the first four octets of its primary header.
        apid=identity >> 16 & 0x7FF,
        sequence_count=identity & 0x3FFF,
        reception=reception,
        binary=packet[0] if packet else b"",
    )


def _head(session: Session, spacecraft: Spacecraft, last: int) -> int:
    """The newest row's number, or `last` if there is none after it."""
    statement = f"select ordinal from received where ordinal > {last} order desc limit 1"
    rows = _rows(session, spacecraft, statement)
    return int(rows[0][0]) if rows else last


def _ordinal(cursor: str) -> int:
    if cursor and not cursor.lstrip("-").isdigit():
        raise BackendError("not a cursor of the packet archive", found=repr(cursor))
    return int(cursor or -1)


def _rows(session: Session, spacecraft: Spacecraft, statement: str) -> list[list[Any]]:
    path = f"/archive/{spacecraft.id}:executeSql"
    answer = session.post(path, {"statement": statement}, f"read the archive of {spacecraft.id}")
    return [[json_value(value) for value in row["values"]] for row in answer.get("rows", ())]
