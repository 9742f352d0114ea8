"""Space Data Link Security on the telecommand channel (SDLS, CCSDS 355.0-B-2), as pure functions.

Its baseline for TC: authenticated encryption by AES-GCM with a key of 256 bits, a transmitted
initialisation vector (IV) of 96 bits and a MAC of 128 bits, octet for octet as Yamcs writes it
(`SecurityAssociationAes256Gcm128`, `StandardAuthMask.TC`).  A protected frame's data field:

    security header §4.1.1: SPI (2 octets), IV (12) | encrypted data | trailer §4.1.2: MAC (16)

The IV is a number that the sender never uses twice with one key; it is the anti-replay sequence
number too.  The MAC covers the encrypted data and, under the standard's authentication bit mask,
the virtual channel and the SPI.  Of the frame's header no more is covered: flags, spacecraft,
length and N(S) can be changed by whoever can make a CRC.  So N(S) proves nothing, and only the IV
tells a recording from a command.  Control commands (BC) are not protected: whoever
forges one can disturb COP-1, not command the craft.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, get_args

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from groundsys.ccsds.tc_frames import TcFrame
from groundsys.values.errors import FrameError

KEY_LENGTH = 32
SPI_LENGTH = 2
IV_LENGTH = 12
MAC_LENGTH = 16
HEADER_LENGTH = SPI_LENGTH + IV_LENGTH
#: octets by which a protected frame is longer
OVERHEAD = HEADER_LENGTH + MAC_LENGTH
#: the sender's first life counts from here; 0 is what a receiver has seen before the first frame
FIRST_NUMBER = 1
#: frames that one life of the sender can number: fewer than the octets of an IV hold, by far
_NUMBERS_OF_A_LIFE = 2**32

#: the standard's verification status codes: what a receiver may find wrong
Refusal = Literal["invalid_spi", "invalid_mac", "replayed"]
REFUSALS: tuple[Refusal, ...] = get_args(Refusal)


def first_number_of_life(life: int) -> int:
    """The number (IV) of the first frame that a life of the sender protects, lives from 0 on.

    Under AES-GCM an IV that serves twice under one key gives both contents away, and the receiver
    takes the second frame for a replay; so no number of a life may depend on what the one before
    it could still write down.
    """
    return FIRST_NUMBER + life * _NUMBERS_OF_A_LIFE


@dataclass(frozen=True, slots=True)
class SecurityAssociation:
    """What both ends share: the security parameter index (SPI) and the key that it stands for."""

    spi: int
    key: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if not 1 <= self.spi <= 0xFFFE:  # §4.1.1: 0 and 65535 are reserved
            raise ValueError(f"SPI {self.spi}: expected 1 to 65534")
        if len(self.key) != KEY_LENGTH:
            raise ValueError(f"a key of {len(self.key)} octets: expected {KEY_LENGTH}")


@dataclass(frozen=True, slots=True)
class OpenedFrame:
    """A protected frame's content once its MAC was right: the plain frame and the IV's number."""

    spi: int
    number: int
    frame: TcFrame


def protect(association: SecurityAssociation, frame: TcFrame, number: int) -> TcFrame:
    """The standard's ApplySecurity: the frame with its data encrypted and authenticated.

    Never give one `number` twice with one key.  `FrameError` for a control command.
    """
    if frame.control_command:
        raise FrameError("a control command is not protected", expected="a frame of type AD or BD")
    header = association.spi.to_bytes(SPI_LENGTH, "big") + number.to_bytes(IV_LENGTH, "big")
    sealed = AESGCM(association.key).encrypt(
        header[SPI_LENGTH:], frame.data, _authenticated(frame, association.spi)
    )
    return replace(frame, data=header + sealed)


def open_frame(associations: Mapping[int, SecurityAssociation], frame: TcFrame) -> OpenedFrame:
    """What a protected frame holds, by whichever association it names; `FrameError` if forged.

    Replays are not looked at: that is the receiver's business (`process`).
    """
    opened = _open(associations, frame)
    if isinstance(opened, OpenedFrame):
        return opened
    raise FrameError(
        "a TC frame does not bear its craft's security",
        expected=f"SPI {' or '.join(map(str, sorted(associations)))} and a right MAC",
        found=opened,
        remedy="see that Yamcs and whoever reads its frames have the same keys",
    )


def ciphertext(frame: TcFrame) -> bytes:
    """The encrypted data of a protected frame, without header and trailer."""
    return frame.data[HEADER_LENGTH:-MAC_LENGTH]


@dataclass(frozen=True, slots=True)
class ReplayWindow:
    """Which numbers of one association have been seen: the highest, and those just below it.

    A number above all seen is new.  One below is new only if it is among the last `width` numbers
    and was not seen: frames may overtake one another on their way through a relay.  With width 1
    numbers must rise.
    """

    width: int = 64
    highest: int = FIRST_NUMBER - 1
    #: bit i stands for the number `highest` - i
    seen: int = 1

    def accept(self, number: int) -> ReplayWindow | None:
        """The window once `number` has been seen; None if it was seen before or is too old."""
        ahead = number - self.highest
        if ahead > 0:
            kept = self.seen << ahead if ahead < self.width else 0
            seen = (kept | 1) & ((1 << self.width) - 1)
            return replace(self, highest=number, seen=seen)
        if -ahead >= self.width or self.seen >> -ahead & 1:
            return None
        return replace(self, seen=self.seen | 1 << -ahead)


@dataclass(frozen=True, slots=True)
class ReceiverState:
    """What the receiving end of one virtual channel knows; `receiver` makes the first.

    `active` is the association last commanded.  The one before it, `outgoing`, is good until the
    first authentic frame of `active`: so no key change can lock the ground out, whatever is lost.
    """

    associations: Mapping[int, SecurityAssociation]
    windows: Mapping[int, ReplayWindow]
    active: int
    outgoing: int | None = None


def receiver(
    associations: Mapping[int, SecurityAssociation], *, active: int, window: int
) -> ReceiverState:
    """A receiving end that has seen nothing yet and accepts `active` alone."""
    windows = {spi: ReplayWindow(window) for spi in associations}
    return ReceiverState(associations, windows, active)


def process(state: ReceiverState, frame: TcFrame) -> tuple[ReceiverState, TcFrame | Refusal]:
    """The standard's ProcessSecurity: the state after a frame, and the plain frame or why not.

    It comes before FARM-1, so that a forged frame cannot move V(R) and N(R) acknowledges authentic
    frames alone; a retransmission therefore needs an IV of its own.  A refused frame changes
    nothing.  A frame in clear begins with no SPI of the channel's, or at
    least with no right MAC.  A control command passes as it is.
    """
    if frame.control_command:
        return state, frame
    accepted = {spi: one for spi, one in state.associations.items() if _is_operational(state, spi)}
    opened = _open(accepted, frame)
    if not isinstance(opened, OpenedFrame):
        return state, opened
    window = state.windows[opened.spi].accept(opened.number)
    if window is None:
        return state, "replayed"
    state = replace(
        state,
        windows={**state.windows, opened.spi: window},
        outgoing=None if opened.spi == state.active else state.outgoing,
    )
    return state, opened.frame


def activate(state: ReceiverState, spi: int) -> ReceiverState:
    """Accept another association from now on; `KeyError` if there is none of that index."""
    if spi not in state.associations:
        raise KeyError(spi)
    if spi == state.active:
        return state
    return replace(state, active=spi, outgoing=state.active)


def _is_operational(state: ReceiverState, spi: int) -> bool:
    return spi in (state.active, state.outgoing)


def _open(associations: Mapping[int, SecurityAssociation], frame: TcFrame) -> OpenedFrame | Refusal:
    spi = int.from_bytes(frame.data[:SPI_LENGTH], "big")
    association = associations.get(spi)
    if association is None:
        return "invalid_spi"
    if len(frame.data) <= OVERHEAD:
        return "invalid_mac"
    iv = frame.data[SPI_LENGTH:HEADER_LENGTH]
    try:
        plain = AESGCM(association.key).decrypt(
            iv, frame.data[HEADER_LENGTH:], _authenticated(frame, spi)
        )
    except InvalidTag:
        return "invalid_mac"
    return OpenedFrame(spi, int.from_bytes(iv, "big"), replace(frame, data=plain))


def _authenticated(frame: TcFrame, spi: int) -> bytes:
    """Frame and security header under the mask for TC: the virtual channel and the SPI alone.

    The IV is left out, as GCM takes it in by itself.
    """
    channel = bytes((0, 0, frame.virtual_channel << 2, 0, 0))
    return channel + spi.to_bytes(SPI_LENGTH, "big") + bytes(IV_LENGTH)
