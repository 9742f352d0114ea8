"""What a capsule's telemetry tells of its entry: when each event came.

Samples are a second apart, and some are lost on the way.  An event is told only if the samples
around it are there; its time is then good to half their distance.  The blackout is told by what
came live: its ends are the last frame before the longest silence and the first after it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

from groundsys.ccsds.calibration import engineering
from groundsys.ccsds.fields import decode_fields
from groundsys.ccsds.space_packets import CRC_LENGTH, TM_HEADER_LENGTH
from groundsys.entry.outcomes import EntryEvent
from groundsys.mission.spacecraft.packet_model import PacketDefinition
from groundsys.values.instants import Instant

EntryPhase = Literal["COAST", "ENTRY", "SUBSONIC", "SECOND_STAGE", "LANDED"]
#: the packet that tells
ENTRY_PACKET = "ENTRY"

#: samples farther apart than this tell nothing of what lies between
_NEIGHBOURS_S = 4.0
#: a shorter silence is of lost frames, not of plasma
_SHORTEST_BLACKOUT_S = 8.0
_STARTS: Mapping[EntryPhase, EntryEvent] = {
    "SUBSONIC": "subsonic",
    "SECOND_STAGE": "second_stage",
    "LANDED": "landing",
}
_IN_FLIGHT: tuple[EntryPhase, ...] = ("COAST", "ENTRY", "SUBSONIC", "SECOND_STAGE")


@dataclass(frozen=True, slots=True)
class EntrySample:
    """One packet of a capsule: what it sensed then, and whether that came live."""

    time: Instant
    phase: EntryPhase
    deceleration_m_s2: float
    nose_temperature_k: float
    speed_m_s: float
    live: bool


def read_sample(
    definition: PacketDefinition, packet: bytes, time: Instant, *, live: bool
) -> EntrySample:
    """The sample in a packet `ENTRY`; `FrameError` if it is none."""
    raw = decode_fields(definition.fields, packet[TM_HEADER_LENGTH:-CRC_LENGTH])
    values: dict[str, Any] = {
        field.name: engineering(field, raw[field.name]) for field in definition.fields
    }
    return EntrySample(
        time=time,
        phase=values["entry_phase"],
        deceleration_m_s2=values["entry_deceleration"],
        nose_temperature_k=values["entry_nose_temperature"],
        speed_m_s=values["entry_speed"],
        live=live,
    )


def told_events(samples: Iterable[EntrySample]) -> Mapping[EntryEvent, Instant]:
    """When each event came, of those that the samples tell; of several of one time, one counts."""
    # what came live before what was stored
    by_time = {one.time: one for one in sorted(samples, key=lambda one: one.live)}
    ordered = sorted(by_time.values(), key=lambda one: one.time)
    told: dict[EntryEvent, Instant] = {}
    told |= _blackout(ordered)
    for event, values in (
        ("peak_heating", [one.nose_temperature_k for one in ordered]),
        ("peak_deceleration", [one.deceleration_m_s2 for one in ordered]),
    ):
        peak = _peak(ordered, values)
        if peak is not None:
            told[event] = peak  # type: ignore[index]
    for before, after in pairwise(ordered):
        begun = _STARTS.get(after.phase) if before.phase != after.phase else None
        if begun is not None and after.time.seconds_since(before.time) <= _NEIGHBOURS_S:
            told[begun] = _middle(before.time, after.time)
    return told


def _blackout(ordered: Sequence[EntrySample]) -> dict[EntryEvent, Instant]:
    heard = [one for one in ordered if one.live and one.phase in _IN_FLIGHT]
    silences = [
        (after.time.seconds_since(before.time), before, after)
        for before, after in pairwise(heard)
        if before.phase in ("COAST", "ENTRY")
    ]
    if not silences:
        return {}
    length_s, before, after = max(silences, key=lambda one: one[0])
    if length_s < _SHORTEST_BLACKOUT_S:
        return {}
    return {"blackout_begin": before.time, "blackout_end": after.time}


def _peak(ordered: Sequence[EntrySample], values: Sequence[float]) -> Instant | None:
    """The top of the parabola through the largest value and its neighbours."""
    if len(values) < 3:
        return None
    top = max(range(len(values)), key=values.__getitem__)
    if not 0 < top < len(values) - 1:
        return None
    before, at, after = (ordered[top + offset].time for offset in (-1, 0, 1))
    left_s, right_s = before.seconds_since(at), after.seconds_since(at)
    if max(-left_s, right_s) > _NEIGHBOURS_S:
        return None
    left, middle, right = values[top - 1], values[top], values[top + 1]
    rise, fall = (left - middle) / left_s, (right - middle) / right_s
    bend = (fall - rise) / (right_s - left_s)
    if bend >= 0.0:
        return at
    slope = rise - bend * left_s
    return at.plus_seconds(-slope / (2.0 * bend))


def _middle(one: Instant, other: Instant) -> Instant:
    return one.plus_seconds(other.seconds_since(one) / 2.0)
