"""A trace in words, from the sample outwards, and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from groundsys.tracing.trace import Trace, TracedFrame, TracedPacket, TracedRelay
from groundsys.values.instants import NANOSECONDS_PER_SECOND, Instant


def tell_trace(trace: Trace) -> Iterator[str]:
    """One line a step, indented by how far it is from the sample."""
    sample = trace.sample
    yield f"{trace.product.name} (version {trace.product.version}), sample {sample.sample}"
    yield f"  record {sample.record}, SCET {sample.scet.utc_iso(6)}, SCLK {_s(sample.sclk_ns)}"
    for value in sample.values:
        yield f"    {value.name} = {value.value:g} {value.unit}".rstrip() + f" (raw {value.raw})"
    yield f"  octets {sample.begins} to {sample.ends - 1} of {trace.level_0.name}"
    yield f"    SHA-256 {trace.level_0.sha256}"
    for segment in trace.segments:
        yield (
            f"  CFDP file data, octets {segment.begins} to {segment.ends - 1}, transaction "
            f"{trace.transaction} of entity {trace.source_entity}: {_AGREES[segment.agrees]}"
        )
        yield from _packet(segment.packet, "    ")


_AGREES = {
    True: "the same as in the file",
    False: "NOT the same as in the file",
    None: "its frames are not in the journal",
}


def _packet(packet: TracedPacket, indent: str) -> Iterator[str]:
    archived = "" if packet.archived is None else f", in Yamcs at {packet.archived.utc_iso(3)}"
    yield (
        f"{indent}packet of {packet.spacecraft}: APID {packet.apid}, count "
        f"{packet.sequence_count}, SCLK {_s(packet.sclk_ns)}{archived}"
    )
    for frame in packet.frames:
        yield from _frame(frame, indent + "  ")


def _frame(frame: TracedFrame, indent: str) -> Iterator[str]:
    corrected = f", {frame.corrected_symbols} symbols corrected" if frame.corrected_symbols else ""
    of_relay = frame.relayed is not None
    yield (
        f"{indent}frame of {frame.spacecraft}: VC {frame.virtual_channel}, count {frame.count}"
        + ("" if of_relay else f", {frame.antenna}, ERT {frame.ert.utc_iso(6)}{corrected}")
    )
    if frame.relayed is not None:
        yield from _relay(frame.relayed, indent + "  ")


def _relay(relay: TracedRelay, indent: str) -> Iterator[str]:
    scet = "" if relay.reception is None else f", SCET {relay.reception.utc_iso(3)}"
    yield f"{indent}received by {relay.relay} at its SCLK {_s(relay.reception_sclk_ns)}{scet}"
    if relay.packet is not None:
        yield from _packet(relay.packet, indent)
    else:
        yield f"{indent}  the packet that took it on is not in the journal"


def _s(sclk_ns: int) -> str:
    return f"{sclk_ns / NANOSECONDS_PER_SECOND:.6f} s"


def as_json(trace: Trace) -> dict[str, Any]:
    """The same for machines; instants in UTC."""
    sample = trace.sample
    return {
        "product": {
            "id": trace.product.id,
            "name": trace.product.name,
            "spacecraft": trace.product.spacecraft,
            "version": trace.product.version,
            "sha256": trace.product.sha256,
        },
        "sample": sample.sample,
        "record": {
            "index": sample.record,
            "octets": [sample.begins, sample.ends],
            "sclk_ns": sample.sclk_ns,
            "scet_utc": sample.scet.utc_iso(6),
            "values": {
                one.name: {"raw": one.raw, "value": one.value, "unit": one.unit}
                for one in sample.values
            },
        },
        "level_0": {
            "name": trace.level_0.name,
            "sha256": trace.level_0.sha256,
            "source_entity": trace.source_entity,
            "destination_entity": trace.destination_entity,
            "transaction": trace.transaction,
        },
        "is_whole": trace.is_whole,
        "segments": [
            {
                "octets": [one.begins, one.ends],
                "agrees": one.agrees,
                "packet": _packet_json(one.packet),
            }
            for one in trace.segments
        ],
    }


def _packet_json(packet: TracedPacket) -> dict[str, Any]:
    return {
        "spacecraft": packet.spacecraft,
        "apid": packet.apid,
        "sequence_count": packet.sequence_count,
        "sclk_ns": packet.sclk_ns,
        "archived_utc": _utc(packet.archived),
        "frames": [
            {
                "spacecraft": frame.spacecraft,
                "virtual_channel": frame.virtual_channel,
                "count": frame.count,
                "unwrapped_count": frame.unwrapped_count,
                "antenna": frame.antenna,
                "ert_utc": frame.ert.utc_iso(6),
                "corrected_symbols": frame.corrected_symbols,
                "relayed": None if frame.relayed is None else _relay_json(frame.relayed),
            }
            for frame in packet.frames
        ],
    }


def _relay_json(relay: TracedRelay) -> dict[str, Any]:
    return {
        "relay": relay.relay,
        "reception_sclk_ns": relay.reception_sclk_ns,
        "reception_utc": _utc(relay.reception),
        "packet": None if relay.packet is None else _packet_json(relay.packet),
    }


def _utc(instant: Instant | None) -> str | None:
    return None if instant is None else instant.utc_iso(6)
