"""Level 1 of an instrument as netCDF by the Climate and Forecast conventions, one file a UTC day.

Classic netCDF (64-bit offsets), which every netCDF reader opens and which is the same bytes
whenever it is written.  Reference: CF Conventions 1.11, chapters 3, 4 (time counts leap seconds)
and 9 (a time series at a point).
"""

from __future__ import annotations

import io
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from groundsys.products.calibrated_columns import FILL_REAL4, Column
from groundsys.products.made import Made
from groundsys.products.observation import Observation, Series
from groundsys.products.quality import QUALITY_FLAGS
from groundsys.products.time_tags import NANOSECONDS_PER_DAY

MEDIA_TYPE = "application/x-netcdf"
CONVENTIONS = "CF-1.11"
#: our record fields' names and units → CF's
_STANDARD_NAMES = {
    ("air_temperature", "K"): "air_temperature",
    ("ground_temperature", "K"): "surface_brightness_temperature",
    ("relative_humidity", "%"): "relative_humidity",
    ("pressure", "Pa"): "surface_air_pressure",
    ("wind_speed", "m/s"): "wind_speed",
    ("wind_direction", "deg"): "wind_from_direction",
    ("vertical_wind", "m/s"): "upward_air_velocity",
    ("solar_flux", "W/m2"): "surface_downwelling_shortwave_flux_in_air",
    ("dust_opacity", ""): "atmosphere_optical_thickness_due_to_dust_ambient_aerosol_particles",
}
#: UDUNITS' spelling where it is not ours
_UNITS = {"m/s": "m s-1", "W/m2": "W m-2", "deg": "degree", "": "1"}
_UNLABELLED = "PDS4 1.26 knows no netCDF"


def write_netcdf(observation: Observation) -> list[Made]:
    """Write the netCDF files of one payload file, by day."""
    made = []
    for series in observation.series:
        name = observation.free_name(observation.series_stem(series), ".nc")
        netcdf_file, sink = import_module("scipy.io").netcdf_file, io.BytesIO()
        with netcdf_file(sink, "w", version=2) as file:
            for key, text in _attributes(observation, series).items():
                setattr(file, key, text)
            _add_time(file, series)
            _add_place(file, observation)
            for column in series.columns:
                _add_column(file, column)
            file.flush()
            octets = sink.getvalue()
        made.append(Made(name, octets, "L1", MEDIA_TYPE, _UNLABELLED))
    return made


def _attributes(observation: Observation, series: Series) -> dict[str, str]:
    provenance, customer = observation.provenance, observation.customer
    completed = provenance.completed.utc_iso(0)
    return {
        "Conventions": CONVENTIONS,
        "featureType": "timeSeries",
        "title": f"{observation.title}, Level 1",
        "summary": observation.setting("text", observation.payload.name),
        "institution": observation.setting("affiliation", customer.name),
        "creator_name": observation.setting("principal_investigator", customer.name),
        "source": f"{observation.spacecraft.name}, {observation.payload.name}",
        "platform": observation.spacecraft.id,
        "instrument": observation.payload.name,
        "history": f"{completed}: made by groundsys {observation.software_version} "
        f"from {observation.file_name}",
        "references": f"definitions {provenance.mdb_version}",
        "comment": f"Times are spacecraft event times. {observation.clock_text}.",
        "license": f"Property of {customer.name}.",
        "date_created": completed,
        "product_version": str(provenance.version),
        "processing_level": "Level 1: calibrated, time-tagged",
        "time_coverage_start": series.start.utc_iso(6),
        "time_coverage_end": series.end.utc_iso(6),
    }


def _add_time(file: Any, series: Series) -> None:
    """Time as seconds of the UTC day, its uncertainty, the craft's clock, and quality."""
    into_day_ns = int(series.utc_ns[0]) % NANOSECONDS_PER_DAY
    midnight = np.datetime64(int(series.utc_ns[0]) - into_day_ns, "ns").astype("M8[s]")
    file.createDimension("time", len(series.utc_ns))
    _add(
        file, "time", ">f8", ("time",), (into_day_ns + series.tai_ns - series.tai_ns[0]) / 1e9,
        standard_name="time", long_name="Spacecraft event time of the sample (UTC)",
        units=f"seconds since {midnight}Z".replace("T", " "), units_metadata="leap_seconds: utc",
        calendar="standard", axis="T", ancillary_variables="time_uncertainty quality_flags",
    )  # fmt: skip
    _add(
        file, "time_uncertainty", ">f4", ("time",), series.sigma_s, units="s",
        long_name="One standard deviation of time by the clock solution",
    )  # fmt: skip
    _add(
        file, "spacecraft_clock", ">f8", ("time",), series.sclk_ns / 1e9, units="s",
        long_name="Spacecraft clock at the sample, since the craft's clock epoch",
    )  # fmt: skip
    bits = np.array(list(QUALITY_FLAGS), np.dtype(">i2"))
    _add(
        file, "quality_flags", ">i2", ("time",), series.quality, standard_name="quality_flag",
        long_name="Quality of the sample, by bits; 0 is nominal", flag_masks=bits,
        flag_meanings=" ".join(name for name, _ in QUALITY_FLAGS.values()), coordinates=_PLACE,
    )  # fmt: skip


_PLACE = "latitude longitude station"


def _add_place(file: Any, observation: Observation) -> None:
    """Where the craft stands; planetocentric, east-positive."""
    name = observation.spacecraft.id.encode()
    file.createDimension("name_length", len(name))
    _add(
        file, "station", "c", ("name_length",), np.frombuffer(name, "S1"),
        cf_role="timeseries_id", long_name="Craft",
    )  # fmt: skip
    site = observation.spacecraft.site
    for axis, unit in (("latitude", "degrees_north"), ("longitude", "degrees_east")):
        value = getattr(site, f"{axis}_deg") if site else np.nan
        _add(
            file, axis, ">f8", (), value, standard_name=axis, units=unit,
            long_name=f"Planetocentric {axis} on {site.body.capitalize()}" if site else axis,
        )  # fmt: skip


def _add_column(file: Any, column: Column) -> None:
    field = column.field
    attributes: dict[str, Any] = {
        "long_name": field.description or field.name,
        "coordinates": _PLACE,
        "ancillary_variables": "quality_flags",
    }
    if (field.name, field.unit) in _STANDARD_NAMES:
        attributes["standard_name"] = _STANDARD_NAMES[field.name, field.unit]
    if field.enumeration:
        attributes["flag_values"] = np.array(sorted(field.enumeration), np.dtype(">i4"))
        labels = (field.enumeration[raw] for raw in sorted(field.enumeration))
        attributes["flag_meanings"] = " ".join(label.replace(" ", "_") for label in labels)
    else:
        attributes["units"] = _UNITS.get(field.unit, field.unit)
        if field.unit == "K":
            attributes["units_metadata"] = "temperature: on_scale"
    if column.values.dtype == np.float32:
        attributes["_FillValue"] = np.array(FILL_REAL4, ">f4")
        _add(file, field.name, ">f4", ("time",), column.values, **attributes)
    elif column.values.dtype == np.int64:  # classic netCDF has no such type
        _add(file, field.name, ">f8", ("time",), column.values, **attributes)
    else:
        _add(file, field.name, ">i4", ("time",), column.values, **attributes)


def _add(
    file: Any, name: str, kind: str, dimensions: tuple[str, ...], values: Any, **attributes: Any
) -> None:
    variable = file.createVariable(name, kind, dimensions)
    content: NDArray[Any] = variable.data
    content[...] = values
    for key, value in attributes.items():
        setattr(variable, key, value)
