"""Reed–Solomon (255,223) of CCSDS 131.0-B-5 §4, interleaved, in the dual basis.

Field polynomial x⁸+x⁷+x²+x+1 (0x187), generator ∏ (x − α^(11·j)), j = 112 … 143.  The symbols
on the air are in Berlekamp's dual basis.  Both basis change and encoding are linear over GF(2),
so a codeword's parity is the XOR of one table row a data symbol: whole batches of frames are
encoded by look-up and XOR.  A received codeword is clean exactly if its parity is that of its
data.  Of the others, those with one wrong symbol are mended by look-up, the rest by `reedsolo`,
which is spared its slowest step: the syndromes are those of the 32 parity differences.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
import reedsolo

from groundsys.values.errors import FrameError

Octets = npt.NDArray[np.uint8]

CODEWORD_LENGTH = 255
DATA_LENGTH = 223
PARITY_LENGTH = CODEWORD_LENGTH - DATA_LENGTH
#: codewords that lie side by side in a codeblock (131.0-B-5 §4.3.5)
INTERLEAVING_DEPTHS = (1, 2, 3, 4, 5, 8)
#: octets that a transfer frame may have: it fills the data part of its codeblock
FRAME_LENGTHS = tuple(DATA_LENGTH * depth for depth in INTERLEAVING_DEPTHS)
#: at depth 5: octets of one transfer frame, and of its codeblock
FRAME_LENGTH = DATA_LENGTH * 5
CODEBLOCK_LENGTH = CODEWORD_LENGTH * 5
#: symbols that can be corrected in one codeword
CORRECTABLE_SYMBOLS = PARITY_LENGTH // 2

_FIELD_POLYNOMIAL = 0x187
_FIRST_ROOT = 112
_ROOT_STEP = 11
#: α⁷ … α⁰ in the dual basis (131.0-B-5 annex F, matrix T_αl)
_DUAL_OF_POWERS = (0x8D, 0xEF, 0xEC, 0x86, 0xFA, 0x99, 0xAF, 0x7B)
#: codewords in one look-up: what is looked up stays within a core's own cache
_BATCH = 64


@dataclass(frozen=True, slots=True)
class CorrectedBlock:
    """A codeblock's frame, or None if beyond correction, and the symbols that were wrong."""

    frame: bytes | None
    corrected_symbols: int


@cache
def dual_basis() -> tuple[Octets, Octets]:
    """Tables of 256: conventional → dual, and dual → conventional."""
    values = np.arange(256)
    to_dual = np.zeros(256, np.uint8)
    for bit, row in enumerate(reversed(_DUAL_OF_POWERS)):
        to_dual[(values >> bit & 1).astype(bool)] ^= row
    to_conventional = np.empty(256, np.uint8)
    to_conventional[to_dual] = values
    return to_dual, to_conventional


def encode_codeblocks(frames: Sequence[bytes]) -> Octets:
    """Codeblocks in rows of 255 octets a codeword, one a frame; all frames are of one length."""
    lengths = {len(frame) for frame in frames}
    if len(lengths) != 1 or not lengths <= set(FRAME_LENGTHS):
        raise FrameError(
            "a frame does not fill its codeblock",
            expected=f"one of {', '.join(map(str, FRAME_LENGTHS))} octets, all frames alike",
            found=f"{sorted(lengths)} octets",
        )
    data = np.frombuffer(b"".join(frames), np.uint8).reshape(len(frames), -1)
    return np.concatenate((data, _interleaved_parity(data)), axis=1)


def decode_codeblocks(codeblocks: Octets) -> list[CorrectedBlock]:
    """The frames of codeblocks given in rows of 255 octets a codeword."""
    depth = codeblocks.shape[1] // CODEWORD_LENGTH
    data = codeblocks[:, : depth * DATA_LENGTH]
    difference = codeblocks[:, depth * DATA_LENGTH :] ^ _interleaved_parity(data)
    differences = difference.reshape(-1, PARITY_LENGTH, depth)
    harmed = np.logical_or.reduce(differences != 0, axis=1)
    return [
        _correct(codeblocks[row], differences[row], np.flatnonzero(harmed[row]))
        if harmed[row].any()
        else CorrectedBlock(data[row].tobytes(), 0)
        for row in range(len(codeblocks))
    ]


def _correct(
    codeblock: Octets, differences: Octets, harmed: npt.NDArray[np.intp]
) -> CorrectedBlock:
    """`differences`: received XOR computed parity, a column a codeword; `harmed`: those not 0."""
    symbols = codeblock.reshape(CODEWORD_LENGTH, -1).copy()
    corrected = 0
    unverified = False
    for index in harmed:
        single = _single_error(differences[:, index])
        if single is not None:
            place, value = single
            symbols[place, index] ^= value
            corrected += 1
            continue
        try:
            errors = _many_errors(differences[:, index])
        except reedsolo.ReedSolomonError:
            return CorrectedBlock(None, 0)
        corrected += int(np.count_nonzero(errors))
        symbols[:, index] ^= errors
        unverified = True
    data = symbols[:DATA_LENGTH].reshape(1, -1)
    parity = symbols[DATA_LENGTH:].reshape(1, -1)
    if unverified and not np.array_equal(_interleaved_parity(data), parity):
        return CorrectedBlock(None, 0)
    return CorrectedBlock(data.tobytes(), corrected)


def _single_error(difference: Octets) -> tuple[int, int] | None:
    """Place and value (dual basis) of the codeword's only wrong symbol, or None if it has more.

    One wrong parity symbol differs alone.  One wrong data symbol makes all 32 differ; as the code
    is maximum distance separable, the ratio of the first two names the place.
    """
    wrong = np.flatnonzero(difference)
    if len(wrong) == 1:
        return DATA_LENGTH + int(wrong[0]), int(difference[wrong[0]])
    if len(wrong) < PARITY_LENGTH:
        return None
    to_dual, to_conventional = dual_basis()
    logarithms, exponentials = _field_tables()
    first, second = (int(logarithms[to_conventional[symbol]]) for symbol in difference[:2])
    known = _place_of_ratio().get((second - first) % 255)
    if known is None:
        return None
    place, first_of_one = known
    value = int(to_dual[exponentials[(first - first_of_one) % 255]])
    row = _parity_table()[place * 256 + value].view(np.uint8)
    return (place, value) if np.array_equal(row, difference) else None


@cache
def _place_of_ratio() -> dict[int, tuple[int, int]]:
    """Log of second over first parity symbol → place, log of the first if the symbol there is 1."""
    to_dual, to_conventional = dual_basis()
    logarithms, _ = _field_tables()
    table = _parity_table().view(np.uint8).reshape(DATA_LENGTH, 256, PARITY_LENGTH)
    firsts = logarithms[to_conventional[table[:, to_dual[1], :2]]]
    return {
        int(second - first) % 255: (place, int(first))
        for place, (first, second) in enumerate(firsts)
    }


def _many_errors(difference: Octets) -> Octets:
    """What is to be XORed to a codeword's 255 symbols (dual basis), by reedsolo's own steps.

    Raises `ReedSolomonError` for more than 16 errors that show themselves as such.
    """
    to_dual, to_conventional = dual_basis()
    codec = _codec()
    # as `RSCodec` itself does before each word: the library keeps one field for all its users
    reedsolo.gf_log, reedsolo.gf_exp = codec.gf_log, codec.gf_exp
    reedsolo.field_charac = codec.field_charac
    terms = _multiplication_table()[to_conventional[difference][:, None], _syndrome_weights()]
    syndromes = [0, *np.bitwise_xor.reduce(terms, axis=0).tolist()]
    locator = reedsolo.rs_find_error_locator(syndromes[1:], PARITY_LENGTH)
    places = reedsolo.rs_find_errors(locator[::-1], CODEWORD_LENGTH, codec.generator)
    errors = reedsolo.rs_correct_errata(
        bytes(CODEWORD_LENGTH), syndromes, places, _FIRST_ROOT, codec.generator
    )
    return to_dual[np.frombuffer(bytes(errors), np.uint8)]


@cache
def _syndrome_weights() -> Octets:
    """Root j to the power of parity symbol k's place, in row k and column j."""
    _, exponentials = _field_tables()
    places = np.arange(PARITY_LENGTH - 1, -1, -1)
    roots = _ROOT_STEP * (_FIRST_ROOT + np.arange(PARITY_LENGTH))
    weights: Octets = exponentials[places[:, None] * roots[None, :] % 255]
    return weights


@cache
def _codec() -> reedsolo.RSCodec:
    _, exponentials = _field_tables()
    return reedsolo.RSCodec(
        PARITY_LENGTH,
        fcr=_FIRST_ROOT,
        prim=_FIELD_POLYNOMIAL,
        generator=int(exponentials[_ROOT_STEP]),
    )


def _interleaved_parity(data: Octets) -> Octets:
    """Parity in rows of 32 octets a codeword for data in rows of 223 each, both interleaved."""
    depth = data.shape[1] // DATA_LENGTH
    table = _parity_table()
    # one column a codeword: rows of many codewords are XORed as one long run of memory
    columns = data.reshape(-1, DATA_LENGTH, depth).transpose(1, 0, 2)
    codewords = columns.reshape(DATA_LENGTH, -1)
    words = table.shape[1]
    parity = np.empty(codewords.shape[1] * words, table.dtype)
    places = np.arange(DATA_LENGTH, dtype=np.intp)[:, None] * 256
    for start in range(0, codewords.shape[1], _BATCH):
        rows = codewords[:, start : start + _BATCH] + places
        found = np.take(table, rows, axis=0, mode="clip").reshape(DATA_LENGTH, -1)
        end = start * words + found.shape[1]
        np.bitwise_xor.reduce(found, axis=0, out=parity[start * words : end])
    octets = parity.view(np.uint8).reshape(-1, depth, PARITY_LENGTH)
    return octets.transpose(0, 2, 1).reshape(-1, PARITY_LENGTH * depth)


@cache
def _parity_table() -> npt.NDArray[np.uint64]:
    """Row 256·i + v: the parity, in the dual basis, of symbol v at place i and zeros elsewhere.

    32 octets a row, held as four words of 64 bits for a fast XOR.
    """
    to_dual, to_conventional = dual_basis()
    product = _multiplication_table()
    generator = _generator_polynomial()
    remainder = generator[1:].copy()  # of x³², the place of the last data symbol
    table = np.empty((DATA_LENGTH, 256, PARITY_LENGTH), np.uint8)
    for place in range(DATA_LENGTH - 1, -1, -1):
        table[place] = to_dual[product[to_conventional][:, remainder]]
        carry = remainder[0]
        remainder = np.append(remainder[1:], np.uint8(0)) ^ product[carry, generator[1:]]
    return table.reshape(-1, PARITY_LENGTH).view(np.uint64)


def _generator_polynomial() -> Octets:
    """Coefficients of g(x), highest power first, leading 1 included."""
    _, exponentials = _field_tables()
    product = _multiplication_table()
    generator = np.array([1], np.uint8)
    for power in range(_FIRST_ROOT, _FIRST_ROOT + PARITY_LENGTH):
        root = exponentials[_ROOT_STEP * power % 255]
        zero = np.zeros(1, np.uint8)
        generator = np.append(generator, zero) ^ np.append(zero, product[root, generator])
    return generator


@cache
def _multiplication_table() -> Octets:
    logarithms, exponentials = _field_tables()
    product: Octets = exponentials[(logarithms[:, None] + logarithms[None, :]) % 255]
    product[0, :] = product[:, 0] = 0
    return product


@cache
def _field_tables() -> tuple[npt.NDArray[np.intp], Octets]:
    """Logarithms (that of 0 is meaningless) and powers of α."""
    logarithms = np.zeros(256, np.intp)
    exponentials = np.zeros(255, np.uint8)
    value = 1
    for power in range(255):
        exponentials[power] = value
        logarithms[value] = power
        value <<= 1
        if value & 0x100:
            value ^= _FIELD_POLYNOMIAL
    return logarithms, exponentials
