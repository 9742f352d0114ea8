"""What a craft made and what the archive holds, compared packet by packet."""

from __future__ import annotations

from groundsys.rehearsal.truth.packet_comparison import PacketStamp, compare_packets, tell_packets
from groundsys.rehearsal.truth.record import TruePacket
from groundsys.values.instants import Instant
from groundsys.values.records import ArchivedPacket

EPOCH = Instant.from_utc_iso("2030-01-01T00:00:00Z")
SECOND_NS = 1_000_000_000
#: APID 1 wraps: its count 5 comes twice
MADE = (TruePacket(1, 5, 10 * SECOND_NS), TruePacket(1, 5, 9_000 * SECOND_NS), TruePacket(2, 0, 7))


def _archived(*packets: TruePacket, late_ns: int = 0) -> list[ArchivedPacket]:
    return [
        ArchivedPacket(
            name="HK",
            generation=Instant(EPOCH.tai_ns + one.sclk_ns + late_ns),
            apid=one.apid,
            sequence_count=one.sequence_count,
            reception=EPOCH,
        )
        for one in packets
    ]


def test_packets_that_come_twice_in_any_order_and_to_the_millisecond_are_the_same() -> None:
    twice = [*_archived(*reversed(MADE), late_ns=-900_000), *_archived(*MADE)]
    found = compare_packets(EPOCH, MADE, twice)
    assert (found.missing, found.strange, found.matched) == ((), (), 3)


def test_the_one_that_lacks_is_told_by_its_own_stamp() -> None:
    found = compare_packets(EPOCH, MADE, _archived(MADE[0], MADE[2]))
    assert found.missing == (PacketStamp(1, 5, EPOCH.plus_seconds(9_000.0)),)
    assert found.strange == ()
    assert found.matched == 2
    assert tell_packets(found.missing, "missing") == (
        "1 missing: APID 1 count 5 of 2030-01-01T02:30:00.000Z"
    )


def test_one_that_nobody_made_is_strange() -> None:
    found = compare_packets(EPOCH, MADE, _archived(*MADE, TruePacket(1, 6, 11 * SECOND_NS)))
    assert [(one.apid, one.sequence_count) for one in found.strange] == [(1, 6)]
    assert found.missing == ()


def test_of_many_only_the_first_are_named() -> None:
    many = [PacketStamp(1, count, EPOCH) for count in range(50)]
    told = tell_packets(many, "missing")
    assert told.startswith("50 missing: APID 1 count 0 of ")
    assert told.endswith("count 2 of 2030-01-01T00:00:00.000Z, …")
    assert tell_packets((), "strange") == "0 strange"
