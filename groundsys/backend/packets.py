"""Reading the packet archive in the order of its reception, by a cursor that never misses one.

Beside Yamcs' own table `tm`, keyed by the time a packet was made, the table `received` numbers
the packets as they come (`mission_db/yamcs/reception.sql`), so that a reader asks for new rows
alone however late a packet arrives.  A frame given again writes its packets there again, so that
a reader may meet a packet twice; `tm` holds it once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from groundsys.backend.session import Session, instant_of_text, json_value
from groundsys.mission.model import Spacecraft
from groundsys.values.errors import BackendError
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
    wanted = None if names is None else frozenset(names)
    prefix = f"/{spacecraft.space_system}/"
    columns = "ordinal, gentime, seqNum, rectime, pname" + (", packet" if with_binary else "")
    packets: list[ArchivedPacket] = []
    while True:
        statement = f"select {columns} from received where ordinal > {last} limit {_PAGE}"
        count = 0
        for row in _rows(session, spacecraft.id, statement):
            count += 1
            last = int(row[0])
            name = str(row[4]).removeprefix(prefix)
            if wanted is not None and name not in wanted:
                continue
            identity = int(row[2]) & 0xFFFFFFFF
            packets.append(
                ArchivedPacket(
                    name=name,
                    generation=instant_of_text(row[1]),
                    apid=identity >> 16 & 0x7FF,
                    sequence_count=identity & 0x3FFF,
                    reception=instant_of_text(row[3]),
                    binary=row[5] if with_binary else b"",
                )
            )
        if count < _PAGE:
            return packets, str(last)


def count_packets(session: Session, spacecraft: Spacecraft) -> int:
    """Different packets in the archive, by Yamcs' own histogram of them."""
    answer = session.get(f"/archive/{spacecraft.id}/packet-index", "count packets", limit=100_000)
    return sum(int(entry["count"]) for group in answer.get("group", ()) for entry in group["entry"])


def _ordinal(cursor: str) -> int:
    if cursor and not cursor.lstrip("-").isdigit():
        raise BackendError("not a cursor of the packet archive", found=repr(cursor))
    return int(cursor or -1)


def _rows(session: Session, instance: str, statement: str) -> Iterator[list[Any]]:
    """The rows of a query as JSON values: numbers, texts and base64."""
    response = session.post(f"/archive/{instance}:executeSql", {"statement": statement}, "read")
    for row in response.get("rows", ()):
        yield [json_value(value) for value in row["values"]]
