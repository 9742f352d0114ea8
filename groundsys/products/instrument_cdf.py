"""Level 1 of an instrument: its time series as CDF files by the ISTP guidelines, one a UTC day.

A payload file that runs over midnight becomes two CDF files, as ISTP's daily file names ask.
Records that never came are left out: the gap shows in `Epoch`.  What all files of a payload have
in common is written once and copied: attributes take far longer to write than samples.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from groundsys.products.calibrated_columns import Column
from groundsys.products.cdf_places import cdf_layout
from groundsys.products.made import Made
from groundsys.products.observation import Observation, Series
from groundsys.products.pds4_structures import Contents, column_array, header
from groundsys.products.quality import ALL_FLAGS, quality_legend
from groundsys.products.scientific_libraries import cdf_library
from groundsys.products.time_tags import tt2000_ns

MEDIA_TYPE = "application/x-cdf"
#: TT2000 of 1990-01-01 and 2100-01-01: a span that every mission of ours lies in
_EPOCH_VALID = (-315_575_942_816_000_000, 3_155_716_869_184_000_000)
#: PDS4's words for the types in which values lie in the file, little-endian
_PDS4_TYPES = {
    "CDF_TIME_TT2000": "SignedLSB8",
    "CDF_INT8": "SignedLSB8",
    "CDF_INT4": "SignedLSB4",
    "CDF_INT2": "SignedLSB2",
    "CDF_REAL4": "IEEE754LSBSingle",
}
#: … and in which the library takes them
_IN_MEMORY = {
    "CDF_TIME_TT2000": np.int64,
    "CDF_INT8": np.int64,
    "CDF_INT4": np.int32,
    "CDF_INT2": np.int16,
    "CDF_REAL4": np.float32,
}


@dataclass(frozen=True, slots=True)
class _Variable:
    """A variable with the attributes that ISTP asks of every variable."""

    name: str
    cdf_type: str
    var_type: str
    units: str
    valid: tuple[Any, Any]
    catdesc: str
    further: tuple[tuple[str, str], ...]


_EPOCH = _Variable(
    "Epoch", "CDF_TIME_TT2000", "support_data", "ns", _EPOCH_VALID,
    "Spacecraft event time of the sample",
    (
        ("TIME_BASE", "J2000"), ("TIME_SCALE", "Terrestrial Time"),
        ("REFERENCE_POSITION", "Spacecraft"), ("MONOTON", "INCREASE"),
    ),
)  # fmt: skip
_IN_TIME = (("DEPEND_0", "Epoch"), ("DISPLAY_TYPE", "time_series"))
_SUPPORT = (
    _Variable(
        "sclk", "CDF_INT8", "support_data", "ns", (0, 2**62),
        "Spacecraft clock at the sample, since the craft's clock epoch", _IN_TIME,
    ),
    _Variable(
        "epoch_uncertainty", "CDF_REAL4", "support_data", "s", (0.0, 1e9),
        "One standard deviation of Epoch by the clock solution", _IN_TIME,
    ),
    _Variable(
        "quality_flags", "CDF_INT2", "support_data", "", (0, ALL_FLAGS),
        "Quality of the sample, by bits; 0 is nominal",
        (*_IN_TIME, ("VAR_NOTES", quality_legend())),
    ),
)  # fmt: skip


def write_cdf(observation: Observation) -> list[Made]:
    """Write the CDF files of one payload file, by day."""
    made = []
    for series in observation.series:
        name = observation.free_name(observation.series_stem(series), ".cdf")
        variables = (_EPOCH, *_SUPPORT, *(_variable(column) for column in series.columns))
        values: tuple[NDArray[Any], ...] = (
            tt2000_ns(series.tai_ns), series.sclk_ns, series.sigma_s, series.quality,
            *(column.values for column in series.columns),
        )  # fmt: skip
        with cdf_library() as pycdf, _file_of_memory() as path:
            path.write_bytes(_skeleton(tuple(_common_attributes(observation).items()), variables))
            with pycdf.CDF(str(path)) as cdf:
                cdf.readonly(False)
                for key, text in _attributes(observation, PurePath(name).stem).items():
                    _add_attribute(pycdf, cdf, key, text or " ")
                for variable, column in zip(variables, values, strict=True):
                    _fill(pycdf, cdf, variable, column)
            octets = path.read_bytes()
        contents = _contents(observation, series, octets, variables)
        made.append(Made(name, octets, "L1", MEDIA_TYPE, contents))
    return made


def _contents(
    observation: Observation, series: Series, octets: bytes, variables: tuple[_Variable, ...]
) -> Contents:
    """What a PDS4 label says: all values lie behind the file's own description of itself."""
    layout = cdf_layout(octets)
    first = min(layout.offsets.values())
    arrays = (
        column_array(
            variable.name, layout.offsets[variable.name], len(series.index),
            _PDS4_TYPES[variable.cdf_type], variable.units, variable.catdesc,
        )
        for variable in variables
    )  # fmt: skip
    return Contents(
        title=f"{observation.title}, Level 1",
        product_class="Product_Observational",
        processing_level="Calibrated",
        start=series.start,
        stop=series.end,
        structures=(
            header("Internal header", 0, first, f"CDF {layout.version} ISTP/IACG"),
            *sorted(arrays, key=lambda array: int(array.findtext("offset", "0"))),
        ),
    )


def _common_attributes(observation: Observation) -> dict[str, str]:
    """Global attributes that most files of a payload share (ISTP guidelines)."""
    craft, customer, payload = observation.spacecraft, observation.customer, observation.payload
    setting = observation.setting
    return {
        "Project": observation.programme.name,
        "Source_name": f"{craft.id}>{craft.name}",
        "Discipline": setting("discipline", "Planetary Science>Planetary Atmospheres"),
        "Data_type": "L1>Level 1: calibrated, time-tagged",
        "Descriptor": f"{setting('instrument', payload.id)}>{payload.name}",
        "Logical_source": observation.source,
        "Logical_source_description": f"{observation.title}, Level 1",
        "File_naming_convention": "source_descriptor_yyyyMMddHHmmss",
        "PI_name": setting("principal_investigator", customer.name),
        "PI_affiliation": setting("affiliation", customer.name),
        "Instrument_type": setting("instrument_type", "Weather station (surface)"),
        "Mission_group": observation.programme.name,
        "TEXT": setting("text", payload.name),
        "Rules_of_use": f"Property of {customer.name}.",
        "Data_version": str(observation.provenance.version),
        "Generated_by": f"groundsys {observation.software_version}",
        "MDB_version": observation.provenance.mdb_version,
        "Time_resolution": f"{observation.file.header.sample_interval_ns / 1e9:g} s",
    }


def _attributes(observation: Observation, name: str) -> dict[str, str]:
    """Global attributes of one file alone."""
    provenance = observation.provenance
    return {
        "Logical_file_id": name,
        "Generation_date": f"{provenance.completed.to_utc():%Y%m%d}",
        "Parents": observation.file_name,
        "Clock_solution": observation.clock_text,
    }


def _variable(column: Column) -> _Variable:
    field = column.field
    return _Variable(
        field.name, column.cdf_type, "support_data" if field.kind == "enum" else "data",
        field.unit, column.valid, field.description or field.name,
        (*_IN_TIME, *((("VAR_NOTES", column.notes),) if column.notes else ())),
    )  # fmt: skip


@contextmanager
def _file_of_memory() -> Iterator[Path]:
    """A file for libcdf, which knows nothing else, that lies on no disk and ends with its process.

    Only Linux has such files (memfd_create); elsewhere it is one that its owner alone can read.
    """
    if sys.platform == "linux":
        with os.fdopen(os.memfd_create("cdf"), "r+b") as memory:
            yield Path(f"/proc/self/fd/{memory.fileno()}")
    else:
        with TemporaryDirectory(prefix="groundsys-cdf-") as folder:
            yield Path(folder) / "made.cdf"


@lru_cache(maxsize=64)
def _skeleton(attributes: tuple[tuple[str, str], ...], variables: tuple[_Variable, ...]) -> bytes:
    """A CDF with these global attributes and variables, and no record yet."""
    with cdf_library() as pycdf, TemporaryDirectory(prefix="groundsys-cdf-") as folder:
        path = Path(folder) / "skeleton.cdf"  # the library makes none where a file is
        with pycdf.CDF(str(path), "") as cdf:
            for name, text in attributes:
                cdf.attrs[name] = text or " "
            for variable in variables:
                made = cdf.new(variable.name, type=getattr(pycdf.const, variable.cdf_type))
                _describe(pycdf, made, variable)
        return path.read_bytes()


def _add_attribute(pycdf: Any, cdf: Any, name: str, text: str) -> None:
    """Add a global attribute that is not there yet.

    One call of libcdf: pycdf's own way, which looks for it before and behind, takes ten.
    """
    const, octets = pycdf.const, text.encode()
    number = ctypes.c_long()
    cdf._call(  # pycdf has no public name for it
        *(const.CREATE_, const.ATTR_, name.encode("ascii")),
        *(const.GLOBAL_SCOPE, ctypes.byref(number)),
        *(const.SELECT_, const.gENTRY_, ctypes.c_long(0)),
        *(const.PUT_, const.gENTRY_DATA_, const.CDF_CHAR, ctypes.c_long(len(octets)), octets),
    )


def _fill(pycdf: Any, cdf: Any, variable: _Variable, values: NDArray[Any]) -> None:
    """Write all values in one block of just their size; the library reserves far more by itself.

    One call of libcdf for each variable: pycdf's own way, through a slice of an object, takes ten.
    """
    const, octets = pycdf.const, np.ascontiguousarray(values, _IN_MEMORY[variable.cdf_type])
    records = ctypes.c_long(len(octets))
    cdf._call(  # pycdf has no public name for it
        *(const.SELECT_, const.zVAR_NAME_, variable.name.encode("ascii")),
        *(const.PUT_, const.zVAR_BLOCKINGFACTOR_, records),
        *(const.SELECT_, const.zVAR_RECNUMBER_, ctypes.c_long(0)),
        *(const.SELECT_, const.zVAR_RECCOUNT_, records),
        *(const.SELECT_, const.zVAR_RECINTERVAL_, ctypes.c_long(1)),
        *(const.PUT_, const.zVAR_HYPERDATA_, octets.ctypes.data_as(ctypes.c_void_p)),
    )


def _describe(pycdf: Any, made: Any, variable: _Variable) -> None:
    attributes = made.cdf_file.raw_var(variable.name).attrs
    attributes["FIELDNAM"] = variable.name
    attributes["CATDESC"] = variable.catdesc
    attributes["LABLAXIS"] = variable.name
    attributes["VAR_TYPE"] = variable.var_type
    attributes["UNITS"] = variable.units or " "
    for name, value in zip(("MIN", "MAX"), variable.valid, strict=True):
        attributes.new(f"VALID{name}", data=value, type=made.type())
        attributes.new(f"SCALE{name}", data=value, type=made.type())
    for name, text in variable.further:
        attributes[name] = text
    pycdf.istp.fillval(made)
    pycdf.istp.format(made)
