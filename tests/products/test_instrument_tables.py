"""CSV and Parquet open in pandas and say the same."""

from __future__ import annotations

import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from groundsys.mission.ground.customer_model import Payload
from groundsys.products.instrument_tables import write_csv, write_parquet
from groundsys.products.payload_file import HEADER
from groundsys.products.provenance import Provenance
from groundsys.products.quality import GAP_BEFORE, INVALID
from groundsys.values.clock import ClockSolution
from tests.products.conftest import START_SCLK_NS, Observe
from tests.products.payload_files import payload_file, seismometer_columns, weather_columns
from tests.products.written import written

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    import pandas
    import pyarrow.parquet


def test_both_tables_tell_times_uncertainty_quality_and_values(
    observe: Observe,
    weather: Payload,
    clock: ClockSolution,
    provenance: Provenance,
    tmp_path: Path,
) -> None:
    columns = weather_columns(30)
    columns["humidity"][4] = np.inf
    gap = replace(provenance, missing=((HEADER.size + 11 * 10, HEADER.size + 11 * 12),))
    observation = observe(weather, payload_file(weather, columns), provenance=gap)
    csv = pandas.read_csv(written(write_csv(observation)[0], tmp_path), parse_dates=["time_utc"])
    parquet = pandas.read_parquet(written(write_parquet(observation)[0], tmp_path))
    kept = np.r_[0:10, 12:30]
    for table, time in ((csv, csv["time_utc"]), (parquet, parquet["time"])):
        assert len(table) == 28
        for place, index in ((0, 0), (10, 12)):
            scet = clock.scet(START_SCLK_NS + index * 5_000_000_000).to_utc()
            assert abs(time[place] - pandas.Timestamp(scet)) <= pandas.Timedelta("1us")
        assert table["sclk"].tolist() == [START_SCLK_NS + int(k) * 5_000_000_000 for k in kept]
        assert table["time_uncertainty"].tolist() == pytest.approx([0.02] * 28)
        np.testing.assert_allclose(table["pressure"], 0.0001 * columns["pressure"][kept], rtol=1e-6)
        assert table["quality"].tolist() == columns["quality"][kept].tolist()
        assert table["humidity"].isna().tolist() == [k == 4 for k in range(28)]
        assert table["quality_flags"][4] & INVALID
        assert table["quality_flags"][10] & GAP_BEFORE


def test_parquet_carries_units_and_where_it_comes_from(
    observe: Observe, weather: Payload, tmp_path: Path
) -> None:
    data = payload_file(weather, weather_columns(3))
    schema = pyarrow.parquet.read_schema(
        written(write_parquet(observe(weather, data))[0], tmp_path)
    )
    assert schema.field("pressure").metadata[b"unit"] == b"Pa"
    assert schema.field("mode").metadata[b"description"] == b"0 = IDLE; 1 = SAMPLING"
    assert schema.metadata[b"payload_file"] == b"payload-000012.dat"
    assert schema.metadata[b"mdb_version"] == b"cube 1 (a1b2c3)"


@pytest.mark.parametrize("write", [write_csv, write_parquet])
def test_the_same_input_gives_the_same_bytes(write, observe: Observe, seismometer: Payload) -> None:
    data = payload_file(seismometer, seismometer_columns(40))
    first = write(observe(seismometer, data))[0].octets
    assert write(observe(seismometer, data))[0].octets == first
