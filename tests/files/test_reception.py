"""Whatever the order, losses and repetitions: the same file, and only what lacks is asked."""

from __future__ import annotations

import itertools
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from groundsys.ccsds.cfdp import (
    METADATA_SEGMENT,
    AckPdu,
    EofPdu,
    FileDataPdu,
    FinishedPdu,
    MetadataPdu,
    NakPdu,
    Pdu,
    file_checksum,
    parse_pdu,
)
from groundsys.ccsds.segments import holes, union
from groundsys.files.answers import Patience, Said, answers, naks
from groundsys.files.reception import ArchivedPdu, FileReception, Way, seal, take_pdus
from groundsys.values.instants import Instant

CUBE, GROUND, TRANSACTION = 0x1A2, 1, 7
NOON = Instant.from_utc_iso("2031-08-20T12:00:00Z")
PATIENCE = Patience(relay=timedelta(minutes=40), sender=timedelta(hours=6))


def pdus_of(content: bytes, piece: int = 100) -> list[Pdu]:
    """What a sender sends once, in order."""
    base = (CUBE, GROUND, TRANSACTION)
    pieces = [
        FileDataPdu(*base, offset, content[offset : offset + piece])
        for offset in range(0, len(content), piece)
    ]
    return [
        MetadataPdu(*base, len(content), "weather-000007.dat", "weather-000007.dat"),
        *pieces,
        EofPdu(*base, len(content), file_checksum(content)),
    ]


def archived(pdus: list[Pdu], start: Instant = NOON) -> list[ArchivedPdu]:
    return [ArchivedPdu(pdu, start.plus_seconds(number)) for number, pdu in enumerate(pdus)]


def received(items: list[ArchivedPdu]) -> FileReception:
    return take_pdus({}, items)[CUBE, TRANSACTION]


def asked(reception: FileReception, limit: int = 200) -> set[tuple[int, int]]:
    segments: set[tuple[int, int]] = set()
    for answer in naks(reception, maximum_octets=limit):
        pdu = parse_pdu(answer.pdu)
        assert isinstance(pdu, NakPdu)
        assert len(answer.pdu) <= limit
        assert not segments & set(pdu.segments)
        segments |= set(pdu.segments)
    return segments


@st.composite
def shuffled_receptions(draw: st.DrawFn) -> tuple[bytes, list[ArchivedPdu], list[ArchivedPdu]]:
    """A file, its PDUs, and these in another order, some twice and cut in batches elsewhere."""
    content = draw(st.binary(min_size=1, max_size=900))
    items = archived(pdus_of(content, draw(st.integers(1, 120))))
    again = draw(st.lists(st.sampled_from(items), max_size=12))
    return content, items, draw(st.permutations(items + again))


@given(shuffled_receptions(), st.integers(1, 9))
def test_order_duplicates_and_restarts_make_no_difference(
    case: tuple[bytes, list[ArchivedPdu], list[ArchivedPdu]], batch: int
) -> None:
    content, items, shuffled = case
    folded = take_pdus({}, [])
    for first in range(0, len(shuffled), batch):
        folded = take_pdus(folded, shuffled[first : first + batch])
    assert folded == take_pdus({}, items)
    reception = folded[CUBE, TRANSACTION]
    assert reception.completion() == "complete"
    assert reception.content() == content
    assert reception.name == "weather-000007.dat"


@given(shuffled_receptions(), st.data())
def test_what_is_lost_is_asked_for_and_nothing_else(
    case: tuple[bytes, list[ArchivedPdu], list[ArchivedPdu]], data: st.DataObject
) -> None:
    content, items, _ = case
    lost = data.draw(st.sets(st.sampled_from(range(len(items) - 1))))
    left = [item for number, item in enumerate(items) if number not in lost]
    reception = received(left)
    lost_octets = {
        octet
        for number in lost
        if isinstance(pdu := items[number].pdu, FileDataPdu)
        for octet in range(pdu.offset, pdu.offset + len(pdu.data))
    }
    segments = asked(reception, data.draw(st.integers(29, 60)))
    octets = {octet for start, end in segments for octet in range(start, end)}
    assert octets == lost_octets
    assert (METADATA_SEGMENT in segments) == (0 in lost)
    resent = [item for number, item in enumerate(items) if number in lost]
    assert received([*left, *resent]).content() == content


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=12))
def test_union_and_holes_partition_a_file(segments: list[tuple[int, int]]) -> None:
    have = {octet for start, end in segments for octet in range(start, end) if octet < 50}
    merged = union(segments)
    lacking = {octet for start, end in holes(merged, 50) for octet in range(start, end)}
    assert lacking == set(range(50)) - have
    assert all(one[1] < other[0] for one, other in itertools.pairwise(merged))


def test_before_the_eof_only_holes_below_the_last_octet_are_missing() -> None:
    items = archived(pdus_of(bytes(1000)))
    reception = received([items[0], items[1], items[4]])
    assert reception.missing() == ((100, 300),)


def test_a_false_checksum_ends_the_transaction_with_its_condition() -> None:
    pdus = pdus_of(b"a" * 200)
    pdus[-1] = EofPdu(CUBE, GROUND, TRANSACTION, 200, 0xDEADBEEF)
    reception = received(archived(pdus))
    assert reception.completion() == "checksum_failure"
    kinds = [
        parse_pdu(answer.pdu)
        for answer in answers(
            reception, Said(), NOON, PATIENCE, nothing_under_way=True, maximum_octets=200
        )
    ]
    assert [type(pdu) for pdu in kinds] == [AckPdu, FinishedPdu]
    assert isinstance(kinds[1], FinishedPdu)
    assert not kinds[1].complete


def test_answers_wait_for_what_is_under_way_and_are_repeated_only_when_due() -> None:
    items = archived(pdus_of(bytes(500)))
    reception = received([*items[:2], *items[3:]])

    def kinds(said: Said, now: Instant, *, nothing_under_way: bool = True) -> list[str]:
        return [
            answer.kind
            for answer in answers(
                reception,
                said,
                now,
                PATIENCE,
                nothing_under_way=nothing_under_way,
                maximum_octets=200,
            )
        ]

    assert kinds(Said(), NOON, nothing_under_way=False) == ["ack_eof"]
    assert kinds(Said(), NOON) == ["ack_eof", "nak"]
    said = Said(ack_eof=NOON.plus_seconds(100), nak=NOON.plus_seconds(100))
    assert kinds(said, NOON.plus_seconds(600)) == []
    assert kinds(said, NOON.plus_seconds(3_600)) == ["nak"]


def test_an_eof_that_is_repeated_after_our_answer_is_answered_again() -> None:
    items = archived(pdus_of(bytes(500)))
    late = ArchivedPdu(items[-1].pdu, NOON + timedelta(hours=2))
    said = Said(ack_eof=NOON.plus_seconds(60), finished=NOON.plus_seconds(60), finished_times=1)
    found = answers(
        received([*items, late]),
        said,
        NOON + timedelta(hours=2, minutes=1),
        PATIENCE,
        nothing_under_way=True,
        maximum_octets=200,
    )
    assert [answer.kind for answer in found] == ["ack_eof"]


def test_finished_is_said_until_it_is_acknowledged_but_not_for_ever() -> None:
    items = archived(pdus_of(bytes(500)))
    reception = received(items)
    evening = NOON + timedelta(hours=7)

    def kinds(one: FileReception, said: Said) -> list[str]:
        found = answers(one, said, evening, PATIENCE, nothing_under_way=True, maximum_octets=200)
        return [answer.kind for answer in found]

    said_once = Said(ack_eof=NOON.plus_seconds(60), finished=NOON, finished_times=1)
    assert kinds(reception, said_once) == ["finished"]
    said_often = Said(ack_eof=NOON.plus_seconds(60), finished=NOON, finished_times=4)
    assert kinds(reception, said_often) == []
    acknowledgement = ArchivedPdu(AckPdu(CUBE, GROUND, TRANSACTION, "finished"), evening)
    assert kinds(received([*items, acknowledgement]), said_once) == []


@given(shuffled_receptions(), st.data())
def test_what_was_needed_is_all_that_brought_something_new(
    case: tuple[bytes, list[ArchivedPdu], list[ArchivedPdu]], data: st.DataObject
) -> None:
    """Copies that come later bring nothing; the last that was needed made the file whole."""
    _, items, _ = case
    late = data.draw(st.lists(st.sampled_from(items), max_size=8))
    copies = [ArchivedPdu(one.pdu, one.reception + timedelta(hours=5)) for one in late]
    folded = take_pdus({}, data.draw(st.permutations([*items, *copies])))
    needed = folded[CUBE, TRANSACTION].needed()
    assert [one.reception for one in needed] == [one.reception for one in items]
    assert seal(folded, (CUBE, TRANSACTION))[CUBE, TRANSACTION].needed() == ()


def test_earth_receive_time_goes_before_the_archives_own() -> None:
    """Yamcs' clock follows in steps: what came later may be archived at the same time."""
    first, second, *rest = pdus_of(bytes(300))
    ways = [Way(received=NOON.plus_seconds(seconds)) for seconds in (90, 30)]
    items = [ArchivedPdu(first, NOON, ways[0]), ArchivedPdu(second, NOON, ways[1])]
    items += [ArchivedPdu(pdu, NOON.plus_seconds(10), Way()) for pdu in rest]
    needed = received(items).needed()
    assert [one.received.seconds_since(NOON) for one in needed] == [10, 10, 10, 30, 90]
