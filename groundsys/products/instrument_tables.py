"""Level 1 of an instrument as tables: comma-separated values and Parquet, one file a UTC day.

The first columns are the same in both: SCET, its uncertainty, the craft's clock, quality.  What a
value could not be told of is empty (CSV) or null (Parquet).
"""

from __future__ import annotations

from importlib import import_module
from typing import Any, Literal

import numpy as np

from groundsys.products.calibrated_columns import FILL_REAL4, Column
from groundsys.products.made import Made
from groundsys.products.observation import Observation, Series
from groundsys.products.pds4_structures import Contents, TextColumn, table_delimited
from groundsys.products.quality import quality_legend

CSV_MEDIA_TYPE = "text/csv"
PARQUET_MEDIA_TYPE = "application/vnd.apache.parquet"
_SIGMA = "One standard deviation of the time, by the clock solution"
_SCLK = "Spacecraft clock at the sample, since the craft's clock epoch"
_LEADING = (
    TextColumn("time_utc", "ASCII_Date_Time_YMD_UTC", "", "Spacecraft event time of the sample"),
    TextColumn("time_uncertainty", "ASCII_Real", "s", _SIGMA),
    TextColumn("sclk", "ASCII_Integer", "ns", _SCLK),
    TextColumn("quality_flags", "ASCII_Integer", "", quality_legend()),
)
_UNLABELLED = "PDS4 1.26 knows no Parquet; the same table as CSV can be labelled (format csv)"


def write_csv(observation: Observation) -> list[Made]:
    """Write the tables of one payload file as CSV (RFC 4180, UTF-8), by day."""
    pyarrow, csv = import_module("pyarrow"), import_module("pyarrow.csv")
    made = []
    for series in observation.series:
        columns = (*_LEADING, *(_text_column(column) for column in series.columns))
        texts = np.datetime_as_string(series.utc_ns.astype("M8[ns]"), timezone="UTC")
        table = pyarrow.table(
            [
                texts, series.sigma_s, series.sclk_ns, series.quality,
                *(_nullable(pyarrow, column) for column in series.columns),
            ],
            names=[column.name for column in columns],
        )  # fmt: skip
        names = (",".join(column.name for column in columns) + "\n").encode()
        sink = pyarrow.BufferOutputStream()
        sink.write(names)
        csv.write_csv(table, sink, csv.WriteOptions(include_header=False, quoting_style="none"))
        name = observation.free_name(observation.series_stem(series), ".csv")
        octets = sink.getvalue().to_pybytes()
        contents = Contents(
            title=f"{observation.title}, Level 1",
            product_class="Product_Observational",
            processing_level="Calibrated",
            start=series.start,
            stop=series.end,
            structures=table_delimited(
                "Samples", columns, len(series.utc_ns), len(names), len(octets)
            ),
        )
        made.append(Made(name, octets, "L1", CSV_MEDIA_TYPE, contents))
    return made


def write_parquet(observation: Observation) -> list[Made]:
    """Write the tables of one payload file as Parquet, by day; fields' metadata tell units."""
    pyarrow, parquet = import_module("pyarrow"), import_module("pyarrow.parquet")
    made = []
    for series in observation.series:
        schema = pyarrow.schema(
            [
                _field(pyarrow, "time", pyarrow.timestamp("ns", "UTC"), _LEADING[0]),
                _field(pyarrow, "time_uncertainty", pyarrow.float32(), _LEADING[1]),
                _field(pyarrow, "sclk", pyarrow.int64(), _LEADING[2]),
                _field(pyarrow, "quality_flags", pyarrow.int16(), _LEADING[3]),
                *(
                    _field(
                        pyarrow, column.field.name,
                        pyarrow.from_numpy_dtype(column.values.dtype), _text_column(column),
                    )
                    for column in series.columns
                ),
            ],
            metadata=_metadata(observation, series),
        )  # fmt: skip
        table = pyarrow.table(
            [
                pyarrow.array(series.utc_ns).cast(pyarrow.timestamp("ns", "UTC")),
                series.sigma_s, series.sclk_ns, series.quality,
                *(_nullable(pyarrow, column) for column in series.columns),
            ],
            schema=schema,
        )  # fmt: skip
        name = observation.free_name(observation.series_stem(series), ".parquet")
        # a dictionary of measured values would be as long as they are
        repeated = [
            field.name for field in schema if field.type in (pyarrow.int16(), pyarrow.int32())
        ]
        sink = pyarrow.BufferOutputStream()
        parquet.write_table(table, sink, compression="zstd", use_dictionary=repeated)
        octets = sink.getvalue().to_pybytes()
        made.append(Made(name, octets, "L1", PARQUET_MEDIA_TYPE, _UNLABELLED))
    return made


def _metadata(observation: Observation, series: Series) -> dict[str, str]:
    return {
        "title": f"{observation.title}, Level 1",
        "spacecraft": observation.spacecraft.id,
        "payload_file": observation.file_name,
        "version": str(observation.provenance.version),
        "clock_solution": observation.clock_text,
        "mdb_version": observation.provenance.mdb_version,
        "software": f"groundsys {observation.software_version}",
        "license": f"Property of {observation.customer.name}.",
        "time_coverage": f"{series.start.utc_iso(6)}/{series.end.utc_iso(6)}",
    }


def _text_column(column: Column) -> TextColumn:
    field = column.field
    whole = column.values.dtype.kind == "i"
    data_type: Literal["ASCII_Integer", "ASCII_Real"] = "ASCII_Integer" if whole else "ASCII_Real"
    told = "; ".join(filter(None, (field.description, column.notes)))
    return TextColumn(field.name, data_type, field.unit, told)


def _field(pyarrow: Any, name: str, kind: Any, column: TextColumn) -> Any:
    return pyarrow.field(
        name, kind, metadata={"unit": column.unit, "description": column.description}
    )


def _nullable(pyarrow: Any, column: Column) -> Any:
    if column.values.dtype != np.float32:
        return pyarrow.array(column.values)
    return pyarrow.array(column.values, mask=column.values == FILL_REAL4)
