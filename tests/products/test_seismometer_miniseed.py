from __future__ import annotations

import io
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from groundsys.mission.model import Payload, Spacecraft
from groundsys.products import Provenance
from groundsys.products.payload_file import HEADER, decode_payload_file
from groundsys.products.seismometer_miniseed import RECORD_BYTES, write_miniseed
from groundsys.products.station_metadata import write_station_metadata
from groundsys.values.clock import ClockSolution
from groundsys.values.errors import DefinitionError
from tests.products.payload_files import payload_file, seismometer_columns

with warnings.catch_warnings():
    # obspy 1.5.1 asks importlib.metadata in the way that Python 3.10 deprecated
    warnings.simplefilter("ignore", DeprecationWarning)
    import obspy
    from obspy.io.stationxml.core import validate_stationxml

FIELDS = {"BHZ": "vertical", "BHN": "north", "BHE": "east"}


def test_an_independent_reader_finds_equal_samples(
    seismometer: Payload, clock: ClockSolution, tmp_path: Path, provenance: Provenance
) -> None:
    columns = seismometer_columns(5000)
    columns["vertical"][:4] = (-(1 << 23), (1 << 23) - 1, -(1 << 23), (1 << 23) - 1)
    decoded = decode_payload_file(seismometer, payload_file(seismometer, columns))
    (path,) = write_miniseed(seismometer, decoded, clock, tmp_path, provenance)
    stream = obspy.read(str(path))
    assert sorted(trace.id for trace in stream) == sorted(f"XM.THAR1.00.{code}" for code in FIELDS)
    for trace in stream:
        assert trace.stats.mseed.encoding == "STEIM2"
        assert trace.stats.mseed.record_length == RECORD_BYTES
        assert trace.stats.sampling_rate == 10.0
        np.testing.assert_array_equal(trace.data, columns[FIELDS[trace.stats.channel]])


def test_each_record_carries_its_own_event_time(
    seismometer: Payload, clock: ClockSolution, tmp_path: Path, provenance: Provenance
) -> None:
    drifting = replace(clock, rate=1.0005)
    decoded = decode_payload_file(seismometer, payload_file(seismometer, seismometer_columns(2000)))
    (path,) = write_miniseed(seismometer, decoded, drifting, tmp_path, provenance)
    data = path.read_bytes()
    position = {}
    for offset in range(0, len(data), RECORD_BYTES):
        (trace,) = obspy.read(io.BytesIO(data[offset : offset + RECORD_BYTES]))
        first = position.get(trace.id, 0)
        expected = drifting.scet(int(decoded.sclk_ns()[first])).to_utc().timestamp()
        assert trace.stats.starttime.timestamp == pytest.approx(expected, abs=2e-6)
        position[trace.id] = first + trace.stats.npts
    assert set(position.values()) == {2000}


def test_a_gap_separates_two_traces(
    seismometer: Payload, clock: ClockSolution, tmp_path: Path, provenance: Provenance
) -> None:
    columns = seismometer_columns(900)
    data = payload_file(seismometer, columns)
    missing = [(HEADER.size + 300 * 9, HEADER.size + 400 * 9)]
    decoded = decode_payload_file(seismometer, data, missing)
    (path,) = write_miniseed(seismometer, decoded, clock, tmp_path, provenance)
    stream = obspy.read(str(path))
    north = sorted(stream.select(channel="BHN"), key=lambda trace: trace.stats.starttime)
    assert [trace.stats.npts for trace in north] == [300, 500]
    np.testing.assert_array_equal(north[1].data, columns["north"][400:])
    assert len(stream.get_gaps()) == 3


def test_station_metadata_turns_counts_into_ground_motion(
    seismometer: Payload,
    spacecraft: Spacecraft,
    provenance: Provenance,
    clock: ClockSolution,
    tmp_path: Path,
) -> None:
    columns = seismometer_columns(500)
    decoded = decode_payload_file(seismometer, payload_file(seismometer, columns))
    (path,) = write_miniseed(seismometer, decoded, clock, tmp_path, provenance)
    write_station_metadata(seismometer, spacecraft, provenance, tmp_path / "station.xml")
    assert validate_stationxml(str(tmp_path / "station.xml")) == (True, ())
    inventory = obspy.read_inventory(str(tmp_path / "station.xml"))
    (trace,) = obspy.read(str(path)).select(channel="BHE")
    trace.remove_sensitivity(inventory)
    np.testing.assert_allclose(trace.data, columns["east"] * 5e-11, rtol=1e-9)
    place = inventory.get_coordinates("XM.THAR1.00.BHZ")
    assert (place["latitude"], place["longitude"], place["elevation"]) == (4.5, -115.0, 9800.0)
    assert inventory.get_orientation("XM.THAR1.00.BHZ") == {"azimuth": 0.0, "dip": -90.0}


def test_a_seismometer_without_a_landing_site_is_refused(
    seismometer: Payload, spacecraft: Spacecraft, provenance: Provenance, tmp_path: Path
) -> None:
    with pytest.raises(DefinitionError, match="no landing site"):
        write_station_metadata(
            seismometer, replace(spacecraft, site=None), provenance, tmp_path / "station.xml"
        )


def test_a_file_without_records_makes_no_miniseed(
    seismometer: Payload, clock: ClockSolution, tmp_path: Path, provenance: Provenance
) -> None:
    decoded = decode_payload_file(seismometer, payload_file(seismometer, seismometer_columns(0)))
    assert write_miniseed(seismometer, decoded, clock, tmp_path, provenance) == []


def test_a_channel_of_an_unknown_field_is_refused(
    seismometer: Payload, clock: ClockSolution, tmp_path: Path, provenance: Provenance
) -> None:
    wrong = replace(
        seismometer,
        settings={**seismometer.settings, "channels": {"BHZ": {"field": "upward"}}},
    )
    decoded = decode_payload_file(wrong, payload_file(wrong, seismometer_columns(5)))
    with pytest.raises(DefinitionError, match="BHZ ← upward"):
        write_miniseed(wrong, decoded, clock, tmp_path, provenance)
