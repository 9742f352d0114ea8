"""CADUs: the randomiser and dual-basis Reed–Solomon against outside authorities."""

from __future__ import annotations

import random

import numpy as np
import pytest
import reedsolo

from groundsys.ccsds.cadu import (
    ATTACHED_SYNC_MARKER,
    CADU_LENGTH,
    FRAME_LENGTH,
    decode_cadu,
    encode_cadu,
    randomise,
)
from groundsys.ccsds.reed_solomon import dual_basis, encode_codeblocks
from groundsys.values.errors import FrameError

#: parity of the octets 0 … 222 by `encode_rs_ccsds` of Karn's libfec (dual basis)
LIBFEC_PARITY = bytes.fromhex("4ffb92dd557ec67f27fb8982cf58f8fd028ad117fcef6b2793d0418826578651")


def frames(count: int, seed: int = 1) -> list[bytes]:
    source = random.Random(seed)
    return [source.randbytes(FRAME_LENGTH) for _ in range(count)]


def harm(cadu: bytes, places: list[int], source: random.Random) -> bytes:
    octets = bytearray(cadu)
    for place in places:
        octets[place] ^= source.randrange(1, 256)
    return bytes(octets)


def places_in_codeword(codeword: int, count: int, source: random.Random) -> list[int]:
    return [4 + codeword + 5 * symbol for symbol in source.sample(range(255), count)]


def test_randomiser_begins_as_the_standard_prints_it() -> None:
    # CCSDS 131.0-B-5 §10.4.1: the first 40 bits
    assert randomise(bytes(5)).hex() == "ff480ec09a"


def test_randomiser_repeats_after_255_octets_and_undoes_itself() -> None:
    sequence = randomise(bytes(600))
    assert sequence[:255] == sequence[255:510]
    assert randomise(randomise(b"any data")) == b"any data"
    assert randomise(b"") == b""


def test_dual_basis_is_that_of_the_standard() -> None:
    # CCSDS 131.0-B-5 annex F: α⁰ … α¹¹ in the dual basis
    powers = [0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0x87, 0x89, 0x95, 0xAD]
    dual = [0x7B, 0xAF, 0x99, 0xFA, 0x86, 0xEC, 0xEF, 0x8D, 0xC0, 0x0C, 0xE9, 0x79]
    to_dual, to_conventional = dual_basis()
    assert to_dual[powers].tolist() == dual
    assert to_conventional[to_dual].tolist() == list(range(256))


def test_parity_is_that_of_libfec() -> None:
    frame = bytes(octet for octet in range(223) for _ in range(5))
    parity = encode_codeblocks([frame])[0, FRAME_LENGTH:].tobytes()
    assert [parity[codeword::5] for codeword in range(5)] == [LIBFEC_PARITY] * 5


def test_parity_is_that_of_reedsolo_in_the_conventional_basis() -> None:
    to_dual, to_conventional = dual_basis()
    codec = reedsolo.RSCodec(32, fcr=112, prim=0x187, generator=173)
    (frame,) = frames(1)
    symbols = np.frombuffer(frame, np.uint8).reshape(223, 5)
    codeblock = encode_codeblocks([frame])[0].reshape(255, 5)
    for codeword in range(5):
        expected = codec.encode(to_conventional[symbols[:, codeword]].tobytes())
        found = codeblock[:, codeword]
        assert to_dual[np.frombuffer(bytes(expected), np.uint8)].tolist() == found.tolist()


def test_clean_cadus_come_back() -> None:
    sent = frames(70)
    cadus = encode_cadu(sent)
    assert {len(cadu) for cadu in cadus} == {CADU_LENGTH}
    assert all(cadu.startswith(ATTACHED_SYNC_MARKER) for cadu in cadus)
    decoded = decode_cadu(cadus)
    assert [answer.frame for answer in decoded] == sent
    assert {answer.corrected_symbols for answer in decoded} == {0}


def test_one_wrong_symbol_is_corrected_wherever_it_is() -> None:
    sent = frames(CADU_LENGTH - 4)
    source = random.Random(2)
    harmed = [harm(cadu, [4 + i], source) for i, cadu in enumerate(encode_cadu(sent))]
    decoded = decode_cadu(harmed)
    assert [answer.frame for answer in decoded] == sent
    assert {answer.corrected_symbols for answer in decoded} == {1}


@pytest.mark.parametrize("errors", [2, 7, 16])
def test_up_to_sixteen_wrong_symbols_a_codeword_are_corrected(errors: int) -> None:
    sent = frames(1, seed=errors)
    source = random.Random(errors)
    (cadu,) = encode_cadu(sent)
    for codeword in range(5):
        cadu = harm(cadu, places_in_codeword(codeword, errors, source), source)
    (answer,) = decode_cadu([cadu])
    assert answer.frame == sent[0]
    assert answer.corrected_symbols == 5 * errors


def test_more_is_beyond_repair_and_harms_no_other() -> None:
    sent = frames(3)
    source = random.Random(3)
    cadus = encode_cadu(sent)
    cadus[1] = harm(cadus[1], places_in_codeword(2, 17, source), source)
    decoded = decode_cadu(cadus)
    assert [answer.frame for answer in decoded] == [sent[0], None, sent[2]]


def test_what_is_no_cadu_is_answered_in_its_place() -> None:
    sent = frames(1)
    (cadu,) = encode_cadu(sent)
    worn_marker = bytes([cadu[0] ^ 0b101]) + cadu[1:]
    no_marker = bytes(4) + cadu[4:]
    decoded = decode_cadu([no_marker, worn_marker, cadu[:-1], b""])
    assert [answer.frame for answer in decoded] == [None, sent[0], None, None]
    assert decode_cadu([]) == []
    assert encode_cadu([]) == []


def test_a_frame_of_another_length_is_refused() -> None:
    with pytest.raises(FrameError, match="fill its codeblock"):
        encode_cadu([bytes(1024)])


def test_a_mixed_batch_is_corrected_or_given_up_word_by_word() -> None:
    sent = frames(60, seed=9)
    source = random.Random(9)
    errors = [source.choice([0, 1, 2, 15, 16, 17, 18, 40, 255]) for _ in sent]
    harmed = [
        harm(cadu, places_in_codeword(source.randrange(5), count, source), source)
        for cadu, count in zip(encode_cadu(sent), errors, strict=True)
    ]
    for frame, count, answer in zip(sent, errors, decode_cadu(harmed), strict=True):
        assert answer.frame == (frame if count <= 16 else None)
        assert answer.corrected_symbols == (count if count <= 16 else 0)
