"""Level 1 of an instrument: its time series as CDF files by the ISTP guidelines, one a UTC day.

A payload file that runs over midnight becomes two CDF files, as ISTP's daily file names ask.
Records that never came are left out: the gap shows in `Epoch`.
"""

from __future__ import annotations

import ctypes
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from groundsys.mission.model import Customer, Payload, Spacecraft
from groundsys.mission.packet_model import Field
from groundsys.products.calibrated_columns import Column, calibrated_column
from groundsys.products.cdf_library import cdf_library
from groundsys.products.naming import free_stem
from groundsys.products.payload_file import PayloadFile
from groundsys.products.provenance import Provenance
from groundsys.products.time_tags import NANOSECONDS_PER_DAY, scet_tai_ns, tt2000_ns, unix_ns
from groundsys.values.clock import ClockSolution
from groundsys.values.instants import Instant

#: TT2000 of 1990-01-01 and 2100-01-01: a span that every mission of ours lies in
_EPOCH_VALID = (-315_575_942_816_000_000, 3_155_716_869_184_000_000)


@dataclass(frozen=True, slots=True)
class _Day:
    """The present records of one payload file that fall on one UTC day."""

    index: NDArray[np.intp]
    tai_ns: NDArray[np.int64]


def write_instrument_cdf(
    payload: Payload,
    customer: Customer,
    spacecraft: Spacecraft,
    file: PayloadFile,
    file_name: str,
    clock: ClockSolution,
    provenance: Provenance,
    software_version: str,
    folder: Path,
    taken: Collection[str] = (),
) -> list[Path]:
    """Write the CDF files of one payload file into `folder`; their paths, by day."""
    columns = [calibrated_column(field, file.raw[field.name]) for field in payload.record]
    source = str(payload.settings.get("logical_source", f"{spacecraft.id}_l1_{payload.id}"))
    paths = []
    for day in _days(file, clock):
        start = Instant(int(day.tai_ns[0]))
        name = free_stem(
            f"{source}_{start.to_utc():%Y%m%d%H%M%S}_v{provenance.version:02d}",
            *(".cdf", taken, provenance.transaction),
        )
        path = folder / f"{name}.cdf"
        attributes = {
            **_origin(payload, customer, spacecraft),
            "Data_version": str(provenance.version),
            "Logical_file_id": name,
            "Logical_source": source,
            "Generated_by": f"groundsys {software_version}",
            "Generation_date": f"{provenance.completed.to_utc():%Y%m%d}",
            "Parents": file_name,
            "Time_resolution": f"{file.header.sample_interval_ns / 1e9:g} s",
            "Clock_solution": f"SCLK {clock.sclk_ref_ns} ns = TAI {clock.scet_ref.tai_ns} ns, "
            f"rate {clock.rate!r}, uncertainty {clock.uncertainty_s:g} s",
            "MDB_version": provenance.mdb_version,
        }
        with cdf_library() as pycdf:
            _write_day(pycdf, path, file, day, columns, clock, attributes)
        paths.append(path)
    return paths


def _origin(payload: Payload, customer: Customer, spacecraft: Spacecraft) -> dict[str, str]:
    """Global attributes that say whose data these are (ISTP guidelines, global attributes)."""
    settings = payload.settings
    return {
        "Project": "MARS CUBE service",
        "Source_name": f"{spacecraft.id}>{spacecraft.name}",
        "Discipline": str(settings.get("discipline", "Planetary Science>Planetary Atmospheres")),
        "Data_type": "L1>Level 1: calibrated, time-tagged",
        "Descriptor": f"{settings.get('instrument', payload.id)}>{payload.name}",
        "Logical_source_description": f"{settings.get('title', payload.name)}, Level 1",
        "File_naming_convention": "source_descriptor_yyyyMMddHHmmss",
        "PI_name": str(settings.get("principal_investigator", customer.name)),
        "PI_affiliation": str(settings.get("affiliation", customer.name)),
        "Instrument_type": str(settings.get("instrument_type", "Weather station (surface)")),
        "Mission_group": "MARS CUBE service",
        "TEXT": str(settings.get("text", payload.name)),
        "Rules_of_use": f"Property of {customer.name}.",
    }


def _days(file: PayloadFile, clock: ClockSolution) -> Iterator[_Day]:
    index = np.flatnonzero(file.present)
    tai_ns = scet_tai_ns(clock, file.sclk_ns()[index])
    day = unix_ns(tai_ns) // NANOSECONDS_PER_DAY
    for number in np.unique(day):
        chosen = day == number
        yield _Day(index[chosen], tai_ns[chosen])


def _write_day(
    pycdf: Any,
    path: Path,
    file: PayloadFile,
    day: _Day,
    columns: list[Column],
    clock: ClockSolution,
    attributes: dict[str, str],
) -> None:
    const = pycdf.const
    with pycdf.CDF(str(path), "") as cdf:
        for name, text in attributes.items():
            cdf.attrs[name] = text or " "
        epoch = cdf.new("Epoch", type=const.CDF_TIME_TT2000)
        _fill(pycdf, cdf.raw_var("Epoch"), tt2000_ns(day.tai_ns))
        _describe(
            pycdf, epoch, var_type="support_data", catdesc="Spacecraft event time of the sample",
            units="ns", valid=_EPOCH_VALID,
            TIME_BASE="J2000", TIME_SCALE="Terrestrial Time", REFERENCE_POSITION="Spacecraft",
            MONOTON="INCREASE",
        )  # fmt: skip
        _add(
            pycdf, cdf, "sclk", file.sclk_ns()[day.index], const.CDF_INT8,
            var_type="support_data", units="ns", valid=(0, 2**62),
            catdesc="Spacecraft clock at the sample, since the craft's clock epoch",
        )  # fmt: skip
        _add(
            pycdf, cdf, "epoch_uncertainty",
            np.full(len(day.index), clock.uncertainty_s, np.float32), const.CDF_REAL4,
            var_type="support_data", units="s", valid=(0.0, 1e9),
            catdesc="One standard deviation of Epoch by the clock solution",
        )  # fmt: skip
        for column in columns:
            _add_column(pycdf, cdf, column, day.index)


def _add_column(pycdf: Any, cdf: Any, column: Column, index: NDArray[np.intp]) -> None:
    field: Field = column.field
    notes = "; ".join(f"{raw} = {label}" for raw, label in sorted(field.enumeration.items()))
    _add(
        pycdf, cdf, field.name, column.values[index], getattr(pycdf.const, column.cdf_type),
        var_type="support_data" if field.kind == "enum" else "data",
        units=field.unit, valid=column.valid, catdesc=field.description or field.name,
        **({"VAR_NOTES": notes} if notes else {}),
    )  # fmt: skip


def _add(
    pycdf: Any,
    cdf: Any,
    name: str,
    values: NDArray[Any],
    cdf_type: Any,
    *,
    var_type: str,
    units: str,
    valid: tuple[Any, Any],
    catdesc: str,
    **further: str,
) -> None:
    variable = cdf.new(name, type=cdf_type)
    _fill(pycdf, variable, values)
    _describe(
        pycdf, variable, var_type=var_type, catdesc=catdesc, units=units, valid=valid,
        DEPEND_0="Epoch", DISPLAY_TYPE="time_series", **further,
    )  # fmt: skip


def _fill(pycdf: Any, variable: Any, values: NDArray[Any]) -> None:
    """Write all values in one block of just their size; the library reserves far more by itself."""
    const = pycdf.const
    block = ctypes.c_long(len(values))
    variable._call(const.PUT_, const.zVAR_BLOCKINGFACTOR_, block)  # pycdf has no public name for it
    variable[...] = values


def _describe(
    pycdf: Any,
    variable: Any,
    *,
    var_type: str,
    catdesc: str,
    units: str,
    valid: tuple[Any, Any],
    **further: str,
) -> None:
    """Set the variable attributes that ISTP asks of every variable."""
    attributes = variable.cdf_file.raw_var(variable.name()).attrs
    attributes["FIELDNAM"] = variable.name()
    attributes["CATDESC"] = catdesc
    attributes["LABLAXIS"] = variable.name()
    attributes["VAR_TYPE"] = var_type
    attributes["UNITS"] = units or " "
    attributes.new("VALIDMIN", data=valid[0], type=variable.type())
    attributes.new("VALIDMAX", data=valid[1], type=variable.type())
    attributes.new("SCALEMIN", data=valid[0], type=variable.type())
    attributes.new("SCALEMAX", data=valid[1], type=variable.type())
    for name, text in further.items():
        attributes[name] = text
    pycdf.istp.fillval(variable)
    pycdf.istp.format(variable)
