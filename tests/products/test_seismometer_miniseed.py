from __future__ import annotations

import io
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from groundsys.mission.ground.customer_model import Payload
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.products import Provenance
from groundsys.products.payload_file import HEADER
from groundsys.products.seismometer_miniseed import RECORD_BYTES, write_miniseed
from groundsys.products.station_metadata import station_metadata
from groundsys.values.clock import ClockSolution
from groundsys.values.errors import DefinitionError
from tests.products.conftest import SCLK_EPOCH, Observe
from tests.products.payload_files import payload_file, seismometer_columns
from tests.products.written import written

with warnings.catch_warnings():
    # obspy 1.5.1 asks importlib.metadata in the way that Python 3.10 deprecated
    warnings.simplefilter("ignore", DeprecationWarning)
    import obspy
    from obspy.io.mseed.util import get_flags
    from obspy.io.stationxml.core import validate_stationxml

FIELDS = {"BHZ": "vertical", "BHN": "north", "BHE": "east"}


def test_an_independent_reader_finds_equal_samples(
    observe: Observe, seismometer: Payload, tmp_path: Path
) -> None:
    columns = seismometer_columns(5000)
    columns["vertical"][:4] = (-(1 << 23), (1 << 23) - 1, -(1 << 23), (1 << 23) - 1)
    observed = observe(seismometer, payload_file(seismometer, columns))
    path = written(write_miniseed(observed)[0], tmp_path)
    stream = obspy.read(str(path))
    assert sorted(trace.id for trace in stream) == sorted(f"XM.THAR1.00.{code}" for code in FIELDS)
    for trace in stream:
        assert trace.stats.mseed.encoding == "STEIM2"
        assert trace.stats.mseed.record_length == RECORD_BYTES
        assert trace.stats.sampling_rate == 10.0
        np.testing.assert_array_equal(trace.data, columns[FIELDS[trace.stats.channel]])


def test_each_record_carries_its_own_event_time(
    observe: Observe, seismometer: Payload, clock: ClockSolution, tmp_path: Path
) -> None:
    drifting = replace(clock, rate=1.0005)
    data = payload_file(seismometer, seismometer_columns(2000))
    observed = observe(seismometer, data, clock=drifting)
    path = written(write_miniseed(observed)[0], tmp_path)
    data = path.read_bytes()
    position = {}
    for offset in range(0, len(data), RECORD_BYTES):
        (trace,) = obspy.read(io.BytesIO(data[offset : offset + RECORD_BYTES]))
        first = position.get(trace.id, 0)
        expected = drifting.scet(int(observed.file.sclk_ns()[first])).to_utc().timestamp()
        assert trace.stats.starttime.timestamp == pytest.approx(expected, abs=2e-6)
        position[trace.id] = first + trace.stats.npts
    assert set(position.values()) == {2000}


def test_a_gap_separates_two_traces(
    observe: Observe, seismometer: Payload, provenance: Provenance, tmp_path: Path
) -> None:
    columns = seismometer_columns(900)
    data = payload_file(seismometer, columns)
    gap = replace(provenance, missing=((HEADER.size + 300 * 9, HEADER.size + 400 * 9),))
    path = written(write_miniseed(observe(seismometer, data, provenance=gap))[0], tmp_path)
    stream = obspy.read(str(path))
    north = sorted(stream.select(channel="BHN"), key=lambda trace: trace.stats.starttime)
    assert [trace.stats.npts for trace in north] == [300, 500]
    np.testing.assert_array_equal(north[1].data, columns["north"][400:])
    assert len(stream.get_gaps()) == 3


def test_station_metadata_turns_counts_into_ground_motion(
    observe: Observe, seismometer: Payload, tmp_path: Path
) -> None:
    columns = seismometer_columns(500)
    observed = observe(seismometer, payload_file(seismometer, columns))
    path = written(write_miniseed(observed)[0], tmp_path)
    (tmp_path / "station.xml").write_bytes(station_metadata(observed))
    assert validate_stationxml(str(tmp_path / "station.xml")) == (True, ())
    inventory = obspy.read_inventory(str(tmp_path / "station.xml"))
    (trace,) = obspy.read(str(path)).select(channel="BHE")
    trace.remove_sensitivity(inventory)
    np.testing.assert_allclose(trace.data, columns["east"] * 5e-11, rtol=1e-9)
    place = inventory.get_coordinates("XM.THAR1.00.BHZ")
    assert (place["latitude"], place["longitude"], place["elevation"]) == (4.5, -115.0, 9800.0)
    assert inventory.get_orientation("XM.THAR1.00.BHZ") == {"azimuth": 0.0, "dip": -90.0}


def test_a_seismometer_without_a_landing_site_is_refused(
    observe: Observe, seismometer: Payload, spacecraft: Spacecraft
) -> None:
    data = payload_file(seismometer, seismometer_columns(5))
    with pytest.raises(DefinitionError, match="no landing site"):
        station_metadata(observe(seismometer, data, spacecraft=replace(spacecraft, site=None)))


def test_a_file_without_records_makes_no_miniseed(observe: Observe, seismometer: Payload) -> None:
    data = payload_file(seismometer, seismometer_columns(0))
    assert write_miniseed(observe(seismometer, data)) == []


def test_a_channel_of_an_unknown_field_is_refused(observe: Observe, seismometer: Payload) -> None:
    wrong = replace(
        seismometer,
        settings={**seismometer.settings, "channels": {"BHZ": {"field": "upward"}}},
    )
    data = payload_file(wrong, seismometer_columns(5))
    with pytest.raises(DefinitionError, match="BHZ ← upward"):
        write_miniseed(observe(wrong, data))


def test_quality_and_time_uncertainty_are_in_each_records_header(
    observe: Observe, seismometer: Payload, clock: ClockSolution, tmp_path: Path
) -> None:
    columns = seismometer_columns(900)
    columns["vertical"][:] = 3
    columns["vertical"][0] = (1 << 23) - 1
    data = payload_file(seismometer, columns)
    path = written(write_miniseed(observe(seismometer, data))[0], tmp_path)
    flags = get_flags(str(path))
    assert flags["data_quality_flags_counts"]["digitizer_clipping"] == 3  # one record a channel
    assert flags["data_quality_flags_counts"]["suspect_time_tag"] == 0
    assert flags["io_and_clock_flags_counts"]["clock_locked"] == flags["record_count"]
    # 20 ms: 100 − 20·log10(20)
    assert flags["timing_quality"]["min"] == flags["timing_quality"]["max"] == 74
    never_measured = ClockSolution.nominal(clock.spacecraft, SCLK_EPOCH)
    other = tmp_path / "other"
    other.mkdir()
    path = written(write_miniseed(observe(seismometer, data, clock=never_measured))[0], other)
    flags = get_flags(str(path))
    assert flags["io_and_clock_flags_counts"]["clock_locked"] == 0
    assert flags["data_quality_flags_counts"]["suspect_time_tag"] == flags["record_count"]
    assert flags["timing_quality"]["mean"] == 20  # ten seconds
