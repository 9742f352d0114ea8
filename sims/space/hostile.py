"""Whoever listens to an uplink and transmits as well, without the craft's keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from groundsys.ccsds.cltu import decode_cltu, encode_cltu
from groundsys.ccsds.space_packets import TcPacket, encode_tc_packet
from groundsys.ccsds.tc_frames import TcFrame, decode_tc_frame, encode_tc_frame
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.values.errors import FrameError

_HARM = "SAFE_MODE"


def hostile_cltus(craft: Spacecraft, recorded: bytes) -> Mapping[str, bytes]:
    """What can be made of a recorded CLTU, each with good codewords and CRC, by name.

    None of a control command: those carry no security, and can be forged by anybody.
    """
    try:
        frame = decode_tc_frame(decode_cltu(recorded))
    except FrameError:
        return {}
    if frame.control_command:
        return {}
    changed = bytes((*frame.data[:-1], frame.data[-1] ^ 1))
    command = craft.model.command(_HARM)
    packet = encode_tc_packet(
        TcPacket(command.apid, 0, command.service, command.subtype, bytes((command.function,)))
    )
    made = {
        "replayed": frame,
        # header flags are not authenticated: FARM-1 takes it, whatever its number
        "replayed_past_farm": replace(frame, bypass=True),
        "forged": replace(frame, bypass=True, data=changed),
        "in_clear": TcFrame(frame.spacecraft_id, frame.virtual_channel, 0, True, False, packet),
    }
    return {name: encode_cltu(encode_tc_frame(one)) for name, one in made.items()}
