"""Tracking data as CCSDS Tracking Data Message (503.0-B-2), in keyword-value notation and XML.

One segment a pass and antenna: path 1,2,1 (antenna, craft, antenna), times of reception in UTC.
RANGE is the round-trip light time in seconds as measured, with the delays that the metadata state
(the transponder's half on its way in, half on its way out); RECEIVE_FREQ_1 the mean over the
integration interval that ends at its time, TRANSMIT_FREQ_1 holds from its time on.  No correction
is applied.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from xml.etree import ElementTree

from groundsys.mission.model import Mission
from groundsys.values.instants import Instant
from groundsys.values.tracking import TrackingPoint

_VERSION = "2.0"
_ORIGINATOR = "GROUNDSYS"
_SCHEMA = "http://sanaregistry.org/r/ndmxml_unqualified/ndmxml-2.0.0-master-2.0.xsd"
_KEY_WIDTH = 24

Lines = list[tuple[str, str]]


def write_tdm_kvn(mission: Mission, points: Sequence[TrackingPoint], generated: Instant) -> str:
    """The message as text; segments in order of their first point."""
    lines = [_line(*pair) for pair in _header(generated)]
    for segment in _segments(points):
        lines += ["", "META_START", *(_line(*pair) for pair in _metadata(mission, segment))]
        lines += ["META_STOP", "", "DATA_START"]
        lines += [f"{key:<{_KEY_WIDTH}} = {at} {value}" for key, at, value in _data(segment)]
        lines += ["DATA_STOP"]
    return "\n".join([*lines, ""])


def write_tdm_xml(mission: Mission, points: Sequence[TrackingPoint], generated: Instant) -> str:
    """The same as NDM/XML (505.0-B-2)."""
    root = ElementTree.Element(
        "tdm",
        {
            "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
            "xsi:noNamespaceSchemaLocation": _SCHEMA,
            "id": "CCSDS_TDM_VERS",
            "version": _VERSION,
        },
    )
    header = ElementTree.SubElement(root, "header")
    for key, value in _header(generated)[1:]:
        ElementTree.SubElement(header, key).text = value
    body = ElementTree.SubElement(root, "body")
    for one in _segments(points):
        segment = ElementTree.SubElement(body, "segment")
        metadata = ElementTree.SubElement(segment, "metadata")
        for key, value in _metadata(mission, one):
            ElementTree.SubElement(metadata, key).text = value
        data = ElementTree.SubElement(segment, "data")
        for key, at, value in _data(one):
            observation = ElementTree.SubElement(data, "observation")
            ElementTree.SubElement(observation, "EPOCH").text = at
            ElementTree.SubElement(observation, key).text = value
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, "unicode") + "\n"


def _header(generated: Instant) -> Lines:
    return [
        ("CCSDS_TDM_VERS", _VERSION),
        ("CREATION_DATE", _epoch(generated)),
        ("ORIGINATOR", _ORIGINATOR),
    ]


def _segments(points: Sequence[TrackingPoint]) -> Iterator[list[TrackingPoint]]:
    groups: dict[tuple[str, str, str, float], list[TrackingPoint]] = {}
    for point in sorted(points, key=lambda one: (one.received, one.antenna)):
        key = (point.pass_id, point.antenna, point.spacecraft, point.count_interval_s)
        groups.setdefault(key, []).append(point)
    yield from groups.values()


def _metadata(mission: Mission, segment: Sequence[TrackingPoint]) -> Lines:
    first, last = segment[0], segment[-1]
    antenna, craft = mission.antennas[first.antenna], mission.spacecraft[first.spacecraft]
    numerator, denominator = craft.transponder.turnaround
    half_s = f"{craft.transponder.delay_ns * 0.5e-9:.12f}"
    start = first.received.plus_seconds(-first.count_interval_s - first.round_trip_s)
    return [
        ("TRACK_ID", first.pass_id),
        ("DATA_TYPES", "RANGE,RECEIVE_FREQ_1,TRANSMIT_FREQ_1"),
        ("TIME_SYSTEM", "UTC"),
        ("START_TIME", _epoch(start)),
        ("STOP_TIME", _epoch(last.received)),
        ("PARTICIPANT_1", antenna.id),
        ("PARTICIPANT_2", craft.id),
        ("MODE", "SEQUENTIAL"),
        ("PATH", "1,2,1"),
        ("TRANSMIT_BAND", "X"),
        ("RECEIVE_BAND", "X"),
        ("TURNAROUND_NUMERATOR", str(numerator)),
        ("TURNAROUND_DENOMINATOR", str(denominator)),
        ("TIMETAG_REF", "RECEIVE"),
        ("INTEGRATION_INTERVAL", f"{first.count_interval_s:.1f}"),
        ("INTEGRATION_REF", "END"),
        ("RANGE_MODE", "COHERENT"),
        ("RANGE_MODULUS", "0.0"),
        ("RANGE_UNITS", "s"),
        ("TRANSMIT_DELAY_2", half_s),
        ("RECEIVE_DELAY_1", f"{antenna.tracking.delay_ns * 1e-9:.12f}"),
        ("RECEIVE_DELAY_2", half_s),
        ("DATA_QUALITY", "RAW"),
        ("CORRECTIONS_APPLIED", "NO"),
    ]


def _data(segment: Sequence[TrackingPoint]) -> Iterator[tuple[str, str, str]]:
    transmitted = None
    for point in segment:
        at = _epoch(point.received)
        if point.transmit_hz != transmitted:
            transmitted = point.transmit_hz
            since = point.received.plus_seconds(-point.count_interval_s - point.round_trip_s)
            yield "TRANSMIT_FREQ_1", _epoch(since), f"{transmitted:.6f}"
        yield "RECEIVE_FREQ_1", at, f"{point.receive_hz:.6f}"
        yield "RANGE", at, f"{point.round_trip_s:.12f}"


def _epoch(instant: Instant) -> str:
    return instant.utc_iso(6)


def _line(key: str, value: str) -> str:
    return f"{key:<{_KEY_WIDTH}} = {value}"
