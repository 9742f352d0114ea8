"""Tracking data messages: what they say, in both notations."""

from __future__ import annotations

from xml.etree import ElementTree

from groundsys.tracking import write_tdm_kvn, write_tdm_xml
from groundsys.values.instants import EarthReceiveTime, Instant
from groundsys.values.tracking import TrackingPoint
from tests.sims_space.flying import ANTENNA
from tests.sims_space.test_tracking import MISSION
from tests.tracking.reading import read_kvn

NOON = Instant.from_utc_iso("2031-08-20T12:00:00Z")


def points(pass_id: str, after_s: float, transmit_hz: float = 7.167e9) -> list[TrackingPoint]:
    return [
        TrackingPoint(
            *("otv", ANTENNA, pass_id, EarthReceiveTime(NOON.plus_seconds(after_s + at).tai_ns)),
            *(60.0, transmit_hz, 8_420_512_345.123456 + at, 1_020.123456789012 + at * 1e-5),
        )
        for at in (0.0, 60.0, 120.0)
    ]


ALL = [*points("pass-02", 7_200.0), *points("pass-01", 0.0)]


def test_each_pass_is_a_segment_with_all_its_numbers() -> None:
    message = read_kvn(write_tdm_kvn(MISSION, ALL, NOON))
    assert message.header["CCSDS_TDM_VERS"] == "2.0"
    assert message.header["CREATION_DATE"] == "2031-08-20T12:00:00.000000Z"
    assert [one.metadata["TRACK_ID"] for one in message.segments] == ["pass-01", "pass-02"]
    first = message.segments[0]
    assert (first.metadata["PARTICIPANT_1"], first.metadata["PARTICIPANT_2"]) == (ANTENNA, "otv")
    assert (first.metadata["MODE"], first.metadata["PATH"]) == ("SEQUENTIAL", "1,2,1")
    assert first.metadata["TURNAROUND_NUMERATOR"] == "880"
    assert set(first.metadata["DATA_TYPES"].split(",")) == set(first.data)
    assert [epoch for epoch, _ in first.data["RANGE"]] == [
        f"2031-08-20T12:0{minute}:00.000000Z" for minute in range(3)
    ]
    # to a picosecond, and to a microhertz as far as double precision carries
    assert first.data["RANGE"][0][1] == 1_020.123456789012
    assert abs(first.data["RECEIVE_FREQ_1"][0][1] - 8_420_512_345.123456) < 3e-6
    # the transmitted frequency holds from before the first count began
    assert first.data["TRANSMIT_FREQ_1"] == [("2031-08-20T11:41:59.876543Z", 7.167e9)]
    assert first.metadata["START_TIME"] == "2031-08-20T11:41:59.876543Z"
    assert first.metadata["STOP_TIME"] == "2031-08-20T12:02:00.000000Z"


def test_a_transmit_frequency_that_changes_is_told_again() -> None:
    both = [*points("pass-01", 0.0), *points("pass-01", 180.0, 7.1671e9)]
    [segment] = read_kvn(write_tdm_kvn(MISSION, both, NOON)).segments
    assert [value for _, value in segment.data["TRANSMIT_FREQ_1"]] == [7.167e9, 7.1671e9]


def test_xml_says_the_same() -> None:
    message = read_kvn(write_tdm_kvn(MISSION, ALL, NOON))
    root = ElementTree.fromstring(write_tdm_xml(MISSION, ALL, NOON))
    assert (root.tag, root.get("id"), root.get("version")) == ("tdm", "CCSDS_TDM_VERS", "2.0")
    segments = root.findall("body/segment")
    assert len(segments) == len(message.segments) == 2
    for found, expected in zip(segments, message.segments, strict=True):
        metadata = found.find("metadata")
        assert metadata is not None
        assert {one.tag: one.text for one in metadata} == expected.metadata
        told: dict[str, list[tuple[str, float]]] = {}
        for observation in found.findall("data/observation"):
            epoch, value = observation
            assert epoch.tag == "EPOCH"
            told.setdefault(value.tag, []).append((epoch.text or "", float(value.text or "nan")))
        assert told == expected.data
