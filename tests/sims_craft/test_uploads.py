"""The OTV's upload area: reception in any order, and what becomes of a file after it."""

from __future__ import annotations

import hashlib
import random
import zlib
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest

from groundsys.ccsds.cfdp import (
    CANCEL_REQUESTED,
    CHECKSUM_FAILURE,
    METADATA_SEGMENT,
    AckPdu,
    EofPdu,
    FileDataPdu,
    FinishedPdu,
    MetadataPdu,
    NakPdu,
    Pdu,
    encode_pdu,
    parse_pdu,
)
from groundsys.ccsds.fields import decode_fields
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.mission.spacecraft.onboard_files import GROUND_ENTITY, on_board_name, software_image
from sims.craft.computer.commands import CommandFailure
from sims.craft.computer.uploads import FILES_LIMIT
from tests.sims_craft.flight import Flight, outcomes, readings
from tests.uploads.craft import IMAGE, OTV, Craft

SHA256 = hashlib.sha256(IMAGE).digest()


def transfer(number: int, content: bytes, longest: int = 500, name: str = "a.img") -> list[Pdu]:
    """Metadata, pieces and EOF of a file."""
    base = (GROUND_ENTITY, OTV, number)
    pieces = range(0, len(content), longest)
    return [
        MetadataPdu(*base, len(content), name, on_board_name("software", name)),
        *(FileDataPdu(*base, start, content[start : start + longest]) for start in pieces),
        EofPdu(*base, len(content), zlib.crc32(content)),
    ]


def send(craft: Craft, pdus: Sequence[Pdu]) -> list[Pdu]:
    for pdu in pdus:
        craft.area.take(pdu, 0)
    return craft.take_said()


def refused(craft: Craft, pdu: Pdu) -> str:
    with pytest.raises(CommandFailure) as failure:
        craft.area.take(pdu, 0)
    return failure.value.code


def with_file(content: bytes = IMAGE, number: int = 1, **options: frozenset[int]) -> Craft:
    craft = Craft(**options)  # type: ignore[arg-type]
    send(craft, transfer(number, content))
    return craft


@pytest.mark.parametrize("seed", range(8))
def test_any_order_and_duplicates_make_the_same_file(seed: int) -> None:
    draws = random.Random(seed)
    pdus = transfer(1, IMAGE)
    pdus += draws.sample(pdus, 4)
    draws.shuffle(pdus)
    craft = Craft()
    send(craft, pdus)
    file = craft.area.find(1)
    assert file is not None
    assert (file.state, bytes(file.memory)) == ("RECEIVED", IMAGE)
    assert craft.reports[-1]["file_sha256"] == SHA256
    assert craft.reports[-1]["file_kind"] == "SOFTWARE"


def test_each_eof_is_answered_once_with_the_union_of_the_gaps() -> None:
    metadata, *pieces, eof = transfer(1, IMAGE)
    craft = Craft()
    assert send(craft, [pieces[0], pieces[3]]) == []  # nothing before the EOF
    acknowledged, nak = send(craft, [eof])
    assert isinstance(acknowledged, AckPdu)
    assert isinstance(nak, NakPdu)
    assert nak.segments == (METADATA_SEGMENT, (500, 1500), (2000, len(IMAGE)))
    assert (nak.scope_start, nak.scope_end) == (0, len(IMAGE))
    assert send(craft, [pieces[1]]) == []  # and nothing for each piece
    _, again = send(craft, [eof])
    assert isinstance(again, NakPdu)
    assert again.segments == (METADATA_SEGMENT, (1000, 1500), (2000, len(IMAGE)))
    (finished,) = send(craft, [metadata, *pieces])
    assert isinstance(finished, FinishedPdu)
    assert finished.complete
    assert [type(one) for one in send(craft, [eof])] == [AckPdu, FinishedPdu]


def test_many_gaps_are_asked_for_in_naks_whose_scopes_are_the_whole_file() -> None:
    content = software_image(2, bytes(60_000))
    pdus = transfer(1, content, 100)
    craft = Craft()
    _, *naks = send(craft, [pdus[0], *pdus[1:-1:2], pdus[-1]])
    asked = [one for one in naks if isinstance(one, NakPdu)]
    assert len(asked) == len(naks) > 2
    assert asked[0].scope_start == 0
    assert asked[-1].scope_end == len(content)
    for before, after in pairwise(asked):
        assert before.scope_end == after.scope_start
    for nak in asked:
        assert len(encode_pdu(nak)) < 960
        assert all(nak.scope_start <= a < b <= nak.scope_end for a, b in nak.segments)
    segments = [segment for nak in asked for segment in nak.segments]
    assert sum(end - start for start, end in segments) == 300 * 100


def test_a_file_whose_checksum_differs_is_not_kept() -> None:
    pdus = transfer(1, IMAGE)
    pdus[2] = FileDataPdu(GROUND_ENTITY, OTV, 1, 500, bytes(500))
    craft = Craft()
    *_, finished = send(craft, pdus)
    assert isinstance(finished, FinishedPdu)
    assert (finished.complete, finished.condition) == (False, CHECKSUM_FAILURE)
    assert craft.reports[-1]["file_state"] == "FAILED"
    assert craft.reports[-1]["file_sha256"] == bytes(32)
    with pytest.raises(CommandFailure, match="FILE_INCOMPLETE"):
        craft.area.verify(1, SHA256, 0)
    assert craft.area.octets_used == 0


def same_crc_32(content: bytes, position: int) -> bytes:
    """Another content with the same CRC-32: a change, and four octets that make up for it."""
    changed = bytearray(content)
    changed[position] ^= 0x01
    wanted, length = zlib.crc32(content), len(content)
    # CRC-32 is affine over GF(2): solve for the 32 bits of the last four octets
    changed[length - 4 :] = bytes(4)
    base = zlib.crc32(changed)
    rows: list[tuple[int, int]] = []
    for bit in range(32):
        trial = bytearray(changed)
        trial[length - 4 + bit // 8] ^= 1 << bit % 8
        row, mask = zlib.crc32(trial) ^ base, 1 << bit
        for other, other_mask in rows:
            if row ^ other < row:
                row, mask = row ^ other, mask ^ other_mask
        if row:
            rows.append((row, mask))
            rows.sort(reverse=True)
    need, solution = wanted ^ base, 0
    for row, mask in rows:
        if need ^ row < need:
            need, solution = need ^ row, solution ^ mask
    changed[length - 4 :] = solution.to_bytes(4, "little")
    return bytes(changed)


def test_what_cfdps_checksum_cannot_see_its_sha256_does() -> None:
    forged = same_crc_32(IMAGE, 1_000)
    assert (zlib.crc32(forged), len(forged)) == (zlib.crc32(IMAGE), len(IMAGE))
    assert forged != IMAGE
    craft = with_file(forged)
    file = craft.area.find(1)
    assert file is not None
    assert file.state == "RECEIVED"
    with pytest.raises(CommandFailure, match="HASH_MISMATCH"):
        craft.area.verify(1, SHA256, 0)
    with pytest.raises(CommandFailure, match="FILE_NOT_VERIFIED"):
        craft.area.enable(1, 0)
    assert craft.area.boot() == 1


def test_memory_that_changes_after_reception_is_found_by_the_comparison() -> None:
    craft = with_file(upsets=frozenset({1}))
    with pytest.raises(CommandFailure, match="HASH_MISMATCH"):
        craft.area.verify(1, SHA256, 0)
    assert craft.reports[-1]["file_state"] == "RECEIVED"


def test_memory_that_changes_after_its_comparison_is_neither_enabled_nor_booted() -> None:
    craft = with_file()
    craft.area.verify(1, SHA256, 0)
    file = craft.area.find(1)
    assert file is not None
    file.memory[2_000] ^= 0x80
    with pytest.raises(CommandFailure, match="HASH_MISMATCH"):
        craft.area.enable(1, 0)
    file.memory[2_000] ^= 0x80
    craft.area.verify(1, SHA256, 0)
    craft.area.enable(1, 0)
    file.memory[2_000] ^= 0x80
    assert craft.area.boot() == 1
    file.memory[2_000] ^= 0x80
    assert craft.area.boot() == 7


def test_an_image_is_booted_only_once_enabled_and_the_one_booted_next_is_kept() -> None:
    craft = with_file()
    assert craft.area.boot() == 1
    with pytest.raises(CommandFailure, match="FILE_NOT_VERIFIED"):
        craft.area.enable(1, 0)
    craft.area.verify(1, SHA256, 0)
    craft.area.enable(1, 0)
    assert craft.area.running_version == 1
    assert craft.area.boot() == 7
    with pytest.raises(CommandFailure, match="FILE_IN_USE"):
        craft.area.delete(1)
    newer = software_image(8, bytes(100))
    send(craft, transfer(2, newer))
    craft.area.verify(2, hashlib.sha256(newer).digest(), 0)
    craft.area.enable(2, 0)
    told = [(one["file_number"], one["file_state"]) for one in craft.reports[-2:]]
    assert told == [(1, "VERIFIED"), (2, "ENABLED")]
    craft.area.delete(1)
    assert craft.area.boot() == 8
    assert refused(craft, transfer(1, IMAGE)[1]) == "NOT_FOUND"  # late copies bring nothing back


def test_what_is_no_image_cannot_be_enabled() -> None:
    craft = with_file(b"no image at all")
    craft.area.verify(1, hashlib.sha256(b"no image at all").digest(), 0)
    with pytest.raises(CommandFailure, match="BAD_IMAGE"):
        craft.area.enable(1, 0)


def test_the_area_is_bounded() -> None:
    craft = Craft(capacity=4_000)
    base = (GROUND_ENTITY, OTV)
    assert refused(craft, transfer(1, bytes(4_001))[0]) == "NO_SPACE"
    assert refused(craft, FileDataPdu(*base, 2, 3_990, bytes(20))) == "NO_SPACE"
    send(craft, transfer(3, IMAGE)[:1])
    assert refused(craft, transfer(4, bytes(1_000))[0]) == "NO_SPACE"
    assert refused(craft, FileDataPdu(*base, 3, len(IMAGE) - 5, bytes(20))) == (
        "ARGUMENT_OUT_OF_RANGE"
    )
    small = Craft()
    for number in range(1, FILES_LIMIT + 1):
        small.area.take(transfer(number, b"x")[0], 0)
    assert refused(small, transfer(99, b"x")[0]) == "TABLE_FULL"


def test_a_kind_that_is_none_is_refused() -> None:
    craft = Craft()
    pdu = MetadataPdu(GROUND_ENTITY, OTV, 1, 10, "a", "/etc/a")
    assert refused(craft, pdu) == "ARGUMENT_OUT_OF_RANGE"


def test_a_cancelled_transaction_is_forgotten() -> None:
    craft = Craft()
    metadata, piece, *_ = transfer(1, IMAGE)
    cancel = EofPdu(GROUND_ENTITY, OTV, 1, 0, 0, CANCEL_REQUESTED)
    _, finished = send(craft, [metadata, piece, cancel])
    assert isinstance(finished, FinishedPdu)
    assert (finished.complete, finished.condition) == (False, CANCEL_REQUESTED)
    assert craft.area.find(1) is None
    assert refused(craft, piece) == "NOT_FOUND"


# --- through the craft's own commands and packets -----------------------------------------------


def test_a_file_goes_up_by_command_and_is_booted(
    mission: Mission, scenario: Scenario, tmp_path: Path
) -> None:
    flight = Flight(mission, scenario, tmp_path, cubes=())
    model = flight.otv.model
    flight.carrier(1.0, on=True)
    pdus = transfer(5, IMAGE, 900)
    moment = 10.0

    def command(name: str, **arguments: object) -> None:
        nonlocal moment
        moment += 5.0
        flight.command(moment, name, **arguments)

    def say(pdu: Pdu) -> None:
        octets = encode_pdu(pdu)
        command("CFDP_PDU", pdu_length=len(octets), pdu=octets)

    for pdu in (pdus[0], pdus[1], pdus[-1]):
        say(pdu)
    command("FILE_ENABLE", file_number=5)
    for pdu in pdus[2:-1]:
        say(pdu)
    command("FILE_VERIFY", file_number=5, file_sha256=hashlib.sha256(b"other").digest())
    command("FILE_ENABLE", file_number=5)
    command("FILE_VERIFY", file_number=5, file_sha256=SHA256)
    command("FILE_ENABLE", file_number=5)
    command("RESET_SUBSYSTEM", subsystem="OBC")
    command("FILE_REPORT", file_number=5)
    command("FILE_DELETE", file_number=5)
    command("FILE_REPORT", file_number=6)
    flight.run(moment + 400.0)
    flight.close()
    packets = flight.air.packets()
    ends = {count: told[-1] for count, told in outcomes(model, packets).items()}
    done = ("COMPLETION_SUCCESS", None)
    assert [ends[count] for count in sorted(ends)] == [
        *[done] * 3,
        ("COMPLETION_FAILURE", "FILE_INCOMPLETE"),
        *[done] * (len(pdus) - 3),
        ("COMPLETION_FAILURE", "HASH_MISMATCH"),
        ("COMPLETION_FAILURE", "FILE_NOT_VERIFIED"),
        *[done] * 4,
        ("COMPLETION_FAILURE", "FILE_IN_USE"),
        ("COMPLETION_FAILURE", "NOT_FOUND"),
    ]
    fields = model.packet("CFDP_PDU").fields
    said = [
        parse_pdu(decode_fields(fields, one.data)["pdu"]) for one in packets if one.service == 201
    ]
    assert [type(one) for one in said] == [AckPdu, NakPdu, FinishedPdu]
    states = [values["file_state"] for _, values in readings(model, packets, "FILE_REPORT")]
    assert states == ["RECEIVED", "RECEIVED", "VERIFIED", "ENABLED", "ENABLED"]
    versions = [values["obc_software_version"] for _, values in readings(model, packets, "OBC")]
    assert (versions[0], versions[-1]) == (1, 7)
    boots = [values["obc_boot_count"] for _, values in readings(model, packets, "OBC")]
    changed = [(before, after) for before, after in zip(boots, versions, strict=True)]
    assert set(changed) == {(1, 1), (2, 7)}
